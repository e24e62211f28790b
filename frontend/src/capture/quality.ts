/**
 * How good a picture of a document is, measured on a small copy of the camera's frame; and what to tell the person.
 * Pure: pixels in, numbers out. The office measures again on the photograph and decides; these only spare a bad shot.
 *
 * Sharpness, brightness, contrast and glare are the office's own measures (adapters/id_document/measure.py) at about
 * half its scale, and the limits are its soft ones (lifecycle/identity_proofing/id_document/thresholds.py): a test reads
 * both and compares.
 */

import type { Rect, Size } from "./geometry.ts";

/** RGBA, as a canvas gives it. */
export interface Pixels extends Size {
  readonly data: Uint8ClampedArray;
}

/** One side of the frame: the straight edge found near it. */
export interface Edge {
  /** Share of the places looked at where the edge shows, 0 to 1. */
  readonly coverage: number;
  /** Against the frame's side. */
  readonly slopeDeg: number;
  /** How far inside the frame it lies, in pixels of the copy; negative is outside. */
  readonly insetPx: number;
}

export interface Measures {
  /** Median luminance, 0 to 255. */
  readonly brightness: number;
  /** 95th minus 5th percentile of luminance, 0 to 255. */
  readonly contrast: number;
  /** Share of the frame burnt out. */
  readonly glare: number;
  /** Ratio of fine to coarse contrast at the strongest edges. */
  readonly sharpness: number;
  /** Top, right, bottom, left. */
  readonly edges: readonly [Edge, Edge, Edge, Edge];
}

export const LIMITS = {
  // These four stand in the office's thresholds.py and quality.py too. They are kept equal by
  // tests/unit/frontend/test_capture_measures.py, which fails when only one side is changed.
  sharpness: 0.62,
  brightness: 70,
  glare: 0.06,
  contrast: 18,
  // The rest is about the frame on the screen, which the office knows nothing of.
  sideCoverage: 0.45,
  meanCoverage: 0.6,
  tiltDeg: 4,
  insetPx: 18,
} as const;

export type Hint = "none" | "dark" | "place" | "closer" | "tilt" | "glare" | "blur" | "good";

/** The one thing to tell, the most useful first. */
export function hintOf(measures: Measures): Hint {
  const { brightness, contrast, edges, glare, sharpness } = measures;
  if (contrast < LIMITS.contrast) return brightness < LIMITS.brightness ? "dark" : "none";
  if (brightness < LIMITS.brightness) return "dark";
  const coverages = edges.map((edge) => edge.coverage);
  const mean = coverages.reduce((sum, one) => sum + one, 0) / coverages.length;
  if (mean < 0.3) return "none";
  if (glare > LIMITS.glare) return "glare";
  if (Math.min(...coverages) < LIMITS.sideCoverage || mean < LIMITS.meanCoverage) return "place";
  if (edges.some((edge) => Math.abs(edge.slopeDeg) > LIMITS.tiltDeg)) return "tilt";
  if (edges.reduce((sum, edge) => sum + edge.insetPx, 0) / edges.length > LIMITS.insetPx) return "closer";
  if (sharpness < LIMITS.sharpness) return "blur";
  return "good";
}

/** Measures the copy; `frame` is where the document should lie in it. */
export function measure(pixels: Pixels, frame: Rect): Measures {
  const inside = toWhole(frame, pixels);
  const grey = luminance(pixels);
  const cut = cutOut(grey, pixels.width, inside);
  const histogram = new Uint32Array(256);
  for (let at = 0; at < cut.length; at++) histogram[Math.round(cut[at]!)]!++;
  return {
    brightness: percentile(histogram, cut.length, 0.5),
    contrast: percentile(histogram, cut.length, 0.95) - percentile(histogram, cut.length, 0.05),
    glare: burntOut(pixels, inside),
    sharpness: sharpnessOf(cut, inside.width, inside.height),
    edges: findEdges(grey, pixels, frame),
  };
}

function toWhole(rect: Rect, size: Size): Rect {
  const x = Math.max(0, Math.round(rect.x));
  const y = Math.max(0, Math.round(rect.y));
  return {
    x,
    y,
    width: Math.min(size.width - x, Math.round(rect.width)),
    height: Math.min(size.height - y, Math.round(rect.height)),
  };
}

/** ITU-R BT.601 luma, as the office's. */
function luminance({ data, width, height }: Pixels): Float32Array {
  const grey = new Float32Array(width * height);
  for (let at = 0, from = 0; at < grey.length; at++, from += 4) {
    grey[at] = 0.299 * data[from]! + 0.587 * data[from + 1]! + 0.114 * data[from + 2]!;
  }
  return grey;
}

