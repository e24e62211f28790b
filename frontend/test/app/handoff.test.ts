import { describe, expect, it } from "vitest";

import { findHandOff, keepHandOff } from "../../src/app/handoff/keeping.ts";

class Tab {
  kept: string | null = null;
  getItem = () => this.kept;
  setItem = (_: string, value: string) => void (this.kept = value);
  removeItem = () => void (this.kept = null);
}

const NOW = new Date("2026-11-23T00:00:00Z");
const CLAIMED = { token: "t", kind: "resident_card", expires_at: "2026-11-23T00:10:00Z" } as const;

describe("a hand-off in a phone's tab", () => {
  it("goes on where it was until its time is over or it is done", () => {
    const tab = new Tab();
    expect(findHandOff(tab, NOW)).toBeUndefined();
    keepHandOff(tab, { secret: "s" });
    expect(findHandOff(tab, NOW)).toEqual({ secret: "s" });
    keepHandOff(tab, { claimed: CLAIMED, side: "back" });
    expect(findHandOff(tab, NOW)).toEqual({ claimed: CLAIMED, side: "back" });
    expect(findHandOff(tab, new Date(CLAIMED.expires_at))).toBeUndefined();
    keepHandOff(tab, undefined);
    expect(tab.kept).toBeNull();
  });

  it("believes nothing it cannot read", () => {
    const tab = new Tab();
    for (const junk of ["{", "[]", '{"claimed":{"token":"t","kind":"moon"},"side":"front"}', '{"claimed":{"token":"t","kind":"passport","expires_at":"2027-01-01T00:00:00Z"},"side":"back"}']) {
      tab.kept = junk;
      expect(findHandOff(tab, NOW)).toBeUndefined();
    }
  });
});
