import { describe, expect, it } from "vitest";

import { OfficeRefused } from "../../src/api/problem.ts";
import type { HeldView, ReadFieldView, TermsBody, TermsView } from "../../src/api/types.ts";
import { quoteEach } from "../../src/app/apply/Apply.tsx";
import { TEXT_VERSION, isKnownText } from "../../src/app/apply/Consents.tsx";
import type { HeldCertificate } from "../../src/vault/port.ts";
import { endedKeys, findExpired, homeNotices, isLive, isRenewable, isUnderWay, mustReissue } from "../../src/app/home/notices.ts";
import { partsOf, pathOf } from "../../src/app/route.ts";
import { correctionsOf, withMissing } from "../../src/app/steps/Fields.tsx";
import { pagesOf } from "../../src/app/steps/Person.tsx";
import { formatAccount, formatDay, formatPhone, formatRrn, isDay, isMobile } from "../../src/app/steps/formats.ts";
import { findCaseId } from "../../src/app/support/caseId.ts";
import { canShowInFull } from "../../src/app/use/Shown.tsx";
import { application } from "./office.ts";

const refusal = (code: string, fields: object = {}, request_id = "01a2-0663-9051") =>
  new OfficeRefused({ type: "", title: "t", status: 422, detail: "d", code, next: "n", fields: { ...fields }, request_id });

describe("what is typed", () => {
  it("is put into groups", () => {
    expect(formatDay("19900131")).toBe("1990-01-31");
    expect(formatDay("1990-1")).toBe("1990-1");
    expect(formatRrn("9001311234567890")).toBe("900131-1234567");
    expect(formatPhone("01012345678")).toBe("010-1234-5678");
    expect(formatPhone("+82 10-1234-5678")).toBe("010-1234-5678");
    expect(formatPhone("0112345678")).toBe("011-234-5678");
    expect(formatAccount("110 123-456789 은행")).toBe("110123-456789");
  });

  it("is held to what can be", () => {
    expect([isDay("1992-02-29"), isDay("1991-02-29"), isDay("1992-2-9"), isDay("")]).toEqual([true, false, false, false]);
    expect([isMobile("010-1234-5678"), isMobile("01012345678"), isMobile("02-123-4567")]).toEqual([true, true, false]);
  });

  it("is asked for one by one in easy mode", () => {
    expect(pagesOf(false, false)).toEqual([["name", "birth_date", "sex"], ["phone"]]);
    expect(pagesOf(true, true)).toEqual([["name"], ["birth_date"], ["sex"], ["rrn"], ["phone"]]);
  });
});

describe("read fields", () => {
  const field = (name: ReadFieldView["name"], value: string): ReadFieldView => ({ name, value, confidence: 1, source: "visual", crop: null });

  it("that are missing are asked for", () => {
    const shown = withMissing([field("name", "김도장"), field("rrn", "900101-1******")], "resident_card");
    expect(shown.map(({ name, value }) => [name, value])).toEqual([["name", "김도장"], ["rrn", "900101-1******"], ["issued_on", ""]]);
  });

  it("are corrected only where they differ; an RRN left empty stays", () => {
    const shown = [field("name", "김도장"), field("rrn", "900101-1******"), field("issued_on", "")];
    expect(correctionsOf(shown, {})).toEqual({});
    expect(correctionsOf(shown, { name: " 김도장 ", rrn: "" })).toEqual({});
    expect(correctionsOf(shown, { name: "김도강", issued_on: "2020-01-01" })).toEqual({ name: "김도강", issued_on: "2020-01-01" });
  });
});

