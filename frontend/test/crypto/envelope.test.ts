/** Letters that pkijs encrypts, and what may be wrong with one. OpenSSL's are opened in tests/unit/frontend/test_letters.py. */

import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { describe, expect, it } from "vitest";

import { definite } from "../../src/crypto/ber.ts";
import { type Bytes, concat, fromHex, utf8 } from "../../src/crypto/bytes.ts";
import * as der from "../../src/crypto/der.ts";
import { LARGEST_ENVELOPE_BYTES, isFor, readEnvelope } from "../../src/crypto/envelope.ts";
import { makeSubscriberKeys } from "../../src/crypto/keys.ts";
import * as oid from "../../src/crypto/oid.ts";
import { unwrapKey } from "../../src/crypto/rsa.ts";
import { openEnvelope } from "../../src/crypto/unsealing.ts";
import { parseCertificate } from "../../src/crypto/x509.ts";
import { certificateFor } from "./certificates.ts";

const keys = await makeSubscriberKeys();
const certificate = await certificateFor(keys.keyManagementSpki, keys.keyManagement, { serial: 8, keyManagement: true });
const other = await certificateFor(keys.signingSpki, keys.signing, { serial: 9, keyManagement: true });
const mine = parseCertificate(certificate);
const LETTER = utf8("주문하신 도장이 출발했어요.\n");

type Algorithm = { name: "AES-CBC" | "AES-GCM"; length: number };

async function byPkijs(algorithm: Algorithm, recipients: readonly Bytes[], oaep: string | undefined = "SHA-256"): Promise<Bytes> {
  const message = new pkijs.EnvelopedData();
  for (const one of recipients) {
    const schema = new pkijs.Certificate({ schema: asn1js.fromBER(one.buffer).result });
    message.addRecipientByCertificate(schema, oaep ? { oaepHashAlgorithm: oaep } : {});
  }
  await message.encrypt(algorithm, LETTER.buffer);
  const info = new pkijs.ContentInfo({ contentType: oid.ENVELOPED_DATA, content: message.toSchema() });
  return new Uint8Array(info.toSchema().toBER(false));
}

