/** The office's time: deadlines are its own, and a device's clock may be wrong. Learned from every answer's Date. */

const TOLERATED_MS = 2_000; // the header has whole seconds, and an answer travels

export class OfficeClock {
  private offsetMs = 0;
  private readonly deviceNow: () => number;

  constructor(deviceNow: () => number = Date.now) {
    this.deviceNow = deviceNow;
  }

  /** Milliseconds since 1970, as the office counts them. */
  readonly now = (): number => this.deviceNow() + this.offsetMs;

  /** Takes the Date header of an answer just received; anything that is no date is ignored. */
  heard(date: string | null): void {
    const said = Date.parse(date ?? "");
    if (Number.isNaN(said)) return;
    const offset = said - this.deviceNow();
    this.offsetMs = Math.abs(offset) < TOLERATED_MS ? 0 : offset;
  }
}
