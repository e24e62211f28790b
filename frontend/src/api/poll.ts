/** Looking again and again until something has happened, patiently when the network or the office is not well. */

import { ConnectionFault, OfficeRefused } from "./problem.ts";

export interface PollOptions<Found> {
  /** True ends the polling with what was found. */
  readonly until: (found: Found) => boolean;
  /** Told of everything found that differs from what was found before (compared as JSON). */
  readonly onChange?: (found: Found) => void;
  /** Told when a look failed in a way that may pass, and with undefined when it has passed. */
  readonly onTrouble?: (reason: ConnectionFault | OfficeRefused | undefined) => void;
  readonly signal?: AbortSignal;
  /** Between two looks; it grows by half each time nothing changed, up to `maxIntervalMs`. */
  readonly intervalMs?: number;
  readonly maxIntervalMs?: number;
  /** True skips a look: while nobody sees the page. */
  readonly paused?: () => boolean;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * Returns the first thing found that satisfies `until`. Lost connections and answers of 503 and 429 are waited out, for as
 * long as the office asks; other refusals end it. Rejects with the signal's reason when aborted.
 */
export async function poll<Found>(look: () => Promise<Found>, options: PollOptions<Found>): Promise<Found> {
  const { until, onChange, onTrouble, signal, paused, sleep = sleepMs } = options;
  const { intervalMs = 1_000, maxIntervalMs = 5_000 } = options;
  let wait = intervalMs;
  let before: string | undefined;
  let troubled = false;
  for (;;) {
    signal?.throwIfAborted();
    if (!paused?.()) {
      try {
        const found = await look();
        if (troubled) onTrouble?.(undefined);
        troubled = false;
        const now = JSON.stringify(found);
        wait = now === before ? Math.min(wait * 1.5, maxIntervalMs) : intervalMs;
        if (now !== before) onChange?.(found);
        before = now;
        if (until(found)) return found;
      } catch (reason) {
        if (!mayPass(reason)) throw reason;
        troubled = true;
        onTrouble?.(reason);
        const asked = reason instanceof OfficeRefused ? (reason.problem.retry_after_s ?? 0) * 1_000 : 0;
        wait = Math.max(asked, Math.min(wait * 2, maxIntervalMs));
      }
    }
    await sleep(wait, signal);
  }
}

/** True for what may be gone when one asks again: a lost connection, a busy or unavailable office. */
export function mayPass(reason: unknown): reason is ConnectionFault | OfficeRefused {
  if (reason instanceof ConnectionFault) return true;
  return reason instanceof OfficeRefused && (reason.problem.status === 503 || reason.problem.status === 429);
}

async function sleepMs(ms: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
