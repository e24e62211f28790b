import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import { type AddressInfo } from "node:net";

import { Api, newIdempotencyKey } from "../../src/api/client.ts";
import { newDeviceId } from "../../src/app/device/id.ts";
import { poll } from "../../src/api/poll.ts";
import { ConnectionFault, OfficeRefused } from "../../src/api/problem.ts";

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

const problem = (status: number, code: string, more: object = {}) => ({
  type: `/problems/${code}`,
  title: "제목",
  status,
  detail: "까닭",
  code,
  next: "다음",
  fields: { tries_left: 2 },
  request_id: "abc",
  ...more,
});

/** A server on this machine that answers what a test says. */
let server: Server;
let answer: (seen: Seen, response: ServerResponse) => void;
let seen: Seen[] = [];
let api: Api;
let ended = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = { method: request.method!, url: request.url!, headers: request.headers, body: Buffer.concat(chunks) };
      seen.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(() => server.close());

beforeEach(() => {
  seen = [];
  ended = 0;
  const { port } = server.address() as AddressInfo;
  api = new Api({
    baseUrl: `http://127.0.0.1:${port}`,
    deviceId: "web-1",
    language: () => "en",
    timeoutMs: 300,
    onSessionEnded: () => ended++,
  });
});

const reply = (status: number, body: unknown, type = "application/json") => {
  answer = (_, response) => {
    response.writeHead(status, { "Content-Type": type });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
};

describe("a request", () => {
  it("says who asks, from which device, in which language", async () => {
    reply(201, { token: "t0", expires_at: "", ends_at_latest: "" });
    await api.signIn({ login_name: "gildong", password: "secret" });
    reply(200, []);
    await api.listApplications();
    expect(seen.map((one) => `${one.method} ${one.url}`)).toEqual(["POST /v1/sessions", "GET /v1/applications"]);
    expect(seen[0]?.headers.authorization).toBeUndefined();
    expect(JSON.parse(String(seen[0]?.body))).toEqual({ login_name: "gildong", password: "secret" });
    expect(seen[1]?.headers).toMatchObject({
      authorization: "Bearer t0",
      "accept-language": "en",
      "dojang-device": "web-1",
    });
  });

  it("carries a photograph as it is and an idempotency key", async () => {
    reply(202, { kind: "passport", state: "reading", sides: ["front"] });
    await api.submitPhotograph("a/b", "passport", "front", new Blob([Uint8Array.of(255, 216)], { type: "image/jpeg" }));
    expect(seen[0]).toMatchObject({ url: "/v1/applications/a%2Fb/photographs/passport/front", method: "PUT" });
    expect(seen[0]?.headers["content-type"]).toBe("image/jpeg");
    expect([...seen[0]!.body]).toEqual([255, 216]);
    const key = newIdempotencyKey();
    await api.enrol("a", { signing_request: "", key_management_request: "", sealed_r: "" }, key);
    expect(seen[1]?.headers["idempotency-key"]).toBe(key);
    expect(newDeviceId()).toMatch(/^[\w-]{8,64}$/);
  });

  it("may be answered with nothing", async () => {
    reply(204, undefined);
    await api.changePhone("a", { phone: "010-0000-0000" });
    api.token = "t";
    await api.signOut();
    expect(api.token).toBeUndefined();
  });
});

describe("a refusal", () => {
  it("is the office's problem, word for word", async () => {
    reply(422, problem(422, "proofing.deposit_wrong", { alternative: "지점" }), "application/problem+json");
    const refused: unknown = await api.confirmDeposit("a", { amount_krw: 1 }).catch((reason: unknown) => reason);
    expect(refused).toBeInstanceOf(OfficeRefused);
    const { problem: found, code } = refused as OfficeRefused;
    expect(code).toBe("proofing.deposit_wrong");
    expect(found).toMatchObject({ title: "제목", detail: "까닭", next: "다음", alternative: "지점", status: 422 });
    expect((refused as OfficeRefused).count("tries_left")).toBe(2);
    expect((refused as OfficeRefused).count("nothing")).toBeUndefined();
  });

  it("for want of a session ends it, once", async () => {
    api.token = "old";
    reply(401, problem(401, "access.session_required"), "application/problem+json");
    await expect(api.listCertificates()).rejects.toMatchObject({ code: "access.session_required" });
    await expect(api.listCertificates()).rejects.toMatchObject({ code: "access.session_required" });
    expect([api.token, ended]).toEqual([undefined, 1]);
  });
});

describe("a bad connection", () => {
  it.each([
    ["a page instead of an answer", 200],
    ["a proxy's error", 502],
  ])("is told from a refusal: %s", async (_, status) => {
    answer = (_seen, response) => response.writeHead(status, { "Content-Type": "text/html" }).end("<html>");
    await expect(api.listConsents()).rejects.toMatchObject({ code: "network.unintelligible", status });
  });

  it("is lost, slow, or given up by the person", async () => {
    answer = (_, response) => response.destroy();
    await expect(api.listConsents()).rejects.toMatchObject({ code: "network.unreachable" });
    answer = () => undefined;
    await expect(api.listConsents()).rejects.toMatchObject({ code: "network.timeout" });
    const controller = new AbortController();
    const asked = api.listConsents({ signal: controller.signal });
    controller.abort(new Error("left the page"));
    await expect(asked).rejects.toThrow("left the page");
  });
});

describe("polling", () => {
  const until = (state: string) => state === "passed";

  it("waits longer while nothing changes, and tells of changes only", async () => {
    const states = ["running", "running", "running", "confirming", "passed"];
    const waits: number[] = [];
    const changes: string[] = [];
    const found = await poll(async () => states.shift()!, {
      until,
      onChange: (state) => changes.push(state),
      sleep: async (ms) => void waits.push(ms),
    });
    expect(found).toBe("passed");
    expect(changes).toEqual(["running", "confirming", "passed"]);
    expect(waits).toEqual([1000, 1500, 2250, 1000]);
  });

  it("waits out a lost connection and a busy office, as long as it asks", async () => {
    const looks = [
      new ConnectionFault("network.unreachable"),
      new OfficeRefused(problem(503, "bank.unavailable", { retry_after_s: 20 })),
      "passed",
    ];
    const waits: number[] = [];
    const trouble: (string | undefined)[] = [];
    const look = async () => {
      const next = looks.shift()!;
      if (next instanceof Error) throw next;
      return next;
    };
    const sleep = async (ms: number) => void waits.push(ms);
    await poll(look, { until, sleep, onTrouble: (reason) => trouble.push(reason?.code) });
    expect(waits).toEqual([2000, 20_000]);
    expect(trouble).toEqual(["network.unreachable", "bank.unavailable", undefined]);
  });

  it("ends with other refusals and with the person's leaving", async () => {
    const refused = new OfficeRefused(problem(404, "application.not_found"));
    await expect(poll(() => Promise.reject(refused), { until })).rejects.toBe(refused);
    const controller = new AbortController();
    const waiting = poll(async () => "running", { until, signal: controller.signal });
    setTimeout(() => controller.abort(new Error("left")), 5);
    await expect(waiting).rejects.toThrow("left");
  });

  it("does not look while paused", async () => {
    let looks = 0;
    let naps = 0;
    const look = async () => {
      looks++;
      return "passed";
    };
    await poll(look, { until, paused: () => naps < 3, sleep: async () => void naps++ });
    expect([looks, naps]).toEqual([1, 3]);
  });
});
