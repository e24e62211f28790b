/**
 * The browser's camera: opening it, watching what it sees, taking the picture. The one place that touches its interfaces;
 * `Capture.tsx` takes a `CameraPort`, so that tests bring their own.
 */

import { trustedScript } from "../trusted.ts";
import { MARGIN, type Rect, SENT_MARGIN, type Size, withMargin } from "./geometry.ts";
import type { Hint } from "./quality.ts";
import type { Answered, Asked } from "./worker.ts";
import workerAddress from "./worker.ts?worker&url";

/** CAM-01 refused, CAM-02 none here, CAM-03 in use or broken, CAM-04 not a picture. */
export type CameraTroubleCode = "CAM-01" | "CAM-02" | "CAM-03" | "CAM-04";

export class CameraTrouble extends Error {
  override readonly name = "CameraTrouble";
  readonly code: CameraTroubleCode;

  constructor(code: CameraTroubleCode) {
    super(code);
    this.code = code;
  }
}

export interface OpenCamera {
  readonly stream: MediaStream;
  /** Whether there is a light to switch. */
  readonly hasTorch: boolean;
  setTorch(on: boolean): Promise<void>;
  close(): void;
}

export interface CameraPort {
  /** Whether asking is not needed any more. Never fails. */
  isAllowed(): Promise<boolean>;
  /** Rejects with `CameraTrouble`. `onEnd` is told when the camera is taken away. */
  open(onEnd: () => void): Promise<OpenCamera>;
  /** Looks at the frame two or three times a second until the returned function is called. */
  watch(video: HTMLVideoElement, frame: () => Rect | undefined, aspect: number, onHint: (hint: Hint) => void): () => void;
  /** A JPEG of the frame and some margin. Rejects with `CameraTrouble`. */
  photograph(video: HTMLVideoElement, frame: Rect): Promise<Blob>;
  /** A JPEG of a picture file, turned upright, without its metadata. Rejects with `CameraTrouble`. */
  fromFile(file: Blob): Promise<Blob>;
}

const LOOK_EVERY_MS = 400;
const LONGEST_WAIT_MS = 1_000;
const JPEG_QUALITY = 0.92;
/** A file from a phone has more pixels than are needed to read a card. */
const LONGEST_EDGE_PX = 2560;
/** Less cannot be read (the office's hard limit of a document's width). */
const SHORTEST_EDGE_PX = 560;

/** The camera's own pixels: a picture cropped or scaled to please a wish has fewer of them. */
const WISHED = { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 }, resizeMode: { ideal: "none" } };

export const browserCamera: CameraPort = { isAllowed, open, watch, photograph, fromFile };

async function isAllowed(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: "camera" as PermissionName })).state === "granted";
  } catch {
    return false; // some browsers do not tell
  }
}

async function open(onEnd: () => void): Promise<OpenCamera> {
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  if (!devices?.getUserMedia) throw new CameraTrouble("CAM-02");
  let stream: MediaStream;
  try {
    stream = await devices.getUserMedia({
      audio: false,
      video: WISHED as MediaTrackConstraints,
    });
  } catch (reason) {
    throw new CameraTrouble(troubleOf(reason));
  }
  const track = stream.getVideoTracks()[0]!;
  track.addEventListener("ended", onEnd);
  const hasTorch = "torch" in (track.getCapabilities?.() ?? {});
  return {
    stream,
    hasTorch,
    setTorch: (on) => track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] }),
    close: () => {
      track.removeEventListener("ended", onEnd);
      for (const one of stream.getTracks()) one.stop();
    },
  };
}

/** What a refusal of getUserMedia means to a person. */
export function troubleOf(reason: unknown): CameraTroubleCode {
  const name = reason instanceof Error ? reason.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "CAM-01";
  if (name === "NotFoundError" || name === "OverconstrainedError" || name === "TypeError") return "CAM-02";
  return "CAM-03";
}

function watch(
  video: HTMLVideoElement,
  frame: () => Rect | undefined,
  aspect: number,
  onHint: (hint: Hint) => void,
): () => void {
  if (typeof Worker === "undefined" || typeof OffscreenCanvas === "undefined") return () => undefined;
  let worker: Worker | undefined;
  let busy = false;
  const look = async () => {
    const place = frame();
    if (!worker || busy || !place || document.hidden || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    busy = true;
    const picture = await grab(video);
    if (!picture) {
      busy = false;
      return;
    }
    const margin = place.width * MARGIN;
    const area: Rect = {
      x: place.x - margin,
      y: place.y - margin,
      width: place.width + 2 * margin,
      height: place.height + 2 * margin,
    };
    const asked: Asked = { picture, area, aspect };
    worker.postMessage(asked, [picture]);
  };
  let timer: ReturnType<typeof setInterval> | undefined;
  const notYet = whenIdle(() => {
    worker = new Worker(trustedScript(workerAddress), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answered>) => {
      busy = false;
      onHint(data.hint);
    };
    timer = setInterval(() => void look(), LOOK_EVERY_MS);
  });
  return () => {
    notYet();
    clearInterval(timer);
    worker?.terminate();
  };
}

/** Runs once the page is drawn and quiet, a second from now at the latest; the returned function calls it off. */
function whenIdle(start: () => void): () => void {
  if (typeof requestIdleCallback === "undefined") {
    const timer = setTimeout(start, LOOK_EVERY_MS);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(start, { timeout: LONGEST_WAIT_MS });
  return () => cancelIdleCallback(asked);
}

/** A handle on the frame shown, without reading it back here where the browser can: reading back is what costs. */
async function grab(video: HTMLVideoElement): Promise<VideoFrame | ImageBitmap | undefined> {
  try {
    if (typeof VideoFrame !== "undefined") return new VideoFrame(video, { timestamp: 0 });
    return await createImageBitmap(video);
  } catch {
    return undefined; // no frame yet, or the camera just ended: the next look tells
  }
}

async function photograph(video: HTMLVideoElement, frame: Rect): Promise<Blob> {
  const picture: Size = { width: video.videoWidth, height: video.videoHeight };
  return jpegOf(video, withMargin(frame, SENT_MARGIN, picture), 1);
}

async function fromFile(file: Blob): Promise<Blob> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new CameraTrouble("CAM-04");
  }
  try {
    const { width, height } = bitmap;
    const longest = Math.max(width, height);
    if (longest < SHORTEST_EDGE_PX) throw new CameraTrouble("CAM-04");
    return await jpegOf(bitmap, { x: 0, y: 0, width, height }, Math.min(1, LONGEST_EDGE_PX / longest));
  } finally {
    bitmap.close();
  }
}

/** Draws and encodes anew: a fresh JPEG has no EXIF, so neither place nor device. */
async function jpegOf(source: CanvasImageSource, area: Rect, scale: number): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(area.width * scale);
  canvas.height = Math.round(area.height * scale);
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new CameraTrouble("CAM-03");
  context.imageSmoothingQuality = "high";
  context.drawImage(source, area.x, area.y, area.width, area.height, 0, 0, canvas.width, canvas.height);
  const jpeg = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
  canvas.width = 0; // frees the pixels at once
  if (!jpeg) throw new CameraTrouble("CAM-03");
  return jpeg;
}
