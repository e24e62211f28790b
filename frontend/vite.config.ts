import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { boundWords } from "./bound-words.ts";
import { start } from "./first.ts";
import { licences } from "./licences.ts";
import { STYLE_SHEET, typeface } from "./typeface.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const { version } = JSON.parse(readFileSync(here("package.json"), "utf-8")) as { version: string };

export default defineConfig({
  define: { __APP_VERSION__: JSON.stringify(version) },
  root: here("."),
  base: "/",
  plugins: [boundWords(), typeface(), start(), licences()],
  resolve: { alias: { "dojang:typeface": STYLE_SHEET } },
  build: {
    outDir: here("../src/dojang/web/static"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // no data: addresses: the page's policy forbids them
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: true,
  },
  worker: { format: "es" },
  ssr: { noExternal: true }, // the test device runs without node_modules beside it
  server: { proxy: { "/v1": process.env["DOJANG_API"] ?? "http://127.0.0.1:8000" } },
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    testTimeout: 60_000,
  },
});
