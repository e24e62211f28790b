/**
 * RSAES-PKCS1-v1_5 decryption, which WebCrypto does not offer and which OpenSSL and NPKI software use by default.
 *
 * A decryption that tells good padding from bad gives the key away to whoever may ask often enough (Bleichenbacher,
 * Marvin). Therefore: numbers and exponents are blinded, so that time says nothing of them; bad padding yields a key drawn
 * from the private key and the ciphertext, the same at every try, and is noticed nowhere here (implicit rejection). What was
 * encrypted under that key then fails to open like any altered message. Knows nothing of messages.
 * Sources: RFC 8017 sections 5.1.2 and 7.2.2; draft-irtf-cfrg-rsa-guidance.
 */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { type Bytes, type TokenBytes, concat, tokenBytes, utf8, wipe } from "./bytes.ts";
import * as der from "./der.ts";
import { CryptoFault } from "./fault.ts";

const EXPONENT_BLIND_BYTES = 8;
const MAX_MODULUS_BYTES = 1024;
const LONGEST_KEY_BYTES = 32;
const LABEL = utf8("dojang implicit rejection v1");

interface PrivateNumbers {
  readonly modulus: bigint;
  readonly publicExponent: bigint;
  readonly privateExponent: Bytes;
  readonly primes: readonly [bigint, bigint];
  readonly exponents: readonly [bigint, bigint];
  readonly coefficient: bigint;
  /** Of the modulus, in bytes. */
  readonly size: number;
}

/**
 * Returns a content key of `keyBytes` (at most 32) bytes: the one that was encrypted, or, when there was none, one that opens
 * nothing. `pkcs8` is in clear. Throws `npki.malformed` for what is no RSA key, or no ciphertext of its size.
 */
export function unwrapKey(pkcs8: Bytes, encrypted: Bytes, keyBytes: number, random: TokenBytes = tokenBytes): Bytes {
  const numbers = readPrivateNumbers(pkcs8);
  const ciphertext = toNumber(encrypted);
  if (encrypted.length !== numbers.size || ciphertext >= numbers.modulus || keyBytes > LONGEST_KEY_BYTES) {
    throw new CryptoFault("npki.malformed", "encryptedKey");
  }
  const padded = toBytes(power(numbers, ciphertext, random), numbers.size);
  const rejected = hmac(sha256, hmac(sha256, LABEL, numbers.privateExponent), encrypted);
  const key = chosen(badPadding(padded, keyBytes), rejected, padded.subarray(-keyBytes));
  wipe(padded, rejected, numbers.privateExponent);
  return key;
}

/** 0 for `00 02 (at least eight bytes, none of them 0) 00 key`, else not 0; every byte is looked at, whatever it is. */
function badPadding(padded: Bytes, keyBytes: number): number {
  const end = padded.length - keyBytes - 1;
  let bad = padded[0]! | (padded[1]! ^ 2) | padded[end]! | (end < 10 ? 1 : 0);
  for (let i = 2; i < end; i++) bad |= ((padded[i]! - 1) >> 8) & 1; // 1 for a zero byte
  return bad;
}

/** `good` when `bad` is 0, else the beginning of `rejected`; without a branch. */
function chosen(bad: number, rejected: Uint8Array, good: Uint8Array): Bytes {
  const mask = -((bad | -bad) >>> 31) & 0xff;
  return Uint8Array.from(good, (byte, i) => (byte & ~mask) | (rejected[i]! & mask));
}

/** ciphertext ^ d mod n, by the Chinese remainder theorem, blinded, and checked so that no fault betrays a prime. */
function power(numbers: PrivateNumbers, ciphertext: bigint, random: TokenBytes): bigint {
  const { modulus, publicExponent, primes, exponents, coefficient, size } = numbers;
  const [blind, unblind] = blinding(modulus, size, random);
  const blinded = (ciphertext * modularPower(blind, publicExponent, modulus)) % modulus;
  const [left, right] = primes.map((prime, i) => {
    const masked = exponents[i]! + toNumber(random(EXPONENT_BLIND_BYTES)) * (prime - 1n);
    return modularPower(blinded % prime, masked, prime);
  }) as [bigint, bigint];
  const [p, q] = primes;
  const difference = (((left - right) % p) + p) % p;
  const result = right + q * ((coefficient * difference) % p);
  if (modularPower(result, publicExponent, modulus) !== blinded) throw new CryptoFault("npki.malformed", "RSAPrivateKey");
  return (result * unblind) % modulus;
}

function blinding(modulus: bigint, size: number, random: TokenBytes): [bigint, bigint] {
  for (;;) {
    const blind = toNumber(random(size + 8)) % modulus;
    const inverse = inverseOf(blind, modulus);
    if (inverse !== undefined) return [blind, inverse];
  }
}

/** base ^ exponent mod modulus, four bits at a time: the same steps for every exponent of a length. */
function modularPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const powers = [1n];
  for (let i = 1; i < 16; i++) powers.push((powers[i - 1]! * base) % modulus);
  let result = 1n;
  for (const digit of exponent.toString(16)) {
    for (let i = 0; i < 4; i++) result = (result * result) % modulus;
    result = (result * powers[Number.parseInt(digit, 16)]!) % modulus;
  }
  return result;
}

/** Undefined where there is none. The value is random: its time says nothing. */
function inverseOf(value: bigint, modulus: bigint): bigint | undefined {
  let [rest, next] = [modulus, value];
  let [before, now] = [0n, 1n];
  while (next > 0n) {
    const quotient = rest / next;
    [rest, next] = [next, rest - quotient * next];
    [before, now] = [now, before - quotient * now];
  }
  return rest === 1n ? ((before % modulus) + modulus) % modulus : undefined;
}

function readPrivateNumbers(pkcs8: Bytes): PrivateNumbers {
  const fields = der.read(der.at(der.read(pkcs8).members(), 2).octets()).members();
  const number = (index: number) => der.at(fields, index).bigint();
  const modulus = number(1);
  const size = Math.ceil(modulus.toString(16).length / 2);
  const primes = [number(4), number(5)] as const;
  if (size > MAX_MODULUS_BYTES || primes[0] < 3n || primes[1] < 3n || primes[0] * primes[1] !== modulus) {
    throw new CryptoFault("npki.malformed", "RSAPrivateKey");
  }
  return {
    modulus,
    publicExponent: number(2),
    privateExponent: concat(der.at(fields, 3).content),
    primes,
    exponents: [number(6), number(7)],
    coefficient: number(8),
    size,
  };
}

function toNumber(bytes: Uint8Array): bigint {
  let digits = "0x0";
  for (const byte of bytes) digits += byte.toString(16).padStart(2, "0");
  return BigInt(digits);
}

function toBytes(value: bigint, size: number): Bytes {
  const digits = value.toString(16).padStart(2 * size, "0");
  return Uint8Array.from({ length: size }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}
