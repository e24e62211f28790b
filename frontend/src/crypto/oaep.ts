/** Sealing R to the CA's transport key, tied to one application by the label. Source: RFC 8017 section 7.1. */

import { type Bytes, utf8 } from "./bytes.ts";

/** Returns R under RSA-OAEP, SHA-256 for both hashes, the application id (ASCII) as label. */
export async function sealRandomNumber(randomNumber: Bytes, transportSpki: Bytes, applicationId: string): Promise<Bytes> {
  const key = await crypto.subtle.importKey("spki", transportSpki, { name: "RSA-OAEP", hash: "SHA-256" }, false, ["encrypt"]);
  const sealed = await crypto.subtle.encrypt({ name: "RSA-OAEP", label: utf8(applicationId) }, key, randomNumber);
  return new Uint8Array(sealed);
}
