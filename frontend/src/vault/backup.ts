/** Files to keep elsewhere: the NPKI folder, its two main files by themselves, or PKCS#12. R is in all of them. */

import { utf8, wipe } from "../crypto/bytes.ts";
import { npkiFolder } from "../crypto/folder.ts";
import { encryptPrivateKey } from "../crypto/npki.ts";
import { makePfx } from "../crypto/pfx.ts";
import { zip } from "../crypto/zip.ts";
import type { HeldKeys, Keystore } from "./keystore.ts";
import { withKeys } from "./opening.ts";
import type { BackupFile, BackupRequest } from "./port.ts";

interface Asked extends BackupRequest {
  readonly onProgress?: (share: number) => void;
}

/** Returns the files, encrypted under the certificate's password. Throws what `withKeys` throws, `npki_folder.name_unusable`. */
export function backUp(keystore: Keystore, held: HeldKeys, password: string, request: Asked): Promise<BackupFile[]> {
  const { format, compatible, now, iterations, onProgress } = request;
  return withKeys(keystore, held, password, async (keys) => {
    const { keyManagement: certificate } = held;
    const kept = certificate && keys.keyManagement && { keyManagementCertificate: certificate, pkcs8: keys.keyManagement };
    if (format === "pkcs12") {
      const content = {
        signing: { certificate: held.signing, pkcs8: keys.signing },
        ...(kept ? { keyManagement: { certificate: kept.keyManagementCertificate, pkcs8: kept.pkcs8 } } : {}),
        chain: held.chain,
      };
      const data = await makePfx(content, password, {
        ...(onProgress ? { onProgress } : {}),
        ...(iterations ? { iterations } : {}),
      });
      return [{ name: `dojang-${held.serial}.p12`, type: "application/x-pkcs12", data }];
    }
    const secret = utf8(password);
    const protection = compatible ? "seed" : "seed_pbes2";
    const signKey = await encryptPrivateKey(keys.signing, secret, { protection });
    if (format === "npki_files") {
      wipe(secret);
      return [
        { name: "signCert.der", type: "application/pkix-cert", data: held.signing },
        { name: "signPri.key", type: "application/octet-stream", data: signKey },
      ];
    }
    const keyManagement = kept && {
      keyManagementCertificate: kept.keyManagementCertificate,
      keyManagementKey: await encryptPrivateKey(kept.pkcs8, secret, { protection }),
    };
    wipe(secret);
    const folder = npkiFolder(held.caFolder, {
      signCertificate: held.signing,
      signKey,
      ...keyManagement,
      chain: held.chain,
    });
    return [{ name: `NPKI-${held.serial}.zip`, type: "application/zip", data: zip(folder, now) }];
  });
}
