/**
 * SEED, the 128-bit block cipher, with CBC mode and PKCS#7 padding. WebCrypto has none.
 * Knows nothing of passwords or files. The S-boxes are computed from their definition instead of being copied.
 * Table look-ups are not constant-time: it runs on the holder's own device only. Source: RFC 4269 section 2.
 */

import { type Bytes } from "./bytes.ts";
import { CryptoFault } from "./fault.ts";

export const BLOCK_BYTES = 16;
export const KEY_BYTES = 16;

const ROUNDS = 16;
const FIELD_POLYNOMIAL = 0x163; // x^8 + x^6 + x^5 + x + 1
const MASKS = [0xfc, 0xf3, 0xcf, 0x3f] as const;
const KEY_CONSTANT = 0x9e3779b9;

// Rows of A(1) and A(2), most significant bit first (RFC 4269 section 2.2.1)
const A1 = [0b10001010, 0b11111110, 0b10000101, 0b01000010, 0b01000101, 0b00100001, 0b10001000, 0b00010100];
const A2 = [0b01000101, 0b10000101, 0b11111110, 0b00100001, 0b10001010, 0b10001000, 0b01000010, 0b00010100];

let tables: readonly Uint32Array[] | undefined;

/** Encrypts any bytes under a 16-byte key and IV, padded to whole blocks. */
export function encryptCbc(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Bytes {
  const missing = BLOCK_BYTES - (plaintext.length % BLOCK_BYTES);
  const out = new Uint8Array(plaintext.length + missing).fill(missing, plaintext.length);
  out.set(plaintext);
  const roundKeys = expandKey(key);
  const view = new DataView(out.buffer);
  let previous = words(new DataView(iv.slice().buffer), 0);
  for (let offset = 0; offset < out.length; offset += BLOCK_BYTES) {
    const block = words(view, offset).map((word, i) => word ^ previous[i]!);
    previous = transform(block, roundKeys, false);
    previous.forEach((word, i) => view.setUint32(offset + 4 * i, word >>> 0));
  }
  return out;
}

/** Decrypts and takes the padding off. Throws `npki.wrong_password`: bad padding has no other cause we can tell. */
export function decryptCbc(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Bytes {
  if (ciphertext.length === 0 || ciphertext.length % BLOCK_BYTES) throw new CryptoFault("npki.wrong_password");
  const out = new Uint8Array(ciphertext);
  const roundKeys = expandKey(key);
  const view = new DataView(out.buffer);
  let previous = words(new DataView(iv.slice().buffer), 0);
  for (let offset = 0; offset < out.length; offset += BLOCK_BYTES) {
    const block = words(view, offset);
    transform(block, roundKeys, true).forEach((word, i) => view.setUint32(offset + 4 * i, (word ^ previous[i]!) >>> 0));
    previous = block;
  }
  return unpad(out);
}

/** Takes PKCS#7 padding off, every byte of it checked. Throws `npki.wrong_password`. */
export function unpad(padded: Bytes): Bytes {
  const length = padded.at(-1) ?? 0;
  const good = length >= 1 && length <= BLOCK_BYTES && padded.length >= length;
  if (!good || padded.subarray(-length).some((byte) => byte !== length)) throw new CryptoFault("npki.wrong_password");
  return padded.slice(0, -length);
}

function words(view: DataView, offset: number): number[] {
  return [0, 4, 8, 12].map((step) => view.getUint32(offset + step));
}

/** The sixteen pairs of round keys, in encryption order, flat. */
function expandKey(key: Uint8Array): Uint32Array {
  if (key.length !== KEY_BYTES) throw new RangeError("a SEED key has 16 bytes");
  let [a, b, c, d] = words(new DataView(key.slice().buffer), 0) as [number, number, number, number];
  let constant = KEY_CONSTANT;
  const roundKeys = new Uint32Array(2 * ROUNDS);
  for (let round = 0; round < ROUNDS; round++) {
    roundKeys[2 * round] = g(a + c - constant);
    roundKeys[2 * round + 1] = g(b - d + constant);
    if (round % 2 === 0) [a, b] = [(a >>> 8) | (b << 24), (b >>> 8) | (a << 24)];
    else [c, d] = [(c << 8) | (d >>> 24), (d << 8) | (c >>> 24)];
    constant = (constant << 1) | (constant >>> 31);
  }
  return roundKeys;
}

/** The Feistel network over one block of four words; `reverse` decrypts. */
function transform(block: readonly number[], roundKeys: Uint32Array, reverse: boolean): number[] {
  let [l0, l1, r0, r1] = block as [number, number, number, number];
  for (let step = 0; step < ROUNDS; step++) {
    const round = 2 * (reverse ? ROUNDS - 1 - step : step);
    let c = r0 ^ roundKeys[round]!;
    let d = g(c ^ r1 ^ roundKeys[round + 1]!);
    c = g((c + d) | 0);
    d = g((c + d) | 0);
    c = (c + d) | 0;
    [l0, l1, r0, r1] = [r0, r1, l0 ^ c, l1 ^ d];
  }
  return [r0, r1, l0, l1];
}

function g(word: number): number {
  const [s0, s1, s2, s3] = (tables ??= extendedSBoxes()) as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  return s0[word & 0xff]! ^ s1[(word >>> 8) & 0xff]! ^ s2[(word >>> 16) & 0xff]! ^ s3[(word >>> 24) & 0xff]!;
}

/** SS0..SS3: S-box and masks of the function G in one look-up each. */
function extendedSBoxes(): Uint32Array[] {
  const boxes = [sBox(A1, 247, 169), sBox(A2, 251, 56)];
  return MASKS.map((_, position) =>
    Uint32Array.from(boxes[position % 2]!, (y) =>
      // byte j of G's output takes mask (position + j) mod 4
      MASKS.reduce((word, _mask, byte) => word + (y & MASKS[(position + byte) % 4]!) * 256 ** byte, 0),
    ),
  );
}

function sBox(matrix: readonly number[], exponent: number, offset: number): number[] {
  return Array.from({ length: 256 }, (_, x) => {
    let power = 1;
    for (let i = 0; i < exponent; i++) power = fieldMultiply(power, x);
    return matrix.reduce((image, row) => (image << 1) | parity(row & power), 0) ^ offset;
  });
}

function parity(value: number): number {
  let odd = 0;
  for (let rest = value; rest; rest >>= 1) odd ^= rest & 1;
  return odd;
}

function fieldMultiply(left: number, right: number): number {
  let product = 0;
  for (let rest = right; rest; rest >>= 1) {
    if (rest & 1) product ^= left;
    left <<= 1;
    if (left & 0x100) left ^= FIELD_POLYNOMIAL;
  }
  return product;
}
