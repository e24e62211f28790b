/** Moving a certificate to another device and getting one from it: what `crypto/move.ts` says, with what is kept here. */

import { type Bytes, equal } from "../crypto/bytes.ts";
import { CryptoFault } from "../crypto/fault.ts";
import { keyFingerprint } from "../crypto/keys.ts";
import { MoveReceiver, MoveSender, type Moved } from "../crypto/move.ts";
import { type MoveCode, drawSecret } from "../crypto/movecode.ts";
import { takeIn, takeOut } from "../crypto/slots.ts";
import { parseCertificate } from "../crypto/x509.ts";
import { type HeldKeys, type Keystore, keepForGood } from "./keystore.ts";
import type { MoveTerms } from "./port.ts";

type Move =
  | { readonly side: "sender"; readonly sender: MoveSender; readonly moved: Moved }
  | { readonly side: "receiver"; readonly receiver: MoveReceiver; moved?: Moved };

/** Moves under way, by the id of their slot. */
export class Moves {
  private readonly keystore: Keystore;
  private readonly moves = new Map<string, Move>();

  constructor(keystore: Keystore) {
    this.keystore = keystore;
  }

  /** Throws `moving.signing_only`, `vault.device_key_missing`. */
  async openSending(held: HeldKeys, { sid, slot, name, origin }: MoveTerms): Promise<{ share: Bytes; code: MoveCode }> {
    const { signing, keyManagement, chain, caFolder } = held;
    if (!keyManagement) throw new CryptoFault("moving.signing_only");
    const vault = await takeOut(held.vault, await this.keystore.deviceKey());
    const code = { slot, secret: drawSecret() };
    const sender = new MoveSender({ origin, code, sid, name });
    this.moves.set(sid, { side: "sender", sender, moved: { signing, keyManagement, chain, caFolder, vault } });
    return { share: sender.share, code };
  }

  checkReceiver(sid: string, answer: Bytes): string {
    return this.sending(sid).sender.check(answer);
  }

  seal(sid: string): Promise<Bytes> {
    const { sender, moved } = this.sending(sid);
    return sender.seal(moved);
  }

  requireReceipt(sid: string, receipt: Bytes): Promise<void> {
    return this.sending(sid).sender.requireReceipt(receipt);
  }

  answer({ sid, slot, name, origin }: MoveTerms, secret: string, share: Bytes): Bytes {
    const receiver = new MoveReceiver({ origin, code: { slot, secret }, sid, name });
    this.moves.set(sid, { side: "receiver", receiver });
    return receiver.answer(share);
  }

  async open(sid: string, message: Bytes): Promise<{ serial: string; sender: string }> {
    const move = this.receiving(sid);
    const moved = await move.receiver.open(message);
    const signing = parseCertificate(moved.signing);
    parseCertificate(moved.keyManagement);
    if (!equal(await keyFingerprint(signing.spki), moved.vault.context)) throw new CryptoFault("npki.key_certificate_mismatch");
    move.moved = moved;
    return { serial: signing.serial, sender: move.receiver.sender };
  }

  /** Stores what came under this device's key. */
  async keep(sid: string, now: Date): Promise<{ held: HeldKeys; receipt: Bytes }> {
    const { receiver, moved } = this.receiving(sid);
    if (!moved) throw new CryptoFault("transfer.unintelligible");
    const held: HeldKeys = {
      serial: parseCertificate(moved.signing).serial,
      applicationId: "", // it was made for one, on another device
      vault: await takeIn(moved.vault, await this.keystore.deviceKey()),
      signing: moved.signing,
      keyManagement: moved.keyManagement,
      chain: moved.chain,
      caFolder: moved.caFolder,
      storedAt: now,
      acceptedAt: now,
    };
    await this.keystore.saveHeld(held);
    await keepForGood();
    return { held, receipt: await receiver.receipt() };
  }

  close(sid: string): void {
    this.moves.delete(sid);
  }

  private sending(sid: string): Move & { side: "sender" } {
    const found = this.moves.get(sid);
    if (found?.side !== "sender") throw new CryptoFault("transfer.over");
    return found;
  }

  private receiving(sid: string): Move & { side: "receiver" } {
    const found = this.moves.get(sid);
    if (found?.side !== "receiver") throw new CryptoFault("transfer.over");
    return found;
  }
}
