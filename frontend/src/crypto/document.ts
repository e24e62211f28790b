/**
 * What the holder signs of a document: the attributes of a CMS message, written by the office and looked at here, so that
 * nothing else than the document shown is signed. Sources: RFC 5652 section 5.4, RFC 5035, ETSI EN 319 122-1, EN 319 142-1.
 */

import { type Bytes, concat, equal, sha256, utf8 } from "./bytes.ts";
import * as der from "./der.ts";
import { CryptoFault } from "./fault.ts";
import * as oid from "./oid.ts";

/** What is to be signed, as it was shown. */
export interface SignedDocument {
  readonly kind: "pdf" | "text" | "digest";
  /** Missing where the party keeps the document and gave its digest alone. */
  readonly document?: Bytes;
  /** SHA-256 of the document as the party handed it in. */
  readonly digest: Bytes;
  /** What the office appended to a PDF: the signature field, with a gap for the signature between the two. Else empty. */
  readonly before: Bytes;
  readonly after: Bytes;
  /** Purpose and amount, as they were shown. */
  readonly description: string;
}

const MOST_APPENDED_BYTES = 262_144;
const BYTE_RANGE = /\/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]/g;

/**
 * Returns the attributes once they are those of this document under this certificate, and hold nothing else.
 * Throws `acceptance.statement_unexpected`.
 */
export async function requireDocumentAttributes(attributes: Bytes, shown: SignedDocument, certificate: Bytes): Promise<Bytes> {
  if (shown.document ? !equal(await sha256(shown.document), shown.digest) : shown.kind !== "digest") throw unexpected();
  const wanted = [
    attribute(oid.CONTENT_TYPE, der.oid(oid.DATA)),
    attribute(oid.MESSAGE_DIGEST, der.octetString(await digestOf(shown))),
    attribute(oid.SIGNING_CERTIFICATE_V2, der.sequence(der.sequence(der.sequence(der.octetString(await sha256(certificate)))))),
  ];
  if (shown.kind !== "pdf") {
    const hints = der.sequence(der.tlv(der.Tag.UTF8_STRING, utf8(shown.description)), der.oid(oid.DATA));
    wanted.push(attribute(oid.CONTENT_HINTS, hints), attribute(oid.SIGNING_TIME, timeIn(attributes)));
  }
  // Written again in the one order there is: whatever was not looked at makes a difference.
  if (!equal(der.setOf(...wanted), attributes)) throw unexpected();
  return attributes;
}

/** The digest that is signed: of a PDF, over the document shown and the signature field behind it. */
async function digestOf(shown: SignedDocument): Promise<Bytes> {
  const { kind, digest, before, after } = shown;
  if (kind !== "pdf") {
    if (before.length || after.length) throw unexpected();
    return digest;
  }
  return sha256(concat(...partsOf(shown).covered));
}

/**
 * Returns the PDF as it will be, every byte that is signed in its place and an empty signature in the gap: whoever draws this
 * draws what is signed, whatever was appended. Throws `acceptance.statement_unexpected`.
 */
export function pdfToBeSigned(shown: SignedDocument): Bytes {
  const { covered: [document, before, after], gap } = partsOf(shown);
  return concat(document, before, utf8(`<${"0".repeat(gap - 2)}>`), after);
}

/** What the signature covers, in order, and how many bytes lie open before the last part. */
function partsOf({ document, before, after }: SignedDocument): { covered: readonly [Bytes, Bytes, Bytes]; gap: number } {
  if (!document || before.length + after.length > MOST_APPENDED_BYTES) throw unexpected();
  const appended = new TextDecoder("latin1").decode(concat(before, after));
  const [range, ...others] = [...appended.matchAll(BYTE_RANGE)].map((found) => found.slice(1).map(Number));
  const [end, resumed, length] = range ?? [];
  const start = document.length + before.length;
  const gap = (resumed ?? 0) - start;
  if (others.length || end !== start || length !== after.length || gap < 2 || gap > MOST_APPENDED_BYTES) throw unexpected();
  return { covered: [document, before, after], gap };
}

/** The time of signing as the office wrote it: the timestamp proves the real one. */
function timeIn(attributes: Bytes): Bytes {
  for (const one of der.read(attributes).members(der.Tag.SET)) {
    const [type, values] = one.members();
    if (type?.oid() !== oid.SIGNING_TIME || !values) continue;
    const value = der.only(values.members(der.Tag.SET));
    if (value.tag === der.Tag.UTC_TIME || value.tag === der.Tag.GENERALIZED_TIME) return value.encoded;
  }
  throw unexpected();
}

function attribute(type: string, value: Bytes): Bytes {
  return der.sequence(der.oid(type), der.setOf(value));
}

function unexpected(): CryptoFault {
  return new CryptoFault("acceptance.statement_unexpected");
}
