/** Signing with a certificate held here: what was looked at, nothing else. Makes CMS SignedData. */

import type { Bytes } from "../crypto/bytes.ts";
import { signedData } from "../crypto/cms.ts";
import { importSigningKey, signer } from "../crypto/keys.ts";
import type { HeldKeys, Keystore } from "./keystore.ts";
import { withKeys } from "./opening.ts";
import type { SigningRequest, Unlocking } from "./port.ts";

/** Returns ContentInfo with SignedData (DER). Throws what `withKeys` throws. */
export function signContent(keystore: Keystore, held: HeldKeys, by: Unlocking | undefined, request: SigningRequest): Promise<Bytes> {
  return withKeys(keystore, held, by, async (keys) =>
    signedData({ ...request, certificate: held.signing, chain: held.chain, sign: signer(await importSigningKey(keys.signing)) }),
  );
}
