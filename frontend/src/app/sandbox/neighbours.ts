/**
 * The simulated neighbours, seen through the office's window (`src/dojang/web/sandbox_window.py`), which stands in a
 * sandbox only. One invented person a browser tab; nothing here is real.
 */

import type { DocumentKind, Side } from "../../api/types.ts";
import { ConnectionFault } from "../../api/problem.ts";

export interface Resident {
  readonly seed: number;
  readonly name: string;
  readonly birth_date: string;
  readonly sex: "M" | "F";
  readonly rrn: string;
  readonly phone: string;
  readonly bank_code: string;
  readonly bank_name: string;
  readonly account: string;
}

export interface HandsetCall {
  readonly call_id: string;
  readonly caller: string;
  readonly state: "ringing" | "answered" | "ended" | "busy" | "declined" | "no_answer" | "unreachable";
  readonly heard: readonly { prompt: string; language: string }[];
  readonly pressed: string;
}

export interface StatementLine {
  readonly at: string;
  readonly amount_krw: number;
  readonly text: string;
}

const WINDOW = "/sandbox-window";
const SEED = "dojang.sandbox.seed";
const MOST_SEED = 2 ** 31;

export class Neighbours {
  private readonly ask: typeof fetch;
  private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;

  constructor(ask: typeof fetch = (...request) => fetch(...request), storage: Neighbours["storage"] = sessionStorage) {
    this.ask = ask;
    this.storage = storage;
  }

  /** The seed of this tab's person, if one was invented. */
  get seed(): number | undefined {
    const kept = this.storage.getItem(SEED);
    return kept === null ? undefined : Number(kept);
  }

  /** Has every neighbour know this tab's person, inventing one at the first call, and returns them. */
  async invite(): Promise<Resident> {
    const seed = this.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]! % MOST_SEED;
    const person = (await this.json("POST", "/person", { seed })) as Resident;
    this.storage.setItem(SEED, String(seed));
    return person;
  }

  /** Another person next time. */
  forget(): void {
    this.storage.removeItem(SEED);
  }

  /** A photograph of a drawn specimen of the person's document. */
  async photograph(kind: DocumentKind, side: Side): Promise<Blob> {
    const query = new URLSearchParams({ kind, side, seed: String(this.seed ?? 0) });
    const answer = await this.answer("GET", `/specimen?${query}`);
    return new Blob([await answer.arrayBuffer()], { type: "image/jpeg" });
  }

  async listCalls(number: string): Promise<readonly HandsetCall[]> {
    return ((await this.json("GET", `/telephony/handset/${number}/calls`)) as { calls: HandsetCall[] }).calls;
  }

  async act(number: string, callId: string, act: "answer" | "decline" | "hang-up"): Promise<void> {
    await this.answer("POST", `/telephony/handset/${number}/calls/${callId}/${act}`);
  }

  async press(number: string, callId: string, keys: string): Promise<void> {
    await this.answer("POST", `/telephony/handset/${number}/calls/${callId}/press`, { keys });
  }

  /** Newest first; undefined when the bank knows no such account. */
  async findStatement(bankCode: string, number: string): Promise<readonly StatementLine[] | undefined> {
    const path = `${WINDOW}/bank/statement/${bankCode}/${number}.json`;
    const answer = await this.ask(path, { cache: "no-store" });
    return answer.ok ? ((await answer.json()) as { lines: StatementLine[] }).lines : undefined;
  }

  /** The address of what the telephone says. */
  promptUrl({ language, prompt }: { language: string; prompt: string }): string {
    return `${WINDOW}/telephony/prompts/${language}/${prompt}.wav`;
  }

  private async json(method: string, path: string, body?: object): Promise<unknown> {
    return (await this.answer(method, path, body)).json();
  }

  private async answer(method: string, path: string, body?: object): Promise<Response> {
    const headers = { "Content-Type": "application/json" };
    const message = body ? { method, headers, body: JSON.stringify(body) } : { method };
    const answer = await this.ask(WINDOW + path, { ...message, cache: "no-store" }).catch(() => {
      throw new ConnectionFault("network.unreachable");
    });
    if (!answer.ok && answer.status !== 409) throw new ConnectionFault("network.unintelligible", answer.status);
    return answer; // 409: the call was already over; the next look shows it
  }
}