const open = async (message: Bytes) => openEnvelope(readEnvelope(message), mine, keys.keyManagement);
const rawEncrypt = (padded: Bytes): Bytes => {
  const numbers = der.read(der.at(der.read(keys.keyManagement).members(), 2).octets()).members();
  const [modulus, exponent] = [der.at(numbers, 1).bigint(), der.at(numbers, 2).bigint()];
  let [result, base] = [1n, BigInt(`0x${Array.from(padded, (byte) => byte.toString(16).padStart(2, "0")).join("")}`)];
  for (let rest = exponent; rest; rest >>= 1n) {
    if (rest & 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return fromHex(result.toString(16).padStart(2 * padded.length, "0"));
};
const padded = (keyBytes: Bytes, filling = 0x5a, size = 256): Bytes =>
  concat(Uint8Array.of(0, 2), new Uint8Array(size - 3 - keyBytes.length).fill(filling), Uint8Array.of(0), keyBytes);

/** A letter put together by hand: any parameters, right or wrong. */
function byHand(options: { cipher?: string; transport?: Bytes; encryptedKey?: Bytes; content?: Bytes; authenticated?: boolean; tag?: Bytes }): Bytes {
  const { cipher = oid.AES_256_CBC, transport = der.algorithm(oid.RSA_ENCRYPTION, der.nullValue()) } = options;
  const { encryptedKey = rawEncrypt(padded(new Uint8Array(32))), content = new Uint8Array(32), authenticated = false, tag = new Uint8Array(16) } = options;
  const recipient = der.sequence(
    der.integer(0),
    der.sequence(mine.issuerEncoded, mine.serialEncoded),
    transport,
    der.octetString(encryptedKey),
  );
  const iv = authenticated ? der.sequence(der.octetString(new Uint8Array(12)), der.integer(16)) : der.octetString(new Uint8Array(16));
  const encrypted = der.sequence(der.oid(oid.DATA), der.algorithm(cipher, iv), der.contextPrimitive(0, content));
  const body = der.sequence(
    der.integer(0),
    der.setOf(recipient),
    encrypted,
    ...(authenticated ? [der.octetString(tag)] : []),
  );
  return der.sequence(der.oid(authenticated ? oid.AUTH_ENVELOPED_DATA : oid.ENVELOPED_DATA), der.context(0, body));
}

describe("a letter that pkijs made", () => {
  it.each([128, 192, 256])("opens: AES-%i-CBC", async (length) => {
    const message = await byPkijs({ name: "AES-CBC", length }, [certificate]);
    const envelope = readEnvelope(message);
    expect(envelope).toMatchObject({ cipher: `AES-${length}-CBC`, isAuthenticated: false, contentType: oid.DATA });
    expect(await open(message)).toEqual(LETTER);
  });

  it.each(["SHA-1", "SHA-384", "SHA-512"])("opens: RSA-OAEP with %s", async (hash) => {
    expect(await open(await byPkijs({ name: "AES-CBC", length: 256 }, [certificate], hash))).toEqual(LETTER);
  });

  it("opens for each of several recipients", async () => {
    const message = await byPkijs({ name: "AES-CBC", length: 256 }, [other, certificate]);
    expect(await open(message)).toEqual(LETTER);
    expect(isFor(readEnvelope(message), parseCertificate(other))).toBe(true);
  });

  it("is refused by whoever it is not for", async () => {
    const message = await byPkijs({ name: "AES-CBC", length: 256 }, [other]);
    expect(isFor(readEnvelope(message), mine)).toBe(false);
    await expect(open(message)).rejects.toMatchObject({ code: "envelope.not_for_you" });
  });
});

describe("RSAES-PKCS1-v1_5", () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  const unwrap = (encrypted: Bytes) => unwrapKey(keys.keyManagement, encrypted, 32);

  it("gives the key back, blinded differently each time", () => {
    for (let i = 0; i < 3; i++) expect(unwrap(rawEncrypt(padded(key)))).toEqual(key);
  });

  it("answers bad padding with a key like any other, the same each time, and another for each ciphertext", () => {
    const wrong = [
      concat(Uint8Array.of(1), padded(key).subarray(1)), // 01 02
      concat(Uint8Array.of(0, 1), padded(key).subarray(2)), // 00 01
      padded(key, 0), // zeros among the filling
      concat(padded(key).subarray(0, -33), Uint8Array.of(7), key), // no zero before the key
      padded(concat(key, Uint8Array.of(9))), // a longer key
      padded(key.slice(1)), // a shorter one
    ].map(rawEncrypt);
    const answers = wrong.map(unwrap);
    expect(wrong.map(unwrap)).toEqual(answers);
    for (const answer of answers) {
      expect(answer).toHaveLength(32);
      expect(answer).not.toEqual(key);
    }
    expect(new Set(answers.map(String)).size).toBe(answers.length);
  });

  it("refuses what is no ciphertext of this key", () => {
    expect(() => unwrap(new Uint8Array(255))).toThrow("npki.malformed");
    expect(() => unwrap(new Uint8Array(256).fill(0xff))).toThrow("npki.malformed");
    expect(() => unwrapKey(utf8("junk"), new Uint8Array(256), 32)).toThrow("npki.malformed");
  });
});

describe("a letter with something wrong", () => {
  const refused = (message: Bytes) => expect(Promise.resolve().then(() => open(message))).rejects;

  it("says the same, whether key, padding or content was touched", async () => {
    const wrongKey = rawEncrypt(padded(new Uint8Array(31)));
    for (const message of [byHand({ encryptedKey: wrongKey }), byHand({}), byHand({ content: new Uint8Array(31) }),
      byHand({ encryptedKey: new Uint8Array(3) }), byHand({ authenticated: true, cipher: oid.AES_256_GCM })]) {
      await refused(message).toMatchObject({ code: "envelope.altered", about: [] });
    }
  });

  it("names a way it does not know", async () => {
    const code = "envelope.algorithm_unsupported";
    await refused(byHand({ cipher: "1.2.840.113549.3.7" })).toMatchObject({ code, about: ["1.2.840.113549.3.7"] });
    await refused(byHand({ transport: der.algorithm("1.2.3") })).toMatchObject({ code, about: ["1.2.3"] });
    await refused(byHand({ cipher: oid.AES_256_GCM })).toMatchObject({ code });
    await refused(byHand({ authenticated: true })).toMatchObject({ code });
  });

  it("is no letter at all", async () => {
    const signed = der.sequence(der.oid(oid.SIGNED_DATA), der.context(0, der.sequence()));
    for (const junk of [new Uint8Array(), utf8("hello"), Uint8Array.of(0x30, 0x80), signed, byHand({}).subarray(0, -1)]) {
      await refused(junk).toMatchObject({ code: "envelope.unreadable" });
    }
    await refused(new Uint8Array(LARGEST_ENVELOPE_BYTES + 1)).toMatchObject({ code: "envelope.too_large" });
  });

  it("never opens after one byte of content or tag was changed", async () => {
    const zero = await crypto.subtle.importKey("raw", new Uint8Array(32), "AES-GCM", false, ["encrypt"]);
    const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, zero, LETTER));
    const [content, tag] = [sealed.slice(0, -16), sealed.slice(-16)];
    const message = byHand({ authenticated: true, cipher: oid.AES_256_GCM, content, tag });
    expect(await open(message)).toEqual(LETTER);
    const start = message.length - tag.length - 2 - content.length;
    for (let i = start; i < message.length; i++) {
      if (i === start + content.length || i === start + content.length + 1) continue; // the tag's own tag and length
      const changed = message.slice();
      changed[i]! ^= 0x55;
      await refused(changed).toMatchObject({ code: "envelope.altered" });
    }
  });
});

describe("indefinite lengths", () => {
  it("become definite, and octet strings whole", () => {
    const streamed = fromHex("3080 2480 0401aa 0402bbcc 0000 a080 020105 0000 0000");
    expect(definite(streamed)).toEqual(fromHex("300a 0403aabbcc a003020105"));
  });

  it("are bounded", () => {
    for (const junk of ["3080", "3080020105", "0480", "30800001", "30030201", "1f8101"]) {
      expect(() => definite(fromHex(junk))).toThrow("npki.malformed");
    }
    expect(() => definite(fromHex("3080".repeat(40) + "0000".repeat(40)))).toThrow("npki.malformed");
    expect(() => definite(concat(fromHex("3080"), new Uint8Array(300_000).map((_, i) => (i % 2 ? 0 : 5)), fromHex("0000")))).toThrow(
      "npki.malformed",
    );
  });
});
