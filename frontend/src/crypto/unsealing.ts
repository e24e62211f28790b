/**
 * Opening an encrypted letter with the key-management key. Knows nothing of mail and of where keys are kept.
 * Sources: RFC 5652 section 6, RFC 5083 section 2, RFC 3560.
 */

import { type Bytes, wipe } from "./bytes.ts";
import * as der from "./der.ts";
import { type Envelope, type Locked, type Recipient, findRecipient } from "./envelope.ts";
import { CryptoFault } from "./fault.ts";
import { importDecryptionKey } from "./keys.ts";
import * as oid from "./oid.ts";
import { unwrapKey } from "./rsa.ts";
import * as seed from "./seed.ts";
import type { Certificate } from "./x509.ts";

const BLOCK_BYTES = 16;
const HASHES = new Map([
  [oid.SHA1, "SHA-1"],
  [oid.SHA256, "SHA-256"],
  [oid.SHA384, "SHA-384"],
  [oid.SHA512, "SHA-512"],
]);

/**
 * Returns what is inside. `pkcs8` is the private key of `certificate`, in clear. Throws `envelope.not_for_you`,
 * `envelope.altered`, `envelope.algorithm_unsupported`, `envelope.unreadable`.
 */
export async function openEnvelope(envelope: Envelope, certificate: Certificate, pkcs8: Bytes): Promise<Bytes> {
  const recipient = findRecipient(envelope, certificate);
  if (!recipient) throw new CryptoFault("envelope.not_for_you");
  const key = await contentKey(recipient, pkcs8, envelope.locked.keyBytes);
  try {
    return await unlock(envelope.locked, key);
  } finally {
    wipe(key);
  }
}

async function contentKey({ algorithm, encryptedKey }: Recipient, pkcs8: Bytes, keyBytes: number): Promise<Bytes> {
  const [name, parameters] = algorithm.members();
  const dotted = name?.oid() ?? "";
  try {
    if (dotted === oid.RSA_ENCRYPTION) return unwrapKey(pkcs8, encryptedKey, keyBytes);
    if (dotted !== oid.RSA_OAEP) throw new CryptoFault("envelope.algorithm_unsupported", dotted);
    const { hash, label } = readOaep(parameters);
    const key = await importDecryptionKey(pkcs8, hash);
    return new Uint8Array(await crypto.subtle.decrypt({ name: "RSA-OAEP", label }, key, encryptedKey));
  } catch (reason) {
    if (reason instanceof CryptoFault && reason.code === "envelope.algorithm_unsupported") throw reason;
    throw new CryptoFault("envelope.altered"); // what exactly failed is nobody's business
  }
}

/** RSAES-OAEP-params; SHA-1 is the default of both hashes, and browsers want them to be the same one. */
function readOaep(parameters: der.Value | undefined): { hash: string; label: Bytes } {
  let [hash, mask, label] = [oid.SHA1, oid.SHA1, new Uint8Array()];
  for (const one of parameters?.members() ?? []) {
    if (one.tag === 0xa0) hash = der.at(one.explicit(0).members(), 0).oid();
    else if (one.tag === 0xa1) mask = der.at(der.at(one.explicit(1).members(), 1).members(), 0).oid();
    else if (one.tag === 0xa2) label = der.at(one.explicit(2).members(), 1).octets();
  }
  const name = HASHES.get(hash);
  if (!name || mask !== hash) throw new CryptoFault("envelope.algorithm_unsupported", hash, mask);
  return { hash: name, label };
}

async function unlock({ parameters, data }: Locked, key: Bytes): Promise<Bytes> {
  if (parameters.name === "AES-GCM") return decrypt(parameters, key, data);
  if (data.length === 0 || data.length % BLOCK_BYTES) throw new CryptoFault("envelope.altered");
  return parameters.name === "SEED-CBC" ? openSeed(key, parameters.iv, data) : decrypt(parameters, key, data);
}

async function decrypt(algorithm: AesCbcParams | AesGcmParams, key: Bytes, data: Bytes): Promise<Bytes> {
  try {
    const aes = await crypto.subtle.importKey("raw", key, algorithm.name, false, ["decrypt"]);
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, aes, data));
  } catch {
    throw new CryptoFault("envelope.altered");
  }
}

async function openSeed(key: Bytes, iv: Bytes, ciphertext: Bytes): Promise<Bytes> {
  try {
    return seed.decryptCbc(key, iv, ciphertext);
  } catch {
    throw new CryptoFault("envelope.altered");
  }
}
