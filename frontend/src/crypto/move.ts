/**
 * `dojang-move-v1`: moving a certificate between two devices through a relay that can read nothing. Pure: messages go in
 * and come out as bytes. The sender is CPace's initiator; the receiver confirms first. Source: docs/transfer.md.
 */

import { type Bytes, type TokenBytes, concat, equal, fromBase64, fromHex, sha256, toBase64, utf8, wipe } from "./bytes.ts";
import { type CpaceInputs, type CpaceKey, type CpaceSide, begin, finish, lvCat, lvSplit, requireConfirmation } from "./cpace.ts";
import { CryptoFault } from "./fault.ts";
import type { MoveCode } from "./movecode.ts";
import type { PortableVault } from "./slots.ts";

export const PROTOCOL = "dojang-move-v1";
const PAD_BYTES = 4096;
const LENGTH_BYTES = 4;
const NAME_CHARACTERS = 40;

/** What moves: certificates in DER, and the keys, encrypted under the certificate's password. */
export interface Moved {
  readonly signing: Bytes;
  readonly keyManagement: Bytes;
  /** From the issuing CA to the root. */
  readonly chain: readonly Bytes[];
  readonly caFolder: string;
  readonly vault: PortableVault;
}

export interface MoveSession {
  /** As in the address bar: `https://bank.example`. */
  readonly origin: string;
  readonly code: MoveCode;
  /** The slot's, 32 hex digits. */
  readonly sid: string;
  /** What this device is called, for the other's person. */
  readonly name: string;
  readonly random?: TokenBytes;
}

/** The device that has the certificate. */
export class MoveSender {
  /** The first message. */
  readonly share: Bytes;
  private readonly inputs: CpaceInputs;
  private readonly mine: CpaceSide;
  private key: CpaceKey | undefined;
  private sent: Bytes | undefined;

  constructor(session: MoveSession) {
    this.inputs = inputsOf(session);
    this.mine = begin(this.inputs, about("sender", session.name), session.random);
    this.share = lvCat(this.mine.share, this.mine.data);
  }

  /** Reads the receiver's answer and returns the receiver's name. Throws `transfer.code_wrong`, `transfer.unintelligible`. */
  check(answer: Bytes): string {
    const [share, data, confirmation] = lvSplit(answer, 3) as [Bytes, Bytes, Bytes];
    const key = finish(this.inputs, this.mine, { share, data }, "initiator");
    requireConfirmation(key.confirmations.responder, confirmation);
    this.key = key;
    return nameOf(data, "receiver");
  }

  /** Returns the message with the keys, once the person has seen the receiver's name. */
  async seal(moved: Moved): Promise<Bytes> {
    if (!this.key) throw new CryptoFault("transfer.unintelligible");
    this.sent = padded(encodeMoved(moved));
    return lvCat(this.key.confirmations.initiator, await encrypt(this.key, "sender", this.sent));
  }

  /** Returns nothing once the receiver has acknowledged exactly what was sent. Throws `transfer.unintelligible`. */
  async requireReceipt(receipt: Bytes): Promise<void> {
    if (!this.key || !this.sent) throw new CryptoFault("transfer.unintelligible");
    const [ciphertext] = lvSplit(receipt, 1) as [Bytes];
    const digest = await decrypt(this.key, "receiver", ciphertext);
    if (!equal(digest, await sha256(this.sent))) throw new CryptoFault("transfer.unintelligible");
  }
}

/** The device that gets it. */
export class MoveReceiver {
  private readonly inputs: CpaceInputs;
  private readonly mine: CpaceSide;
  private key: CpaceKey | undefined;
  private got: Bytes | undefined;
  /** What the sender calls itself. Believe it only after `open`. */
  sender = "";

  constructor(session: MoveSession) {
    this.inputs = inputsOf(session);
    this.mine = begin(this.inputs, about("receiver", session.name), session.random);
  }

  /** Reads the sender's share, returns the answer. Throws `transfer.code_wrong`, `transfer.unintelligible`. */
  answer(message: Bytes): Bytes {
    const [share, data] = lvSplit(message, 2) as [Bytes, Bytes];
    this.key = finish(this.inputs, this.mine, { share, data }, "responder");
    this.sender = nameOf(data, "sender");
    return lvCat(this.mine.share, this.mine.data, this.key.confirmations.responder);
  }

  /** Returns what moved. Throws `transfer.code_wrong`, `transfer.unintelligible`. */
  async open(message: Bytes): Promise<Moved> {
    if (!this.key) throw new CryptoFault("transfer.unintelligible");
    const [confirmation, ciphertext] = lvSplit(message, 2) as [Bytes, Bytes];
    requireConfirmation(this.key.confirmations.initiator, confirmation);
    this.got = await decrypt(this.key, "sender", ciphertext);
    return decodeMoved(unpadded(this.got));
  }

  /** Returns the acknowledgement, once what moved is kept. */
  async receipt(): Promise<Bytes> {
    if (!this.key || !this.got) throw new CryptoFault("transfer.unintelligible");
    const receipt = lvCat(await encrypt(this.key, "receiver", await sha256(this.got)));
    wipe(this.got);
    return receipt;
  }
}

function inputsOf({ origin, code, sid }: MoveSession): CpaceInputs {
  return {
    password: utf8(code.secret),
    channel: lvCat(utf8(PROTOCOL), utf8(origin), utf8(code.slot)),
    sessionId: fromHex(sid),
  };
}

