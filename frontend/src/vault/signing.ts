/** Signing with a certificate held here: what was looked at, nothing else. Makes CMS SignedData. */

import { type Bytes, toBase64 } from "../crypto/bytes.ts";
import { signedData } from "../crypto/cms.ts";
import { requireDocumentAttributes } from "../crypto/document.ts";
import { importSigningKey, signer } from "../crypto/keys.ts";
import type { HeldKeys, Keystore } from "./keystore.ts";
import { withKeys } from "./opening.ts";
import type { DocumentRequest, SigningRequest, Unlocking } from "./port.ts";

/** Returns ContentInfo with SignedData (DER). Throws what `withKeys` throws. */
export function signContent(keystore: Keystore, held: HeldKeys, by: Unlocking | undefined, request: SigningRequest): Promise<Bytes> {
  return withKeys(keystore, held, by, async (keys) =>
    signedData({ ...request, certificate: held.signing, chain: held.chain, sign: signer(await importSigningKey(keys.signing)) }),
  );
}

/** Returns the signature in base64. Throws what `withKeys` throws, and before that `acceptance.statement_unexpected`. */
export async function signDocument(
  keystore: Keystore,
  held: HeldKeys,
  by: Unlocking | undefined,
  request: DocumentRequest,
): Promise<string> {
  const looked = await requireDocumentAttributes(request.attributes, request, held.signing);
  return withKeys(keystore, held, by, async (keys) => toBase64(await signer(await importSigningKey(keys.signing))(looked)));
}
