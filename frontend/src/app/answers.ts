/**
 * Answers asked for before anybody wants them. Each is given out once; none after something was sent that may have changed
 * it, and none when it has become old: then the office is asked as ever. Knows nothing of what is asked.
 */

interface Waiting {
  readonly answer: Promise<Response>;
  readonly control: AbortController;
}

export class Answers {
  private readonly waiting = new Map<string, Waiting>();
  private readonly send: typeof fetch;
  private readonly endsAtMs: number;
  private readonly now: () => number;

  /** Nothing is given out from `endsAtMs` on, by `now`. */
  constructor(ask: typeof fetch, endsAtMs: number, now: () => number = () => performance.now()) {
    this.send = ask;
    this.endsAtMs = endsAtMs;
    this.now = now;
  }

  /** Asks now for what will be fetched in a moment. */
  ask(address: string, init: RequestInit): void {
    const control = new AbortController();
    const answer = this.send(address, { ...init, signal: control.signal });
    answer.catch(() => undefined); // who fetches it is told
    this.waiting.set(address, { answer, control });
  }

  /** As `fetch`. An early answer that failed is asked for once more. */
  readonly fetch: typeof fetch = async (address, init) => {
    const isLook = (init?.method ?? "GET") === "GET";
    const early = isLook && this.now() < this.endsAtMs ? this.waiting.get(String(address)) : undefined;
    if (isLook) this.waiting.delete(String(address));
    else this.waiting.clear();
    if (!early) return this.send(address, init);
    const signal = init?.signal;
    const abort = () => early.control.abort(signal?.reason);
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    try {
      return await early.answer;
    } catch (reason) {
      if (signal?.aborted) throw reason;
      return await this.send(address, init);
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  };
}
