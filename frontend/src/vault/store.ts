/**
 * Where this browser keeps vaults: IndexedDB, the device key beside them. Knows nothing of what is in a vault. A browser may
 * throw all of it away (Safari after seven days without a visit): a backup or a re-issue is the way back.
 */

import type { CertificateSetView } from "../api/types.ts";
import { toHex } from "../crypto/bytes.ts";
import { type Vault, makeDeviceKey } from "../crypto/slots.ts";

/** One vault with what may be seen without opening it. */
export interface Kept {
  readonly vault: Vault;
  /** The application it was made for. */
  readonly applicationId: string;
  /** Absent until the certificates are issued and accepted. */
  readonly certificates?: CertificateSetView;
}

const NAME = "dojang-vault";
const VAULTS = "vaults";
const DEVICE = "device";

export class VaultStore {
  private readonly database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.database = database;
  }

  /** Opens the store, making it at the first visit. Rejects where the browser refuses storage. */
  static async open(factory: IDBFactory = indexedDB): Promise<VaultStore> {
    const request = factory.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(VAULTS);
      request.result.createObjectStore(DEVICE);
    };
    return new VaultStore(await answered(request));
  }

  /** Returns this browser's device key, made at the first call and never exportable. */
  async deviceKey(): Promise<CryptoKey> {
    const fresh = await makeDeviceKey();
    const transaction = this.database.transaction(DEVICE, "readwrite");
    const store = transaction.objectStore(DEVICE);
    const kept = await answered<CryptoKey | undefined>(store.get("key"));
    if (kept) return kept;
    store.put(fresh, "key");
    await completed(transaction);
    return fresh;
  }

  /** Keeps a vault under its context, replacing what was there. Settles when it is on disk. */
  async keep(kept: Kept): Promise<void> {
    const transaction = this.database.transaction(VAULTS, "readwrite", { durability: "strict" });
    transaction.objectStore(VAULTS).put(kept, toHex(kept.vault.context));
    await completed(transaction);
  }

  async list(): Promise<Kept[]> {
    return answered<Kept[]>(this.database.transaction(VAULTS).objectStore(VAULTS).getAll());
  }

  async remove(kept: Kept): Promise<void> {
    const transaction = this.database.transaction(VAULTS, "readwrite", { durability: "strict" });
    transaction.objectStore(VAULTS).delete(toHex(kept.vault.context));
    await completed(transaction);
  }
}

/** Asks the browser not to throw the store away; false when it makes no promise. */
export async function askToStay(): Promise<boolean> {
  return (await navigator.storage?.persist?.()) ?? false;
}

function answered<Answer>(request: IDBRequest<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}
