/**
 * Draws for the vault's page, in a frame with an origin of its own that is nobody's (`sandbox`): no storage, no keys, nothing of
 * the page around it. All it is given is one document and one end of a channel; all it gives back are pictures and text.
 */

import { drawer } from "./drawing.ts";
import { FRAME_READY, type Wanted } from "./paper.ts";

// pdf.js goes on with the next frame of the screen, and this page is on none
globalThis.requestAnimationFrame = (next) => setTimeout(next, 0, performance.now()) as unknown as number;

addEventListener("message", ({ source, ports: [port] }) => {
  if (source !== parent || !port) return;
  const answer = drawer(document.fonts);
  port.onmessage = async ({ data }: MessageEvent<Wanted>) => {
    const told = await answer(data);
    port.postMessage(told, told.told === "drawn" ? [told.picture] : []);
  };
});
parent.postMessage(FRAME_READY, "*"); // whom it is ready for says nothing: it has nothing yet
