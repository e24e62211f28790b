/**
 * Measures pictures for tests in Python: standard input has, per picture, width, height and the frame as 32-bit
 * little-endian floats (six numbers), then RGBA; standard output is JSON, one object per picture.
 */

import { readFileSync } from "node:fs";

import { LIMITS, hintOf, measure } from "../../src/capture/quality.ts";

const input = readFileSync(0);
const results: unknown[] = [];
let at = 0;
while (at < input.length) {
  const [width, height, x, y, frameWidth, frameHeight] = [0, 1, 2, 3, 4, 5].map((one) => input.readFloatLE(at + 4 * one)) as [
    number, number, number, number, number, number,
  ];
  at += 24;
  const data = new Uint8ClampedArray(input.subarray(at, at + 4 * width * height));
  at += data.length;
  const measures = measure({ width, height, data }, { x, y, width: frameWidth, height: frameHeight });
  results.push({ ...measures, hint: hintOf(measures) });
}
process.stdout.write(JSON.stringify({ limits: LIMITS, results }));
