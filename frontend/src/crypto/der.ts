/**
 * DER, the little of it that certificates and key files need: writing values, and reading them with bounds checked.
 * Knows no structure's meaning. Source: ITU-T X.690. The reader takes definite lengths only, in any number of octets.
 */

import { type Bytes, concat, utf8 } from "./bytes.ts";
import { CryptoFault } from "./fault.ts";

export const Tag = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OID: 0x06,
  UTF8_STRING: 0x0c,
  PRINTABLE_STRING: 0x13,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

const MAX_DEPTH = 32;

// ---- writing

export function tlv(tag: number, ...contents: readonly Uint8Array[]): Bytes {
  const content = concat(...contents);
  const length: number[] = [];
  if (content.length < 0x80) {
    length.push(content.length);
  } else {
    for (let rest = content.length; rest; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
    length.unshift(0x80 | length.length);
  }
  return concat(Uint8Array.of(tag, ...length), content);
}

export const sequence = (...members: readonly Uint8Array[]): Bytes => tlv(Tag.SEQUENCE, ...members);
export const octetString = (content: Uint8Array): Bytes => tlv(Tag.OCTET_STRING, content);
export const bitString = (content: Uint8Array): Bytes => tlv(Tag.BIT_STRING, Uint8Array.of(0), content);
export const nullValue = (): Bytes => tlv(Tag.NULL);
export const printableString = (text: string): Bytes => tlv(Tag.PRINTABLE_STRING, utf8(text));

/** SET OF: members in the order DER asks for, by their encodings. */
export function setOf(...members: readonly Uint8Array[]): Bytes {
  return tlv(Tag.SET, ...[...members].sort(compare));
}

/** `[number]`, constructed: an explicit tag around its content, or an implicit one in place of SEQUENCE or SET. */
export const context = (number: number, ...contents: readonly Uint8Array[]): Bytes => tlv(0xa0 | number, ...contents);

/** `[number] IMPLICIT OCTET STRING` and its like. */
export const contextPrimitive = (number: number, content: Uint8Array): Bytes => tlv(0x80 | number, content);

/** A non-negative INTEGER. */
export function integer(value: number | bigint): Bytes {
  const octets: number[] = [];
  for (let rest = BigInt(value); rest > 0n; rest >>= 8n) octets.unshift(Number(rest & 0xffn));
  if (octets.length === 0 || octets[0]! & 0x80) octets.unshift(0);
  return tlv(Tag.INTEGER, Uint8Array.from(octets));
}

export function oid(dotted: string): Bytes {
  const [first, second, ...rest] = dotted.split(".").map(Number);
  const octets: number[] = [];
  for (const arc of [first! * 40 + second!, ...rest]) {
    const group = [arc % 128];
    for (let left = Math.floor(arc / 128); left; left = Math.floor(left / 128)) group.unshift(0x80 | left % 128);
    octets.push(...group);
  }
  return tlv(Tag.OID, Uint8Array.from(octets));
}

/** AlgorithmIdentifier; without `parameters` the field is absent. */
export function algorithm(dotted: string, parameters?: Uint8Array): Bytes {
  return sequence(oid(dotted), ...(parameters ? [parameters] : []));
}

/** UTCTime through 2049, GeneralizedTime after (RFC 5280 section 4.1.2.5). Whole seconds. */
export function time(moment: Date): Bytes {
  const digits = moment.toISOString().replace(/[-:T]|\.\d+/g, "");
  return moment.getUTCFullYear() < 2050
    ? tlv(Tag.UTC_TIME, utf8(digits.slice(2)))
    : tlv(Tag.GENERALIZED_TIME, utf8(digits));
}

function compare(left: Uint8Array, right: Uint8Array): number {
  const common = Math.min(left.length, right.length);
  for (let i = 0; i < common; i++) if (left[i] !== right[i]) return left[i]! - right[i]!;
  return left.length - right.length;
}

// ---- reading

/** One value read. All its methods throw `npki.malformed` when it is not what is asked for. */
export class Value {
  readonly tag: number;
  /** The whole encoding, tag and length included. */
  readonly encoded: Bytes;
  readonly content: Bytes;
  private readonly depth: number;

  constructor(tag: number, encoded: Bytes, content: Bytes, depth: number) {
    this.tag = tag;
    this.encoded = encoded;
    this.content = content;
    this.depth = depth;
  }

  /** The members of a constructed value. `tag` defaults to SEQUENCE. */
  members(tag: number = Tag.SEQUENCE): Value[] {
    const found: Value[] = [];
    for (let rest = this.as(tag).content; rest.length; ) {
      const one = readOne(rest, this.depth + 1);
      found.push(one);
      rest = rest.subarray(one.encoded.length);
    }
    return found;
  }

  /** The one value inside an explicit context tag. */
  explicit(number: number): Value {
    return only(this.members(0xa0 | number));
  }

  as(tag: number): Value {
    if (this.tag !== tag) throw malformed();
    return this;
  }

  octets(tag: number = Tag.OCTET_STRING): Bytes {
    return this.as(tag).content.slice();
  }

  /** The octets of a BIT STRING without unused bits. */
  bits(): Bytes {
    const { content } = this.as(Tag.BIT_STRING);
    if (content[0] !== 0) throw malformed();
    return content.slice(1);
  }

  /** A non-negative INTEGER of any size. */
  bigint(): bigint {
    const { content } = this.as(Tag.INTEGER);
    if (content.length === 0 || content[0]! & 0x80) throw malformed();
    return content.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
  }

  /** A non-negative INTEGER that a number holds exactly. */
  number(): number {
    const value = Number(this.bigint());
    if (!Number.isSafeInteger(value)) throw malformed();
    return value;
  }

  oid(): string {
    const { content } = this.as(Tag.OID);
    if (content.length === 0 || content.length > 64 || content.at(-1)! & 0x80) throw malformed();
    const arcs: number[] = [];
    let arc = 0;
    for (const octet of content) {
      arc = arc * 128 + (octet & 0x7f);
      if (!Number.isSafeInteger(arc)) throw malformed();
      if (octet & 0x80) continue;
      if (arcs.length === 0) {
        const root = Math.min(2, Math.floor(arc / 40));
        arcs.push(root, arc - 40 * root);
      } else {
        arcs.push(arc);
      }
      arc = 0;
    }
    return arcs.join(".");
  }
}

/** Reads exactly one value; bytes behind it are refused. */
export function read(encoded: Uint8Array): Value {
  const value = readFirst(encoded);
  if (value.encoded.length !== encoded.length) throw malformed();
  return value;
}

/** Reads the first value and ignores what follows it: real key files have trailing bytes. */
export function readFirst(encoded: Uint8Array): Value {
  return readOne(new Uint8Array(encoded), 0);
}

/** The member at `index`. */
export function at(members: readonly Value[], index: number): Value {
  const found = members[index];
  if (!found) throw malformed();
  return found;
}

/** The only member. */
export function only(members: readonly Value[]): Value {
  if (members.length !== 1) throw malformed();
  return at(members, 0);
}

function readOne(bytes: Bytes, depth: number): Value {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f || depth > MAX_DEPTH) throw malformed();
  let length = first;
  let start = 2;
  if (first & 0x80) {
    const octets = first & 0x7f;
    if (octets === 0 || octets > 4 || bytes.length < 2 + octets) throw malformed();
    length = bytes.subarray(2, 2 + octets).reduce((value, octet) => value * 256 + octet, 0);
    start += octets;
  }
  if (bytes.length < start + length) throw malformed();
  return new Value(tag, bytes.subarray(0, start + length), bytes.subarray(start, start + length), depth);
}

function malformed(): CryptoFault {
  return new CryptoFault("npki.malformed", "DER");
}
