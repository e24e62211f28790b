/**
 * Encrypted letters as they lie there, closed: CMS EnvelopedData and AuthEnvelopedData, whom they are for, how they are locked.
 *
 * Content keys come under RSAES-PKCS1-v1_5 or RSAES-OAEP, contents under AES-CBC, SEED-CBC (EnvelopedData, which does not
 * notice alterations) or AES-GCM (AuthEnvelopedData, which does). Knows no key, nothing of mail; `unsealing.ts` opens.
 * Sources: RFC 5652 section 6, RFC 5083, RFC 5084, RFC 4010.
 */

import { definite } from "./ber.ts";
import { type Bytes, concat, equal } from "./bytes.ts";
import * as der from "./der.ts";
import { CryptoFault } from "./fault.ts";
import * as oid from "./oid.ts";
import type { Certificate } from "./x509.ts";

export const LARGEST_ENVELOPE_BYTES = 20_000_000;

const MAX_RECIPIENTS = 1_000;
const SHORTEST_TAG_BYTES = 12; // RFC 5084 section 3.2
const LONGEST_TAG_BYTES = 16;
const BLOCK_BYTES = 16;

const CIPHERS = new Map<string, { mode: "cbc" | "gcm" | "seed"; keyBytes: number; name: string }>([
  [oid.AES_128_CBC, { mode: "cbc", keyBytes: 16, name: "AES-128-CBC" }],
  [oid.AES_192_CBC, { mode: "cbc", keyBytes: 24, name: "AES-192-CBC" }],
  [oid.AES_256_CBC, { mode: "cbc", keyBytes: 32, name: "AES-256-CBC" }],
  [oid.SEED_CBC, { mode: "seed", keyBytes: 16, name: "SEED-CBC" }],
  [oid.AES_128_GCM, { mode: "gcm", keyBytes: 16, name: "AES-128-GCM" }],
  [oid.AES_192_GCM, { mode: "gcm", keyBytes: 24, name: "AES-192-GCM" }],
  [oid.AES_256_GCM, { mode: "gcm", keyBytes: 32, name: "AES-256-GCM" }],
]);
export interface Recipient {
  /** DER of IssuerAndSerialNumber, or the subject key identifier. */
  readonly issuerAndSerial?: Bytes;
  readonly keyIdentifier?: Bytes;
  readonly algorithm: der.Value;
  readonly encryptedKey: Bytes;
}

/** The content: its cipher with all but the key, and the bytes that go into it. */
export interface Locked {
  readonly keyBytes: number;
  readonly parameters: CbcParameters | GcmParameters | SeedParameters;
  readonly data: Bytes;
}

type CbcParameters = { readonly name: "AES-CBC"; readonly iv: Bytes };
type SeedParameters = { readonly name: "SEED-CBC"; readonly iv: Bytes };
type GcmParameters = { readonly name: "AES-GCM"; readonly iv: Bytes; readonly tagLength: number; readonly additionalData?: Bytes };

/** A letter as it lies there, closed. */
export interface Envelope {
  /** Whoever's certificates it is for, as far as they take keys by RSA. */
  readonly recipients: readonly Recipient[];
  /** Dotted OID of what is inside. */
  readonly contentType: string;
  /** "AES-256-GCM" and its like. */
  readonly cipher: string;
  /** True when alterations would be noticed. */
  readonly isAuthenticated: boolean;
  readonly locked: Locked;
}

/**
 * Reads a ContentInfo (BER or DER; bytes behind it are ignored). Throws `envelope.unreadable`, `envelope.too_large`,
 * `envelope.algorithm_unsupported`.
 */
export function readEnvelope(encoded: Uint8Array): Envelope {
  if (encoded.length > LARGEST_ENVELOPE_BYTES) throw new CryptoFault("envelope.too_large");
  try {
    const info = der.read(definite(encoded)).members();
    const type = der.at(info, 0).oid();
    const members = der.at(info, 1).explicit(0).members();
    if (type === oid.ENVELOPED_DATA) return readEnveloped(members);
    if (type === oid.AUTH_ENVELOPED_DATA) return readAuthEnveloped(members);
  } catch (reason) {
    if (!(reason instanceof CryptoFault) || reason.code !== "npki.malformed") throw reason;
  }
  throw new CryptoFault("envelope.unreadable");
}

/** Tells whether the letter is for the holder of this certificate. */
export function isFor(envelope: Envelope, certificate: Certificate): boolean {
  return findRecipient(envelope, certificate) !== undefined;
}

