/** The vault on the page it is asked from: whoever calls brings the password, or names whose passkeys may open. */

import type { Argon2Cost } from "../crypto/argon2.ts";
import { type Bytes, toBase64 } from "../crypto/bytes.ts";
import { CryptoFault } from "../crypto/fault.ts";
import type { MoveCode } from "../crypto/movecode.ts";
import { type HeldKeys, type Keystore, described } from "./keystore.ts";
import type { Moves } from "./moves.ts";
import type { Orders } from "./orders.ts";
import type * as port from "./port.ts";

/** Loads the cryptography at the first use, so that the app opens without it. */
export class LocalVault implements port.VaultPort {
  readonly asksItself: boolean = false;
  protected readonly keystore: Keystore;
  /** Of password slots; tests take less. */
  private readonly cost: Argon2Cost | undefined;
  private orders: Promise<Orders> | undefined;
  private moves: Promise<Moves> | undefined;

  constructor(keystore: Keystore, { cost }: { readonly cost?: Argon2Cost } = {}) {
    this.keystore = keystore;
    this.cost = cost;
  }

  async listHeld(): Promise<port.HeldCertificate[]> {
    return (await this.keystore.listHeld()).map(described);
  }

  async findHeld(serial: string): Promise<port.HeldCertificate | undefined> {
    const found = await this.keystore.findHeld(serial);
    return found && described(found);
  }

  dropHeld(serial: string): Promise<void> {
    return this.keystore.dropHeld(serial);
  }

  listOrders(): Promise<string[]> {
    return this.keystore.listOrders();
  }

  async dropOrder(applicationId: string): Promise<void> {
    await this.closeOrder(applicationId);
    await this.keystore.dropOrder(applicationId);
  }

  async order(
    applicationId: string,
    password: string | undefined,
    terms: port.OrderTerms,
    onStage?: (stage: port.OrderStage) => void,
  ): Promise<port.OrderRequest> {
    const { requirePassword } = await import("./opening.ts");
    const order = await (await this.ordering()).order(applicationId, requirePassword(password), terms, onStage);
    const { idempotencyKey, request, signedRequest } = order;
    return { idempotencyKey, request, ...(signedRequest === undefined ? {} : { signedRequest }) };
  }

  async keepIssued(applicationId: string, issued: port.IssuedSet, now: Date): Promise<port.HeldCertificate> {
    return described(await (await this.ordering()).keep(applicationId, issued, now));
  }

  async signAcceptance(applicationId: string, statement: string): Promise<string> {
    return (await this.ordering()).accept(applicationId, statement);
  }

  async finishOrder(applicationId: string, now: Date): Promise<port.HeldCertificate> {
    return described(await (await this.ordering()).finish(applicationId, now));
  }

  async closeOrder(applicationId: string): Promise<void> {
    (await this.orders)?.close(applicationId);
  }

  async sign(serial: string, by: port.Unlocking | undefined, request: port.SigningRequest): Promise<Bytes> {
    const { signContent } = await import("./signing.ts");
    return signContent(this.keystore, await this.held(serial), by, request);
  }

  async signAct(serial: string, by: port.Unlocking | undefined, request: port.ActRequest): Promise<string> {
    const { signAct } = await import("./statements.ts");
    return signAct(this.keystore, await this.held(serial), by, request);
  }

  async signIn(serial: string, by: port.Unlocking | undefined, request: port.SignInRequest): Promise<string> {
    const { signSignIn } = await import("./statements.ts");
    return signSignIn(this.keystore, await this.held(serial), by, request);
  }

  async signDocument(serial: string, by: port.Unlocking | undefined, request: port.DocumentRequest): Promise<string> {
    const { signDocument } = await import("./signing.ts");
    return signDocument(this.keystore, await this.held(serial), by, request);
  }

  async open(serial: string, by: port.Unlocking | undefined, message: Bytes): Promise<port.OpenedLetter> {
    const { openLetter } = await import("./letters.ts");
    return openLetter(this.keystore, await this.held(serial), by, message);
  }

