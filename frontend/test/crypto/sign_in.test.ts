import { describe, expect, it } from "vitest";

import { utf8 } from "../../src/crypto/bytes.ts";
import { requireSignInStatement } from "../../src/crypto/sign_in.ts";

const REQUEST = "0123456789abcdef0123456789abcdef";
const ISSUER = "https://cert.bank.example";
const SAID = {
  challenge: "00".repeat(32),
  claims: ["openid", "profile"],
  client_id: "01890000-0000-7000-8000-000000000000",
  issuer: ISSUER,
  made_at: "2026-11-23T01:00:00Z",
  party: "견본 상점",
  redirect_host: "shop.example",
  request: REQUEST,
  type: "dojang.sign-in.v1",
};

const statement = (said: object) => utf8(JSON.stringify(said));
const refusal = (bytes: Uint8Array<ArrayBuffer>) => () => requireSignInStatement(bytes, REQUEST, ISSUER);

describe("a sign-in statement", () => {
  it("is read when it is what the office writes", () => {
    expect(requireSignInStatement(statement(SAID), REQUEST, ISSUER).party).toBe("견본 상점");
  });

  it.each([
    ["another request", { ...SAID, request: "f".repeat(32) }],
    ["another office", { ...SAID, issuer: "https://evil.example" }],
    ["another type", { ...SAID, type: "dojang.act.v1" }],
    ["a field more", { ...SAID, amount: "1,000,000" }],
    ["another order", Object.fromEntries(Object.entries(SAID).reverse())],
    ["a field less", { ...SAID, party: undefined }],
    ["claims that are no texts", { ...SAID, claims: [1] }],
    ["no claims", { ...SAID, claims: "openid" }],
  ])("is refused with %s", (_, said) => {
    expect(refusal(statement(said))).toThrow("acceptance.statement_unexpected");
  });

  it("is refused when it is no JSON at all", () => {
    for (const bytes of [utf8("계약서"), utf8("null"), new Uint8Array([0xff, 0xfe])]) {
      expect(refusal(bytes)).toThrow("acceptance.statement_unexpected");
    }
  });
});
