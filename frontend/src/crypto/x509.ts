/**
 * What the device must know of a certificate it holds: who issued it, for which key, until when. Reads, never judges:
 * trust is decided on the server and by relying parties. Source: RFC 5280 section 4.1.
 */

import { type Bytes, equal } from "./bytes.ts";
import * as der from "./der.ts";
import { CryptoFault } from "./fault.ts";
import * as oid from "./oid.ts";

export interface NameAttribute {
  /** Dotted OID of the attribute's type. */
  readonly type: string;
  readonly value: string;
}

export interface Certificate {
  readonly encoded: Bytes;
  /** Decimal: serial numbers may be larger than a number holds. */
  readonly serial: string;
  /** DER of the INTEGER and of the issuer's Name: together they name the certificate (IssuerAndSerialNumber). */
  readonly serialEncoded: Bytes;
  readonly issuerEncoded: Bytes;
  /** The relative names in the order of the DER, each with its attributes. */
  readonly subject: readonly (readonly NameAttribute[])[];
  readonly spki: Bytes;
  /** The bits of subjectPublicKey: what a key identifier is the hash of. */
  readonly publicKey: Bytes;
  readonly notBefore: Date;
  /** Inclusive. */
  readonly notAfter: Date;
  /** True when the certificate encrypts and does not sign, by its keyUsage. */
  readonly isKeyManagement: boolean;
  /** The extension's, by which others may name the certificate. */
  readonly subjectKeyIdentifier: Bytes | undefined;
}

const DIGITAL_SIGNATURE = 0x80;
const KEY_ENCIPHERMENT = 0x20;

/** Reads a certificate (DER). Throws `npki.malformed`. */
export function parseCertificate(encoded: Bytes): Certificate {
  const fields = der.at(der.read(encoded).members(), 0).members();
  const start = fields[0]?.tag === 0xa0 ? 1 : 0;
  const [serial, , issuer, validity, subject, spki] = fields.slice(start);
  if (!serial || !issuer || !validity || !subject || !spki) throw new CryptoFault("npki.malformed", "Certificate");
  const times = validity.members();
  const extensions = fields.find((field) => field.tag === 0xa3);
  const usage = findExtension(extensions, oid.KEY_USAGE)?.as(der.Tag.BIT_STRING).content[1] ?? 0;
  return {
    encoded,
    serial: serial.bigint().toString(),
    serialEncoded: serial.encoded,
    issuerEncoded: issuer.encoded,
    subject: subject.members().map((rdn) => rdn.members(der.Tag.SET).map(nameAttribute)),
    spki: spki.encoded.slice(),
    publicKey: der.at(spki.members(), 1).bits(),
    notBefore: moment(der.at(times, 0)),
    notAfter: moment(der.at(times, 1)),
    isKeyManagement: (usage & KEY_ENCIPHERMENT) !== 0 && (usage & DIGITAL_SIGNATURE) === 0,
    subjectKeyIdentifier: findExtension(extensions, oid.SUBJECT_KEY_IDENTIFIER)?.octets(),
  };
}

/** SHA-1 over the public key: the localKeyID that ties a key to its certificate (RFC 5280 section 4.2.1.2 method 1). */
export async function subjectKeyId(certificate: Certificate): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-1", certificate.publicKey));
}

/** Returns the certificate once its public key is `spki`. Throws `npki.key_certificate_mismatch`. */
export function requireKey(certificate: Certificate, spki: Bytes): Certificate {
  if (!equal(certificate.spki, spki)) throw new CryptoFault("npki.key_certificate_mismatch");
  return certificate;
}

function nameAttribute(attribute: der.Value): NameAttribute {
  const [type, value] = attribute.members();
  if (!type || !value) throw new CryptoFault("npki.malformed", "Name");
  return { type: type.oid(), value: text(value) };
}

function text(value: der.Value): string {
  const encoding = value.tag === 0x1e ? "utf-16be" : value.tag === 0x14 ? "latin1" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(value.content);
  } catch {
    throw new CryptoFault("npki.malformed", "Name");
  }
}

function moment(value: der.Value): Date {
  const digits = new TextDecoder().decode(value.content);
  const full = value.tag === der.Tag.UTC_TIME ? (Number(digits.slice(0, 2)) < 50 ? "20" : "19") + digits : digits;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full);
  if (!parts) throw new CryptoFault("npki.malformed", "Time");
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [number, number, number, number, number, number];
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}

/** The value of an extension, undefined where it is not. */
function findExtension(extensions: der.Value | undefined, type: string): der.Value | undefined {
  for (const extension of extensions?.explicit(3).members() ?? []) {
    const parts = extension.members();
    if (der.at(parts, 0).oid() === type) return der.read(der.at(parts, parts.length - 1).octets());
  }
  return undefined;
}
