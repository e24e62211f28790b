/**
 * The subscriber's private key: PKCS#8 with R among its attributes, the encrypted file `signPri.key` around it, R itself
 * and the virtual ID that R makes. Knows nothing of certificates. Sources: RFC 5958, KCAC.TS.ENC, KCAC.TS.SIVID.
 */

import { type Bytes, type TokenBytes, sha256, tokenBytes } from "./bytes.ts";
import * as der from "./der.ts";
import { CryptoFault } from "./fault.ts";
import * as oid from "./oid.ts";
import { type KeyProtection, decrypt, encrypt } from "./pbes.ts";

export const RANDOM_NUMBER_BYTES = 20;
const ATTRIBUTES = 0xa0;

/** Draws R: 20 bytes, the first not zero because some readers pass R through an integer. */
export function drawRandomNumber(random: TokenBytes = tokenBytes): Bytes {
  for (let tries = 0; tries < 64; tries++) {
    const drawn = random(RANDOM_NUMBER_BYTES);
    if (drawn[0] !== 0) return drawn;
  }
  throw new CryptoFault("npki.random_number_unusable");
}

/** Returns the PKCS#8 key (DER) with R put in, or replaced; everything else stays as it was. */
export function withRandomNumber(pkcs8: Bytes, randomNumber: Bytes): Bytes {
  if (randomNumber.length !== RANDOM_NUMBER_BYTES || randomNumber[0] === 0) {
    throw new CryptoFault("npki.random_number_unusable");
  }
  const attribute = der.sequence(der.oid(oid.RANDOM_NUMBER), der.setOf(der.bitString(randomNumber)));
  return rebuilt(pkcs8, (kept) => [...kept, attribute]);
}

/** Returns the PKCS#8 key without any attribute: what WebCrypto is given, because not every engine accepts them. */
export function withoutAttributes(pkcs8: Bytes): Bytes {
  return rebuilt(pkcs8, () => []);
}

/** Returns R, or undefined when the key carries none. */
export function findRandomNumber(pkcs8: Bytes): Bytes | undefined {
  for (const attribute of attributesOf(privateKeyInfo(pkcs8))) {
    const [type, values] = attribute.members();
    if (type?.oid() !== oid.RANDOM_NUMBER || !values) continue;
    const found = der.only(values.members(der.Tag.SET)).bits();
    if (found.length !== RANDOM_NUMBER_BYTES) throw new CryptoFault("npki.random_number_unusable");
    return found;
  }
  return undefined;
}

/** Returns R. Throws `npki.random_number_missing`. */
export function getRandomNumber(pkcs8: Bytes): Bytes {
  const found = findRandomNumber(pkcs8);
  if (!found) throw new CryptoFault("npki.random_number_missing");
  return found;
}

/** Returns the DER of EncryptedPrivateKeyInfo: the content of `signPri.key` or `kmPri.key`. */
export async function encryptPrivateKey(
  pkcs8: Bytes,
  password: Bytes,
  options: { protection?: KeyProtection; iterations?: number; random?: TokenBytes } = {},
): Promise<Bytes> {
  privateKeyInfo(pkcs8);
  const { protection = "seed", random = tokenBytes, iterations } = options;
  const { algorithm, ciphertext } = await encrypt(pkcs8, password, protection, random, iterations);
  return der.sequence(algorithm, der.octetString(ciphertext));
}

/**
 * Returns the PKCS#8 bytes of a private key file, R included, exactly as they were encrypted; bytes behind the structure
 * are ignored, as real files have some. Throws what `pbes.decrypt` throws.
 */
export async function decryptPrivateKey(encrypted: Bytes, password: Bytes): Promise<Bytes> {
  const [algorithm, data] = der.readFirst(encrypted).members();
  if (!algorithm || !data) throw new CryptoFault("npki.malformed", "EncryptedPrivateKeyInfo");
  return requirePrivateKey(await decrypt(algorithm, data.octets(), password));
}

/** Returns freshly decrypted bytes that are a PKCS#8 key. Throws `npki.wrong_password`: garbage has no other cause. */
export function requirePrivateKey(decrypted: Bytes): Bytes {
  try {
    privateKeyInfo(decrypted);
  } catch {
    throw new CryptoFault("npki.wrong_password");
  }
  return decrypted;
}

/** The virtual ID (가상식별번호): SHA-256 twice over DER(SEQUENCE { PrintableString idn, BIT STRING R }). */
export async function computeVirtualId(idn: string, randomNumber: Bytes): Promise<Bytes> {
  const digits = idn.replace(/[- ]/g, "");
  if (!/^(\d{10}|\d{13})$/.test(digits)) throw new CryptoFault("npki.identification_number_malformed");
  return sha256(await sha256(der.sequence(der.printableString(digits), der.bitString(randomNumber))));
}

/** version, privateKeyAlgorithm, privateKey, then what is optional. */
function privateKeyInfo(pkcs8: Bytes): der.Value[] {
  const members = der.read(pkcs8).members();
  const version = der.at(members, 0).number();
  der.at(der.at(members, 1).members(), 0).oid();
  if (version > 1 || der.at(members, 2).octets().length === 0) throw new CryptoFault("npki.malformed", "PrivateKeyInfo");
  return members;
}

function attributesOf(members: readonly der.Value[]): der.Value[] {
  return members.slice(3).find((member) => member.tag === ATTRIBUTES)?.members(ATTRIBUTES) ?? [];
}

function rebuilt(pkcs8: Bytes, change: (kept: Bytes[]) => Bytes[]): Bytes {
  const members = privateKeyInfo(pkcs8);
  const others = attributesOf(members).filter((one) => der.at(one.members(), 0).oid() !== oid.RANDOM_NUMBER);
  const attributes = change(others.map((one) => one.encoded));
  // SET OF, implicitly tagged: sort as a set, then exchange the tag
  const set = attributes.length ? [der.context(0, der.read(der.setOf(...attributes)).content)] : [];
  const rest = members.slice(3).filter((member) => member.tag !== ATTRIBUTES);
  return der.sequence(...members.slice(0, 3).map((one) => one.encoded), ...set, ...rest.map((one) => one.encoded));
}
