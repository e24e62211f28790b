/** Keeping a certificate that came from files: only this office's, only one's own, locked anew for this device. */

import type { Argon2Cost } from "../crypto/argon2.ts";
import { type BroughtFile, bringIn, requireIssuedBy } from "../crypto/bringing.ts";
import { wipe } from "../crypto/bytes.ts";
import { CryptoFault } from "../crypto/fault.ts";
import { keyFingerprint, packKeys, wipeKeys } from "../crypto/keys.ts";
import { findPasswordFindings } from "../crypto/password.ts";
import { sealVault } from "../crypto/slots.ts";
import { parseCertificate } from "../crypto/x509.ts";
import { type HeldKeys, type Keystore, keepForGood } from "./keystore.ts";
import type { BringingTerms } from "./port.ts";

/** Returns the certificate as it is kept, and whether today's rules would refuse its password. Throws what `bringIn` and `requireIssuedBy` throw, `bringing.not_held`, `bringing.already_whole`. */
export async function keepFromFiles(
  keystore: Keystore,
  files: readonly BroughtFile[],
  password: string,
  { chain, caFolder, serials, now }: BringingTerms,
  cost?: Argon2Cost,
): Promise<{ held: HeldKeys; isWeak: boolean }> {
  const { signing, keyManagement, keys } = await bringIn(files, password);
  const payload = packKeys(keys);
  try {
    const [authority] = chain;
    if (!authority) throw new CryptoFault("bringing.foreign");
    for (const one of keyManagement ? [signing, keyManagement] : [signing]) await requireIssuedBy(one, authority);
    const { serial } = parseCertificate(signing);
    if (!serials.includes(serial)) throw new CryptoFault("bringing.not_held");
    // the files' one pair must not take the place of the two that are here
    if (!keyManagement && (await keystore.findHeld(serial))?.keyManagement) throw new CryptoFault("bringing.already_whole");
    const context = await keyFingerprint(keys.signingSpki);
    const opening = { password, deviceKey: await keystore.deviceKey() };
    const vault = await sealVault(payload, context, opening, cost ? { cost } : {});
    const held: HeldKeys = {
      serial, applicationId: "", vault, signing, ...(keyManagement ? { keyManagement } : {}), chain,
      caFolder, storedAt: now, acceptedAt: now, backedUpAt: now,
    };
    await keystore.saveHeld(held);
    await keepForGood();
    return { held, isWeak: findPasswordFindings(password).length > 0 };
  } finally {
    wipe(payload);
    wipeKeys(keys);
  }
}
