// @vitest-environment happy-dom

import { beforeEach, describe, expect, it } from "vitest";

import { obtainCertificates } from "../../src/app/device/enrolment.ts";
import { type Bytes, concat, sha256, toBase64, utf8 } from "../../src/crypto/bytes.ts";
import * as der from "../../src/crypto/der.ts";
import * as oid from "../../src/crypto/oid.ts";
import { PaperUnreadable } from "../../src/paper/paper.ts";
import { LocalVault } from "../../src/vault/local.ts";
import { AskingVault } from "../../src/vault/page/asking.ts";
import { Person } from "../../src/vault/page/person.ts";
import type { OpenSheets } from "../../src/vault/page/sheets.ts";
import { pageWords } from "../../src/vault/page/words.ts";
import { FakeOffice, MemoryKeystore } from "../app/office.ts";

const PASSWORD = "Dojang!9x7q-Kim";
const COST = { memoryKib: 8, passes: 1 };
const APP = "https://cert.bank.example";
const words = pageWords("ko");

let place: HTMLElement;
let keystore: MemoryKeystore;
let vault: AskingVault;
let asking: boolean[];

const text = () => place.textContent ?? "";
const field = (id: string) => place.querySelector<HTMLInputElement>(`#${id}`)!;
const asked = () => expect.poll(() => place.querySelector("form"), { timeout: 5_000 }).not.toBeNull();
const yes = async (typed: Record<string, string> = {}) => {
  await asked();
  for (const [id, value] of Object.entries(typed)) {
    field(id).value = value;
    field(id).dispatchEvent(new Event("input"));
  }
  place.querySelector("form")!.dispatchEvent(new Event("submit", { cancelable: true }));
};
const no = async () => {
  await asked();
  [...place.querySelectorAll("button")].find((one) => one.textContent === words.cancel)!.click();
};
const complaint = () => expect.poll(() => place.querySelector<HTMLElement>("[role=alert]:not([hidden])")?.textContent);

beforeEach(async () => {
  document.body.innerHTML = "";
  place = document.body.appendChild(document.createElement("div"));
  keystore = new MemoryKeystore();
  asking = [];
  const person = new Person(place, words);
  person.tell = (one) => asking.push(one);
  vault = new AskingVault(keystore, person, APP);
});

const hold = async () =>
  obtainCertificates({ api: new FakeOffice(), vault: new LocalVault(keystore, { cost: COST }) }, "a", PASSWORD);

/** A contract with what an office would append, and the attributes to sign. */
async function pdfRequest(certificate: Bytes) {
  const contract = utf8("%PDF stands for a contract");
  const after = utf8(" >> endobj");
  const fieldOf = (end: number) => utf8(`\n7 0 obj << /ByteRange [0 ${[end, end + 100, after.length].map((one) => String(one).padStart(5)).join(" ")}] /Contents `);
  const before = fieldOf(contract.length + fieldOf(0).length);
  const attribute = (type: string, value: Bytes) => der.sequence(der.oid(type), der.setOf(value));
  const attributes = der.setOf(
    attribute(oid.CONTENT_TYPE, der.oid(oid.DATA)),
    attribute(oid.MESSAGE_DIGEST, der.octetString(await sha256(concat(contract, before, after)))),
    attribute(oid.SIGNING_CERTIFICATE_V2, der.sequence(der.sequence(der.sequence(der.octetString(await sha256(certificate)))))),
  );
  const digest = await sha256(contract);
  return { kind: "pdf" as const, document: contract, digest, before, after, description: "계약", attributes, party: "견본 상점", name: "계약서.pdf" };
}

