/** Opening the keys of a certificate for one use, by password or passkey: they are wiped as soon as it is over. */

import { wipe } from "../crypto/bytes.ts";
import { type SubscriberKeys, unpackKeys, wipeKeys } from "../crypto/keys.ts";
import { openVault } from "../crypto/slots.ts";
import type { HeldKeys, Keystore } from "./keystore.ts";
import type { Unlocking } from "./port.ts";

/** Returns what `use` returns. Throws `npki.wrong_password`, `vault.device_key_missing`, `vault.damaged`. */
export async function withKeys<Outcome>(
  keystore: Keystore,
  held: HeldKeys,
  by: Unlocking,
  use: (keys: SubscriberKeys) => Promise<Outcome>,
): Promise<Outcome> {
  const payload = await openVault(
    held.vault,
    typeof by === "string" ? { password: by, deviceKey: await keystore.deviceKey() } : by,
  );
  const keys = unpackKeys(payload);
  wipe(payload);
  try {
    return await use(keys);
  } finally {
    wipeKeys(keys);
  }
}
