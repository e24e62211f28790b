/** Proving an act with a certificate held here: the office's statement, looked at, then signed. */

import { type Bytes, fromBase64, toBase64 } from "../../crypto/bytes.ts";
import { actStatement, requireActStatement } from "../../crypto/act.ts";
import { type SubscriberKeys, importSigningKey, signer } from "../../crypto/keys.ts";
import type { HeldKeys, Keystore } from "./keystore.ts";
import { withKeys } from "./opening.ts";

/** Returns the signature in base64. Throws what `withKeys` throws, and `acceptance.statement_unexpected`. */
export function signAct(
  keystore: Keystore,
  held: HeldKeys,
  password: string,
  { statement, act, target }: { readonly statement: string; readonly act: string; readonly target: string },
): Promise<string> {
  const looked = requireActStatement(fromBase64(statement), act, target);
  return withKeys(keystore, held, password, async (keys) => toBase64(await signer(await importSigningKey(keys.signing))(looked)));
}

/**
 * Returns the signature that revokes this certificate, made while its keys are open and kept for the day it is needed: whoever
 * has the device then ends the certificate without a password, and it can do nothing else.
 */
export async function signRevocation(keys: SubscriberKeys, serial: string): Promise<Bytes> {
  return signer(await importSigningKey(keys.signing))(actStatement("revoke", serial, "0"));
}
