/** Off the main thread: makes the small copy of a frame and measures it. Knows neither camera nor screen. */

import { type Rect, measuredLayout } from "./geometry.ts";
import { type Hint, hintOf, measure } from "./quality.ts";

export interface Asked {
  /** Handed over and closed here. */
  readonly picture: VideoFrame | ImageBitmap;
  /** The frame with its margin, in pixels of the picture. */
  readonly area: Rect;
  readonly aspect: number;
}

export interface Answered {
  readonly hint: Hint;
}

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<Asked>) => void) | null;
  postMessage(answer: Answered): void;
};

let canvas: OffscreenCanvas | undefined;

scope.onmessage = ({ data: { picture, area, aspect } }) => {
  const { copy, frame } = measuredLayout(aspect);
  canvas ??= new OffscreenCanvas(copy.width, copy.height);
  if (canvas.height !== copy.height) canvas.height = copy.height;
  try {
    const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true })!;
    context.imageSmoothingQuality = "medium"; // the office's copy is averaged, not sampled
    context.drawImage(picture, area.x, area.y, area.width, area.height, 0, 0, copy.width, copy.height);
    const { data, width, height } = context.getImageData(0, 0, copy.width, copy.height);
    scope.postMessage({ hint: hintOf(measure({ data, width, height }, frame)) });
  } finally {
    picture.close();
  }
};
