/**
 * PKCS#12 files that keep R: AES-256 under PBKDF2-SHA256 inside, HMAC-SHA-256 outside. Other libraries drop a private
 * key's attributes, R among them, so these bytes are put together by hand.
 *
 * The MAC's key derivation must not be the cheaper way in for a guesser: it spends one hash a round where PBKDF2 spends
 * two, so it gets twice the rounds. WebCrypto has no such derivation; it runs here in slices, giving the page room to
 * breathe. Sources: RFC 7292, RFC 8018.
 */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { type Bytes, type TokenBytes, concat, equal, tokenBytes } from "./bytes.ts";
import * as der from "./der.ts";
import { CryptoFault } from "./fault.ts";
import { publicKeyOf } from "./keys.ts";
import { requirePrivateKey } from "./npki.ts";
import * as oid from "./oid.ts";
import { STRONG_ITERATIONS, decrypt, encrypt } from "./pbes.ts";
import { parseCertificate, requireKey, subjectKeyId } from "./x509.ts";

export interface KeyPair {
  readonly certificate: Bytes;
  /** PKCS#8 in clear, R included when it has one. */
  readonly pkcs8: Bytes;
}

export interface PfxContent {
  readonly signing: KeyPair;
  readonly keyManagement?: KeyPair;
  readonly chain: readonly Bytes[];
}

export interface PfxOptions {
  /** Of PBKDF2 for each bag; the MAC gets twice as many. */
  readonly iterations?: number;
  readonly random?: TokenBytes;
  /** Told the finished share, 0 to 1, while the MAC key is derived. */
  readonly onProgress?: (share: number) => void;
}

const VERSION = 3;
const MAC_PURPOSE = 3;
const HASH_BLOCK_BYTES = 64;
const MAX_MAC_ITERATIONS = 2_000_000;
const MAX_BAGS = 32;
const SLICE = 5_000;

/** Returns the file (DER). `password` is text; throws `npki.key_certificate_mismatch`. */
export async function makePfx(content: PfxContent, password: string, options: PfxOptions = {}): Promise<Bytes> {
  const { iterations = STRONG_ITERATIONS, random = tokenBytes } = options;
  const secret = new TextEncoder().encode(password);
  const pairs = [content.signing, ...(content.keyManagement ? [content.keyManagement] : [])];
  const keyBags: Bytes[] = [];
  const certificateBags: Bytes[] = [];
  for (const { certificate, pkcs8 } of pairs) {
    const id = await subjectKeyId(requireKey(parseCertificate(certificate), publicKeyOf(pkcs8)));
    const { algorithm, ciphertext } = await encrypt(pkcs8, secret, "strong", random, iterations);
    keyBags.push(bag(oid.SHROUDED_KEY_BAG, der.sequence(algorithm, der.octetString(ciphertext)), id));
    certificateBags.push(certificateBag(certificate, id));
  }
  certificateBags.push(...content.chain.map((certificate) => certificateBag(certificate)));
  const certificates = await encrypt(der.sequence(...certificateBags), secret, "strong", random, iterations);
  const safe = der.sequence(encryptedData(certificates), data(der.sequence(...keyBags)));
  const salt = random(16);
  const rounds = 2 * iterations;
  const mac = hmac(sha256, await deriveMacKey(password, salt, rounds, options.onProgress), safe);
  const digestInfo = der.sequence(der.algorithm(oid.SHA256, der.nullValue()), der.octetString(mac));
  return der.sequence(der.integer(VERSION), data(safe), der.sequence(digestInfo, der.octetString(salt), der.integer(rounds)));
}

/**
 * Opens a file with a SHA-256 MAC and PBES2 or NPKI bags. Keys are given to certificates by their public keys.
 * Throws `npki.malformed`, `npki.algorithm_unsupported`, `npki.iteration_count_refused`, `npki.wrong_password`,
 * `npki.key_certificate_mismatch`.
 */
export async function openPfx(encoded: Bytes, password: string): Promise<PfxContent> {
  const [version, authSafe, macData] = der.readFirst(encoded).members();
  if (version?.number() !== VERSION || !authSafe || !macData) throw new CryptoFault("npki.malformed", "PFX");
  const safe = contentOf(authSafe, oid.DATA).octets();
  await requireMac(macData, safe, password);
  const secret = new TextEncoder().encode(password);
  const certificates: Bytes[] = [];
  const keys: Bytes[] = [];
  for (const info of der.read(safe).members()) {
    for (const one of der.read(await safeContents(info, secret)).members()) {
      if (certificates.length + keys.length >= MAX_BAGS) throw new CryptoFault("npki.malformed", "SafeContents");
      const [type, value] = one.members();
      if (type?.oid() === oid.CERT_BAG && value) {
        certificates.push(der.at(value.explicit(0).members(), 1).explicit(0).octets());
      } else if (type?.oid() === oid.SHROUDED_KEY_BAG && value) {
        const [algorithm, ciphertext] = value.explicit(0).members();
        if (!algorithm || !ciphertext) throw new CryptoFault("npki.malformed", "EncryptedPrivateKeyInfo");
        keys.push(requirePrivateKey(await decrypt(algorithm, ciphertext.octets(), secret)));
      }
    }
  }
  return sortOut(certificates, keys);
}

