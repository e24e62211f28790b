/** What another implementation (pkijs) makes of our requests, messages and files. */

import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { describe, expect, it } from "vitest";

import { utf8 } from "../../src/crypto/bytes.ts";
import { certificationRequest } from "../../src/crypto/csr.ts";
import { signedData } from "../../src/crypto/cms.ts";
import { importSigningKey, makeSubscriberKeys, signer } from "../../src/crypto/keys.ts";
import { getRandomNumber, withRandomNumber } from "../../src/crypto/npki.ts";
import { makePfx, openPfx } from "../../src/crypto/pfx.ts";
import { parseCertificate } from "../../src/crypto/x509.ts";
import { certificateFor } from "./certificates.ts";

const keys = await makeSubscriberKeys();
const certificate = await certificateFor(keys.signingSpki, keys.signing);
const keyManagementCertificate = await certificateFor(keys.keyManagementSpki, keys.keyManagement, {
  serial: 8,
  keyManagement: true,
});
const sign = signer(await importSigningKey(keys.signing));

const parsed = (der: Uint8Array<ArrayBuffer>): asn1js.AsnType => {
  const { result, offset } = asn1js.fromBER(der.buffer);
  expect(offset).toBe(der.length);
  return result;
};

describe("a PKCS#10 request", () => {
  it("proves possession of its key", async () => {
    const der = await certificationRequest(keys.signingSpki, sign);
    const request = new pkijs.CertificationRequest({ schema: parsed(der) });
    expect(await request.verify()).toBe(true);
    expect(request.subject.typesAndValues).toHaveLength(0);
    const other = await certificationRequest(keys.keyManagementSpki, sign);
    expect(await new pkijs.CertificationRequest({ schema: parsed(other) }).verify()).toBe(false);
  });
});

describe("a certificate", () => {
  it("is read as pkijs wrote it", () => {
    const read = parseCertificate(certificate);
    expect(read.serial).toBe("2147483647");
    expect(read.notBefore).toEqual(new Date("2026-01-01T00:00:00Z"));
    expect(read.notAfter).toEqual(new Date("2026-12-31T23:59:59Z"));
    expect(read.spki).toEqual(keys.signingSpki);
    // pkijs puts all attributes into one relative name
    expect(read.subject.flat().map((one) => one.value)).toEqual(["kr", "dojang", "도장이()0099041202601010000001"]);
    expect(read.isKeyManagement).toBe(false);
    expect(parseCertificate(keyManagementCertificate).isKeyManagement).toBe(true);
  });
});

describe("a signed message", () => {
  const content = utf8("이 문서에 서명합니다\n");

  const verify = async (der: Uint8Array<ArrayBuffer>, data?: Uint8Array<ArrayBuffer>): Promise<boolean> => {
    const info = new pkijs.ContentInfo({ schema: parsed(der) });
    const message = new pkijs.SignedData({ schema: info.content });
    return message.verify({ signer: 0, checkChain: false, ...(data ? { data: data.buffer } : {}) });
  };

  it("verifies attached, with a signing time", async () => {
    const message = await signedData({ content, certificate, sign, signedAt: new Date("2026-11-23T01:02:03Z") });
    expect(await verify(message)).toBe(true);
  });

  it("verifies detached, and not over other content", async () => {
    const message = await signedData({ content, certificate, sign, detached: true, chain: [keyManagementCertificate] });
    expect(await verify(message, content)).toBe(true);
    await expect(verify(message, utf8("다른 문서"))).rejects.toBeDefined();
  });
});

describe("a PKCS#12 file", () => {
  const iterations = 2_000;
  const password = "Dojang!9x7q";
  const content = {
    signing: { certificate, pkcs8: keys.signing },
    keyManagement: { certificate: keyManagementCertificate, pkcs8: keys.keyManagement },
    chain: [],
  };

  it("has an integrity that pkijs confirms, and a MAC not cheaper to guess at than its bags", async () => {
    const file = await makePfx(content, password, { iterations });
    const pfx = new pkijs.PFX({ schema: parsed(file) });
    expect(pfx.macData?.iterations).toBe(2 * iterations);
    await pfx.parseInternalValues({ checkIntegrity: true, password: utf8(password).buffer });
    expect(pfx.parsedValue?.authenticatedSafe?.safeContents).toHaveLength(2);
    await expect(pfx.parseInternalValues({ checkIntegrity: true, password: utf8("x").buffer })).rejects.toBeDefined();
  });

  it("opens again with R", async () => {
    const seen: number[] = [];
    const opened = await openPfx(await makePfx(content, password, { iterations, onProgress: (n) => seen.push(n) }), password);
    expect(getRandomNumber(opened.signing.pkcs8)).toEqual(getRandomNumber(keys.signing));
    expect(opened.signing.pkcs8).toEqual(keys.signing);
    expect(opened.keyManagement?.pkcs8).toEqual(keys.keyManagement);
    expect(seen.at(-1)).toBe(1);
  });

  it("refuses a wrong password, an altered file, and a key that is not the certificate's", async () => {
    const file = await makePfx(content, password, { iterations });
    await expect(openPfx(file, "Dojang!9x7Q")).rejects.toMatchObject({ code: "npki.wrong_password" });
    file[200]! ^= 1;
    await expect(openPfx(file, password)).rejects.toMatchObject({ code: expect.stringMatching(/^npki\./) });
    const mixed = { signing: { certificate, pkcs8: withRandomNumber(keys.keyManagement, new Uint8Array(20).fill(1)) }, chain: [] };
    await expect(makePfx(mixed, password, { iterations })).rejects.toMatchObject({ code: "npki.key_certificate_mismatch" });
  });
});
