/**
 * What the app asks of the vault, and all it may ask. Private keys, and whatever opens them, stay on its side. Bytes, texts and
 * plain values only, so that everything here may cross a message channel to a page of its own.
 */

import type { Bytes } from "../crypto/bytes.ts";
import type { BroughtFile } from "../crypto/bringing.ts";
import type { SignedDocument } from "../crypto/document.ts";
import type { MoveCode } from "../crypto/movecode.ts";

export type { BroughtFile } from "../crypto/bringing.ts";
export type { Keystore } from "./keystore.ts";

/** The certificate's password, or any of its passkeys, which belong to a relying party id: a host name. */
export type Unlocking = string | { readonly passkeyOf: string };

/** A certificate set kept here, without its keys. */
export interface HeldCertificate {
  /** Decimal, of the signing certificate. */
  readonly serial: string;
  readonly applicationId: string;
  readonly signing: Bytes;
  /** Missing where it came from files that had the signing pair alone: it signs, and cannot be moved. */
  readonly keyManagement?: Bytes;
  /** From the issuing CA to the root. */
  readonly chain: readonly Bytes[];
  readonly storedAt: Date;
  readonly acceptedAt?: Date;
  readonly backedUpAt?: Date;
  /** A passkey opens it, beside its password. */
  readonly opensByPasskey: boolean;
  /** The signature that revokes it is ready: see `revocationOf`. */
  readonly isRevocable: boolean;
}

/** What the office tells everybody, for a certificate to be ordered: base64 of DER. */
export interface TransportKey {
  readonly transport_key: string;
  readonly transport_certificate: string;
}

/** What goes out to obtain certificates: base64 of DER. */
export interface OrderRequest {
  readonly idempotencyKey: string;
  readonly request: { signing_request: string; key_management_request: string; sealed_r: string };
  /** Of a renewal: the request inside CMS SignedData by the certificate to be renewed. */
  readonly signedRequest?: string;
}

/** A renewal as the office has it; every member is signed. */
export interface RenewalTerms {
  readonly id: string;
  readonly predecessor_serial: string;
  readonly years: number;
  readonly not_after: string;
}

export interface OrderTerms extends TransportKey {
  /** Used when nothing is under way yet for this application. */
  readonly idempotencyKey: string;
  readonly now: Date;
  /** Makes it a renewal: signed by the certificate `predecessor_serial`, and locked under its password. */
  readonly renewal?: RenewalTerms;
}

export type OrderStage = "making" | "wrapping";

/** As the office issued them, in DER. */
export interface IssuedSet {
  readonly signing: Bytes;
  readonly keyManagement: Bytes;
  readonly chain: readonly Bytes[];
  /** The folder's name under NPKI. */
  readonly caFolder: string;
}

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

export interface DocumentRequest extends SignedDocument {
  /** What the office wrote to be signed (DER). */
  readonly attributes: Bytes;
  /** Who asks, for a vault that shows it. */
  readonly party: string;
  readonly name: string;
}

export interface OpenedLetter {
  readonly content: Bytes;
  /** Dotted OID: data, or another CMS message. */
  readonly contentType: string;
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

export interface BringingTerms {
  /** Of the office's CA, from the issuing one to the root. */
  readonly chain: readonly Bytes[];
  readonly caFolder: string;
  /** What the office says this person holds. */
  readonly serials: readonly string[];
  readonly now: Date;
}

/** One slot of the office's relay, as it is opened; its `sid` names the move from then on. */
export interface MoveTerms {
  readonly sid: string;
  readonly slot: string;
  /** When the slot closes, RFC 3339. */
  readonly expiresAt: string;
  /** What this device is called, for the other's person. */
  readonly name: string;
  /** As in the address bar: both devices must have been led to the same office. */
  readonly origin: string;
}

/**
 * Every call may reject with `CryptoFault` or `PasskeyFault`, and no other way that says anything: with
 * `vault.slot_missing` (also when no such certificate is here), and where keys are opened with `npki.wrong_password`,
 * `vault.damaged`, `vault.device_key_missing`. Serials are decimal, of the signing certificate.
 *
 * Where `asksItself`, the vault asks its person on a page of its own, shows there what the keys are opened for, and takes no
 * password and no passkey from here: leave `by` away. It rejects with `vault.declined` when the person says no.
 */
export interface VaultPort {
  readonly asksItself: boolean;

  listHeld(): Promise<HeldCertificate[]>;
  findHeld(serial: string): Promise<HeldCertificate | undefined>;
  dropHeld(serial: string): Promise<void>;

