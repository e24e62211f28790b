/** Passkeys that open a vault beside its password: the browser derives a secret by them (WebAuthn's PRF extension). */

import { wipe } from "../crypto/bytes.ts";
import { type PasskeyOpening, type PasskeySlot, type Vault, addPasskey, withoutPasskey } from "../crypto/slots.ts";
import { deriveSecret } from "../passkeys/webauthn.ts";

/** Has a passkey derive what opens the vault. Rejects with `PasskeyFault`. */
export function unlockByPasskey(vault: Vault, relyingPartyId: string): Promise<PasskeyOpening> {
  return deriveSecret(relyingPartyId, passkeySlots(vault));
}

/** Returns the vault with a slot for a passkey the person chooses. The password slot stays. */
export async function withPasskeySlot(
  vault: Vault,
  opening: { readonly password: string; readonly deviceKey: CryptoKey },
  relyingPartyId: string,
): Promise<Vault> {
  const derived = await deriveSecret(relyingPartyId, []);
  const opened = await addPasskey(vault, opening, derived);
  wipe(derived.prfOutput);
  return opened;
}

/** Returns the vault that only its password opens. */
export function withoutPasskeySlots(vault: Vault): Vault {
  return passkeySlots(vault).reduce((left, slot) => withoutPasskey(left, slot.credentialId), vault);
}

function passkeySlots(vault: Vault): readonly PasskeySlot[] {
  return vault.slots.filter((one) => one.kind === "passkey");
}
