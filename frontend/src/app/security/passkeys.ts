/** Passkeys between the office, the browser and the vaults kept here. */

import type { Api } from "../../api/client.ts";
import type { PasskeyRequestView, PasskeyView, SignedInView } from "../../api/types.ts";
import { fromBase64, wipe } from "../../crypto/bytes.ts";
import { type PasskeyOpening, type PasskeySlot, type Vault, addPasskey, withoutPasskey } from "../../crypto/slots.ts";
import { type AskedFor, answerChallenge, deriveSecret, makePasskey } from "../../passkeys/webauthn.ts";

/** Signs in with any passkey of this office; no login name is asked for. */
export async function signInWithPasskey(api: Pick<Api, "askForPasskey" | "signInWithPasskey">): Promise<SignedInView> {
  return api.signInWithPasskey(await answerChallenge(askedFor(await api.askForPasskey())));
}

/** Adds a passkey to the account. `password` is needed when the session is not fresh any more. */
export async function registerPasskey(
  api: Pick<Api, "askToAddPasskey" | "addPasskey">,
  name: string,
  password?: string,
): Promise<PasskeyView> {
  const asked = await api.askToAddPasskey(password ? { password } : {});
  const made = await makePasskey({
    ...askedFor(asked),
    userHandle: fromBase64(asked.user_handle),
    userName: asked.user_name,
    known: asked.known.map(fromBase64),
    algorithms: asked.algorithms,
  });
  return api.addPasskey({ name, ...made });
}

export function passkeySlots(vault: Vault): readonly PasskeySlot[] {
  return vault.slots.filter((one) => one.kind === "passkey");
}

/** Has a passkey derive what opens the vault. Rejects with `PasskeyFault`. */
export function unlockByPasskey(vault: Vault): Promise<PasskeyOpening> {
  return deriveSecret(location.hostname, passkeySlots(vault));
}

/** Returns the vault with a slot for a passkey the person chooses. The password slot stays. */
export async function withPasskeySlot(vault: Vault, password: string, deviceKey: CryptoKey): Promise<Vault> {
  const derived = await deriveSecret(location.hostname, []);
  const opened = await addPasskey(vault, { password, deviceKey }, derived);
  wipe(derived.prfOutput);
  return opened;
}

/** Returns the vault that only its password opens. */
export function withoutPasskeySlots(vault: Vault): Vault {
  return passkeySlots(vault).reduce((left, slot) => withoutPasskey(left, slot.credentialId), vault);
}

function askedFor(asked: PasskeyRequestView): AskedFor {
  return {
    challenge: fromBase64(asked.challenge),
    relyingPartyId: asked.relying_party_id,
    timeoutMs: asked.timeout_s * 1_000,
  };
}
