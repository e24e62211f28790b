/**
 * Putting the app on the home screen, and asking the browser to keep what it stores. A browser offers installing with an
 * event of its own, once and early: it is kept here until somebody asks. Safari has no event; there only words help.
 */

interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

let offer: InstallOffer | undefined;

/** Listens for the browser's offer; called once, when the app starts. */
export function awaitInstallOffer(): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault(); // it is made when there is something to keep, not on arrival
    offer = event as InstallOffer;
  });
}

/** How this browser installs the app: "asked" by a button, "apple" by hand, undefined when it is or cannot be. */
export function waysToInstall(): "asked" | "apple" | undefined {
  if (globalThis.matchMedia?.("(display-mode: standalone)").matches) return undefined;
  if (offer) return "asked";
  return /iPhone|iPad|iPod/.test(navigator.userAgent) ? "apple" : undefined;
}

/** Shows the browser's own question; it can be asked once. */
export async function install(): Promise<void> {
  const asked = offer;
  offer = undefined;
  await asked?.prompt();
}

/** Asks the browser not to clear what is stored here when space runs short. It may refuse without a word. */
export async function keepStorage(): Promise<void> {
  await navigator.storage?.persist?.().catch(() => false);
}
