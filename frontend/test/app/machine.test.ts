import { describe, expect, it } from "vitest";

import type { ApplicationState, Check, CheckState, ProofingView } from "../../src/api/types.ts";
import { type Place, isWaiting, placeOf, stepOf, visited } from "../../src/app/machine.ts";
import { application } from "./office.ts";

const CHECKS: readonly Check[] = ["id_document", "personal_data", "registry", "account_deposit", "ars_call"];
const CAN_ACT: readonly CheckState[] = ["awaited", "confirming", "retry", "refused"];

/** A case as the office shows it: checks not named are awaited and, but for the first, not ready. */
const proofing = (states: Partial<Record<Check, CheckState>>, more: Partial<ProofingView> = {}): ProofingView => {
  let open = true;
  const checks = CHECKS.map((check) => {
    const state = states[check] ?? "awaited";
    const may_act = open && check !== "registry" && CAN_ACT.includes(state);
    if (check !== "registry" && !["passed", "review"].includes(state) && check !== "account_deposit") open = false;
    return { check, state, may_act, findings: [], tries_left: null };
  });
  return {
    state: "open", checks, next_check: checks.find((one) => one.may_act)?.check ?? null,
    document: null, person: null, deposit: null, call: null, expires_at: "2026-11-24T00:00:00Z", ...more,
  };
};

const done = { id_document: "passed", personal_data: "passed", registry: "passed" } as const;

describe("the place", () => {
  it.each<[string, Place, ProofingView | undefined]>([
    ["before the first photograph", "document", undefined],
    ["with one side handed in", "photograph", proofing({}, { document: { kind: "resident_card", state: "collecting", sides_missing: ["back"] } })],
    ["after a document that could not be read", "document", proofing({ id_document: "retry" }, { document: { kind: "resident_card", state: "rejected", sides_missing: [] } })],
    ["while it is read", "reading", proofing({ id_document: "running" })],
    ["while the reader is down", "reading", proofing({ id_document: "parked" })],
    ["when it was read", "fields", proofing({ id_document: "confirming" })],
    ["with the document confirmed", "person", proofing({ id_document: "passed" })],
    ["with the document before an operator", "person", proofing({ id_document: "review" })],
    ["with the person known", "account", proofing(done)],
    ["with the deposit on its way, though the call could begin", "deposit", proofing({ ...done, account_deposit: "running" })],
    ["with the deposit sent", "deposit", proofing({ ...done, account_deposit: "confirming" })],
    ["with the account refused", "account", proofing({ ...done, account_deposit: "refused" })],
    ["with the bank down: the call meanwhile", "call", proofing({ ...done, account_deposit: "parked" })],
    ["with the deposit confirmed", "call", proofing({ ...done, account_deposit: "passed" })],
    ["in the call", "call", proofing({ ...done, account_deposit: "passed", ars_call: "running" })],
    ["with everything before an operator", "waiting", proofing({ ...done, account_deposit: "review", ars_call: "passed" })],
    ["when somebody pressed 0#", "ended", proofing(done, { state: "frozen" })],
  ])("%s is %s", (_, place, found) => {
    expect(placeOf(application(), found)).toBe(place);
  });

  it.each<[ApplicationState, Place]>([
    ["identified", "issue"], ["issued", "issue"], ["completed", "receipt"], ["expired", "ended"], ["cancelled", "ended"],
    ["refused", "ended"], ["frozen", "ended"],
  ])("of an application that is %s is %s, whatever the case says", (state, place) => {
    expect(placeOf(application(state), proofing({}))).toBe(place);
  });

  it("may be left for what can still be changed, and for nothing else", () => {
    expect(visited("document", "fields")).toBe("document");
    expect(visited("account", "deposit")).toBe("account");
    expect(visited("phone", "call")).toBe("phone");
    expect(visited("fields", "person")).toBe("person");
    expect(visited("receipt", "document")).toBe("document");
    expect(visited(undefined, "call")).toBe("call");
  });

  it("is watched only while others are at work", () => {
    expect(isWaiting("reading", proofing({ id_document: "running" }))).toBe(true);
    expect(isWaiting("deposit", proofing({ ...done, account_deposit: "running" }))).toBe(true);
    expect(isWaiting("deposit", proofing({ ...done, account_deposit: "confirming" }))).toBe(false);
    expect(isWaiting("call", proofing({ ...done, ars_call: "running" }))).toBe(true);
    expect(isWaiting("call", proofing(done))).toBe(false);
    expect(isWaiting("fields", proofing({ id_document: "confirming" }))).toBe(false);
  });
});

describe("the steps", () => {
  it("are seven, fewer where the bank asks for less", () => {
    expect(stepOf("prepare")).toEqual({ current: 1, total: 7, step: "prepare" });
    expect(stepOf("fields", proofing({}))).toEqual({ current: 3, total: 7, step: "id_document" });
    const without = proofing({});
    const fewer = { ...without, checks: without.checks.filter(({ check }) => check !== "ars_call") };
    expect(stepOf("issue", fewer)).toEqual({ current: 6, total: 6, step: "issue" });
    expect(stepOf("waiting", fewer)).toBeUndefined();
  });
});
