/** Where the vault is: on the app's own page, or on the page of its own that the office named in the app's page. */

import { BrowserKeystore } from "./keystore.ts";
import { LocalVault } from "./local.ts";
import type { VaultPort } from "./port.ts";
import { remoteVault } from "./remote.ts";

export const VAULT_META = "dojang-vault";

export function chooseVault(page: Document): VaultPort {
  const origin = page.querySelector<HTMLMetaElement>(`meta[name="${VAULT_META}"]`)?.content;
  return origin ? remoteVault(origin, page) : new LocalVault(new BrowserKeystore());
}
