import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  base: "/",
  build: {
    outDir: here("../src/dojang/web/static"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // no data: addresses: the page's policy forbids them
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: true,
  },
  ssr: { noExternal: true }, // the test device runs without node_modules beside it
  server: { proxy: { "/v1": process.env["DOJANG_API"] ?? "http://127.0.0.1:8000" } },
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    testTimeout: 60_000,
  },
});
