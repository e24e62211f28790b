/**
 * Moving a certificate to another device and getting one from it: the messages of `crypto/move.ts` through the office's
 * relay. Whatever ends it early is told to the office, so that the code is burned for both. Source: docs/transfer.md.
 */

import type { Api } from "../../api/client.ts";
import { poll } from "../../api/poll.ts";
import type { TransferState, TransferStep, TransferView } from "../../api/types.ts";
import { type Bytes, fromBase64, toBase64 } from "../../crypto/bytes.ts";
import { CryptoFault } from "../../crypto/fault.ts";
import type { MoveCode } from "../../crypto/movecode.ts";
import type { HeldCertificate, MoveTerms, VaultPort } from "../../vault/port.ts";

export type MovingOffice = Pick<
  Api,
  "openTransfer" | "joinTransfer" | "showTransfer" | "leaveMessage" | "endTransfer" | "listDevices" | "listCertificates"
>;

export interface MovingContext {
  readonly api: MovingOffice;
  readonly vault: VaultPort;
  /** As in the address bar: both devices must have been led to the same office. */
  readonly origin: string;
  readonly signal: AbortSignal;
  readonly now?: () => Date;
}

export interface SendingSteps {
  /** The code is missing where the vault shows it itself. */
  readonly onCode: (code: MoveCode | undefined, expiresAt: string) => void;
  /** The other device has named the slot. */
  readonly onJoined: () => void;
  /** Shows the receiver's name; resolves to whether its person says yes. Not called where the vault asks itself. */
  readonly confirm: (name: string) => Promise<boolean>;
  readonly onSending: () => void;
}

const LIVE: readonly TransferState[] = ["open", "joined", "offered", "answered", "sent", "received"];

/**
 * Returns the receiver's name once it has acknowledged, or undefined when the person did not want to send.
 * Throws `transfer.code_wrong`, `transfer.over`, `transfer.unintelligible`, `moving.signing_only`,
 * `vault.device_key_missing`, and what the office refuses.
 */
export async function sendCertificate(context: MovingContext, held: HeldCertificate, steps: SendingSteps): Promise<string | undefined> {
  const { api, vault, origin, signal } = context;
  if (!held.keyManagement) throw new CryptoFault("moving.signing_only"); // before a code is drawn
  const name = await ownName(context);
  const slot = await api.openTransfer({ signal });
  const { id, sid } = slot;
  return ending(context, slot, async () => {
    const { share, code } = await vault.openSending(held.serial, termsOf(slot, name, origin));
    steps.onCode(code, slot.expires_at);
    await until(context, id, "joined");
    steps.onJoined();
    await leave(context, id, "share", share);
    const receiver = await vault.checkReceiver(sid, await message(context, id, "answered", "answer"));
    const sealed = vault.asksItself || (await steps.confirm(receiver)) ? await seal(vault, sid) : undefined;
    if (!sealed) {
      await api.endTransfer(id, { outcome: "given_up" });
      return undefined;
    }
    steps.onSending();
    await leave(context, id, "keys", sealed);
    await vault.requireReceipt(sid, await message(context, id, "received", "receipt"));
    await api.endTransfer(id, { outcome: "done" });
    return receiver;
  });
}

/** The message with the keys, or undefined when the person said no to the vault. */
async function seal(vault: VaultPort, sid: string): Promise<Bytes | undefined> {
  try {
    return await vault.sealMoved(sid);
  } catch (reason) {
    if (reason instanceof CryptoFault && reason.code === "vault.declined") return undefined;
    throw reason;
  }
}

/**
 * Returns the certificate, stored on this device, and the sender's name. `onAnswered` is told this device's name when the
 * sender has to look at it. Throws as `sendCertificate`, and `npki.key_certificate_mismatch`, `bringing.not_held`.
 */
export async function receiveCertificate(
  context: MovingContext,
  code: MoveCode,
  onAnswered: (ownName: string) => void,
): Promise<{ held: HeldCertificate; sender: string }> {
  const { api, vault, origin, signal, now = () => new Date() } = context;
  const name = await ownName(context);
  const slot = await api.joinTransfer({ number: code.slot }, { signal });
  const { id, sid } = slot;
  return ending(context, slot, async () => {
    const share = await message(context, id, "offered", "share");
    const terms = { ...termsOf(slot, name, origin), slot: code.slot };
    await leave(context, id, "answer", await vault.answerSender(terms, code.secret, share));
    onAnswered(name);
    const { serial, sender } = await vault.openMoved(sid, await message(context, id, "sent", "keys"));
    const ledger = await api.listCertificates({ signal });
    if (!ledger.some((one) => one.serial === serial)) throw new CryptoFault("bringing.not_held");
    const { held, receipt } = await vault.keepMoved(sid, now());
    await leave(context, id, "receipt", receipt);
    return { held, sender };
  });
}

function termsOf({ sid, number, expires_at }: TransferView, name: string, origin: string): MoveTerms {
  return { sid, slot: number, expiresAt: expires_at, name, origin };
}

/** What the owner calls this device. */
async function ownName({ api, signal }: MovingContext): Promise<string> {
  const devices = await api.listDevices({ signal });
  return devices.find((one) => one.is_this)?.name ?? "";
}

/** Tells the office when `act` ends badly, so that the slot is burned at once; then throws what `act` threw. */
async function ending<Outcome>({ api, vault }: MovingContext, { id, sid }: TransferView, act: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await act();
  } catch (reason) {
    const wrong = reason instanceof CryptoFault && reason.code === "transfer.code_wrong";
    await api.endTransfer(id, { outcome: wrong ? "mismatch" : "given_up" }).catch(() => undefined); // it ends by itself soon
    throw reason;
  } finally {
    await vault.closeMove(sid);
  }
}

async function leave({ api, signal }: MovingContext, id: string, step: TransferStep, content: Bytes): Promise<void> {
  await poll(() => api.leaveMessage(id, step, { content: toBase64(content) }, { signal }), { until: () => true, signal });
}

async function message(context: MovingContext, id: string, due: TransferState, step: TransferStep): Promise<Bytes> {
  const { messages } = await until(context, id, due);
  const found = messages.find((one) => one.step === step);
  if (!found) throw new CryptoFault("transfer.unintelligible");
  return fromBase64(found.content);
}

/** Waits for the other device. Throws `transfer.over` when the slot has ended instead. */
async function until({ api, signal }: MovingContext, id: string, due: TransferState): Promise<TransferView> {
  const reached = LIVE.indexOf(due);
  const view = await poll(() => api.showTransfer(id, { signal }), {
    until: ({ state }) => LIVE.indexOf(state) >= reached || !LIVE.includes(state),
    intervalMs: 500,
    maxIntervalMs: 1_000, // somebody stands between two devices
    signal,
  });
  if (!LIVE.includes(view.state)) throw new CryptoFault("transfer.over");
  return view;
}