  /** The applications (or renewals) whose orders are kept. */
  listOrders(): Promise<string[]>;
  dropOrder(applicationId: string): Promise<void>;
  /**
   * Returns the order under way for the application, opened by its password, or makes keys and an order locked under
   * `password`. The keys stay open, here, until `finishOrder` or `closeOrder`. Rejects also with `npki_password.rejected`,
   * `npki.key_certificate_mismatch`.
   */
  order(
    applicationId: string,
    password: string | undefined,
    terms: OrderTerms,
    onStage?: (stage: OrderStage) => void,
  ): Promise<OrderRequest>;
  /** Keeps what was issued for an open order. Rejects with `npki.key_certificate_mismatch` for other keys' certificates. */
  keepIssued(applicationId: string, issued: IssuedSet, now: Date): Promise<HeldCertificate>;
  /** Returns the signature that accepts what was kept, in base64. Rejects with `acceptance.statement_unexpected`. */
  signAcceptance(applicationId: string, statement: string): Promise<string>;
  /** The office has the acceptance: the order is dropped, its keys are closed. */
  finishOrder(applicationId: string, now: Date): Promise<HeldCertificate>;
  /** Closes the order's keys; the order itself stays. */
  closeOrder(applicationId: string): Promise<void>;

  /** Returns ContentInfo with SignedData (DER). */
  sign(serial: string, by: Unlocking | undefined, request: SigningRequest): Promise<Bytes>;
  /** Returns the signature in base64; rejects also with `acceptance.statement_unexpected`, before the keys are opened. */
  signAct(serial: string, by: Unlocking | undefined, request: ActRequest): Promise<string>;
  /** Returns the signature in base64; rejects also with `acceptance.statement_unexpected`, before the keys are opened. */
  signIn(serial: string, by: Unlocking | undefined, request: SignInRequest): Promise<string>;
  /** Returns the signature over the attributes in base64; rejects also with `acceptance.statement_unexpected`, as above. */
  signDocument(serial: string, by: Unlocking | undefined, request: DocumentRequest): Promise<string>;
  /** Opens CMS EnvelopedData or AuthEnvelopedData; rejects also with the `envelope.…` faults. */
  open(serial: string, by: Unlocking | undefined, message: Bytes): Promise<OpenedLetter>;
  /** Returns the signature made at acceptance that revokes the certificate and does nothing else, in base64. */
  revocationOf(serial: string): Promise<string>;

  /**
   * Returns the files, encrypted under the certificate's password; none where the vault has handed them to the person
   * itself. Rejects also with `npki_folder.name_unusable`.
   */
  backUp(
    serial: string,
    password: string | undefined,
    request: BackupRequest,
    onProgress?: (share: number) => void,
  ): Promise<BackupFile[]>;
  /**
   * Keeps a certificate that came in files, under its password there. `isWeak` says that today's rules would refuse it.
   * Rejects also with what `bringIn` and `requireIssuedBy` throw, `bringing.not_held`, `bringing.already_whole`.
   */
  bringIn(
    files: readonly BroughtFile[],
    password: string | undefined,
    terms: BringingTerms,
  ): Promise<{ held: HeldCertificate; isWeak: boolean }>;
  /** Puts another password in the place of the current one: one write. */
  changePassword(serial: string, passwords: { readonly current: string; readonly fresh: string } | undefined): Promise<void>;
  /** Has a passkey of the relying party id the person chooses open the certificate too. */
  addPasskey(serial: string, password: string | undefined, passkeyOf: string): Promise<void>;
  /** Leaves the password alone to open it. */
  removePasskeys(serial: string): Promise<void>;

  /** Begins to send: returns the first message, and the code where it is the app that shows it. Rejects with `moving.signing_only`. */
  openSending(serial: string, terms: MoveTerms): Promise<{ share: Bytes; code?: MoveCode }>;
  /** Returns the receiver's name. Rejects with `transfer.code_wrong`, `transfer.unintelligible`. */
  checkReceiver(sid: string, answer: Bytes): Promise<string>;
  /** Returns the message with the keys: its person has seen the receiver's name. */
  sealMoved(sid: string): Promise<Bytes>;
  /** Rejects with `transfer.unintelligible` unless the receiver has acknowledged exactly what was sent. */
  requireReceipt(sid: string, receipt: Bytes): Promise<void>;
  /** Begins to receive with the code's secret: returns the answer to the sender's first message. */
  answerSender(terms: MoveTerms, secret: string, share: Bytes): Promise<Bytes>;
  /** Returns what came, not kept yet. Rejects with `transfer.code_wrong`, `transfer.unintelligible`, `npki.key_certificate_mismatch`. */
  openMoved(sid: string, message: Bytes): Promise<{ serial: string; sender: string }>;
  /** Keeps what came and returns the acknowledgement. */
  keepMoved(sid: string, now: Date): Promise<{ held: HeldCertificate; receipt: Bytes }>;
  /** Forgets the move, however far it came. */
  closeMove(sid: string): Promise<void>;
}
