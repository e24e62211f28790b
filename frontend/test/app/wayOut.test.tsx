// @vitest-environment happy-dom

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { ConnectionFault, OfficeRefused } from "../../src/api/problem.ts";
import { Failure } from "../../src/app/Failure.tsx";
import { SpeechProvider } from "../../src/app/ui/index.ts";
import { WAYS_OUT, findWayOut, isEnd, mayAskAgain } from "../../src/app/wayOut.ts";
import { CryptoFault } from "../../src/crypto/fault.ts";
import { formatDuration, formatWait } from "../../src/i18n/format.ts";
import { ko } from "../../src/i18n/ko.ts";

const CATALOGUE = join(import.meta.dirname, "../../../src/dojang/kernel/catalogue");
const known = readdirSync(CATALOGUE)
  .filter((name) => name.endsWith(".toml"))
  .flatMap((name) => [...readFileSync(join(CATALOGUE, name), "utf-8").matchAll(/^\["(.+)"\]$/gm)].map(([, code]) => code!));

const refusal = (code: string, status: number, more: { fields?: Record<string, unknown>; retry_after_s?: number } = {}) =>
  new OfficeRefused({ type: "", title: "제목이에요", status, detail: "까닭", code, next: "다음", fields: {}, request_id: "", ...more });

describe("a refusal", () => {
  it("is asked again only where the answer may be another one soon", () => {
    expect(mayAskAgain(new ConnectionFault("network.timeout"))).toBe(true);
    expect(mayAskAgain(refusal("internal", 500))).toBe(true);
    expect(mayAskAgain(refusal("neighbour.unavailable", 503, { retry_after_s: 60 }))).toBe(true);
    expect(mayAskAgain(refusal("delivery.not_ready", 409, { retry_after_s: 1 }))).toBe(true);
    expect(mayAskAgain(refusal("request.too_many", 429, { retry_after_s: 20 }))).toBe(true);
    expect(mayAskAgain(refusal("account_deposit.locked", 429, { retry_after_s: 86_400 }))).toBe(false);
    expect(mayAskAgain(refusal("renewal.too_early", 409))).toBe(false);
    expect(mayAskAgain(refusal("application.not_found", 404))).toBe(false);
    expect(mayAskAgain(refusal("id_document.unsupported_file", 415))).toBe(false);
  });

  it("leads somewhere else only under codes there are", () => {
    expect(known.length).toBeGreaterThan(200);
    expect(Object.keys(WAYS_OUT).filter((code) => !known.includes(code) && !(code in ko.error))).toEqual([]);
  });

  it("of this device's own leads away too", () => {
    expect(isEnd(new CryptoFault("moving.signing_only"))).toBe(true);
    expect(mayAskAgain(new CryptoFault("npki.wrong_password"))).toBe(true);
  });

  it("of every renewal that cannot be leads away from it", () => {
    const onceMore = ["renewal.not_signed", "renewal.request_unreadable", "renewal.wrong_key"]; // another signature may do
    const dead = known.filter((code) => code.startsWith("renewal.") && !onceMore.includes(code));
    expect(dead.length).toBeGreaterThan(8);
    for (const code of dead) expect([code, isEnd(refusal(code, 409))]).toEqual([code, true]);
  });

  it("nobody knows a way from leads home when one is stuck, and nowhere when the form can be changed", () => {
    expect(findWayOut(refusal("request.malformed", 400), true)?.path).toBe("/");
    expect(findWayOut(refusal("request.malformed", 400))).toBeUndefined();
  });
});

describe("what is said about it", () => {
  let root: HTMLElement;
  beforeEach(() => {
    root = document.createElement("div");
    document.body.append(root);
    history.replaceState(null, "", "/renew/7");
  });
  afterEach(() => {
    render(null, root);
    root.remove();
  });
  const show = (reason: unknown, onRetry?: () => unknown) =>
    act(() =>
      render(
        <SpeechProvider speech={{ words: ko, language: "ko" }}>
          <Failure reason={reason} {...(onRetry ? { onRetry } : {})} />
        </SpeechProvider>,
        root,
      ),
    );
  const retry = () => [...root.querySelectorAll("button")].find((one) => one.textContent === ko.action.retry);
  const links = () => [...root.querySelectorAll("a")].map((one) => one.getAttribute("href"));

  it("names the day from which renewing is possible, in Korea, and leads back to the certificates", async () => {
    await show(refusal("renewal.too_early", 409, { fields: { opens_at: "2029-10-23T15:00:00+00:00" } }), () => undefined);
    expect(root.textContent).toContain(ko.refused.opensAt("2029년 10월 24일"));
    expect(retry()).toBeUndefined();
    expect(links()).toEqual(["/"]);
  });

  it("offers another try where the connection was lost, and no way out beside it", async () => {
    let tries = 0;
    await show(new ConnectionFault("network.unreachable"), () => tries++);
    await act(() => retry()!.click());
    expect(tries).toBe(1);
    expect(links()).toEqual([]);
  });

  it("does not lead to where one is", async () => {
    history.replaceState(null, "", "/");
    await show(refusal("application.closed", 409));
    expect(links()).toEqual([]);
  });

  it("names hours and rations, and long waits in hours", async () => {
    await show(refusal("ars_call.outside_hours", 422, { fields: { from_hour: 9, until_hour: 21 } }));
    expect(root.textContent).toContain("9시부터 21시까지");
    await show(refusal("application.too_many_issues", 429, { fields: { limit: 3, days: 30 } }));
    expect(root.textContent).toContain("30일 동안 3번까지");
    expect([45, 119, 1_200, 7_200, 86_000].map((seconds) => formatWait(seconds, ko))).toEqual(["45초", "1분 59초", "20분", "2시간", "24시간"]);
    expect(formatDuration(86_000, ko)).toBe("24시간");
  });
});
