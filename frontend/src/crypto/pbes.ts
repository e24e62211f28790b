/**
 * Password-based encryption: SEED under PBKDF1 (`signPri.key` as every NPKI client reads it), and PBES2 with SEED or AES.
 * Knows nothing of what it encrypts. Iteration counts are bounded because a file's author chooses them and the reader
 * pays. Sources: KCAC.TS.ENC, RFC 8018.
 */

import { sha1 } from "@noble/hashes/legacy.js";

import { type Bytes, type TokenBytes, concat } from "./bytes.ts";
import * as der from "./der.ts";
import { CryptoFault } from "./fault.ts";
import * as oid from "./oid.ts";
import * as seed from "./seed.ts";

/** How a private key is encrypted. */
export type KeyProtection =
  | "seed" // pbeWithSHA1AndSEED-CBC: every NPKI client reads it, and guessing is cheap
  | "seed_pbes2" // PBKDF2-SHA1 with SEED: newer NPKI clients, OpenSSL with its legacy provider
  | "strong"; // PBKDF2-SHA256 with AES-256: current software; the one to prefer

export const SEED_ITERATIONS = 2048; // what yessign writes
export const STRONG_ITERATIONS = 300_000;

const MAX_PBKDF1_ITERATIONS = 1_000_000;
const MAX_PBKDF2_ITERATIONS = 5_000_000;
const MAX_SALT_BYTES = 128;
const FIXED_IV = "0123456789012345"; // of the old variant .1.4; read, never written

const KEY_BYTES = new Map([
  [oid.SEED_CBC, 16],
  [oid.AES_128_CBC, 16],
  [oid.AES_256_CBC, 32],
]);
const PRF_HASHES = new Map([
  [oid.HMAC_SHA1, "SHA-1"],
  [oid.HMAC_SHA256, "SHA-256"],
  [oid.HMAC_SHA384, "SHA-384"],
  [oid.HMAC_SHA512, "SHA-512"],
]);

export interface Encrypted {
  /** DER of the AlgorithmIdentifier. */
  readonly algorithm: Bytes;
  readonly ciphertext: Bytes;
}

/** Encrypts under a fresh salt. `iterations` defaults to the protection's usual count. */
export async function encrypt(
  plaintext: Bytes,
  password: Bytes,
  protection: KeyProtection,
  random: TokenBytes,
  iterations: number = protection === "strong" ? STRONG_ITERATIONS : SEED_ITERATIONS,
): Promise<Encrypted> {
  if (protection === "seed") {
    const salt = random(8);
    const { key, iv } = pbes1Key(password, salt, iterations);
    const parameters = der.sequence(der.octetString(salt), der.integer(iterations));
    return {
      algorithm: der.algorithm(oid.PBE_SHA1_SEED_CBC, parameters),
      ciphertext: seed.encryptCbc(key, iv, plaintext),
    };
  }
  const strong = protection === "strong";
  const scheme: Pbes2 = {
    cipher: strong ? oid.AES_256_CBC : oid.SEED_CBC,
    prf: strong ? oid.HMAC_SHA256 : oid.HMAC_SHA1,
    salt: random(strong ? 16 : 8),
    iv: random(16),
    iterations,
  };
  const key = await pbes2Key(scheme, password);
  const ciphertext = strong ? await aesEncrypt(key, scheme.iv, plaintext) : seed.encryptCbc(key, scheme.iv, plaintext);
  return { algorithm: pbes2Algorithm(scheme), ciphertext };
}

/**
 * Decrypts under the scheme that `algorithm` (DER of an AlgorithmIdentifier) names: `.1.15`, the old `.1.4`, PBES2.
 * A wrong password passes unnoticed once in 256 tries: callers must check what comes out.
 * Throws `npki.malformed`, `npki.algorithm_unsupported`, `npki.iteration_count_refused`, `npki.wrong_password`.
 */
export async function decrypt(algorithm: der.Value, ciphertext: Bytes, password: Bytes): Promise<Bytes> {
  const [name, parameters] = pair(algorithm);
  const dotted = name.oid();
  if (dotted === oid.PBE_SHA1_SEED_CBC || dotted === oid.SEED_CBC) {
    const [salt, iterations] = pair(parameters);
    const { key, iv } = pbes1Key(password, checkedSalt(salt.octets()), iterations.number());
    const used = dotted === oid.SEED_CBC ? new TextEncoder().encode(FIXED_IV) : iv;
    return seed.decryptCbc(key, used, ciphertext);
  }
  if (dotted !== oid.PBES2) throw new CryptoFault("npki.algorithm_unsupported", dotted);
  const scheme = parsePbes2(parameters);
  const key = await pbes2Key(scheme, password);
  if (scheme.cipher === oid.SEED_CBC) return seed.decryptCbc(key, scheme.iv, ciphertext);
  return aesDecrypt(key, scheme.iv, ciphertext);
}