describe("home", () => {
  const now = new Date("2026-11-23T00:00:00Z");
  const held = (more: Partial<HeldView>): HeldView => ({
    serial: "1",
    not_after: "2027-11-23T14:59:59Z",
    state: "good",
    succeeded: false,
    held_by: null,
    hold_ends_at: null,
    renewable_from: "2027-10-23T15:00:00Z",
    ...more,
  });
  const here = (serial: string, more: object = {}) => ({ serial, ...more }) as HeldCertificate;

  it("knows a live certificate", () => {
    expect(isLive(held({}), now)).toBe(true);
    for (const more of [{ state: "revoked" }, { state: "held" }, { succeeded: true }, { not_after: "2026-11-22T14:59:59Z" }] as const) {
      expect(isLive(held(more), now)).toBe(false);
    }
    expect(mustReissue([held({ state: "held" })], now)).toBe(true);
    expect(mustReissue([held({ state: "revoked" }), held({ not_after: "2026-01-01T00:00:00Z" })], now)).toBe(false);
  });

  it("knows what has run out, and keys that sign nothing any more", () => {
    const over = held({ not_after: "2026-11-22T14:59:59Z" });
    expect(findExpired([over], now)).toBe(over);
    expect(findExpired([over, held({ serial: "2" })], now)).toBeUndefined();
    expect(findExpired([held({ ...over, state: "revoked" })], now)).toBeUndefined();
    const keys = [here("1"), here("2"), here("3")];
    const ledger = [held({}), held({ serial: "2", succeeded: true })];
    expect(endedKeys(ledger, keys, now)).toEqual([keys[1]]); // the third is nobody's here: not ours to judge
    expect(endedKeys([over], keys, now)).toEqual([keys[0]]);
    expect(isRenewable(held({}), now)).toBe(false);
    expect(isRenewable(held({ renewable_from: "2026-11-22T15:00:00Z" }), now)).toBe(true);
    expect(isRenewable(held({ renewable_from: "2026-11-22T15:00:00Z", state: "held" }), now)).toBe(false);
  });

  it("says what is urgent, and only that", () => {
    const kinds = (...given: Parameters<typeof homeNotices>) => homeNotices(...given).map((one) => one.kind);
    expect(kinds([held({})], [], [here("1", { backedUpAt: now })], now)).toEqual([]);
    expect(kinds([held({})], [], [here("1")], now)).toEqual(["not_backed_up"]);
    expect(kinds([held({ not_after: "2026-12-01T00:00:00Z" })], [], [], now)).toEqual(["ends_soon", "not_here"]);
    expect(kinds([held({ not_after: "2026-11-01T00:00:00Z" })], [], [], now)).toEqual(["ended"]);
    expect(kinds([], [application("issued")], [], now)).toEqual(["unaccepted"]);
    expect(kinds([], [application("frozen"), application("completed")], [], now)).toEqual(["frozen"]);
    expect(kinds([], [application("completed"), application("frozen")], [], now)).toEqual([]);
    for (const state of ["issued", "frozen"] as const) {
      const over = { ...application(state), expires_at: "2026-11-22T00:00:00Z" }; // its time is up, whatever it says
      expect(kinds([], [over], [], now)).toEqual([]);
      expect(isUnderWay(over, now)).toBe(false);
    }
    expect(isUnderWay(application("proofing"), now)).toBe(true);
  });
});

describe("quotes", () => {
  const terms = (years: number, validity: "anew" | "remaining" = "anew"): TermsView => ({
    validity, years, not_before: "", not_after: "", predecessor_serial: null, predecessor_ends: null,
  });
  const bank = (offered: number[], validity?: "remaining") => async ({ years }: TermsBody) => {
    if (!offered.includes(years)) throw refusal("application.validity_not_offered", { offered: offered.map(String) });
    return terms(years, validity);
  };
  const wanted = { kind: "new" } as const;

  it("are had for each validity the bank offers, whichever they are", async () => {
    expect((await quoteEach(wanted, bank([1, 3]))).map((one) => one.years)).toEqual([1, 3]);
    expect((await quoteEach(wanted, bank([2]))).map((one) => one.years)).toEqual([2]);
    expect((await quoteEach(wanted, bank([1, 2]))).map((one) => one.years)).toEqual([1, 2]);
    expect((await quoteEach(wanted, bank([3, 5]))).map((one) => one.years)).toEqual([3, 5]);
    expect(await quoteEach(wanted, bank([1, 3], "remaining"))).toHaveLength(1);
  });

  it("pass other refusals on", async () => {
    const refused = refusal("application.certificate_already_held");
    await expect(quoteEach(wanted, () => Promise.reject(refused))).rejects.toBe(refused);
  });
});

describe("small rules", () => {
  it("consent is asked for texts that stand here only", () => {
    expect(isKnownText({ text_id: "personal_data", version: TEXT_VERSION })).toBe(true);
    expect(isKnownText({ text_id: "personal_data", version: "2031-01" })).toBe(false);
    expect(isKnownText({ text_id: "marketing", version: TEXT_VERSION })).toBe(false);
  });

  it("a case id comes from the office's support code, else its request id", () => {
    expect(findCaseId(refusal("internal", { support_code: "ab12cd34" }))).toBe("ab12cd34");
    expect(findCaseId(refusal("x"))).toBe("01A206");
    expect(findCaseId(refusal("x", {}, ""))).toBeUndefined();
    expect(findCaseId(new TypeError("secret"))).toBeUndefined();
  });

  it("an address has its parts back", () => {
    expect(partsOf(pathOf("certificate", "12/3 ?", "end"))).toEqual(["certificate", "12/3 ?", "end"]);
    expect(partsOf("/")).toEqual([]);
    expect(partsOf("/a/%E0%A4%A")).toEqual(["a", "%E0%A4%A"]);
  });

  it("only what can be seen whole counts as seen", () => {
    const file = (data: Uint8Array<ArrayBuffer>, type = "") => ({ what: "file" as const, name: "f", type, data });
    const text = (of: string) => new Uint8Array(new TextEncoder().encode(of));
    expect(canShowInFull(file(text("갑은 을에게 준다.\n")))).toBe(true);
    expect(canShowInFull(file(text("%PDF-1.7"), "application/pdf"))).toBe(false);
    expect(canShowInFull(file(Uint8Array.of(0xff, 0xfe, 0x00)))).toBe(false);
    expect(canShowInFull(file(text("pay \u202e0001"), "text/plain"))).toBe(false);
    expect(canShowInFull(file(text("<svg/>"), "image/svg+xml"))).toBe(false);
    expect(canShowInFull(file(Uint8Array.of(0x89, 0x50), "image/png"))).toBe(true);
  });
});
