/**
 * The subscriber's keys, from their making until they are wrapped: two RSA-2048 pairs and R.
 *
 * A key is extractable once, at its making, because R goes into its PKCS#8 and the holder may export it; after that it is
 * imported non-extractable for each use. Private bytes never leave this device. What `orderCertificates` returns is all
 * that goes out.
 */

import { type Bytes, type TokenBytes, sha256, tokenBytes, wipe } from "./bytes.ts";
import { type Sign, certificationRequest } from "./csr.ts";
import * as der from "./der.ts";
import { CryptoFault } from "./fault.ts";
import { drawRandomNumber, getRandomNumber, withRandomNumber, withoutAttributes } from "./npki.ts";
import { sealRandomNumber } from "./oaep.ts";

export const KEY_BITS = 2048;

const SIGNING = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

/** Private keys in clear, PKCS#8. Wrap them with `vault.sealVault` and `wipeKeys` at once. */
export interface SubscriberKeys {
  /** With R among its attributes. */
  readonly signing: Bytes;
  readonly signingSpki: Bytes;
  /** Missing where the certificate came from `signCert.der` and `signPri.key` alone. */
  readonly keyManagement?: Bytes;
  readonly keyManagementSpki?: Bytes;
}

/** Keys as they are made: always both pairs. */
export interface BothKeys extends SubscriberKeys {
  readonly keyManagement: Bytes;
  readonly keyManagementSpki: Bytes;
}

/** What leaves the device to obtain certificates: two PKCS#10 requests (DER) and R sealed to the CA. */
export interface CertificateOrder {
  readonly signingRequest: Bytes;
  readonly keyManagementRequest: Bytes;
  readonly sealedR: Bytes;
}

/** Makes both pairs and R. A fraction of a second to several, by the device. */
export async function makeSubscriberKeys(random: TokenBytes = tokenBytes): Promise<BothKeys> {
  const [signing, keyManagement] = await Promise.all([makePair(), makePair()]);
  const keys = {
    signing: withRandomNumber(signing.pkcs8, drawRandomNumber(random)),
    keyManagement: keyManagement.pkcs8,
    signingSpki: signing.spki,
    keyManagementSpki: keyManagement.spki,
  };
  wipe(signing.pkcs8);
  return keys;
}

/** Returns the requests and sealed R for one application. */
export async function orderCertificates(
  keys: BothKeys,
  applicationId: string,
  transportSpki: Bytes,
): Promise<CertificateOrder> {
  const randomNumber = getRandomNumber(keys.signing);
  const signRequest = async (pkcs8: Bytes, spki: Bytes) => certificationRequest(spki, signer(await importSigningKey(pkcs8)));
  const order = {
    signingRequest: await signRequest(keys.signing, keys.signingSpki),
    keyManagementRequest: await signRequest(keys.keyManagement, keys.keyManagementSpki),
    sealedR: await sealRandomNumber(randomNumber, transportSpki, applicationId),
  };
  wipe(randomNumber);
  return order;
}

/** Returns a key for one signing session, its export refused by the browser. */
export async function importSigningKey(pkcs8: Bytes): Promise<CryptoKey> {
  const plain = withoutAttributes(pkcs8);
  try {
    return await crypto.subtle.importKey("pkcs8", plain, SIGNING, false, ["sign"]);
  } finally {
    wipe(plain);
  }
}

/** Returns the key-management key for decrypting (RSA-OAEP with this hash), its export refused by the browser. */
export async function importDecryptionKey(pkcs8: Bytes, hash: string): Promise<CryptoKey> {
  const plain = withoutAttributes(pkcs8);
  try {
    return await crypto.subtle.importKey("pkcs8", plain, { name: "RSA-OAEP", hash }, false, ["decrypt"]);
  } finally {
    wipe(plain);
  }
}

/** Returns the function that signs with a key of `importSigningKey`: acceptance statements, sign-in challenges, CMS. */
export function signer(key: CryptoKey): Sign {
  return async (data) => new Uint8Array(await crypto.subtle.sign(SIGNING.name, key, data));
}

/** SHA-256 of a public key (SubjectPublicKeyInfo): the name under which a vault keeps its private key. */
export async function keyFingerprint(spki: Bytes): Promise<Bytes> {
  return sha256(spki);
}

/** Returns the SubjectPublicKeyInfo of an RSA private key in PKCS#8. Throws `npki.malformed`. */
export function publicKeyOf(pkcs8: Bytes): Bytes {
  const [, algorithm, privateKey] = der.read(pkcs8).members();
  const numbers = der.read(privateKey?.octets() ?? new Uint8Array()).members();
  const publicKey = der.sequence(der.at(numbers, 1).encoded, der.at(numbers, 2).encoded);
  return der.sequence(algorithm?.encoded ?? new Uint8Array(), der.bitString(publicKey));
}

/** The keys as one byte string for a vault, and back: SEQUENCE of one or two OCTET STRINGs. Throws `npki.malformed`. */
export function packKeys({ signing, keyManagement }: SubscriberKeys): Bytes {
  return der.sequence(der.octetString(signing), ...(keyManagement ? [der.octetString(keyManagement)] : []));
}

export function unpackKeys(packed: Bytes): SubscriberKeys {
  const members = der.read(packed).members();
  const signing = der.at(members, 0).octets();
  const one = { signing, signingSpki: publicKeyOf(signing) };
  const keyManagement = members[1]?.octets();
  return keyManagement ? { ...one, keyManagement, keyManagementSpki: publicKeyOf(keyManagement) } : one;
}

/** Returns the same keys when both pairs are there. Throws `npki.malformed`. */
export function requireBoth(keys: SubscriberKeys): BothKeys {
  const { keyManagement, keyManagementSpki } = keys;
  if (!keyManagement || !keyManagementSpki) throw new CryptoFault("npki.malformed", "keys");
  return { ...keys, keyManagement, keyManagementSpki };
}

export function wipeKeys({ signing, keyManagement }: SubscriberKeys): void {
  wipe(signing, ...(keyManagement ? [keyManagement] : []));
}

async function makePair(): Promise<{ pkcs8: Bytes; spki: Bytes }> {
  const algorithm = { ...SIGNING, modulusLength: KEY_BITS, publicExponent: Uint8Array.of(1, 0, 1) };
  const pair = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const [pkcs8, spki] = await Promise.all([
    crypto.subtle.exportKey("pkcs8", pair.privateKey),
    crypto.subtle.exportKey("spki", pair.publicKey),
  ]);
  return { pkcs8: new Uint8Array(pkcs8), spki: new Uint8Array(spki) };
}
