/** Signing with a certificate held here: what was looked at, nothing else. Makes CMS SignedData. */

import { type Bytes, utf8 } from "../../crypto/bytes.ts";
import { signedData } from "../../crypto/cms.ts";
import { importSigningKey, signer } from "../../crypto/keys.ts";
import type { HeldKeys, Keystore } from "./keystore.ts";
import { type Unlocking, withKeys } from "./opening.ts";

export interface SigningRequest {
  readonly content: Bytes;
  /** True leaves the content out of the signature file. */
  readonly detached: boolean;
  readonly signedAt: Date;
}

/** Returns ContentInfo with SignedData (DER). Throws what `withKeys` throws. */
export function signContent(keystore: Keystore, held: HeldKeys, by: Unlocking, request: SigningRequest): Promise<Bytes> {
  return withKeys(keystore, held, by, async (keys) =>
    signedData({ ...request, certificate: held.signing, chain: held.chain, sign: signer(await importSigningKey(keys.signing)) }),
  );
}

/**
 * Returns what is signed to answer a challenge: a text that says so, so that no signature under a document, and no
 * acceptance, can be had by calling it a challenge.
 */
export function challengeStatement(challenge: string, audience: string, signedAt: Date): Bytes {
  return utf8(JSON.stringify({ audience, challenge, signed_at: signedAt.toISOString(), type: "dojang.challenge.v1" }));
}
