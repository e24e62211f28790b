/** Draws for the page that started this worker: see `drawing.ts`. */

import { drawer } from "./drawing.ts";
import type { Told, Wanted } from "./paper.ts";

const scope = globalThis as unknown as {
  fonts: FontFaceSet;
  onmessage: ((event: MessageEvent<Wanted>) => void) | null;
  postMessage(told: Told, transfer: Transferable[]): void;
};

const answer = drawer(scope.fonts);

scope.onmessage = async ({ data }) => {
  if (!("want" in data)) return; // pdf.js posts to itself
  const told = await answer(data);
  scope.postMessage(told, told.told === "drawn" ? [told.picture] : []);
};
