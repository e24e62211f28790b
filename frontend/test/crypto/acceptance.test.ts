import { describe, expect, it } from "vitest";

import { requireStatement } from "../../src/crypto/acceptance.ts";
import { sha256, toHex, utf8 } from "../../src/crypto/bytes.ts";
import { makeSubscriberKeys } from "../../src/crypto/keys.ts";
import { certificateFor } from "./certificates.ts";

const keys = await makeSubscriberKeys();
const signing = await certificateFor(keys.signingSpki, keys.signing, { serial: 11 });
const keyManagement = await certificateFor(keys.keyManagementSpki, keys.keyManagement, { serial: 12, keyManagement: true });
const honest = {
  application: "app-1",
  key_management_serial: "12",
  key_management_sha256: toHex(await sha256(keyManagement)),
  signing_serial: "11",
  signing_sha256: toHex(await sha256(signing)),
  type: "dojang.acceptance.v1",
};
const judge = (statement: unknown) =>
  requireStatement(utf8(typeof statement === "string" ? statement : JSON.stringify(statement)), {
    applicationId: "app-1",
    signing,
    keyManagement,
  });

describe("the acceptance statement", () => {
  it("is signed when it names these certificates", async () => {
    expect(new TextDecoder().decode(await judge(honest))).toBe(JSON.stringify(honest));
  });

  it.each([
    ["another application", { ...honest, application: "app-2" }],
    ["another certificate", { ...honest, signing_sha256: "00".repeat(32) }],
    ["swapped certificates", { ...honest, signing_serial: "12", key_management_serial: "11" }],
    ["something more", { ...honest, amount_krw: "1000000" }],
    ["something less", { type: honest.type }],
    ["a number", "12"],
    ["no JSON", "pay 1000000"],
  ])("is not signed when it names %s", async (_, statement) => {
    await expect(judge(statement)).rejects.toMatchObject({ code: "acceptance.statement_unexpected" });
  });
});
