/** What is signed to answer a relying party's challenge. */

import { type Bytes, utf8 } from "../../crypto/bytes.ts";

/**
 * Returns what is signed to answer a challenge: a text that says so, so that no signature under a document, and no
 * acceptance, can be had by calling it a challenge.
 */
export function challengeStatement(challenge: string, audience: string, signedAt: Date): Bytes {
  return utf8(JSON.stringify({ audience, challenge, signed_at: signedAt.toISOString(), type: "dojang.challenge.v1" }));
}