function cutOut(grey: Float32Array, stride: number, { x, y, width, height }: Rect): Float32Array {
  const cut = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    cut.set(grey.subarray((y + row) * stride + x, (y + row) * stride + x + width), row * width);
  }
  return cut;
}

function percentile(histogram: Uint32Array, count: number, share: number): number {
  let seen = 0;
  for (let value = 0; value < 256; value++) {
    seen += histogram[value]!;
    if (seen >= count * share) return value;
  }
  return 255;
}

// ---- sharpness

/** `mean|G1-G2| / mean|G2-G4|` over the strongest edges; the sigmas are the office's, brought to this scale. */
const OFFICE_WIDTH_PX = 1012;
const STRONGEST = 0.96;

function sharpnessOf(grey: Float32Array, width: number, height: number): number {
  const scale = width / OFFICE_WIDTH_PX;
  const [fine, middle, coarse] = [1, 2, 4].map((sigma) => blurred(grey, width, height, sigma * scale)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const second = middle.map((value, at) => Math.abs(value - coarse[at]!));
  const limit = sampledPercentile(second, width, height, STRONGEST);
  let first = 0;
  let total = 0;
  for (let at = 0; at < second.length; at++) {
    if (second[at]! < limit) continue;
    first += Math.abs(fine[at]! - middle[at]!);
    total += second[at]!;
  }
  return total > 0 ? first / total : 0;
}

function sampledPercentile(values: Float32Array, width: number, height: number, share: number): number {
  const sampled = new Float32Array(Math.ceil(width / 2) * Math.ceil(height / 2));
  let count = 0;
  for (let row = 0; row < height; row += 2) {
    for (let column = 0; column < width; column += 2) sampled[count++] = values[row * width + column]!;
  }
  sampled.sort();
  return sampled[Math.min(count - 1, Math.floor(count * share))] ?? 0;
}

/** Gaussian blur, the edge repeated. Row by row in both passes: walking down columns is slow. */
function blurred(grey: Float32Array, width: number, height: number, sigma: number): Float32Array {
  const kernel = gaussian(sigma);
  const radius = (kernel.length - 1) / 2;
  const across = new Float32Array(grey.length);
  const line = new Float32Array(width + 2 * radius);
  for (let row = 0; row < height; row++) {
    const start = row * width;
    line.fill(grey[start]!, 0, radius);
    line.set(grey.subarray(start, start + width), radius);
    line.fill(grey[start + width - 1]!, radius + width);
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let tap = 0; tap < kernel.length; tap++) sum += kernel[tap]! * line[column + tap]!;
      across[start + column] = sum;
    }
  }
  const down = new Float32Array(grey.length);
  for (let row = 0; row < height; row++) {
    const start = row * width;
    for (let tap = 0; tap < kernel.length; tap++) {
      const from = Math.min(height - 1, Math.max(0, row + tap - radius)) * width;
      const weight = kernel[tap]!;
      for (let column = 0; column < width; column++) down[start + column]! += weight * across[from + column]!;
    }
  }
  return down;
}

function gaussian(sigma: number): Float32Array {
  const radius = Math.max(1, Math.ceil(sigma * 3));
  const kernel = Float32Array.from({ length: 2 * radius + 1 }, (_, at) => Math.exp(-((at - radius) ** 2) / (2 * sigma ** 2)));
  const sum = kernel.reduce((total, one) => total + one, 0);
  return kernel.map((one) => one / sum);
}

// ---- glare

const BURNT_OUT = 250;
const REDUCED = 2; // about the office's quarter of 1012 px
const BLOB = 5;

/** Pixels near white without colour, in blobs: paper that is merely white has print nearby. */
function burntOut({ data, width }: Pixels, frame: Rect): number {
  const across = Math.floor(frame.width / REDUCED);
  const down = Math.floor(frame.height / REDUCED);
  const white = new Uint8Array(across * down);
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      let darkest = 255 * REDUCED * REDUCED;
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let y = 0; y < REDUCED; y++) {
          const start = ((frame.y + row * REDUCED + y) * width + frame.x + column * REDUCED) * 4 + channel;
          for (let x = 0; x < REDUCED; x++) sum += data[start + 4 * x]!;
        }
        darkest = Math.min(darkest, sum);
      }
      white[row * across + column] = darkest >= BURNT_OUT * REDUCED * REDUCED ? 1 : 0;
    }
  }
  const eroded = sweep(white, across, down, (count) => count === BLOB * BLOB);
  const opened = sweep(eroded, across, down, (count) => count > 0);
  return opened.reduce((sum, one) => sum + one, 0) / Math.max(1, opened.length);
}

