/** Keeping a certificate that came from files, once the office says what this person holds. */

import type { Api } from "../../api/client.ts";
import { fromBase64 } from "../../crypto/bytes.ts";
import type { BroughtFile, HeldCertificate, VaultPort } from "../../vault/port.ts";

export interface BringingContext {
  readonly api: Pick<Api, "showAuthority" | "listCertificates">;
  readonly vault: VaultPort;
  readonly now?: () => Date;
}

/** Returns the certificate as it is kept, and whether its password is weak. Throws what `VaultPort.bringIn` throws. */
export async function bringInFiles(
  { api, vault, now = () => new Date() }: BringingContext,
  files: readonly BroughtFile[],
  password: string | undefined,
): Promise<{ held: HeldCertificate; isWeak: boolean }> {
  const [{ chain, ca_folder }, ledger] = await Promise.all([api.showAuthority(), api.listCertificates()]);
  const serials = ledger.map(({ serial }) => serial);
  return vault.bringIn(files, password, { chain: chain.map(fromBase64), caFolder: ca_folder, serials, now: now() });
}
