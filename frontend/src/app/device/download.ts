/** Handing a file to the person. */

import type { Bytes } from "../../crypto/bytes.ts";

const KEPT_MS = 60_000; // some browsers read the address only after the question where to save

export function download(name: string, type: string, data: Bytes): void {
  const url = URL.createObjectURL(new Blob([data], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
