/** Builds the vault's own page apart from the app, so that an origin that serves it serves nothing else. */

import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { boundWords } from "./bound-words.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  base: "/",
  plugins: [boundWords()],
  publicDir: false,
  build: {
    outDir: here("../src/dojang/web/static/key"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    rollupOptions: { input: here("key.html") },
  },
});
