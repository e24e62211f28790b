/**
 * How the built app starts: three scripts instead of two dozen. `early` is small and runs as soon as it is there; `base` is all
 * that the first screen needs; the rest is fetched when a screen needs it.
 */

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const EARLY = here("src/app/early.ts");
const MAIN = here("src/app/main.tsx");

interface Graph {
  getModuleInfo(id: string): { readonly importers: readonly string[] } | null;
}

/** What an entry needs, directly or not, stands in one script with it; what is asked for by `import()` does not. */
const GROUPS = [group("early", EARLY, 2), group("base", MAIN, 1)];

function group(name: string, entry: string, priority: number) {
  return { name: (id: string, graph: Graph) => (isNeededBy(entry, id, graph) ? name : null), debugName: name, priority };
}

function isNeededBy(entry: string, id: string, graph: Graph, seen = new Set<string>()): boolean {
  if (id === entry) return true;
  if (seen.has(id)) return false;
  seen.add(id);
  return (graph.getModuleInfo(id)?.importers ?? []).some((one) => isNeededBy(entry, one, graph, seen));
}

/** Cuts the app's own scripts (not those of other pages built with its settings), and names the first one in the page. */
export function start(): Plugin {
  return {
    name: "dojang-start",
    config: ({ root = "" }, { isSsrBuild }) =>
      isSsrBuild || resolve(root) !== resolve(here("."))
        ? undefined
        : { build: { rollupOptions: { input: [here("index.html"), EARLY], output: { codeSplitting: { groups: GROUPS } } } } },
    transformIndexHtml: {
      order: "post",
      handler: (page, { bundle }) =>
        Object.values(bundle ?? {})
          .filter((one) => one.type === "chunk" && one.moduleIds.includes(EARLY) && !page.includes(`src="/${one.fileName}"`))
          .map(({ fileName }) => ({
            tag: "script",
            attrs: { type: "module", async: true, crossorigin: true, src: `/${fileName}`, fetchpriority: "high" },
            injectTo: "head" as const,
          })),
    },
  };
}
