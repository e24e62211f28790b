/**
 * A PDF on the vault's page: all bytes that are to be signed, what was appended to them included, drawn in a frame that has neither the page's origin nor its
 * storage. This page puts up pictures and text, and never reads the document itself.
 */

import type { Bytes } from "../../crypto/bytes.ts";
import { FRAME_READY, type Line, type PageSize, type Paper, PaperUnreadable, type Told, openOver } from "../../paper/paper.ts";
import { element, line as paragraph } from "./elements.ts";
import type { PageWords } from "./words.ts";

const FRAME = "/paper/paper.html";
/** The frame brings a large library; where it does not come, the document is named by its digest. */
const LONGEST_WAIT_MS = 20_000;
/** Drawn when nearer than this to the screen, forgotten when farther. */
const NEAR = "150% 0px";
const SHARPNESS = 1.5;

export interface Sheets {
  readonly shown: HTMLElement;
  close(): void;
}

/** Returns the document's pages. `onUnreadable`: one of them cannot be drawn in full. Rejects with `PaperUnreadable`. */
export type OpenSheets = (document: Bytes, words: PageWords["paper"], onUnreadable: () => void) => Promise<Sheets>;

export const openSheets: OpenSheets = async (data, words, onUnreadable) => {
  if (typeof OffscreenCanvas === "undefined") throw new PaperUnreadable();
  const paper = await openOver(await openFrame(), data);
  const seeing: IntersectionObserver[] = [];
  const sheets = paper.pages.map((size, i) => {
    const { sheet, observer } = sheetOf(paper, i + 1, size, words, onUnreadable);
    seeing.push(observer);
    return sheet;
  });
  return {
    shown: element("div", { class: "paper", tabindex: "0", role: "region", "aria-label": words.label }, ...sheets),
    close: () => {
      for (const one of seeing) one.disconnect();
      paper.close();
    },
  };
};

/** Returns a line to a frame of nobody's origin. Rejects with `PaperUnreadable` when it does not come up. */
function openFrame(): Promise<Line> {
  // `frame-src` of this page's policy lets nothing but our own origin's files into it, whoever sends it elsewhere
  const frame = element("iframe", { sandbox: "allow-scripts", src: FRAME, hidden: "", "aria-hidden": "true", tabindex: "-1" });
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("message", heard);
    };
    const timer = setTimeout(() => {
      end();
      frame.remove();
      reject(new PaperUnreadable());
    }, LONGEST_WAIT_MS);
    const heard = ({ source, data }: MessageEvent) => {
      if (!frame.contentWindow || source !== frame.contentWindow || data !== FRAME_READY) return;
      end();
      const { port1, port2 } = new MessageChannel();
      const made: Line = {
        post: (wanted) => port1.postMessage(wanted),
        onTold: () => undefined,
        onEnd: () => undefined,
        close: () => {
          port1.close();
          frame.remove();
        },
      };
      port1.onmessage = ({ data: told }: MessageEvent<Told>) => made.onTold(told);
      frame.contentWindow.postMessage("", "*", [port2]); // nobody's origin has no name; the document goes over the port
      resolve(made);
    };
    addEventListener("message", heard);
    document.body.append(frame);
  });
}

function sheetOf(paper: Paper, number: number, size: PageSize, words: PageWords["paper"], onUnreadable: () => void) {
  const place = words.pageOf(number, paper.pages.length);
  const canvas = element("canvas", { role: "img", "aria-label": place });
  canvas.style.aspectRatio = `${size.width} / ${size.height}`;
  const text = paragraph("", "visually-hidden");
  const sheet = element("figure", { class: "paper__sheet", "aria-busy": "true" }, canvas, element("figcaption", { class: "small soft" }, place), text);
  let turn = 0;
  const draw = async () => {
    const mine = ++turn;
    try {
      const drawn = await paper.draw(number, Math.round(canvas.clientWidth * devicePixelRatio * SHARPNESS));
      if (mine !== turn) return drawn.picture.close();
      canvas.width = drawn.picture.width;
      canvas.height = drawn.picture.height;
      canvas.getContext("bitmaprenderer")!.transferFromImageBitmap(drawn.picture);
      text.textContent = drawn.text;
      sheet.setAttribute("aria-busy", "false");
    } catch {
      if (mine === turn) onUnreadable();
    }
  };
  const observer = new IntersectionObserver(
    (seen) => {
      if (seen.at(-1)!.isIntersecting) return void draw();
      turn++;
      canvas.width = canvas.height = 0; // gives the memory back
      text.textContent = "";
      sheet.setAttribute("aria-busy", "true");
    },
    { rootMargin: NEAR },
  );
  observer.observe(canvas);
  return { sheet, observer };
}