  async revocationOf(serial: string): Promise<string> {
    const { revocation } = await this.held(serial);
    if (!revocation) throw new CryptoFault("vault.slot_missing", "revocation");
    return toBase64(revocation);
  }

  async backUp(
    serial: string,
    password: string | undefined,
    request: port.BackupRequest,
    onProgress?: (share: number) => void,
  ): Promise<port.BackupFile[]> {
    const [{ backUp }, { requirePassword }] = await Promise.all([import("./backup.ts"), import("./opening.ts")]);
    const held = await this.held(serial);
    const asked = { ...request, ...(onProgress ? { onProgress } : {}) };
    const files = await backUp(this.keystore, held, requirePassword(password), asked);
    await this.keystore.saveHeld({ ...held, backedUpAt: request.now });
    return files;
  }

  async bringIn(
    files: readonly port.BroughtFile[],
    password: string | undefined,
    terms: port.BringingTerms,
  ): Promise<{ held: port.HeldCertificate; isWeak: boolean }> {
    const [{ keepFromFiles }, { requirePassword }] = await Promise.all([import("./bringing.ts"), import("./opening.ts")]);
    const { held, isWeak } = await keepFromFiles(this.keystore, files, requirePassword(password), terms, this.cost);
    return { held: described(held), isWeak };
  }

  async changePassword(serial: string, passwords: { readonly current: string; readonly fresh: string } | undefined): Promise<void> {
    const { rewrap } = await import("./rewrapping.ts");
    await rewrap(this.keystore, await this.held(serial), passwords, this.cost);
  }

  async addPasskey(serial: string, password: string | undefined, passkeyOf: string): Promise<void> {
    const [{ withPasskeySlot }, { requirePassword }] = await Promise.all([import("./passkeys.ts"), import("./opening.ts")]);
    const held = await this.held(serial);
    const opening = { password: requirePassword(password), deviceKey: await this.keystore.deviceKey() };
    await this.keystore.saveHeld({ ...held, vault: await withPasskeySlot(held.vault, opening, passkeyOf) });
  }

  async removePasskeys(serial: string): Promise<void> {
    const { withoutPasskeySlots } = await import("./passkeys.ts");
    const held = await this.held(serial);
    await this.keystore.saveHeld({ ...held, vault: withoutPasskeySlots(held.vault) });
  }

  async openSending(serial: string, terms: port.MoveTerms): Promise<{ share: Bytes; code: MoveCode }> {
    return (await this.moving()).openSending(await this.held(serial), terms);
  }

  async checkReceiver(sid: string, answer: Bytes): Promise<string> {
    return (await this.moving()).checkReceiver(sid, answer);
  }

  async sealMoved(sid: string): Promise<Bytes> {
    return (await this.moving()).seal(sid);
  }

  async requireReceipt(sid: string, receipt: Bytes): Promise<void> {
    return (await this.moving()).requireReceipt(sid, receipt);
  }

  async answerSender(terms: port.MoveTerms, secret: string, share: Bytes): Promise<Bytes> {
    return (await this.moving()).answer(terms, secret, share);
  }

  async openMoved(sid: string, message: Bytes): Promise<{ serial: string; sender: string }> {
    return (await this.moving()).open(sid, message);
  }

  async keepMoved(sid: string, now: Date): Promise<{ held: port.HeldCertificate; receipt: Bytes }> {
    const { held, receipt } = await (await this.moving()).keep(sid, now);
    return { held: described(held), receipt };
  }

  async closeMove(sid: string): Promise<void> {
    (await this.moves)?.close(sid);
  }

  private ordering(): Promise<Orders> {
    return (this.orders ??= import("./orders.ts").then((module) => new module.Orders(this.keystore, this.cost)));
  }

  private moving(): Promise<Moves> {
    return (this.moves ??= import("./moves.ts").then((module) => new module.Moves(this.keystore)));
  }

  protected async held(serial: string): Promise<HeldKeys> {
    const found = await this.keystore.findHeld(serial);
    if (!found) throw new CryptoFault("vault.slot_missing", "certificate");
    return found;
  }
}
