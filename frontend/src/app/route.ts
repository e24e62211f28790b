/** Where one is, by the address without a hash: every screen has one, and the browser's own back button works. */

import { useEffect, useState } from "preact/hooks";

const MOVED = "dojang:moved";

/** The parts of a path: "/application/7/fields" is ["application", "7", "fields"]. */
export function partsOf(path: string): string[] {
  return path.split("/").filter(Boolean).map(decoded);
}

/** The path of these parts. */
export function pathOf(...parts: readonly string[]): string {
  return `/${parts.map(encodeURIComponent).join("/")}`;
}

/** Goes to a path of this app; `replace` leaves nothing to go back to. */
export function go(path: string, { replace = false }: { replace?: boolean } = {}): void {
  if (path === location.pathname) return;
  history[replace ? "replaceState" : "pushState"](null, "", path);
  dispatchEvent(new Event(MOVED));
}

/** The current path; the component is drawn again when it changes. */
export function usePath(): string {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const look = () => setPath(location.pathname);
    const names = [MOVED, "popstate"];
    for (const name of names) addEventListener(name, look);
    look();
    return () => {
      for (const name of names) removeEventListener(name, look);
    };
  }, []);
  return path;
}

/** Takes over clicks on links that stay within the app; new tabs, downloads and other sites are the browser's. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (link.protocol === "blob:" || link.getAttribute("href")?.startsWith("#")) return;
  event.preventDefault();
  go(link.pathname);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
