/** Opening the keys of a certificate for one use, by password or passkey: they are wiped as soon as it is over. */

import { wipe } from "../crypto/bytes.ts";
import { CryptoFault } from "../crypto/fault.ts";
import { type SubscriberKeys, unpackKeys, wipeKeys } from "../crypto/keys.ts";
import { type Opening, openVault } from "../crypto/slots.ts";
import type { HeldKeys, Keystore } from "./keystore.ts";
import type { Unlocking } from "./port.ts";

/** Returns what `use` returns. Throws `npki.wrong_password`, `vault.device_key_missing`, `vault.damaged`, `PasskeyFault`. */
export async function withKeys<Outcome>(
  keystore: Keystore,
  held: HeldKeys,
  by: Unlocking | undefined,
  use: (keys: SubscriberKeys) => Promise<Outcome>,
): Promise<Outcome> {
  const opening = await openingOf(keystore, held, by);
  const payload = await openVault(held.vault, opening);
  if ("prfOutput" in opening) wipe(opening.prfOutput);
  const keys = unpackKeys(payload);
  wipe(payload);
  try {
    return await use(keys);
  } finally {
    wipeKeys(keys);
  }
}

/** Returns the password. Throws `npki.wrong_password` where there is none: nobody was asked for it. */
export function requirePassword(password: string | undefined): string {
  if (!password) throw new CryptoFault("npki.wrong_password");
  return password;
}

async function openingOf(keystore: Keystore, { vault }: HeldKeys, by: Unlocking | undefined): Promise<Opening> {
  if (typeof by === "object") return (await import("./passkeys.ts")).unlockByPasskey(vault, by.passkeyOf);
  return { password: requirePassword(by), deviceKey: await keystore.deviceKey() };
}
