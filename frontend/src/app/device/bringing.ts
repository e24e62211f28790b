/** Keeping a certificate that came from files: only this office's, only one's own, locked anew for this device. */

import type { Api } from "../../api/client.ts";
import type { Argon2Cost } from "../../crypto/argon2.ts";
import { type BroughtFile, bringIn, requireIssuedBy } from "../../crypto/bringing.ts";
import { fromBase64, wipe } from "../../crypto/bytes.ts";
import { CryptoFault } from "../../crypto/fault.ts";
import { keyFingerprint, packKeys, wipeKeys } from "../../crypto/keys.ts";
import { sealVault } from "../../crypto/slots.ts";
import { parseCertificate } from "../../crypto/x509.ts";
import { type HeldKeys, type Keystore, keepForGood } from "../../vault/keystore.ts";

export interface BringingContext {
  readonly api: Pick<Api, "showAuthority" | "listCertificates">;
  readonly keystore: Keystore;
  readonly now?: () => Date;
  /** Of the password slot; tests take less. */
  readonly cost?: Argon2Cost;
}

/** Returns the certificate as it is kept. Throws what `bringIn` and `requireIssuedBy` throw, `bringing.not_held`, `bringing.already_whole`. */
export async function keepFromFiles(
  { api, keystore, now = () => new Date(), cost }: BringingContext,
  files: readonly BroughtFile[],
  password: string,
): Promise<HeldKeys> {
  const { signing, keyManagement, keys } = await bringIn(files, password);
  const payload = packKeys(keys);
  try {
    const authority = await api.showAuthority();
    const chain = authority.chain.map(fromBase64);
    for (const one of keyManagement ? [signing, keyManagement] : [signing]) await requireIssuedBy(one, chain[0]!);
    const { serial } = parseCertificate(signing);
    if (!(await api.listCertificates()).some((one) => one.serial === serial)) throw new CryptoFault("bringing.not_held");
    // the files' one pair must not take the place of the two that are here
    if (!keyManagement && (await keystore.findHeld(serial))?.keyManagement) throw new CryptoFault("bringing.already_whole");
    const context = await keyFingerprint(keys.signingSpki);
    const opening = { password, deviceKey: await keystore.deviceKey() };
    const vault = await sealVault(payload, context, opening, cost ? { cost } : {});
    const held: HeldKeys = {
      serial, applicationId: "", vault, signing, ...(keyManagement ? { keyManagement } : {}), chain,
      caFolder: authority.ca_folder, storedAt: now(), acceptedAt: now(), backedUpAt: now(),
    };
    await keystore.saveHeld(held);
    await keepForGood();
    return held;
  } finally {
    wipe(payload);
    wipeKeys(keys);
  }
}
