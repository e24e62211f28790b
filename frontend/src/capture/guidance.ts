/** From a hint per frame to calm guidance: a text that does not flicker, and the moment to shoot. Pure but for its state. */

import type { Hint } from "./quality.ts";

/** Between two changes of what is said: a screen reader must be able to finish. */
export const SAID_EVERY_MS = 900;
/** Good frames in a row before the camera shoots by itself. */
export const GOOD_FRAMES = 3;
/** After this long without a shot the person is told to press the shutter. */
export const BY_HAND_AFTER_MS = 20_000;

export interface Guided {
  /** What to say now; it changes at most every `SAID_EVERY_MS`. */
  readonly said: Hint;
  /** True once, when enough good frames came in a row. */
  readonly shoot: boolean;
}

export class Guidance {
  private said: Hint = "none";
  private saidAt = -Infinity;
  private good = 0;
  private done = false;

  /** Takes the newest frame's hint. */
  take(hint: Hint, nowMs: number): Guided {
    this.good = hint === "good" ? this.good + 1 : 0;
    if (hint !== this.said && nowMs - this.saidAt >= SAID_EVERY_MS) {
      this.said = hint;
      this.saidAt = nowMs;
    }
    const shoot = !this.done && this.good >= GOOD_FRAMES;
    this.done ||= shoot;
    return { said: this.said, shoot };
  }
}
