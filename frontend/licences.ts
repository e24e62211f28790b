/** Lays the licences of what is taken over whole beside it: pdf.js, with the typefaces, character maps and programs it brings. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const PDFJS = fileURLToPath(new URL("node_modules/pdfjs-dist", import.meta.url));
const LICENCES = [
  "LICENSE", "cmaps/LICENSE", "standard_fonts/LICENSE_FOXIT", "standard_fonts/LICENSE_LIBERATION",
  "wasm/LICENSE_JBIG2", "wasm/LICENSE_PDFJS_JBIG2", "wasm/LICENSE_OPENJPEG", "wasm/LICENSE_PDFJS_OPENJPEG",
  "wasm/LICENSE_QCMS", "wasm/LICENSE_PDFJS_QCMS",
];

export function licences(): Plugin {
  return {
    name: "dojang-licences",
    generateBundle() {
      const texts = LICENCES.map((name) => `==== pdfjs-dist/${name}\n\n${readFileSync(join(PDFJS, name), "utf8").trim()}\n`);
      this.emitFile({ type: "asset", fileName: "assets/pdfjs-licences.txt", source: texts.join("\n\n") });
    },
  };
}
