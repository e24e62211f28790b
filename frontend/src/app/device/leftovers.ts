/** Orders of applications that have ended: keys that no certificate will ever name. They are removed without asking. */

import type { ApplicationState, ApplicationView } from "../../api/types.ts";
import type { VaultPort } from "../../vault/port.ts";

// not "frozen": the office may still decide that it goes on
const ENDED: readonly ApplicationState[] = ["completed", "cancelled", "expired", "refused"];

/**
 * Returns how many orders were removed. Only what the office says has ended goes: another person's orders on the same
 * device, and applications the office does not list, stay as they are.
 */
export async function dropEndedOrders(
  vault: Pick<VaultPort, "listOrders" | "dropOrder">,
  applications: readonly Pick<ApplicationView, "id" | "state">[],
): Promise<number> {
  const ended = applications.filter(({ state }) => ENDED.includes(state)).map(({ id }) => id);
  const kept = ended.length ? await vault.listOrders() : [];
  const gone = kept.filter((id) => ended.includes(id));
  for (const id of gone) await vault.dropOrder(id);
  return gone.length;
}
