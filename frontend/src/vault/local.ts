/** The vault on the app's own page: whoever calls brings the password or what the passkey derived. */

import type { Bytes } from "../crypto/bytes.ts";
import { CryptoFault } from "../crypto/fault.ts";
import type { HeldKeys, Keystore } from "./keystore.ts";
import type {
  ActRequest,
  BackupFile,
  BackupRequest,
  SignInRequest,
  SigningRequest,
  Unlocking,
  VaultPort,
} from "./port.ts";

/** Loads the cryptography at the first use, so that the app opens without it. */
export class LocalVault implements VaultPort {
  private readonly keystore: Keystore;

  constructor(keystore: Keystore) {
    this.keystore = keystore;
  }

  async sign(serial: string, by: Unlocking, request: SigningRequest): Promise<Bytes> {
    const { signContent } = await import("./signing.ts");
    return signContent(this.keystore, await this.held(serial), by, request);
  }

  async signAct(serial: string, by: Unlocking, request: ActRequest): Promise<string> {
    const { signAct } = await import("./statements.ts");
    return signAct(this.keystore, await this.held(serial), by, request);
  }

  async signIn(serial: string, by: Unlocking, request: SignInRequest): Promise<string> {
    const { signSignIn } = await import("./statements.ts");
    return signSignIn(this.keystore, await this.held(serial), by, request);
  }

  async backUp(
    serial: string,
    password: string,
    request: BackupRequest,
    onProgress?: (share: number) => void,
  ): Promise<BackupFile[]> {
    const { backUp } = await import("./backup.ts");
    return backUp(this.keystore, await this.held(serial), password, { ...request, ...(onProgress ? { onProgress } : {}) });
  }

  private async held(serial: string): Promise<HeldKeys> {
    const found = await this.keystore.findHeld(serial);
    if (!found) throw new CryptoFault("vault.slot_missing", "certificate");
    return found;
  }
}
