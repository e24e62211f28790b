/** A device its owner has removed wipes the owner's keys: it asks at its start, and before anybody signs in. */

import type { Api } from "../../api/client.ts";
import type { VaultPort } from "../../vault/port.ts";

/** Returns how many certificates were wiped. A device without any asks nothing; without a connection nothing happens. */
export async function wipeWhatWasRemoved(api: Pick<Api, "showWipe">, vault: Pick<VaultPort, "listHeld" | "dropHeld">): Promise<number> {
  try {
    const held = await vault.listHeld();
    if (!held.length) return 0;
    const { certificates } = await api.showWipe();
    const gone = held.filter(({ serial }) => certificates.includes(serial));
    for (const { serial } of gone) await vault.dropHeld(serial);
    return gone.length;
  } catch {
    return 0; // asked again at the next start
  }
}
