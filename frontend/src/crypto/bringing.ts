/**
 * Certificates that come in from files: PKCS#12, the files of an NPKI folder, or a ZIP of one. Finds which certificate
 * goes with which key; whether it may be kept is decided elsewhere. Sources: RFC 7292, KCAC.TS.UI.
 */

import { type Bytes, equal, utf8, wipe } from "./bytes.ts";
import * as der from "./der.ts";
import { CryptoFault } from "./fault.ts";
import { type SubscriberKeys, publicKeyOf } from "./keys.ts";
import { decryptPrivateKey, getRandomNumber } from "./npki.ts";
import { openPfx } from "./pfx.ts";
import { isZip, unzip } from "./unzip.ts";
import { parseCertificate, requireKey } from "./x509.ts";

export interface BroughtFile {
  readonly name: string;
  readonly data: Bytes;
}

/** A certificate set in clear: wipe its keys. */
export interface Brought {
  readonly signing: Bytes;
  readonly keyManagement: Bytes;
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
  if (!keyManagement) throw new CryptoFault("bringing.incomplete");
  return paired(signing.certificate, signing.pkcs8, keyManagement.certificate, keyManagement.pkcs8);
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
  if (!certificate || !key || !kmCertificate || !kmKey) throw new CryptoFault("bringing.incomplete");
  const secret = utf8(password);
  try {
    return paired(certificate, await decryptPrivateKey(key, secret), kmCertificate, await decryptPrivateKey(kmKey, secret));
  } finally {
    wipe(secret);
  }
}

function paired(certificate: Bytes, pkcs8: Bytes, kmCertificate: Bytes, kmPkcs8: Bytes): Brought {
  const [signing, keyManagement] = [parseCertificate(certificate), parseCertificate(kmCertificate)];
  const keys = { signing: pkcs8, keyManagement: kmPkcs8, signingSpki: publicKeyOf(pkcs8), keyManagementSpki: publicKeyOf(kmPkcs8) };
  requireKey(signing, keys.signingSpki);
  requireKey(keyManagement, keys.keyManagementSpki);
  wipe(getRandomNumber(pkcs8)); // a certificate without its R proves no identity; throws where there is none
  return { signing: signing.encoded, keyManagement: keyManagement.encoded, keys };
}

function baseOf(path: string): string {
  return path.replace(/.*[/\\]/, "").toLowerCase();
}
