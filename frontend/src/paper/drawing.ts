/**
 * Reads and draws a PDF with pdf.js, where there is neither page nor screen; what comes out are pictures and text. What cannot
 * be read in full is an error, never a page with something missing: it is going to be signed. Knows nothing of who asks: see
 * `pdf-worker.ts` and `frame.ts`.
 */

import { AnnotationMode, type PDFDocumentProxy, type PDFPageProxy, VerbosityLevel, getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";
import { WorkerMessageHandler } from "pdfjs-dist/legacy/build/pdf.worker.mjs";

import { fileAddress } from "./files.ts";
import type { Told, Wanted } from "./paper.ts";

Object.assign(globalThis, { pdfjsWorker: { WorkerMessageHandler } }); // both halves of pdf.js are in here

/** Four bytes each of a telephone's memory; a page of A4 is still sharp when it is enlarged. */
const MOST_PIXELS = 4_000_000;

interface Sheet {
  canvas: OffscreenCanvas | null;
  context: OffscreenCanvasRenderingContext2D | null;
}

class Canvases {
  create(width: number, height: number): Sheet {
    const canvas = new OffscreenCanvas(width, height);
    return { canvas, context: canvas.getContext("2d") };
  }

  reset({ canvas }: Sheet, width: number, height: number): void {
    Object.assign(canvas!, { width, height });
  }

  destroy(sheet: Sheet): void {
    if (sheet.canvas) this.reset(sheet, 0, 0);
    Object.assign(sheet, { canvas: null, context: null });
  }
}

/** Filters are elements of a page; pdf.js has another way where there are none. */
class Filters {
  private readonly none = () => "none";
  readonly addFilter = this.none;
  readonly addHCMFilter = this.none;
  readonly addAlphaFilter = this.none;
  readonly addLuminosityFilter = this.none;
  readonly addKnockoutFilter = this.none;
  readonly addHighlightHCMFilter = this.none;
  readonly addSelectionHCMFilter = this.none;
  readonly createSelectionStyle = () => null;
  readonly destroy = () => undefined;
}

class Files {
  async fetch({ filename }: { readonly filename: string }): Promise<Uint8Array> {
    const address = fileAddress(filename);
    if (!address) throw new Error("no such file");
    const answer = await fetch(address);
    if (!answer.ok) throw new Error("the file is not there");
    return new Uint8Array(await answer.arrayBuffer());
  }
}

const optionsOf = (fonts: FontFaceSet) => ({
  ownerDocument: { fonts, URL: "", baseURI: "", createElement: () => new OffscreenCanvas(1, 1) },
  CanvasFactory: Canvases,
  FilterFactory: Filters,
  BinaryDataFactory: Files,
  cMapUrl: "/",
  cMapPacked: true,
  standardFontDataUrl: "/",
  wasmUrl: "/",
  useWorkerFetch: false,
  useSystemFonts: false, // the same everywhere, as far as it lies with us
  stopAtErrors: true,
  enableXfa: false,
  verbosity: VerbosityLevel.ERRORS,
});

async function open(data: Uint8Array, fonts: FontFaceSet): Promise<[PDFDocumentProxy, Told]> {
  const opened = await getDocument({ ...optionsOf(fonts), data } as unknown as Parameters<typeof getDocument>[0]).promise;
  const pages = [];
  for (let number = 1; number <= opened.numPages; number++) {
    const { width, height } = (await opened.getPage(number)).getViewport({ scale: 1 });
    pages.push({ width, height });
  }
  return [opened, { told: "opened", pages }];
}

async function draw(opened: PDFDocumentProxy, number: number, widthPx: number): Promise<Told> {
  const page = await opened.getPage(number);
  const natural = page.getViewport({ scale: 1 });
  const scale = Math.min(widthPx / natural.width, Math.sqrt(MOST_PIXELS / (natural.width * natural.height)));
  const viewport = page.getViewport({ scale });
  const canvas = new OffscreenCanvas(Math.ceil(viewport.width), Math.ceil(viewport.height));
  const canvasContext = canvas.getContext("2d", { alpha: false }) as unknown as CanvasRenderingContext2D;
  await page.render({ canvas: null, canvasContext, viewport, annotationMode: AnnotationMode.ENABLE }).promise;
  const text = await textOf(page);
  page.cleanup();
  return { told: "drawn", number, picture: canvas.transferToImageBitmap(), text };
}

async function textOf(page: PDFPageProxy): Promise<string> {
  const { items } = await page.getTextContent();
  return items.map((one) => ("str" in one ? one.str + (one.hasEOL ? "\n" : "") : "")).join("").trim();
}

/** Returns what answers one document's questions. `fonts`: where the document's own typefaces are put. Never rejects. */
export function drawer(fonts: FontFaceSet): (wanted: Wanted) => Promise<Told> {
  let opened: PDFDocumentProxy | undefined;
  return async (wanted) => {
    try {
      if (wanted.want === "draw") return await draw(opened!, wanted.number, wanted.widthPx);
      const [found, told] = await open(wanted.data, fonts);
      opened = found;
      return told;
    } catch {
      return { told: "failed", ...(wanted.want === "draw" ? { number: wanted.number } : {}) }; // why is of no help to whoever is to sign
    }
  };
}
