import { describe, expect, it } from "vitest";

import { LARGEST_FILE_BYTES, findMessage, readLetter } from "../../src/app/letter/message.ts";
import { fromHex, toBase64, utf8 } from "../../src/crypto/bytes.ts";
import * as oid from "../../src/crypto/oid.ts";

const MESSAGE = fromHex(`3082 0100 ${"ab".repeat(256)}`);
const wrapped = toBase64(MESSAGE).replace(/(.{64})/g, "$1\r\n");

const smime = (type: string, name: string) =>
  utf8(`From: shop@example.com\r\nSubject: hello\r\nMIME-Version: 1.0\r\nContent-Type: ${type}; smime-type=enveloped-data;\r\n name="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${wrapped}\r\n`);

describe("a letter's file", () => {
  it.each([
    ["DER", MESSAGE],
    ["base64", utf8(wrapped)],
    ["PEM", utf8(`-----BEGIN CMS-----\n${wrapped}\n-----END CMS-----\n`)],
    ["PKCS7", utf8(`-----BEGIN PKCS7-----\n${wrapped}\n-----END PKCS7-----\n`)],
    ["S/MIME", smime("application/pkcs7-mime", "smime.p7m")],
    ["old S/MIME", smime("application/x-pkcs7-mime", "smime.p7m")],
    ["S/MIME of an unknown type", smime("application/octet-stream", "SMIME.P7M")],
  ])("is found: %s", async (_, file) => {
    expect(await findMessage(file)).toEqual(MESSAGE);
  });

  it.each([
    ["nothing", utf8("")],
    ["a text", utf8("Dear customer, hello.")],
    ["broken base64", utf8("QUJ=DQ")],
    ["a mail without a letter", utf8("Subject: x\r\nContent-Type: text/plain\r\n\r\nhello")],
  ])("is refused: %s", async (_, file) => {
    await expect(findMessage(file).then((found) => found.length)).rejects.toMatchObject({ code: "envelope.unreadable" });
  });

  it("is refused when it is too large", async () => {
    await expect(findMessage(new Uint8Array(LARGEST_FILE_BYTES + 1))).rejects.toMatchObject({ code: "envelope.too_large" });
  });
});

describe("an opened letter", () => {
  const read = (text: string, type: string = oid.DATA) => readLetter(utf8(text), type, "notice.p7m");

  it("is plain text when it is one, without what misleads the eye", async () => {
    expect(await read("줄 1\r\n줄 2")).toEqual({ text: "줄 1\n줄 2", files: [], isSigned: false });
    expect((await read("pay \u202e000,1\u202c won\u0007")).text).toBe("pay 000,1 won");
    expect((await read("가족 👨‍👩‍👧")).text).toBe("가족 👨‍👩‍👧");
    expect((await read("제목: 안녕")).text).toBe("제목: 안녕");
  });

  it("is read as a mail when it is one", async () => {
    const body = toBase64(utf8("안녕하세요"));
    const mail = `Content-Type: multipart/mixed; boundary=b\r\nSubject: =?utf-8?B?${toBase64(utf8("알림"))}?=\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${body}\r\n--b\r\nContent-Type: application/pdf; name="../계약.pdf"\r\nContent-Disposition: attachment; filename="../계약.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--b--\r\n`;
    const letter = await read(mail);
    expect(letter).toMatchObject({ subject: "알림", isSigned: false });
    expect(letter.text?.trim()).toBe("안녕하세요");
    expect(letter.files.map(({ name, data }) => [name, new TextDecoder().decode(data)])).toEqual([["_계약.pdf", "%PDF"]]);
  });

  it("never becomes a page: marked-up mail is text, and a file to keep", async () => {
    const letter = await read("Content-Type: text/html\r\n\r\n<p>hi <script>alert(1)</script><img src=x onerror=alert(1)></p>");
    expect(letter.text ?? "").not.toContain("<");
    expect(letter.files.map(({ name }) => name)).toEqual(["notice.eml"]);
  });

  it("says when a signature lies inside", async () => {
    expect(await read("x", oid.SIGNED_DATA)).toMatchObject({ isSigned: true, files: [{ name: "notice.p7m" }] });
    const signed = "Content-Type: multipart/signed; boundary=b; protocol=\"application/pkcs7-signature\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n";
    expect(await read(signed)).toMatchObject({ isSigned: true });
  });

  it("is a file when it is neither", async () => {
    const bytes = fromHex("00ff1d");
    expect(await readLetter(bytes, oid.DATA, "../a/photo.jpg.p7m")).toEqual({
      files: [{ name: "_a_photo.jpg", data: bytes }],
      isSigned: false,
    });
  });
});
