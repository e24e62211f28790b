/** Signing the office's statements with a certificate held here: looked at first, then signed as they are, never otherwise. */

import { actStatement, requireActStatement } from "../crypto/act.ts";
import { type Bytes, fromBase64, toBase64 } from "../crypto/bytes.ts";
import { type SubscriberKeys, importSigningKey, signer } from "../crypto/keys.ts";
import { requireSignInStatement } from "../crypto/sign_in.ts";
import type { HeldKeys, Keystore } from "./keystore.ts";
import { withKeys } from "./opening.ts";
import type { ActRequest, SignInRequest, Unlocking } from "./port.ts";

/** Returns the signature in base64. Throws what `withKeys` throws, and `acceptance.statement_unexpected`. */
export async function signAct(keystore: Keystore, held: HeldKeys, by: Unlocking | undefined, request: ActRequest): Promise<string> {
  const looked = requireActStatement(fromBase64(request.statement), request.act, request.target);
  return signed(keystore, held, by, looked);
}

/** Returns the signature in base64. Throws what `withKeys` throws, and `acceptance.statement_unexpected`. */
export async function signSignIn(
  keystore: Keystore,
  held: HeldKeys,
  by: Unlocking | undefined,
  { statement, request, issuer }: SignInRequest,
): Promise<string> {
  const looked = fromBase64(statement);
  requireSignInStatement(looked, request, issuer);
  return signed(keystore, held, by, looked);
}

/**
 * Returns the signature that revokes this certificate, made while its keys are open and kept for the day it is needed: whoever
 * has the device then ends the certificate without a password, and it can do nothing else.
 */
export async function signRevocation(keys: SubscriberKeys, serial: string): Promise<Bytes> {
  return signer(await importSigningKey(keys.signing))(actStatement("revoke", serial, "0"));
}

function signed(keystore: Keystore, held: HeldKeys, by: Unlocking | undefined, looked: Bytes): Promise<string> {
  return withKeys(keystore, held, by, async (keys) => toBase64(await signer(await importSigningKey(keys.signing))(looked)));
}
