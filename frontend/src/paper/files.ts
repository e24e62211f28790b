/** What pdf.js needs for documents that bring no typeface along, or pictures browsers cannot read: files of our own build. */

const FOUND = import.meta.glob<string>(
  [
    "../../node_modules/pdfjs-dist/cmaps/*.bcmap",
    "../../node_modules/pdfjs-dist/standard_fonts/*.{pfb,ttf}",
    "../../node_modules/pdfjs-dist/wasm/{jbig2,openjpeg,qcms_bg}.wasm",
  ],
  { query: "?url", import: "default", eager: true },
);

const ADDRESSES: ReadonlyMap<string, string> = new Map(
  Object.entries(FOUND).map(([path, address]) => [path.slice(path.lastIndexOf("/") + 1), address]),
);

/** Returns the address of the file pdf.js calls by this name. */
export function fileAddress(name: string): string | undefined {
  return ADDRESSES.get(name);
}
