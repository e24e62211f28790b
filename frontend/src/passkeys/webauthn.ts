/**
 * Asking the browser's authenticators: making passkeys, having them answer the office's challenges, and having them
 * derive the secret that opens a vault's slot (the PRF extension). Knows no office and no vault: bytes come in and go out.
 *
 * Every function rejects with `PasskeyFault`. Source: W3C Web Authentication Level 3, 5.1 and 10.1.4.
 */

import { type Bytes, toBase64, tokenBytes } from "../crypto/bytes.ts";
import { PasskeyFault } from "./fault.ts";

export interface AskedFor {
  readonly challenge: Bytes;
  readonly relyingPartyId: string;
  readonly timeoutMs: number;
}

export interface NewPasskey extends AskedFor {
  readonly userHandle: Bytes;
  readonly userName: string;
  readonly known: readonly Bytes[];
  readonly algorithms: readonly number[];
}

/** In base64, as it travels. */
export interface Made {
  readonly client_data: string;
  readonly attestation_object: string;
}

export interface Answered {
  readonly credential_id: string;
  readonly client_data: string;
  readonly authenticator_data: string;
  readonly signature: string;
  readonly user_handle: string;
}

/** The input to the PRF of a passkey, and what came out of it: 32 secret bytes. */
export interface Derived {
  readonly credentialId: Bytes;
  readonly prfOutput: Bytes;
}

/** Makes a passkey that needs no login name. It may open vaults too, where the authenticator can. */
export async function makePasskey(asked: NewPasskey): Promise<Made> {
  const credential = await guarded(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: asked.challenge,
        rp: { id: asked.relyingPartyId, name: document.title.split(" · ").at(-1) || asked.relyingPartyId },
        user: { id: asked.userHandle, name: asked.userName, displayName: asked.userName },
        pubKeyCredParams: asked.algorithms.map((alg) => ({ type: "public-key" as const, alg })),
        excludeCredentials: asked.known.map((id) => ({ type: "public-key" as const, id })),
        authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
        attestation: "none",
        timeout: asked.timeoutMs,
        extensions: { prf: {} },
      },
    }),
  );
  const { response } = credential;
  if (!(response instanceof AuthenticatorAttestationResponse)) throw new PasskeyFault("passkey.unusable");
  return { client_data: text(response.clientDataJSON), attestation_object: text(response.attestationObject) };
}

/** Has any passkey of this site answer the office's challenge. */
export async function answerChallenge(asked: AskedFor): Promise<Answered> {
  const credential = await guarded(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: asked.challenge,
        rpId: asked.relyingPartyId,
        userVerification: "required",
        timeout: asked.timeoutMs,
      },
    }),
  );
  const { response } = credential;
  if (!(response instanceof AuthenticatorAssertionResponse)) throw new PasskeyFault("passkey.unusable");
  return {
    credential_id: text(credential.rawId),
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
    user_handle: response.userHandle ? text(response.userHandle) : "",
  };
}

/**
 * Has one of the `slots`' passkeys, or any of this site when there are none, derive its secret. What the passkey signs on
 * the way is thrown away: nobody asked for it, and it leaves this device never. Rejects with `passkey.opens_nothing` for
 * a passkey that cannot derive.
 */
export async function deriveSecret(
  relyingPartyId: string,
  slots: readonly { readonly credentialId: Bytes; readonly prfInput: Bytes }[],
  prfInput: Bytes = tokenBytes(32),
): Promise<Derived & { readonly prfInput: Bytes }> {
  const evalByCredential = Object.fromEntries(slots.map((one) => [urlSafe(one.credentialId), { first: one.prfInput }]));
  const credential = await guarded(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: tokenBytes(32),
        rpId: relyingPartyId,
        userVerification: "required",
        allowCredentials: slots.map(({ credentialId }) => ({ type: "public-key" as const, id: credentialId })),
        extensions: { prf: slots.length ? { evalByCredential } : { eval: { first: prfInput } } },
      },
    }),
  );
  const credentialId = new Uint8Array(credential.rawId);
  const output = credential.getClientExtensionResults().prf?.results?.first;
  if (!output) throw new PasskeyFault("passkey.opens_nothing");
  const slot = slots.find((one) => urlSafe(one.credentialId) === urlSafe(credentialId));
  return { credentialId, prfOutput: bytesOf(output), prfInput: slot?.prfInput ?? prfInput };
}

async function guarded(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  let found: Credential | null;
  try {
    found = await ask();
  } catch (reason) {
    const name = reason instanceof DOMException ? reason.name : "";
    if (name === "NotAllowedError" || name === "AbortError") throw new PasskeyFault("passkey.cancelled");
    if (name === "InvalidStateError") throw new PasskeyFault("passkey.already_here");
    throw new PasskeyFault("passkey.unusable");
  }
  if (!(found instanceof PublicKeyCredential)) throw new PasskeyFault("passkey.unusable");
  return found;
}

function bytesOf(source: BufferSource): Bytes {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer.slice(source.byteOffset, source.byteOffset + source.byteLength) as ArrayBuffer)
    : new Uint8Array(source as ArrayBuffer);
}

function text(bytes: ArrayBuffer): string {
  return toBase64(new Uint8Array(bytes));
}

function urlSafe(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