interface Pbes2 {
  readonly cipher: string;
  readonly prf: string;
  readonly salt: Bytes;
  readonly iv: Bytes;
  readonly iterations: number;
}

function pbes1Key(password: Bytes, salt: Bytes, iterations: number): { key: Bytes; iv: Bytes } {
  requireIterations(iterations, MAX_PBKDF1_ITERATIONS);
  let derived: Uint8Array = concat(password, salt);
  for (let i = 0; i < iterations; i++) derived = sha1(derived);
  return { key: new Uint8Array(derived.subarray(0, 16)), iv: new Uint8Array(sha1(derived.subarray(16, 20)).subarray(0, 16)) };
}

async function pbes2Key(scheme: Pbes2, password: Bytes): Promise<Bytes> {
  requireIterations(scheme.iterations, MAX_PBKDF2_ITERATIONS);
  const material = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const hash = PRF_HASHES.get(scheme.prf)!;
  const kdf = { name: "PBKDF2", hash, salt: scheme.salt, iterations: scheme.iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(kdf, material, 8 * KEY_BYTES.get(scheme.cipher)!));
}

/** HMAC-SHA1 is the DEFAULT and therefore absent; pypinksign knows no other. */
function pbes2Algorithm(scheme: Pbes2): Bytes {
  const prf = scheme.prf === oid.HMAC_SHA1 ? [] : [der.algorithm(scheme.prf, der.nullValue())];
  const kdf = der.sequence(der.octetString(scheme.salt), der.integer(scheme.iterations), ...prf);
  return der.algorithm(
    oid.PBES2,
    der.sequence(der.algorithm(oid.PBKDF2, kdf), der.algorithm(scheme.cipher, der.octetString(scheme.iv))),
  );
}

function parsePbes2(parameters: der.Value): Pbes2 {
  const [kdf, encryption] = pair(parameters);
  const [kdfName, kdfParameters] = pair(kdf);
  const [cipherName, ivValue] = pair(encryption);
  const cipher = cipherName.oid();
  requireKnown(kdfName.oid(), [oid.PBKDF2]);
  requireKnown(cipher, [...KEY_BYTES.keys()]);
  const [salt, iterations, ...optional] = kdfParameters.members();
  if (!salt || !iterations) throw new CryptoFault("npki.malformed", "PBKDF2-params");
  const keyLength = optional[0]?.tag === der.Tag.INTEGER ? optional.shift()!.number() : undefined;
  const prf = optional[0] ? der.at(optional[0].members(), 0).oid() : oid.HMAC_SHA1;
  requireKnown(prf, [...PRF_HASHES.keys()]);
  const iv = ivValue.octets();
  if (iv.length !== 16 || (keyLength ?? KEY_BYTES.get(cipher)) !== KEY_BYTES.get(cipher)) {
    throw new CryptoFault("npki.malformed", "PBES2-params");
  }
  return { cipher, prf, salt: checkedSalt(salt.octets()), iv, iterations: iterations.number() };
}

async function aesEncrypt(key: Bytes, iv: Bytes, plaintext: Bytes): Promise<Bytes> {
  const aes = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["encrypt"]);
  return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CBC", iv }, aes, plaintext));
}

async function aesDecrypt(key: Bytes, iv: Bytes, ciphertext: Bytes): Promise<Bytes> {
  const aes = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["decrypt"]);
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv }, aes, ciphertext));
  } catch {
    throw new CryptoFault("npki.wrong_password");
  }
}

function pair(value: der.Value): [der.Value, der.Value] {
  const members = value.members();
  return [der.at(members, 0), der.at(members, 1)];
}

function checkedSalt(salt: Bytes): Bytes {
  if (salt.length < 1 || salt.length > MAX_SALT_BYTES) throw new CryptoFault("npki.malformed", "salt");
  return salt;
}

function requireIterations(iterations: number, limit: number): void {
  if (iterations < 1 || iterations > limit) throw new CryptoFault("npki.iteration_count_refused", String(iterations));
}

function requireKnown(dotted: string, known: readonly string[]): void {
  if (!known.includes(dotted)) throw new CryptoFault("npki.algorithm_unsupported", dotted);
}
