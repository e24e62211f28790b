/**
 * Whether one is signed in and until when, as far as the browser can tell: each answered request prolongs a session by its
 * idle time, never past its latest end. Knows nothing of screens.
 */

import type { SessionView } from "../api/types.ts";

export type SessionState = "unknown" | "out" | "in" | "ended";

export interface SessionStanding {
  readonly state: SessionState;
  /** Milliseconds since 1970 by the office's clock; only while signed in. */
  readonly expiresAtMs?: number;
}

type Memory = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const OPEN = "dojang.session"; // no token: that is in a cookie no script can read

export class SessionWatch {
  private standingNow: SessionStanding = { state: "unknown" };
  private idleMs = 0;
  private latestMs = 0;
  private readonly listeners = new Set<() => void>();
  private readonly now: () => number;

  private readonly memory: Memory | undefined;

  /** `now` is the office's time in milliseconds. `memory` keeps one bit over a reload: whether to ask for a session. */
  constructor(now: () => number, memory?: Memory) {
    this.now = now;
    this.memory = memory;
    if (memory && !wasOpen(memory)) this.standingNow = { state: "out" };
  }

  get standing(): SessionStanding {
    return this.standingNow;
  }

  /** A session was opened, or found open. */
  opened(view: SessionView): void {
    const expiresAtMs = Date.parse(view.expires_at);
    this.idleMs = Math.max(expiresAtMs - this.now(), 0);
    this.latestMs = Date.parse(view.ends_at_latest);
    this.become({ state: "in", expiresAtMs });
  }

  /** The office answered a request of this session. */
  used(): void {
    if (this.standingNow.state !== "in") return;
    const expiresAtMs = Math.min(this.now() + this.idleMs, this.latestMs);
    if (Math.abs(expiresAtMs - (this.standingNow.expiresAtMs ?? 0)) > 1_000) this.become({ state: "in", expiresAtMs });
  }

  /** When it ends at the latest, whatever is done: milliseconds since 1970 by the office's clock. */
  get endsAtLatestMs(): number {
    return this.latestMs;
  }

  /** True when no use of the session can prolong it any more. */
  get isLast(): boolean {
    return this.standingNow.state === "in" && this.now() + this.idleMs >= this.latestMs;
  }

  /** Signed out by choice, or never signed in. */
  closed(): void {
    this.become({ state: "out" });
  }

  /** The office no longer knows the session. */
  ended(): void {
    this.become({ state: this.standingNow.state === "in" ? "ended" : "out" });
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private become(standing: SessionStanding): void {
    this.standingNow = standing;
    remember(this.memory, standing.state === "in");
    for (const listener of this.listeners) listener();
  }
}

/** Whether a session was open when the page was last here. */
export function wasOpen(memory: Pick<Storage, "getItem">): boolean {
  try {
    return memory.getItem(OPEN) !== null;
  } catch {
    return true; // a browser that refuses storage: then the office is asked
  }
}

function remember(memory: Memory | undefined, isOpen: boolean): void {
  try {
    if (isOpen) memory?.setItem(OPEN, "open");
    else memory?.removeItem(OPEN);
  } catch {
    // see above
  }
}