describe("a vault that asks", () => {
  it("asks for a new password by today's rules, twice, and makes keys", async () => {
    const made = obtainCertificates({ api: new FakeOffice(), vault }, "a", undefined);
    await yes({ fresh: "short", again: "short" });
    await complaint().toBe(words.rulesBroken);
    await yes({ fresh: PASSWORD, again: "Other!9x7q-Kim" });
    await complaint().toBe(words.differ);
    expect(place.querySelectorAll(".rules__met")).toHaveLength(4);
    await yes({ fresh: PASSWORD, again: PASSWORD });
    expect(await made).toMatchObject({ serial: "11", isRevocable: true });
    expect(field("fresh")).toBeNull();
    expect([asking[0], asking.at(-1)]).toEqual([true, false]);
  });

  it("shows what is signed, lets a wrong password be corrected, and takes a no", async () => {
    const { serial } = await hold();
    const request = { content: utf8("천 원을 보냅니다."), detached: false, signedAt: new Date() };
    const signed = vault.sign(serial, undefined, request);
    await yes({ password: "wrong" });
    await complaint().toBe(words.wrongPassword);
    expect(text()).toContain("천 원을 보냅니다.");
    await yes({ password: PASSWORD });
    expect((await signed).length).toBeGreaterThan(500);
    const refused = vault.sign(serial, undefined, request);
    await no();
    await expect(refused).rejects.toMatchObject({ code: "vault.declined" });
    expect(asking.at(-1)).toBe(false);
  });

  it("shows the hash of what hides something", async () => {
    const { serial } = await hold();
    const refused = vault.sign(serial, undefined, { content: utf8("1,000\u202e000"), detached: false, signedAt: new Date() });
    await asked();
    expect(text()).toContain(words.sign.hidden);
    expect(text()).toMatch(/[0-9a-f]{64}/);
    await no();
    await expect(refused).rejects.toMatchObject({ code: "vault.declined" });
  });

  it("draws all that is signed of a PDF, and names it by its hash once a page of it cannot be drawn", async () => {
    const { serial } = await hold();
    const laid: string[] = [];
    let spoil = () => undefined as void;
    let closed = 0;
    const open: OpenSheets = async (pdf, _words, onUnreadable) => {
      laid.push(new TextDecoder("latin1").decode(pdf));
      spoil = onUnreadable;
      const shown = document.createElement("div");
      shown.textContent = "drawn";
      return { shown, close: () => void closed++ };
    };
    const person = new Person(place, words);
    const drawing = new AskingVault(keystore, person, APP, open);
    const request = await pdfRequest(keystore.held.get(serial)!.signing);
    const signing = drawing.signDocument(serial, undefined, request);
    await asked();
    expect(laid[0]).toContain("%PDF stands for a contract\n7 0 obj");
    expect(laid[0]).toMatch(/<0+> >> endobj$/);
    expect(text()).toContain("drawn");
    expect(text()).toContain(words.sign.shown);
    spoil();
    expect(text()).not.toContain("drawn");
    expect(text()).toContain(words.sign.hidden);
    await no();
    await expect(signing).rejects.toMatchObject({ code: "vault.declined" });
    expect(closed).toBe(1);
    const other = drawing.signDocument(serial, undefined, { ...request, document: utf8("%PDF another contract") });
    await expect(other).rejects.toMatchObject({ code: "acceptance.statement_unexpected" });
    expect(laid).toHaveLength(1); // nothing is drawn that would not be signed
  });

  it("says so where a PDF cannot be drawn at all", async () => {
    const { serial } = await hold();
    const open: OpenSheets = () => Promise.reject(new PaperUnreadable());
    const unable = new AskingVault(keystore, new Person(place, words), APP, open);
    const refused = unable.signDocument(serial, undefined, await pdfRequest(keystore.held.get(serial)!.signing));
    await asked();
    expect(text()).toContain(words.sign.hidden);
    expect(text()).toMatch(/[0-9a-f]{64}/);
    await no();
    await expect(refused).rejects.toMatchObject({ code: "vault.declined" });
  });

  it("believes the statement and the app's origin, not what the app says about them", async () => {
    const { serial } = await hold();
    const statement = (issuer: string) =>
      toBase64(utf8(JSON.stringify({
        challenge: "c", claims: ["openid"], client_id: "x", issuer, made_at: "2026-11-23T00:00:00Z", party: "견본 상점",
        redirect_host: "shop.example", request: "r", type: "dojang.sign-in.v1",
      })));
    const elsewhere = vault.signIn(serial, undefined, { statement: statement("https://evil.example"), request: "r", issuer: "https://evil.example" });
    await expect(elsewhere).rejects.toMatchObject({ code: "acceptance.statement_unexpected" });
    const here = vault.signIn(serial, undefined, { statement: statement(APP), request: "r", issuer: "https://evil.example" });
    await asked();
    expect(text()).toContain("견본 상점");
    expect(text()).toContain("shop.example");
    await yes({ password: PASSWORD });
    expect(await here).toMatch(/^[A-Za-z0-9+/=]{300,}$/);
    await expect(vault.signAct(serial, undefined, { statement: "", act: "transfer", target: serial })).rejects.toMatchObject({
      code: "acceptance.statement_unexpected",
    });
  });

  it("gives the code to send with to its person alone, and nothing without a second yes", async () => {
    const { serial } = await hold();
    const terms = { sid: "00112233445566778899aabbccddeeff", slot: "0420", expiresAt: "", name: "PC", origin: "https://evil.example" };
    const opening = vault.openSending(serial, terms);
    await yes();
    expect(Object.keys(await opening)).toEqual(["share"]);
    expect(text()).toMatch(/042 0\d\d \d{3} \d{3}/);
    await expect(vault.sealMoved(terms.sid)).rejects.toMatchObject({ code: "vault.declined" }); // no receiver was seen
  });

  it("hands backup files over itself", async () => {
    const { serial } = await hold();
    const files = vault.backUp(serial, undefined, { format: "npki_files", compatible: false, now: new Date() });
    await yes({ password: PASSWORD });
    await expect.poll(text, { timeout: 5_000 }).toContain(words.backUp.save("signPri.key"));
    [...place.querySelectorAll("button")].find((one) => one.textContent === words.done)!.click();
    expect(await files).toEqual([]);
    expect(keystore.held.get(serial)?.backedUpAt).toBeInstanceOf(Date);
  });
});
