/** Where the frame lies: on the screen, in the picture of the camera, and in the small copy that is measured. Pure. */

import type { DocumentKind } from "../api/types.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** An upright rectangle in pixels. */
export interface Rect extends Size {
  readonly x: number;
  readonly y: number;
}

/** Width of the copy that is measured, frame and margin together. The limits in quality.ts hold for this width only. */
export const MEASURED_WIDTH_PX = 640;
/** Kept around the frame on each side, as a share of the frame's width: the document's edge is looked for in it. */
export const MARGIN = 0.08;
/** Kept around the frame in the photograph sent, likewise. The office finds the document in it by itself. */
export const SENT_MARGIN = 0.14;

/** Millimetres: ID-1 cards as the overlay shows them, and the data page of a passport. */
const EDGES_MM: Record<DocumentKind, Size> = {
  resident_card: { width: 85.6, height: 54 },
  driver_licence: { width: 85.6, height: 54 },
  passport: { width: 125, height: 88 },
};

/** Width divided by height of the document. */
export function aspectOf(kind: DocumentKind): number {
  const { width, height } = EDGES_MM[kind];
  return width / height;
}

/** The frame in the middle of the stage, as large as its share allows. */
export function placeFrame(stage: Size, aspect: number, share = 0.86): Rect {
  const width = Math.min(stage.width * share, stage.height * share * aspect);
  const height = width / aspect;
  return { x: (stage.width - width) / 2, y: (stage.height - height) / 2, width, height };
}

/** What of the stage is `rect` in the picture, which fills the stage and is cut where it overhangs (object-fit: cover). */
export function toPicture(rect: Rect, stage: Size, picture: Size): Rect {
  const scale = Math.max(stage.width / picture.width, stage.height / picture.height);
  const left = (picture.width * scale - stage.width) / 2;
  const top = (picture.height * scale - stage.height) / 2;
  return {
    x: (rect.x + left) / scale,
    y: (rect.y + top) / scale,
    width: rect.width / scale,
    height: rect.height / scale,
  };
}

/** The rectangle with a margin of `share` of its width on each side, not beyond the picture. Whole pixels. */
export function withMargin(rect: Rect, share: number, picture: Size): Rect {
  const margin = rect.width * share;
  const x = Math.max(0, Math.floor(rect.x - margin));
  const y = Math.max(0, Math.floor(rect.y - margin));
  const right = Math.min(picture.width, Math.ceil(rect.x + rect.width + margin));
  const bottom = Math.min(picture.height, Math.ceil(rect.y + rect.height + margin));
  return { x, y, width: Math.max(1, right - x), height: Math.max(1, bottom - y) };
}

/** Where the frame lies in the measured copy of a frame of this aspect, and how large the copy is. */
export function measuredLayout(aspect: number): { readonly copy: Size; readonly frame: Rect } {
  const width = MEASURED_WIDTH_PX / (1 + 2 * MARGIN);
  const margin = width * MARGIN;
  const height = width / aspect;
  return {
    copy: { width: MEASURED_WIDTH_PX, height: Math.round(height + 2 * margin) },
    frame: { x: margin, y: margin, width, height },
  };
}
