import { describe, expect, it } from "vitest";

import { type Bytes, concat, sha256, utf8 } from "../../src/crypto/bytes.ts";
import * as der from "../../src/crypto/der.ts";
import { type SignedDocument, pdfToBeSigned, requireDocumentAttributes } from "../../src/crypto/document.ts";
import * as oid from "../../src/crypto/oid.ts";

const CERTIFICATE = utf8("stands for a certificate");
const NONE = new Uint8Array() as Bytes;
const TEXT = utf8("계약: 첼로 1대");
const PDF = utf8("%PDF-1.7 stands for a contract");

const attribute = (type: string, value: Bytes) => der.sequence(der.oid(type), der.setOf(value));
const bound = async (certificate = CERTIFICATE) =>
  attribute(oid.SIGNING_CERTIFICATE_V2, der.sequence(der.sequence(der.sequence(der.octetString(await sha256(certificate))))));
const hints = (text: string) => attribute(oid.CONTENT_HINTS, der.sequence(der.tlv(der.Tag.UTF8_STRING, utf8(text)), der.oid(oid.DATA)));
const at = attribute(oid.SIGNING_TIME, der.time(new Date("2026-11-23T01:00:00Z")));
const type = attribute(oid.CONTENT_TYPE, der.oid(oid.DATA));
const digest = (value: Bytes) => attribute(oid.MESSAGE_DIGEST, der.octetString(value));

const text = async (): Promise<SignedDocument> => ({
  kind: "text",
  document: TEXT,
  digest: await sha256(TEXT),
  before: NONE,
  after: NONE,
  description: "계약 체결 (KRW 1,000)",
});

async function pdf({ range = [0, 0, 0], document = PDF }: { range?: number[]; document?: Bytes } = {}) {
  const after = utf8(" >> endobj");
  const fieldOf = (numbers: readonly number[]) => utf8(`\n7 0 obj << /ByteRange [0 ${numbers.map((n) => String(n).padStart(5)).join(" ")}] /Contents `);
  const start = document.length + fieldOf([0, 0, 0]).length;
  const before = fieldOf([start + range[0]!, start + 100 + range[1]!, after.length + range[2]!]);
  const shown: SignedDocument = { kind: "pdf", document, digest: await sha256(document), before, after, description: "계약" };
  return { shown, signed: await sha256(concat(document, before, after)) };
}

const refused = (attributes: Bytes, shown: SignedDocument) =>
  expect(requireDocumentAttributes(attributes, shown, CERTIFICATE)).rejects.toThrow("acceptance.statement_unexpected");

describe("what is signed of a text", () => {
  it("is the text shown, its purpose and this certificate", async () => {
    const shown = await text();
    const attributes = der.setOf(type, digest(shown.digest), await bound(), at, hints(shown.description));
    await expect(requireDocumentAttributes(attributes, shown, CERTIFICATE)).resolves.toBe(attributes);
  });

  it("is nothing else", async () => {
    const shown = await text();
    const good = [type, digest(shown.digest), await bound(), at, hints(shown.description)];
    const without = (index: number, ...others: Bytes[]) => der.setOf(...good.filter((_, i) => i !== index), ...others);
    await refused(without(1, digest(await sha256(utf8("계약: 첼로 9대")))), shown);
    await refused(without(2, await bound(utf8("another certificate"))), shown);
    await refused(without(4, hints("계약 체결 (KRW 9,000)")), shown);
    await refused(without(3), shown);
    await refused(der.setOf(...good, attribute("1.2.3.4", der.octetString(NONE))), shown);
    await refused(der.setOf(...good), { ...shown, document: utf8("계약: 첼로 9대") });
    await refused(der.setOf(...good), { ...shown, before: utf8("x") });
  });

  it("may be a digest alone when the party keeps the document, and then only", async () => {
    const { document: _, ...kept } = await text();
    const attributes = der.setOf(type, digest(kept.digest), await bound(), at, hints(kept.description));
    await expect(requireDocumentAttributes(attributes, { ...kept, kind: "digest" }, CERTIFICATE)).resolves.toBe(attributes);
    await refused(attributes, kept);
  });
});

describe("what is signed of a PDF", () => {
  it("is the document shown with a signature field behind it", async () => {
    const { shown, signed } = await pdf();
    const attributes = der.setOf(type, digest(signed), await bound());
    await expect(requireDocumentAttributes(attributes, shown, CERTIFICATE)).resolves.toBe(attributes);
  });

  it.each([
    ["ends elsewhere", [1, 0, 0]],
    ["goes on before it ended", [0, -101, 0]],
    ["leaves something out", [0, 0, -1]],
  ])("is refused when the byte range %s", async (_, range) => {
    const { shown, signed } = await pdf({ range });
    await refused(der.setOf(type, digest(signed), await bound()), shown);
  });

  it("is refused for another document, with a second byte range, or with much more behind it", async () => {
    const { shown, signed } = await pdf();
    const other = utf8("%PDF-1.7 stands for a contrast");
    await refused(der.setOf(type, digest(signed), await bound()), { ...shown, document: other, digest: await sha256(other) });
    const twice = { ...shown, after: concat(shown.after, shown.before) };
    await refused(der.setOf(type, digest(await sha256(concat(PDF, twice.before, twice.after))), await bound()), twice);
    const long = { ...shown, after: new Uint8Array(300_000) as Bytes };
    await refused(der.setOf(type, digest(await sha256(concat(PDF, long.before, long.after))), await bound()), long);
  });
});

describe("a PDF as it will be", () => {
  it("has every byte that is signed in its place, and an empty signature", async () => {
    const { shown } = await pdf();
    const whole = pdfToBeSigned(shown);
    const range = /\/ByteRange \[0 +(\d+) +(\d+) +(\d+)\]/.exec(new TextDecoder("latin1").decode(whole))!.slice(1).map(Number);
    const [end, resumed, length] = range as [number, number, number];
    expect(resumed + length).toBe(whole.length);
    expect(concat(whole.slice(0, end), whole.slice(resumed))).toEqual(concat(shown.document!, shown.before, shown.after));
    expect(new TextDecoder().decode(whole.slice(end, resumed))).toMatch(/^<0{98}>$/);
  });

  it("is not made of one whose gap would fill the memory", async () => {
    const { shown } = await pdf({ range: [0, 2_000_000, 0] });
    expect(() => pdfToBeSigned(shown)).toThrow("acceptance.statement_unexpected");
  });
});
