/**
 * What screens ask of the vault once keys are held: a signature over something it looked at, a backup. Private keys stay on
 * its side. Bytes, texts and plain values only, so that the vault can be moved to a page of its own.
 */

import type { Bytes } from "../crypto/bytes.ts";
import type { PasskeyOpening } from "../crypto/slots.ts";

export type { HeldKeys, Keystore, Order } from "./keystore.ts";

/** The certificate's password, or what its passkey derived. */
export type Unlocking = string | PasskeyOpening;

export interface SigningRequest {
  readonly content: Bytes;
  /** True leaves the content out of the signature file. */
  readonly detached: boolean;
  readonly signedAt: Date;
}

export interface ActRequest {
  /** The office's, in base64. */
  readonly statement: string;
  readonly act: string;
  readonly target: string;
}

export interface SignInRequest {
  /** The office's, in base64. */
  readonly statement: string;
  /** The id of the request. */
  readonly request: string;
  /** The origin of the office. */
  readonly issuer: string;
}

export type BackupFormat = "pkcs12" | "npki_folder" | "npki_files";

export interface BackupFile {
  readonly name: string;
  readonly type: string;
  readonly data: Bytes;
}

export interface BackupRequest {
  readonly format: BackupFormat;
  /** NPKI only: the older protection that every NPKI program reads and that is cheap to guess at. */
  readonly compatible: boolean;
  readonly now: Date;
  /** Of PKCS#12's key derivation; tests take fewer. */
  readonly iterations?: number;
}

/**
 * Every call rejects with `npki.wrong_password`, `vault.slot_missing` (also when no such certificate is here),
 * `vault.damaged`, `vault.device_key_missing`. Serials are decimal, of the signing certificate.
 */
export interface VaultPort {
  /** Returns ContentInfo with SignedData (DER). */
  sign(serial: string, by: Unlocking, request: SigningRequest): Promise<Bytes>;
  /** Returns the signature in base64; rejects also with `acceptance.statement_unexpected`, before the keys are opened. */
  signAct(serial: string, by: Unlocking, request: ActRequest): Promise<string>;
  /** Returns the signature in base64; rejects also with `acceptance.statement_unexpected`, before the keys are opened. */
  signIn(serial: string, by: Unlocking, request: SignInRequest): Promise<string>;
  /** Returns the files, encrypted under the certificate's password; rejects also with `npki_folder.name_unusable`. */
  backUp(
    serial: string,
    password: string,
    request: BackupRequest,
    onProgress?: (share: number) => void,
  ): Promise<BackupFile[]>;
}