/** For each pixel, whether the count of set pixels in the square around it is `enough`; outside the picture is unset. */
function sweep(mask: Uint8Array, width: number, height: number, enough: (count: number) => boolean): Uint8Array {
  const radius = (BLOB - 1) / 2;
  const sums = new Uint32Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0, row = 0; x < width; x++) {
      row += mask[y * width + x]!;
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1]! + row;
    }
  }
  const out = new Uint8Array(mask.length);
  for (let y = 0; y < height; y++) {
    const top = Math.max(0, y - radius) * (width + 1);
    const bottom = Math.min(height, y + radius + 1) * (width + 1);
    for (let x = 0; x < width; x++) {
      const left = Math.max(0, x - radius);
      const right = Math.min(width, x + radius + 1);
      const count = sums[bottom + right]! - sums[bottom + left]! - sums[top + right]! + sums[top + left]!;
      out[y * width + x] = enough(count) ? 1 : 0;
    }
  }
  return out;
}

// ---- edges

const PLACES = 48;
const CORNER = 0.08; // rounded corners show no straight edge
const LEAST_STEP = 8; // grey levels
const REACH_PX = 3; // a blurred edge is a few pixels wide
const TOLERANCE_PX = 2.5;
const STEEPEST = Math.tan((12 * Math.PI) / 180);

function findEdges(grey: Float32Array, size: Size, frame: Rect): Measures["edges"] {
  const band = Math.floor(Math.min(frame.x, frame.y, size.width - frame.x - frame.width)) - REACH_PX - 1;
  const { x, y, width, height } = frame;
  const pixel = (left: number, top: number): number => {
    const column = Math.min(size.width - 1, Math.max(0, Math.round(left)));
    return grey[Math.min(size.height - 1, Math.max(0, Math.round(top))) * size.width + column]!;
  };
  const side = (length: number, at: (along: number, inset: number) => number): Edge => {
    const places = Array.from({ length: PLACES }, (_, index) => length * (CORNER + ((1 - 2 * CORNER) * index) / (PLACES - 1)));
    return fitLine(places, places.map((along) => strongestSteps((inset) => at(along, inset), band)));
  };
  return [
    side(width, (along, inset) => pixel(x + along, y + inset)),
    side(height, (along, inset) => pixel(x + width - inset, y + along)),
    side(width, (along, inset) => pixel(x + along, y + height - inset)),
    side(height, (along, inset) => pixel(x + inset, y + along)),
  ];
}

/** The two places from `-band` to `band` across which luminance changes most. */
function strongestSteps(at: (inset: number) => number, band: number): readonly number[] {
  const steps: { inset: number; step: number }[] = [];
  for (let inset = -band; inset <= band; inset++) {
    steps.push({ inset, step: Math.abs(at(inset + REACH_PX) - at(inset - REACH_PX)) });
  }
  const peaks = steps.filter(({ step }, index) => {
    const before = steps[index - 1]?.step ?? -1;
    const after = steps[index + 1]?.step ?? -1;
    return step >= LEAST_STEP && step >= before && step > after;
  });
  return peaks
    .sort((one, other) => other.step - one.step)
    .slice(0, 2)
    .map(({ inset }) => inset);
}

/** The straight line most of the places agree on: found from every pair of places, as in RANSAC but without chance. */
function fitLine(places: readonly number[], candidates: readonly (readonly number[])[]): Edge {
  let best: Edge = { coverage: 0, slopeDeg: 0, insetPx: 0 };
  for (let first = 0; first < places.length; first += 2) {
    for (let last = places.length - 1; last - first >= 12; last -= 2) {
      const run = places[last]! - places[first]!;
      for (const from of candidates[first]!) {
        for (const to of candidates[last]!) {
          const slope = (to - from) / run;
          if (Math.abs(slope) > STEEPEST) continue;
          let agreeing = 0;
          for (let index = 0; index < places.length; index++) {
            const expected = from + slope * (places[index]! - places[first]!);
            if (candidates[index]!.some((inset) => Math.abs(inset - expected) <= TOLERANCE_PX)) agreeing++;
          }
          const coverage = agreeing / places.length;
          if (coverage <= best.coverage) continue;
          const middle = places[Math.floor(places.length / 2)]!;
          const insetPx = from + slope * (middle - places[first]!);
          best = { coverage, slopeDeg: (Math.atan(slope) * 180) / Math.PI, insetPx };
        }
      }
    }
  }
  return best;
}
