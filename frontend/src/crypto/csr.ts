/** A PKCS#10 request with an empty subject: the CA names the subscriber, the request proves possession. Source: RFC 2986. */

import { type Bytes } from "./bytes.ts";
import * as der from "./der.ts";
import * as oid from "./oid.ts";

/** Signs `data` with RSASSA-PKCS1-v1_5 and SHA-256 and returns the signature. */
export type Sign = (data: Bytes) => Promise<Bytes>;

/** Returns the request (DER) for the public key `spki`, signed by its private key. */
export async function certificationRequest(spki: Bytes, sign: Sign): Promise<Bytes> {
  const info = der.sequence(der.integer(0), der.sequence(), spki, der.context(0));
  const algorithm = der.algorithm(oid.RSA_SHA256, der.nullValue());
  return der.sequence(info, algorithm, der.bitString(await sign(info)));
}