function about(role: "sender" | "receiver", name: string): Bytes {
  return utf8(JSON.stringify({ name: [...name].slice(0, NAME_CHARACTERS).join(""), role }));
}

function nameOf(data: Bytes, role: "sender" | "receiver"): string {
  const found = parsed(data) as { name?: unknown; role?: unknown };
  if (found.role !== role || typeof found.name !== "string") throw new CryptoFault("transfer.unintelligible");
  // what a stranger's device calls itself must not look like something else: no control or direction characters
  return [...found.name.replace(/\p{C}/gu, "")].slice(0, NAME_CHARACTERS).join("");
}

async function encrypt(key: CpaceKey, role: "sender" | "receiver", plaintext: Bytes): Promise<Bytes> {
  const { aes, gcm } = await directionKey(key, role);
  return new Uint8Array(await crypto.subtle.encrypt(gcm, aes, plaintext));
}

async function decrypt(key: CpaceKey, role: "sender" | "receiver", ciphertext: Bytes): Promise<Bytes> {
  const { aes, gcm } = await directionKey(key, role);
  try {
    return new Uint8Array(await crypto.subtle.decrypt(gcm, aes, ciphertext));
  } catch {
    throw new CryptoFault("transfer.unintelligible");
  }
}

/** A key of its own for each direction, used once: the nonce may be constant. */
async function directionKey(key: CpaceKey, role: "sender" | "receiver"): Promise<{ aes: CryptoKey; gcm: AesGcmParams }> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-512", key.transcript));
  const material = await crypto.subtle.importKey("raw", key.isk, "HKDF", false, ["deriveKey"]);
  const kdf = { name: "HKDF", hash: "SHA-256", salt: digest, info: utf8(`${PROTOCOL} ${role}`) };
  const aes = await crypto.subtle.deriveKey(kdf, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  return { aes, gcm: { name: "AES-GCM", iv: new Uint8Array(12), additionalData: digest } };
}

function padded(content: Bytes): Bytes {
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setUint32(0, content.length);
  const whole = Math.ceil((LENGTH_BYTES + content.length) / PAD_BYTES) * PAD_BYTES;
  return concat(length, content, new Uint8Array(whole - LENGTH_BYTES - content.length));
}

function unpadded(plaintext: Bytes): Bytes {
  if (plaintext.length < PAD_BYTES || plaintext.length % PAD_BYTES) throw new CryptoFault("transfer.unintelligible");
  const length = new DataView(plaintext.buffer, plaintext.byteOffset).getUint32(0);
  if (length > plaintext.length - LENGTH_BYTES) throw new CryptoFault("transfer.unintelligible");
  return plaintext.slice(LENGTH_BYTES, LENGTH_BYTES + length);
}

function encodeMoved({ signing, keyManagement, chain, caFolder, vault }: Moved): Bytes {
  const { context, payload, slot } = vault;
  return utf8(
    JSON.stringify({
      type: PROTOCOL,
      signing: toBase64(signing),
      key_management: toBase64(keyManagement),
      chain: chain.map(toBase64),
      ca_folder: caFolder,
      context: toBase64(context),
      payload: { nonce: toBase64(payload.nonce), ciphertext: toBase64(payload.ciphertext) },
      slot: {
        memory_kib: slot.cost.memoryKib,
        passes: slot.cost.passes,
        salt: toBase64(slot.salt),
        nonce: toBase64(slot.nonce),
        ciphertext: toBase64(slot.ciphertext),
      },
    }),
  );
}

/** Every member must be there and of its kind. Throws `transfer.unintelligible`. */
function decodeMoved(content: Bytes): Moved {
  const whole = members(parsed(content));
  const payload = members(whole["payload"]);
  const slot = members(whole["slot"]);
  const chain = whole["chain"];
  const caFolder = whole["ca_folder"];
  const [memoryKib, passes] = [slot["memory_kib"], slot["passes"]];
  if (
    whole["type"] !== PROTOCOL || !Array.isArray(chain) || typeof caFolder !== "string" ||
    !Number.isSafeInteger(memoryKib) || !Number.isSafeInteger(passes)
  ) {
    throw new CryptoFault("transfer.unintelligible");
  }
  return {
    signing: bytesOf(whole["signing"]),
    keyManagement: bytesOf(whole["key_management"]),
    chain: chain.map(bytesOf),
    caFolder,
    vault: {
      context: bytesOf(whole["context"]),
      payload: { nonce: bytesOf(payload["nonce"]), ciphertext: bytesOf(payload["ciphertext"]) },
      slot: {
        cost: { memoryKib: memoryKib as number, passes: passes as number },
        salt: bytesOf(slot["salt"]),
        nonce: bytesOf(slot["nonce"]),
        ciphertext: bytesOf(slot["ciphertext"]),
      },
    },
  };
}

function members(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw new CryptoFault("transfer.unintelligible");
  return value as Record<string, unknown>;
}

function bytesOf(value: unknown): Bytes {
  try {
    return fromBase64(value as string);
  } catch {
    throw new CryptoFault("transfer.unintelligible");
  }
}

function parsed(json: Bytes): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch {
    throw new CryptoFault("transfer.unintelligible");
  }
}
