/** Has a PDF drawn in a worker of the app's page. */

import type { Bytes } from "../crypto/bytes.ts";
import { trustedScript } from "../trusted.ts";
import { type Line, type Paper, PaperUnreadable, type Told, openOver } from "./paper.ts";
import workerAddress from "./pdf-worker.ts?worker&url";

/** Rejects with `PaperUnreadable`. */
export async function openPaper(data: Bytes): Promise<Paper> {
  if (typeof Worker === "undefined" || typeof OffscreenCanvas === "undefined") throw new PaperUnreadable();
  const worker = new Worker(trustedScript(workerAddress), { type: "module" });
  const line: Line = {
    post: (wanted) => worker.postMessage(wanted),
    onTold: () => undefined,
    onEnd: () => undefined,
    close: () => worker.terminate(),
  };
  worker.onerror = () => line.onEnd();
  worker.onmessage = ({ data: told }: MessageEvent<Told>) => line.onTold(told);
  return openOver(line, data);
}
