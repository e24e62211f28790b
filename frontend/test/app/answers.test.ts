import { beforeEach, describe, expect, it } from "vitest";

import { Answers } from "../../src/app/answers.ts";

let asked: string[];
let failing: number;
let now: number;
let answers: Answers;

const send: typeof fetch = (address, init) => {
  asked.push(`${init?.method ?? "GET"} ${String(address)}`);
  const number = asked.length;
  if (failing-- > 0) return Promise.reject(new TypeError("unreachable"));
  return new Promise((resolve, reject) => {
    init?.signal?.addEventListener("abort", () => reject(init.signal!.reason as Error));
    setTimeout(() => resolve(new Response(`answer ${number}`)), 5);
  });
};

beforeEach(() => {
  [asked, failing, now] = [[], 0, 0];
  answers = new Answers(send, 5_000, () => now);
});

const body = async (address: string, init?: RequestInit) => (await answers.fetch(address, init)).text();

describe("an early answer", () => {
  it("is given out once, to who fetches that address", async () => {
    answers.ask("/v1/certificates", { method: "GET" });
    expect(await body("/v1/authority")).toBe("answer 2");
    expect(await body("/v1/certificates")).toBe("answer 1");
    expect(asked).toEqual(["GET /v1/certificates", "GET /v1/authority"]);
    expect(await body("/v1/certificates")).toBe("answer 3");
  });

  it("is no longer true once something was sent", async () => {
    answers.ask("/v1/sessions/current", { method: "GET" });
    await body("/v1/sessions", { method: "POST" });
    await body("/v1/sessions/current");
    expect(asked).toEqual(["GET /v1/sessions/current", "POST /v1/sessions", "GET /v1/sessions/current"]);
  });

  it("is not given out when it is old", async () => {
    answers.ask("/v1/notices", { method: "GET" });
    now = 5_000;
    await body("/v1/notices");
    expect(asked).toHaveLength(2);
  });

  it("that was lost is asked for once more, and then the loss is told", async () => {
    failing = 1;
    answers.ask("/v1/consents", { method: "GET" });
    expect(await body("/v1/consents")).toBe("answer 2");
    failing = 2;
    answers.ask("/v1/consents", { method: "GET" });
    await expect(answers.fetch("/v1/consents")).rejects.toBeInstanceOf(TypeError);
  });

  it("is given up by who leaves", async () => {
    answers.ask("/v1/applications", { method: "GET" });
    const leaving = new AbortController();
    const waited = answers.fetch("/v1/applications", { signal: leaving.signal });
    leaving.abort(new Error("left"));
    await expect(waited).rejects.toThrow("left");
    expect(asked).toHaveLength(1);
  });

  it("is given up at once by who has left already", async () => {
    answers.ask("/v1/applications", { method: "GET" });
    await expect(answers.fetch("/v1/applications", { signal: AbortSignal.abort(new Error("left")) })).rejects.toThrow("left");
  });
});
