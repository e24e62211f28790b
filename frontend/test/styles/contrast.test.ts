/** The tokens' contrasts by WCAG 2.2, computed from the style sheet itself. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("../../src/styles/tokens.css", import.meta.url), "utf8");

const block = (start: string): Map<string, string> => {
  const found = css.slice(css.indexOf(start));
  return new Map([...found.slice(0, found.indexOf("}")).matchAll(/--([\w-]+):\s*([^;]+);/g)].map((one) => [one[1]!, one[2]!]));
};
const light = block(":root {");
const dark = new Map([...light, ...block(':root[data-scheme="dark"] {')]);

const luminance = (colour: string): number => {
  const channels = [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16) / 255);
  const [r, g, b] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one: string, other: string): number => {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
};

const grounds = ["ground", "ground-soft", "ground-raised"];
const text: [string, string][] = [
  ...["ink", "ink-soft", "brand", "danger", "success", "warning"].flatMap((ink) => grounds.map((g): [string, string] => [ink, g])),
  ["on-seal", "seal"], ["on-seal-soft", "seal"], ["on-seal", "seal-raised"],
  ["on-brand", "brand"], ["on-brand", "brand-strong"], ["on-danger", "danger"],
  ["brand-strong", "brand-soft"], ["danger", "danger-soft"], ["success", "success-soft"], ["warning", "warning-soft"],
  ...["brand-soft", "danger-soft", "success-soft", "warning-soft"].flatMap((g): [string, string][] => [["ink", g], ["ink-soft", g]]),
];

describe.each([["light", light], ["dark", dark]])("the %s scheme", (_, tokens) => {
  it.each(text)("shows %s on %s with 4.5 or more", (ink, ground) => {
    expect(contrast(tokens.get(ink)!, tokens.get(ground)!)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(grounds)("shows edges and focus on %s with 3 or more", (ground) => {
    expect(contrast(tokens.get("edge-strong")!, tokens.get(ground)!)).toBeGreaterThanOrEqual(3);
    expect(contrast(tokens.get("focus")!, tokens.get(ground)!)).toBeGreaterThanOrEqual(3);
  });
});

describe("sizes", () => {
  it("are never under 16 px for text and 48 px for touch, and grow in easy mode", () => {
    const easy = block(":root[data-easy] {");
    const rem = (value: string): number => Number.parseFloat(value) * 16;
    for (const name of ["text", "text-small", "text-large", "title"]) {
      expect(rem(light.get(name)!)).toBeGreaterThanOrEqual(16);
      expect(rem(easy.get(name)!)).toBeGreaterThan(rem(light.get(name)!));
    }
    for (const name of ["touch", "touch-small"]) expect(rem(light.get(name)!)).toBeGreaterThanOrEqual(48);
    expect(rem(easy.get("text")!)).toBeGreaterThanOrEqual(22);
  });

  it("are the same in a system's dark scheme and a chosen one", () => {
    expect(block(':root:not([data-scheme="light"]) {')).toEqual(block(':root[data-scheme="dark"] {'));
  });
});
