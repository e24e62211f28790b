/**
 * A PDF as pictures of its pages. The reading and drawing is done elsewhere (`drawing.ts`): nothing of a stranger's document
 * reaches the place where keys are unlocked but pixels and plain text. Where elsewhere is, whoever opens it says.
 */

import type { Bytes } from "../crypto/bytes.ts";

export interface PageSize {
  readonly width: number;
  readonly height: number;
}

export interface Drawn {
  readonly picture: ImageBitmap;
  /** What can be read aloud; empty for a page that is a picture. */
  readonly text: string;
}

export interface Paper {
  /** In points, first to last. */
  readonly pages: readonly PageSize[];
  /** `number` counts from 1. Rejects with `PaperUnreadable`, also when any part of the page cannot be drawn. */
  draw(number: number, widthPx: number): Promise<Drawn>;
  close(): void;
}

/** The document cannot be shown in full here: damaged, locked, or more than this browser can do. */
export class PaperUnreadable extends Error {
  override readonly name = "PaperUnreadable";
}

export type Wanted =
  | { readonly want: "open"; readonly data: Uint8Array }
  | { readonly want: "draw"; readonly number: number; readonly widthPx: number };

export type Told =
  | { readonly told: "opened"; readonly pages: readonly PageSize[] }
  | ({ readonly told: "drawn"; readonly number: number } & Drawn)
  | { readonly told: "failed"; readonly number?: number };

/** To whoever draws, and from there. */
export interface Line {
  post(wanted: Wanted): void;
  /** Set by `openOver`, before anything is posted. */
  onTold: (told: Told) => void;
  /** Nothing will be told any more. */
  onEnd: () => void;
  close(): void;
}

/** What the frame of `frame.ts` says when it listens. */
export const FRAME_READY = "dojang.paper.1";

const LONGEST_WAIT_MS = 20_000;

interface Waiting {
  readonly resolve: (told: Told) => void;
  readonly reject: (reason: PaperUnreadable) => void;
}

/** Opens the document at the other end of the line. Rejects with `PaperUnreadable`, the line closed. */
export async function openOver(line: Line, data: Bytes): Promise<Paper> {
  const waiting = new Map<number, Waiting>(); // by page; 0 is the document
  const giveUp = () => {
    for (const one of waiting.values()) one.reject(new PaperUnreadable());
    waiting.clear();
  };
  line.onEnd = giveUp;
  line.onTold = (told) => {
    if (!["opened", "drawn", "failed"].includes(told.told)) return; // pdf.js greets as well
    const number = told.told === "opened" ? 0 : (told.number ?? 0);
    const one = waiting.get(number);
    waiting.delete(number);
    if (told.told === "failed") one?.reject(new PaperUnreadable());
    else one?.resolve(told);
  };
  const ask = (number: number, wanted: Wanted): Promise<Told> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new PaperUnreadable()), LONGEST_WAIT_MS);
      const settled = <Value>(then: (value: Value) => void) => (value: Value) => {
        clearTimeout(timer);
        then(value);
      };
      waiting.set(number, { resolve: settled(resolve), reject: settled(reject) });
      line.post(wanted);
    });
  try {
    const opened = await ask(0, { want: "open", data });
    if (opened.told !== "opened" || !opened.pages.length) throw new PaperUnreadable();
    return {
      pages: opened.pages,
      draw: async (number, widthPx) => {
        const drawn = await ask(number, { want: "draw", number, widthPx });
        if (drawn.told !== "drawn") throw new PaperUnreadable();
        return drawn;
      },
      close: () => {
        line.close();
        giveUp();
      },
    };
  } catch (reason) {
    line.close();
    throw reason;
  }
}
