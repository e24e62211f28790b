/**
 * From BER to the definite lengths that `der` reads: programs that stream a message write lengths they do not know yet as
 * indefinite, and octet strings in pieces. Knows no structure's meaning; bounds depth and number of values. Source: X.690.
 */

import { type Bytes, concat } from "./bytes.ts";
import { Tag, tlv } from "./der.ts";
import { CryptoFault } from "./fault.ts";

const MAX_DEPTH = 24;
const MAX_VALUES = 100_000;
const CONSTRUCTED = 0x20;
const END = 0x00;

/** Returns the first value with definite lengths and whole octet strings. Throws `npki.malformed`. */
export function definite(encoded: Uint8Array): Bytes {
  return new Reader(encoded).value(0);
}

class Reader {
  private readonly bytes: Uint8Array;
  private offset = 0;
  private count = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  value(depth: number): Bytes {
    const start = this.offset;
    const tag = this.next();
    if ((tag & 0x1f) === 0x1f || depth > MAX_DEPTH || ++this.count > MAX_VALUES) throw malformed();
    const length = this.length();
    if (!(tag & CONSTRUCTED)) {
      if (length === undefined) throw malformed();
      return new Uint8Array(this.bytes.slice(start, this.skip(length)));
    }
    const members = length === undefined ? this.untilEnd(depth) : this.upTo(this.offset + length, depth);
    if (tag === (Tag.OCTET_STRING | CONSTRUCTED)) return tlv(Tag.OCTET_STRING, ...members.map(contentOf));
    return tlv(tag, ...members);
  }

  private untilEnd(depth: number): Bytes[] {
    const members: Bytes[] = [];
    while (this.bytes[this.offset] !== END) members.push(this.value(depth + 1));
    if (this.bytes[this.offset + 1] !== END) throw malformed();
    this.skip(2);
    return members;
  }

  private upTo(end: number, depth: number): Bytes[] {
    if (end > this.bytes.length) throw malformed();
    const members: Bytes[] = [];
    while (this.offset < end) members.push(this.value(depth + 1));
    if (this.offset !== end) throw malformed();
    return members;
  }

  /** Undefined for an indefinite length. */
  private length(): number | undefined {
    const first = this.next();
    if (first === 0x80) return undefined;
    if (first < 0x80) return first;
    const octets = first & 0x7f;
    if (octets > 4) throw malformed();
    let length = 0;
    for (let i = 0; i < octets; i++) length = length * 256 + this.next();
    return length;
  }

  private next(): number {
    const octet = this.bytes[this.offset++];
    if (octet === undefined) throw malformed();
    return octet;
  }

  private skip(length: number): number {
    this.offset += length;
    if (this.offset > this.bytes.length) throw malformed();
    return this.offset;
  }
}

/** The content of a piece of an octet string, which is one itself. */
function contentOf(piece: Bytes): Bytes {
  if (piece[0] !== Tag.OCTET_STRING) throw malformed();
  const first = piece[1]!;
  return concat(piece.subarray(first < 0x80 ? 2 : 2 + (first & 0x7f)));
}

function malformed(): CryptoFault {
  return new CryptoFault("npki.malformed", "BER");
}
