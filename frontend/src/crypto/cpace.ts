/**
 * CPace, a balanced password-authenticated key exchange, in the suite CPACE-RISTR255-SHA512, initiator-responder. A wrong
 * password shows at the confirmation, and each run allows one guess; what was recorded allows none. Knows nothing of
 * certificates or of how messages travel. Source: draft-irtf-cfrg-cpace, sections 4 to 7 and 9.
 */

import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha512 } from "@noble/hashes/sha2.js";

import { type Bytes, type TokenBytes, concat, equal, tokenBytes, utf8, wipe } from "./bytes.ts";
import { CryptoFault } from "./fault.ts";

const DSI = "CPaceRistretto255";
const HASH_BLOCK_BYTES = 128;
const SCALAR_BYTES = 32;

/** What both sides put in: the password, what names the two parties, and the session. */
export interface CpaceInputs {
  readonly password: Bytes;
  readonly channel: Bytes;
  readonly sessionId: Bytes;
}

/** One side's message: its share of the key and what it says with it. */
export interface Share {
  readonly share: Bytes;
  readonly data: Bytes;
}

/** One side before the other's share has come. */
export interface CpaceSide extends Share {
  /** The secret scalar; it serves one exchange. */
  readonly secret: bigint;
}

/** The key both sides have if, and only if, they had the same inputs. */
export interface CpaceKey {
  /** The intermediate session key. */
  readonly isk: Bytes;
  /** Both messages, the initiator's first. */
  readonly transcript: Bytes;
  readonly confirmations: { readonly initiator: Bytes; readonly responder: Bytes };
}

/** Each part behind its length in LEB128. */
export function lvCat(...parts: readonly Bytes[]): Bytes {
  return concat(...parts.flatMap((part) => [leb128(part.length), part]));
}

/** Returns the parts of `lvCat`, exactly `count`. Throws `transfer.unintelligible`. */
export function lvSplit(encoded: Bytes, count: number): Bytes[] {
  const parts: Bytes[] = [];
  let at = 0;
  while (at < encoded.length) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = encoded[at++];
      if (byte === undefined || shift > 21) throw new CryptoFault("transfer.unintelligible");
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if (at + length > encoded.length) throw new CryptoFault("transfer.unintelligible");
    parts.push(encoded.slice(at, at + length));
    at += length;
  }
  if (parts.length !== count) throw new CryptoFault("transfer.unintelligible");
  return parts;
}

/** Returns the side's message and secret. */
export function begin(inputs: CpaceInputs, data: Bytes, random: TokenBytes = tokenBytes): CpaceSide {
  const secret = drawScalar(random);
  return { secret, share: shareOf(inputs, secret), data };
}

/** The share that `secret` makes: known answers need it by itself. */
export function shareOf(inputs: CpaceInputs, secret: bigint): Bytes {
  return new Uint8Array(ristretto255.Point.fromBytes(generator(inputs)).multiply(secret).toBytes());
}

/** The generator that the inputs lead to, encoded. */
export function generator({ password, channel, sessionId }: CpaceInputs): Bytes {
  const dsi = utf8(DSI);
  const before = lvCat(password).length + lvCat(dsi).length;
  const padding = new Uint8Array(Math.max(0, HASH_BLOCK_BYTES - 1 - before));
  const seed = lvCat(dsi, password, padding, channel, sessionId);
  const uniform = sha512(seed);
  wipe(seed);
  return new Uint8Array(ristretto255_hasher.deriveToCurve!(uniform).toBytes());
}

/**
 * Returns the key. `theirs` is the other side's message. Throws `transfer.code_wrong` for a share that is no element of the
 * group or leads to the neutral one: whoever sends that does not mean to agree on anything.
 */
export function finish(inputs: CpaceInputs, mine: CpaceSide, theirs: Share, role: "initiator" | "responder"): CpaceKey {
  const [a, b] = role === "initiator" ? [mine, theirs] : [theirs, mine];
  const transcript = concat(lvCat(a.share, a.data), lvCat(b.share, b.data));
  const secretPoint = multiplied(mine.secret, theirs.share);
  const isk = new Uint8Array(sha512(concat(lvCat(utf8(`${DSI}_ISK`), inputs.sessionId, secretPoint), transcript)));
  wipe(secretPoint);
  const macKey = sha512(concat(utf8("CPaceMac"), inputs.sessionId, isk));
  const confirm = ({ share, data }: Share) => new Uint8Array(hmac(sha512, macKey, lvCat(share, data)));
  return { isk, transcript, confirmations: { initiator: confirm(a), responder: confirm(b) } };
}

/** Returns nothing once the other side has the same key. Throws `transfer.code_wrong`. */
export function requireConfirmation(expected: Bytes, found: Bytes): void {
  if (!equal(expected, found)) throw new CryptoFault("transfer.code_wrong");
}

function multiplied(secret: bigint, share: Bytes): Bytes {
  try {
    const product = ristretto255.Point.fromBytes(share).multiply(secret);
    if (!product.equals(ristretto255.Point.ZERO)) return new Uint8Array(product.toBytes());
  } catch {
    // not the encoding of an element
  }
  throw new CryptoFault("transfer.code_wrong");
}

/** Uniform among 1 to 2^252 - 1, little-endian, as the draft recommends; what is not below the order is drawn again. */
function drawScalar(random: TokenBytes): bigint {
  for (;;) {
    const drawn = random(SCALAR_BYTES);
    drawn[SCALAR_BYTES - 1]! &= 0x0f;
    const scalar = drawn.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    wipe(drawn);
    if (scalar > 0n && scalar < ristretto255.Point.Fn.ORDER) return scalar;
  }
}

function leb128(length: number): Bytes {
  const bytes: number[] = [];
  for (let rest = length; ; rest >>>= 7) {
    if (rest < 0x80) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}