function sortOut(certificates: Bytes[], keys: Bytes[]): PfxContent {
  const parsed = certificates.map(parseCertificate);
  let signing: KeyPair | undefined;
  let keyManagement: KeyPair | undefined;
  for (const pkcs8 of keys) {
    const owner = parsed.find((certificate) => equal(certificate.spki, publicKeyOf(pkcs8)));
    if (!owner) throw new CryptoFault("npki.key_certificate_mismatch");
    const pair = { certificate: owner.encoded, pkcs8 };
    if (owner.isKeyManagement) keyManagement ??= pair;
    else signing ??= pair;
  }
  if (!signing) throw new CryptoFault("npki.key_certificate_mismatch");
  const used = [signing.certificate, keyManagement?.certificate];
  const chain = certificates.filter((certificate) => !used.includes(certificate));
  return { signing, ...(keyManagement ? { keyManagement } : {}), chain };
}

async function safeContents(info: der.Value, secret: Bytes): Promise<Bytes> {
  const type = der.at(info.members(), 0).oid();
  if (type === oid.DATA) return contentOf(info, oid.DATA).octets();
  const encrypted = der.at(contentOf(info, oid.ENCRYPTED_DATA).members(), 1).members();
  return decrypt(der.at(encrypted, 1), der.at(encrypted, 2).octets(0x80), secret);
}

function contentOf(info: der.Value, type: string): der.Value {
  const members = info.members();
  const found = der.at(members, 0).oid();
  if (found !== type) throw new CryptoFault("npki.algorithm_unsupported", found);
  return der.at(members, 1).explicit(0);
}

async function requireMac(macData: der.Value, safe: Bytes, password: string): Promise<void> {
  const [digestInfo, salt, iterations] = macData.members();
  const [algorithm, digest] = digestInfo?.members() ?? [];
  if (!algorithm || !digest || !salt) throw new CryptoFault("npki.malformed", "MacData");
  const hash = der.at(algorithm.members(), 0).oid();
  if (hash !== oid.SHA256) throw new CryptoFault("npki.algorithm_unsupported", hash);
  const rounds = iterations?.number() ?? 1;
  if (rounds < 1 || rounds > MAX_MAC_ITERATIONS) throw new CryptoFault("npki.iteration_count_refused", String(rounds));
  const key = await deriveMacKey(password, salt.octets(), rounds);
  if (!equal(hmac(sha256, key, safe), digest.octets())) throw new CryptoFault("npki.wrong_password");
}

/** RFC 7292 appendix B.2 for one hash's length of key, which needs no second block. */
async function deriveMacKey(
  password: string,
  salt: Bytes,
  iterations: number,
  onProgress?: (share: number) => void,
): Promise<Bytes> {
  const diversifier = new Uint8Array(HASH_BLOCK_BYTES).fill(MAC_PURPOSE);
  let digest: Uint8Array = concat(diversifier, filled(salt), filled(bmp(password)));
  for (let done = 0; done < iterations; ) {
    for (const end = Math.min(done + SLICE, iterations); done < end; done++) digest = sha256(digest);
    onProgress?.(done / iterations);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return new Uint8Array(digest);
}

/** UTF-16BE and two zero bytes (RFC 7292 appendix B.1). */
function bmp(password: string): Bytes {
  const units = Array.from({ length: password.length }, (_, i) => password.charCodeAt(i));
  return Uint8Array.from([...units, 0].flatMap((unit) => [unit >> 8, unit & 0xff]));
}

/** Repeated up to whole hash blocks. */
function filled(pattern: Bytes): Bytes {
  const length = Math.ceil(pattern.length / HASH_BLOCK_BYTES) * HASH_BLOCK_BYTES;
  return Uint8Array.from({ length }, (_, i) => pattern[i % pattern.length]!);
}

function data(content: Bytes): Bytes {
  return der.sequence(der.oid(oid.DATA), der.context(0, der.octetString(content)));
}

function encryptedData({ algorithm, ciphertext }: { algorithm: Bytes; ciphertext: Bytes }): Bytes {
  const info = der.sequence(der.oid(oid.DATA), algorithm, der.contextPrimitive(0, ciphertext));
  return der.sequence(der.oid(oid.ENCRYPTED_DATA), der.context(0, der.sequence(der.integer(0), info)));
}

function certificateBag(certificate: Bytes, keyId?: Bytes): Bytes {
  const value = der.sequence(der.oid(oid.X509_CERTIFICATE), der.context(0, der.octetString(certificate)));
  return bag(oid.CERT_BAG, value, keyId);
}

function bag(type: string, value: Bytes, keyId?: Bytes): Bytes {
  const attributes = keyId
    ? [der.setOf(der.sequence(der.oid(oid.LOCAL_KEY_ID), der.setOf(der.octetString(keyId))))]
    : [];
  return der.sequence(der.oid(type), der.context(0, value), ...attributes);
}
