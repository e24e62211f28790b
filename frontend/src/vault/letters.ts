/** Opening letters encrypted to a certificate held here, with its key-management key. */

import type { Bytes } from "../crypto/bytes.ts";
import { isFor, readEnvelope } from "../crypto/envelope.ts";
import { CryptoFault } from "../crypto/fault.ts";
import { openEnvelope } from "../crypto/unsealing.ts";
import { parseCertificate } from "../crypto/x509.ts";
import type { HeldKeys, Keystore } from "./keystore.ts";
import { withKeys } from "./opening.ts";
import type { OpenedLetter, Unlocking } from "./port.ts";

/** Throws what `withKeys` throws, and the `envelope.…` faults; a letter for somebody else is refused before the keys are opened. */
export async function openLetter(keystore: Keystore, held: HeldKeys, by: Unlocking | undefined, message: Bytes): Promise<OpenedLetter> {
  const envelope = readEnvelope(message);
  const certificate = held.keyManagement && parseCertificate(held.keyManagement);
  if (!certificate || !isFor(envelope, certificate)) throw new CryptoFault("envelope.not_for_you");
  return withKeys(keystore, held, by, async ({ keyManagement }) => {
    if (!keyManagement) throw new CryptoFault("envelope.not_for_you");
    const content = await openEnvelope(envelope, certificate, keyManagement);
    return { content, contentType: envelope.contentType };
  });
}
