/** Builds the frame that draws PDFs for the vault's page: apart from that page, so that its folder stays small enough to be read. */

import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  base: "/paper/",
  publicDir: false,
  build: {
    outDir: here("../src/dojang/web/static/key/paper"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2_000, // pdf.js is what it is
    rollupOptions: { input: here("paper.html") },
  },
});
