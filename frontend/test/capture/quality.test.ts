/** What the camera says about drawn scenes. That the numbers are the office's, tests in Python show with real artwork. */

import { describe, expect, it } from "vitest";

import { aspectOf, measuredLayout, placeFrame, toPicture, withMargin } from "../../src/capture/geometry.ts";
import { GOOD_FRAMES, Guidance, SAID_EVERY_MS } from "../../src/capture/guidance.ts";
import { type Measures, type Pixels, hintOf, measure } from "../../src/capture/quality.ts";

const { copy, frame } = measuredLayout(aspectOf("resident_card"));

interface Scene {
  readonly table: number;
  readonly paper: number;
  readonly ink: number;
  /** Degrees. */
  readonly turn?: number;
  readonly scale?: number;
  readonly shift?: number;
  /** Radius of a white spot, in pixels. */
  readonly spot?: number;
  readonly card?: boolean;
  readonly blur?: number;
}

/** A card of `paper` with lines of print, on a table. */
function draw({ table, paper, ink, turn = 0, scale = 1, shift = 0, spot = 0, card = true, blur = 0 }: Scene): Pixels {
  const { width, height } = copy;
  const grey = new Float32Array(width * height);
  const [cx, cy] = [frame.x + frame.width / 2 + shift, frame.y + frame.height / 2];
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = ((x - cx) * cos + (y - cy) * sin) / scale;
      const v = (-(x - cx) * sin + (y - cy) * cos) / scale;
      const on = card && Math.abs(u) <= frame.width / 2 && Math.abs(v) <= frame.height / 2;
      const printed = on && Math.abs(u) < frame.width * 0.42 && Math.abs(v) < frame.height * 0.4;
      const stroke = printed && Math.floor(v + 1e4) % 26 < 8 && Math.floor(u + 1e4) % 9 < 3;
      grey[y * width + x] = on ? (stroke ? ink : paper) : table;
      if (Math.hypot(x - width / 2, y - height / 2) < spot) grey[y * width + x] = 255;
    }
  }
  for (let pass = 0; pass < blur; pass++) soften(grey, width, height);
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  grey.forEach((value, at) => data.fill(value, at * 4, at * 4 + 3));
  return { width, height, data };
}

function soften(grey: Float32Array, width: number, height: number): void {
  for (const [step, limit] of [[1, width * height - 2], [width, width * (height - 2)]] as const) {
    const before = grey.slice();
    for (let at = step; at < limit; at++) grey[at] = (before[at - step]! + 2 * before[at]! + before[at + step]!) / 4;
  }
}

const CARD: Scene = { table: 70, paper: 215, ink: 40 };
const hint = (scene: Scene) => hintOf(measure(draw(scene), frame));

describe("a hint", () => {
  it.each<[string, Scene, string]>([
    ["a card in its frame", CARD, "good"],
    ["a card hardly brighter than the table", { ...CARD, table: 190 }, "good"],
    ["a card on a white table", { ...CARD, table: 245 }, "good"],
    ["an empty table", { ...CARD, card: false }, "none"],
    ["a card in the dark", { table: 12, paper: 50, ink: 10 }, "dark"],
    ["nothing in the dark", { table: 6, paper: 6, ink: 6, card: false }, "dark"],
    ["a lamp on the card", { ...CARD, spot: 110 }, "glare"],
    ["a blurred card", { ...CARD, blur: 12 }, "blur"],
    ["a card a little away", { ...CARD, scale: 0.92 }, "closer"],
    ["a turned card", { ...CARD, turn: 5 }, "tilt"],
  ])("for %s is %s", (_, scene, expected) => {
    expect(hint(scene)).toBe(expected);
  });

  it.each<[string, Scene]>([
    ["far away", { ...CARD, scale: 0.6 }],
    ["half out of the frame", { ...CARD, shift: 130 }],
    ["turned far", { ...CARD, turn: 25 }],
  ])("for a card %s asks to place it", (_, scene) => {
    expect(["none", "place"]).toContain(hint(scene));
  });

  it("says the most useful thing first", () => {
    const edge = { coverage: 1, slopeDeg: 0, insetPx: 0 };
    const good: Measures = { brightness: 200, contrast: 90, glare: 0, sharpness: 0.8, edges: [edge, edge, edge, edge] };
    expect(hintOf(good)).toBe("good");
    expect(hintOf({ ...good, sharpness: 0.61 })).toBe("blur");
    expect(hintOf({ ...good, sharpness: 0.61, glare: 0.07 })).toBe("glare");
    expect(hintOf({ ...good, sharpness: 0.61, glare: 0.07, brightness: 69 })).toBe("dark");
    expect(hintOf({ ...good, edges: [edge, edge, { ...edge, coverage: 0.4 }, edge] })).toBe("place");
  });
});

describe("the frame", () => {
  it("has the document's ratio and fits any stage", () => {
    expect(aspectOf("driver_licence")).toBeCloseTo(85.6 / 54);
    expect(aspectOf("passport")).toBeCloseTo(125 / 88);
    for (const stage of [{ width: 750, height: 1000 }, { width: 1778, height: 1000 }]) {
      const placed = placeFrame(stage, aspectOf("passport"));
      expect(placed.width / placed.height).toBeCloseTo(125 / 88);
      expect(placed.x).toBeGreaterThan(0);
      expect(placed.y).toBeGreaterThan(0);
      expect(placed.x * 2 + placed.width).toBeCloseTo(stage.width);
    }
  });

  it("is found in the picture as it overhangs the stage", () => {
    const found = toPicture({ x: 0, y: 0, width: 750, height: 1000 }, { width: 750, height: 1000 }, { width: 1920, height: 1080 });
    expect(found).toEqual({ x: (1920 - 810) / 2, y: 0, width: 810, height: 1080 });
  });

  it("is sent with a margin, within the picture", () => {
    const picture = { width: 100, height: 80 };
    expect(withMargin({ x: 20, y: 20, width: 50, height: 30 }, 0.1, picture)).toEqual({ x: 15, y: 15, width: 60, height: 40 });
    expect(withMargin({ x: 2, y: 2, width: 96, height: 76 }, 0.1, picture)).toEqual({ x: 0, y: 0, width: 100, height: 80 });
  });
});

describe("guidance", () => {
  it("shoots once, after good frames in a row", () => {
    const guidance = new Guidance();
    const shots = ["good", "good", "blur", "good", "good", "good", "good", "good", "good"] as const;
    const shot = shots.map((one, at) => guidance.take(one, at * 400).shoot);
    expect(GOOD_FRAMES).toBe(3);
    expect(shot).toEqual([false, false, false, false, false, true, false, false, false]);
  });

  it("changes what it says no faster than it can be read aloud", () => {
    const guidance = new Guidance();
    expect(guidance.take("blur", 0).said).toBe("blur");
    expect(guidance.take("glare", SAID_EVERY_MS - 1).said).toBe("blur");
    expect(guidance.take("glare", SAID_EVERY_MS).said).toBe("glare");
  });
});
