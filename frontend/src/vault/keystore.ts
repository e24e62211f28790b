/**
 * What this browser keeps: its device key (not exportable), orders under way, and certificates with their vaults. Private
 * keys are in there only inside vaults. Nothing else of the app goes into this store.
 */

import type { Bytes } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/slots.ts";
import type { HeldCertificate, OrderRequest } from "./port.ts";

/** Keys made for an application, and the very request that goes out, so that a lost answer can be asked for again. */
export interface Order extends OrderRequest {
  readonly applicationId: string;
  readonly vault: Vault;
}

/** A certificate set on this device. */
export interface HeldKeys {
  /** Decimal, of the signing certificate. */
  readonly serial: string;
  readonly applicationId: string;
  readonly vault: Vault;
  readonly signing: Bytes;
  /** Missing where it came from files that had the signing pair alone: it signs, and cannot be moved. */
  readonly keyManagement?: Bytes;
  /** From the issuing CA to the root. */
  readonly chain: readonly Bytes[];
  /** The folder's name under NPKI. */
  readonly caFolder: string;
  readonly storedAt: Date;
  readonly acceptedAt?: Date;
  readonly backedUpAt?: Date;
  /** A signature that revokes this certificate and does nothing else; made at acceptance. */
  readonly revocation?: Bytes;
}

/** Returns what may be told of it: everything but what its keys are locked in. */
export function described({ vault, caFolder: _, revocation, ...told }: HeldKeys): HeldCertificate {
  return { ...told, opensByPasskey: vault.slots.some(({ kind }) => kind === "passkey"), isRevocable: revocation !== undefined };
}

export interface Keystore {
  /** Returns this browser's device key, made at the first call. */
  deviceKey(): Promise<CryptoKey>;
  findOrder(applicationId: string): Promise<Order | undefined>;
  saveOrder(order: Order): Promise<void>;
  dropOrder(applicationId: string): Promise<void>;
  /** The applications (or renewals) whose orders are kept. */
  listOrders(): Promise<string[]>;
  listHeld(): Promise<HeldKeys[]>;
  findHeld(serial: string): Promise<HeldKeys | undefined>;
  saveHeld(held: HeldKeys): Promise<void>;
  dropHeld(serial: string): Promise<void>;
}

const NAME = "dojang";
const VERSION = 1;
const DEVICE_KEY = "device-key";

/** The store in IndexedDB. Rejects with the browser's own `DOMException` when it refuses storage. */
export class BrowserKeystore implements Keystore {
  private database: Promise<IDBDatabase> | undefined;

  async deviceKey(): Promise<CryptoKey> {
    const found = await this.read<CryptoKey>("device", DEVICE_KEY);
    if (found) return found;
    const made = await (await import("../crypto/slots.ts")).makeDeviceKey();
    // `add` refuses when another tab was quicker: then theirs is the one
    await this.act("device", "readwrite", (store) => store.add(made, DEVICE_KEY)).catch(() => undefined);
    return (await this.read<CryptoKey>("device", DEVICE_KEY)) ?? made;
  }

  findOrder(applicationId: string): Promise<Order | undefined> {
    return this.read("orders", applicationId);
  }

  async saveOrder(order: Order): Promise<void> {
    await this.act("orders", "readwrite", (store) => store.put(order));
  }

  async dropOrder(applicationId: string): Promise<void> {
    await this.act("orders", "readwrite", (store) => store.delete(applicationId));
  }

  listOrders(): Promise<string[]> {
    return this.act<string[]>("orders", "readonly", (store) => store.getAllKeys());
  }

  async listHeld(): Promise<HeldKeys[]> {
    return this.act<HeldKeys[]>("certificates", "readonly", (store) => store.getAll());
  }

  findHeld(serial: string): Promise<HeldKeys | undefined> {
    return this.read("certificates", serial);
  }

  async saveHeld(held: HeldKeys): Promise<void> {
    await this.act("certificates", "readwrite", (store) => store.put(held));
  }

  async dropHeld(serial: string): Promise<void> {
    await this.act("certificates", "readwrite", (store) => store.delete(serial));
  }

  private read<Value>(store: string, key: string): Promise<Value | undefined> {
    return this.act<Value | undefined>(store, "readonly", (one) => one.get(key));
  }

  /** Resolves when the transaction is complete, so that what was saved is on the disk. */
  private async act<Value>(
    name: string,
    mode: IDBTransactionMode,
    ask: (store: IDBObjectStore) => IDBRequest,
  ): Promise<Value> {
    const database = await (this.database ??= opened());
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode, { durability: "strict" });
      const request = ask(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request.result as Value);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
  }
}

/** Asks the browser not to clear the store when space is short. Returns whether it promised. */
export async function keepForGood(): Promise<boolean> {
  try {
    return (await navigator.storage?.persist?.()) ?? false;
  } catch {
    return false;
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("device");
      request.result.createObjectStore("orders", { keyPath: "applicationId" });
      request.result.createObjectStore("certificates", { keyPath: "serial" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
