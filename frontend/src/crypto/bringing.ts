/**
 * Certificates that come in from files: PKCS#12, the files of an NPKI folder, or a ZIP of one. Finds which certificate
 * goes with which key; whether it may be kept is decided elsewhere. Sources: RFC 7292, KCAC.TS.UI.
 */

import { type Bytes, equal, utf8, wipe } from "./bytes.ts";
import * as der from "./der.ts";
import { CryptoFault } from "./fault.ts";
import { type SubscriberKeys, publicKeyOf } from "./keys.ts";
import { decryptPrivateKey, getRandomNumber } from "./npki.ts";
import { type KeyPair, openPfx } from "./pfx.ts";
import { isZip, unzip } from "./unzip.ts";
import { parseCertificate, requireKey } from "./x509.ts";

export interface BroughtFile {
  readonly name: string;
  readonly data: Bytes;
}

/** A certificate set in clear: wipe its keys. */
export interface Brought {
  readonly signing: Bytes;
  /** Missing where only `signCert.der` and `signPri.key` were chosen, as many programs save them. */
  readonly keyManagement?: Bytes;
  readonly keys: SubscriberKeys;
}

const NAMES = ["signcert.der", "signpri.key", "kmcert.der", "kmpri.key"] as const;
const RSA_HASHES = new Map([
  ["1.2.840.113549.1.1.11", "SHA-256"],
  ["1.2.840.113549.1.1.12", "SHA-384"],
  ["1.2.840.113549.1.1.13", "SHA-512"],
]);

/**
 * Returns the set in the chosen files, opened with their password. Throws `bringing.unknown_file`, `bringing.incomplete`,
 * `npki.wrong_password`, `npki.key_certificate_mismatch`, `npki.random_number_missing`, and what the formats throw.
 */
export async function bringIn(files: readonly BroughtFile[], password: string): Promise<Brought> {
  const [first] = files;
  if (files.length === 1 && first && isZip(first.data)) {
    return fromFolder(await unzip(first.data, (path) => NAMES.includes(baseOf(path) as (typeof NAMES)[number])).then(folderOf), password);
  }
  const named = folderOf(files.map(({ name, data }) => ({ path: name, data })));
  if (named.size) return fromFolder(named, password);
  if (files.length !== 1 || !first || first.data[0] !== 0x30) throw new CryptoFault("bringing.unknown_file");
  const { signing, keyManagement } = await openPfx(first.data, password);
  return paired(signing, keyManagement);
}

/**
 * Returns nothing once the certificate was issued, and signed, by the CA. Throws `bringing.foreign`,
 * `npki.algorithm_unsupported`.
 */
export async function requireIssuedBy(certificate: Bytes, authority: Bytes): Promise<void> {
  const [tbs, algorithm, signature] = der.read(certificate).members();
  if (!tbs || !algorithm || !signature) throw new CryptoFault("npki.malformed", "Certificate");
  const issuer = der.read(authority).members()[0]!.members();
  const subject = der.at(issuer, issuer[0]?.tag === 0xa0 ? 5 : 4);
  if (!equal(parseCertificate(certificate).issuerEncoded, subject.encoded)) throw new CryptoFault("bringing.foreign");
  const named = der.at(algorithm.members(), 0).oid();
  const hash = RSA_HASHES.get(named);
  if (!hash) throw new CryptoFault("npki.algorithm_unsupported", named);
  const scheme = { name: "RSASSA-PKCS1-v1_5", hash };
  const key = await crypto.subtle.importKey("spki", parseCertificate(authority).spki, scheme, false, ["verify"]);
  const signed = await crypto.subtle.verify(scheme.name, key, signature.bits(), tbs.encoded.slice());
  if (!signed) throw new CryptoFault("bringing.foreign");
}

/** The four files by their names in small letters; of several folders the first that has a signing certificate. */
function folderOf(files: readonly { path: string; data: Uint8Array }[]): Map<string, Bytes> {
  const home = files.find(({ path }) => baseOf(path) === NAMES[0])?.path;
  const base = home?.slice(0, home.length - NAMES[0].length);
  const inside = files.filter(({ path }) => base === undefined || path === base + path.slice(base.length).replace(/.*\//, ""));
  const found = inside.filter(({ path }) => NAMES.includes(baseOf(path) as (typeof NAMES)[number]));
  return new Map(found.map(({ path, data }) => [baseOf(path), new Uint8Array(data)]));
}

async function fromFolder(folder: Map<string, Bytes>, password: string): Promise<Brought> {
  if (!folder.size) throw new CryptoFault("bringing.unknown_file");
  const [certificate, key, kmCertificate, kmKey] = NAMES.map((name) => folder.get(name));
  if (!certificate || !key || !kmCertificate !== !kmKey) throw new CryptoFault("bringing.incomplete");
  const secret = utf8(password);
  try {
    const keyManagement = kmCertificate && kmKey && { certificate: kmCertificate, pkcs8: await decryptPrivateKey(kmKey, secret) };
    return paired({ certificate, pkcs8: await decryptPrivateKey(key, secret) }, keyManagement);
  } finally {
    wipe(secret);
  }
}

function paired(signing: KeyPair, keyManagement?: KeyPair): Brought {
  const [certificate, spki] = matched(signing);
  wipe(getRandomNumber(signing.pkcs8)); // a certificate without its R proves no identity; throws where there is none
  const keys = { signing: signing.pkcs8, signingSpki: spki };
  if (!keyManagement) return { signing: certificate, keys };
  const [kmCertificate, kmSpki] = matched(keyManagement);
  return {
    signing: certificate,
    keyManagement: kmCertificate,
    keys: { ...keys, keyManagement: keyManagement.pkcs8, keyManagementSpki: kmSpki },
  };
}

/** The certificate (DER) and the public key of its private one. Throws `npki.key_certificate_mismatch`. */
function matched({ certificate, pkcs8 }: KeyPair): readonly [Bytes, Bytes] {
  const parsed = parseCertificate(certificate);
  const spki = publicKeyOf(pkcs8);
  requireKey(parsed, spki);
  return [parsed.encoded, spki];
}

function baseOf(path: string): string {
  return path.replace(/.*[/\\]/, "").toLowerCase();
}