function readEnveloped(members: readonly der.Value[]): Envelope {
  const [, recipients, content] = withoutOriginator(members);
  const { contentType, cipher, parameters, ciphertext } = readContent(content);
  if (cipher.mode === "gcm") throw new CryptoFault("envelope.algorithm_unsupported", cipher.name);
  const name = cipher.mode === "seed" ? "SEED-CBC" : "AES-CBC";
  const locked: Locked = { keyBytes: cipher.keyBytes, parameters: { name, iv: ivOf(parameters) }, data: ciphertext };
  return { recipients: readRecipients(recipients), contentType, cipher: cipher.name, isAuthenticated: false, locked };
}

function readAuthEnveloped(members: readonly der.Value[]): Envelope {
  const [, recipients, content, ...rest] = withoutOriginator(members);
  const { contentType, cipher, parameters, ciphertext } = readContent(content);
  if (cipher.mode !== "gcm") throw new CryptoFault("envelope.algorithm_unsupported", cipher.name);
  const attributes = rest[0]?.tag === 0xa1 ? rest.shift() : undefined;
  const tag = der.at(rest, 0).octets();
  const [nonce, length] = members2(parameters);
  if (tag.length !== (length?.number() ?? SHORTEST_TAG_BYTES) || tag.length < SHORTEST_TAG_BYTES || tag.length > LONGEST_TAG_BYTES) {
    throw malformed();
  }
  const gcm: GcmParameters = {
    name: "AES-GCM",
    iv: nonce.octets(),
    tagLength: 8 * tag.length,
    // authenticated as an explicit SET OF, sent with an implicit tag (RFC 5083 section 2.2)
    ...(attributes ? { additionalData: der.setOf(...attributes.members(0xa1).map((one) => one.encoded)) } : {}),
  };
  const locked: Locked = { keyBytes: cipher.keyBytes, parameters: gcm, data: concat(ciphertext, tag) };
  return { recipients: readRecipients(recipients), contentType, cipher: cipher.name, isAuthenticated: true, locked };
}

/** The version, the recipients, the content and what follows; OriginatorInfo, if it is there, says nothing we need. */
function withoutOriginator(members: readonly der.Value[]): [der.Value, der.Value, der.Value, ...der.Value[]] {
  const [version, ...rest] = members;
  if (rest[0]?.tag === 0xa0) rest.shift();
  const [recipients, content, ...others] = rest;
  if (!version || !recipients || !content) throw malformed();
  return [version, recipients, content, ...others];
}

function readContent(content: der.Value) {
  const [type, algorithm, encrypted] = content.members();
  if (!type || !algorithm || !encrypted) throw malformed();
  const [name, parameters] = algorithm.members();
  const dotted = name?.oid() ?? "";
  const cipher = CIPHERS.get(dotted);
  if (!cipher || !parameters) throw new CryptoFault("envelope.algorithm_unsupported", dotted);
  return { contentType: type.oid(), cipher, parameters, ciphertext: octetsOf(encrypted) };
}

/** `[0] IMPLICIT OCTET STRING`, whole or in pieces. */
function octetsOf(encrypted: der.Value): Bytes {
  if (encrypted.tag === 0x80) return encrypted.content;
  return concat(...encrypted.members(0xa0).map((piece) => piece.as(der.Tag.OCTET_STRING).content));
}

/** Those that take their key by RSA; others (key agreement, passwords) are passed over. */
function readRecipients(set: der.Value): Recipient[] {
  const all = set.members(der.Tag.SET);
  if (all.length > MAX_RECIPIENTS) throw malformed();
  return all.filter((one) => one.tag === der.Tag.SEQUENCE).map(readRecipient);
}

function readRecipient(value: der.Value): Recipient {
  const [, who, algorithm, encryptedKey] = value.members();
  if (!who || !algorithm || !encryptedKey) throw malformed();
  const identifier = who.tag === 0x80 ? { keyIdentifier: who.octets(0x80) } : { issuerAndSerial: who.as(der.Tag.SEQUENCE).encoded };
  return { ...identifier, algorithm, encryptedKey: encryptedKey.octets() };
}

/** The entry that names this certificate. */
export function findRecipient(envelope: Envelope, certificate: Certificate): Recipient | undefined {
  const name = der.sequence(certificate.issuerEncoded, certificate.serialEncoded);
  const { subjectKeyIdentifier } = certificate;
  return envelope.recipients.find(({ issuerAndSerial, keyIdentifier }) =>
    issuerAndSerial ? equal(issuerAndSerial, name) : keyIdentifier && subjectKeyIdentifier && equal(keyIdentifier, subjectKeyIdentifier),
  );
}

function ivOf(parameters: der.Value): Bytes {
  const iv = parameters.octets();
  if (iv.length !== BLOCK_BYTES) throw malformed();
  return iv;
}

function members2(value: der.Value): [der.Value, der.Value | undefined] {
  const members = value.members();
  return [der.at(members, 0), members[1]];
}

function malformed(): CryptoFault {
  return new CryptoFault("npki.malformed", "CMS");
}
