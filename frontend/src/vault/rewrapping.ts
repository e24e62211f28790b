/** Another password for a certificate kept here: one slot of its vault is rewrapped, the keys stay as they are. */

import type { Argon2Cost } from "../crypto/argon2.ts";
import { changePassword } from "../crypto/slots.ts";
import type { HeldKeys, Keystore } from "./keystore.ts";
import { requirePassword } from "./opening.ts";

/** Throws `npki.wrong_password`, `vault.device_key_missing`. */
export async function rewrap(
  keystore: Keystore,
  held: HeldKeys,
  passwords: { readonly current: string; readonly fresh: string } | undefined,
  cost?: Argon2Cost,
): Promise<void> {
  const [current, fresh] = [requirePassword(passwords?.current), requirePassword(passwords?.fresh)];
  const deviceKey = await keystore.deviceKey();
  const options = cost ? { cost } : {};
  const vault = await changePassword(held.vault, { password: current, deviceKey }, { password: fresh, deviceKey }, options);
  await keystore.saveHeld({ ...held, vault }); // one write: the old slot goes when the new one is there
}
