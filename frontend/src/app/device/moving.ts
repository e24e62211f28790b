/**
 * Moving a certificate to another device and getting one from it: the messages of `crypto/move.ts` through the office's
 * relay. Whatever ends it early is told to the office, so that the code is burned for both. Source: docs/transfer.md.
 */

import type { Api } from "../../api/client.ts";
import { poll } from "../../api/poll.ts";
import type { TransferState, TransferStep, TransferView } from "../../api/types.ts";
import { type Bytes, equal, fromBase64, toBase64 } from "../../crypto/bytes.ts";
import { CryptoFault } from "../../crypto/fault.ts";
import { keyFingerprint } from "../../crypto/keys.ts";
import { MoveReceiver, MoveSender, type Moved } from "../../crypto/move.ts";
import { type MoveCode, drawSecret } from "../../crypto/movecode.ts";
import { takeIn, takeOut } from "../../crypto/slots.ts";
import { parseCertificate } from "../../crypto/x509.ts";
import { type HeldKeys, type Keystore, keepForGood } from "../../vault/keystore.ts";

export type MovingOffice = Pick<
  Api,
  "openTransfer" | "joinTransfer" | "showTransfer" | "leaveMessage" | "endTransfer" | "listDevices" | "listCertificates"
>;

export interface MovingContext {
  readonly api: MovingOffice;
  readonly keystore: Keystore;
  /** As in the address bar: both devices must have been led to the same office. */
  readonly origin: string;
  readonly signal: AbortSignal;
  readonly now?: () => Date;
}

export interface SendingSteps {
  readonly onCode: (code: MoveCode, expiresAt: string) => void;
  /** The other device has named the slot. */
  readonly onJoined: () => void;
  /** Shows the receiver's name; resolves to whether its person says yes. */
  readonly confirm: (name: string) => Promise<boolean>;
  readonly onSending: () => void;
}

const LIVE: readonly TransferState[] = ["open", "joined", "offered", "answered", "sent", "received"];

/**
 * Returns the receiver's name once it has acknowledged, or undefined when the person did not want to send.
 * Throws `transfer.code_wrong`, `transfer.over`, `transfer.unintelligible`, `moving.signing_only`,
 * `vault.device_key_missing`, and what the office refuses.
 */
export async function sendCertificate(context: MovingContext, held: HeldKeys, steps: SendingSteps): Promise<string | undefined> {
  const { api, keystore, origin, signal } = context;
  const { signing, keyManagement, chain, caFolder } = held;
  if (!keyManagement) throw new CryptoFault("moving.signing_only"); // before a code is drawn
  const vault = await takeOut(held.vault, await keystore.deviceKey());
  const name = await ownName(context);
  const slot = await api.openTransfer({ signal });
  const code = { slot: slot.number, secret: drawSecret() };
  return ending(context, slot.id, async () => {
    const sender = new MoveSender({ origin, code, sid: slot.sid, name });
    steps.onCode(code, slot.expires_at);
    await until(context, slot.id, "joined");
    steps.onJoined();
    await leave(context, slot.id, "share", sender.share);
    const receiver = sender.check(await message(context, slot.id, "answered", "answer"));
    if (!(await steps.confirm(receiver))) {
      await api.endTransfer(slot.id, { outcome: "given_up" });
      return undefined;
    }
    steps.onSending();
    await leave(context, slot.id, "keys", await sender.seal({ signing, keyManagement, chain, caFolder, vault }));
    await sender.requireReceipt(await message(context, slot.id, "received", "receipt"));
    await api.endTransfer(slot.id, { outcome: "done" });
    return receiver;
  });
}

/**
 * Returns the certificate, stored on this device, and the sender's name. `onAnswered` is told this device's name when the
 * sender has to look at it. Throws as `sendCertificate`, and `npki.key_certificate_mismatch`, `bringing.not_held`.
 */
export async function receiveCertificate(
  context: MovingContext,
  code: MoveCode,
  onAnswered: (ownName: string) => void,
): Promise<{ held: HeldKeys; sender: string }> {
  const { api, origin, signal } = context;
  const name = await ownName(context);
  const slot = await api.joinTransfer({ number: code.slot }, { signal });
  return ending(context, slot.id, async () => {
    const receiver = new MoveReceiver({ origin, code, sid: slot.sid, name });
    await leave(context, slot.id, "answer", receiver.answer(await message(context, slot.id, "offered", "share")));
    onAnswered(name);
    const held = await keep(context, await receiver.open(await message(context, slot.id, "sent", "keys")));
    await leave(context, slot.id, "receipt", await receiver.receipt());
    return { held, sender: receiver.sender };
  });
}

/** Stores what came under this device's key, once it is what the office says this person holds. */
async function keep({ api, keystore, signal, now = () => new Date() }: MovingContext, moved: Moved): Promise<HeldKeys> {
  const signing = parseCertificate(moved.signing);
  parseCertificate(moved.keyManagement);
  if (!equal(await keyFingerprint(signing.spki), moved.vault.context)) throw new CryptoFault("npki.key_certificate_mismatch");
  const ledger = await api.listCertificates({ signal });
  if (!ledger.some(({ serial }) => serial === signing.serial)) throw new CryptoFault("bringing.not_held");
  const held: HeldKeys = {
    serial: signing.serial,
    applicationId: "", // it was made for one, on another device
    vault: await takeIn(moved.vault, await keystore.deviceKey()),
    signing: moved.signing,
    keyManagement: moved.keyManagement,
    chain: moved.chain,
    caFolder: moved.caFolder,
    storedAt: now(),
    acceptedAt: now(),
  };
  await keystore.saveHeld(held);
  await keepForGood();
  return held;
}

/** What the owner calls this device. */
async function ownName({ api, signal }: MovingContext): Promise<string> {
  const devices = await api.listDevices({ signal });
  return devices.find((one) => one.is_this)?.name ?? "";
}

/** Tells the office when `act` ends badly, so that the slot is burned at once; then throws what `act` threw. */
async function ending<Outcome>({ api }: MovingContext, id: string, act: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await act();
  } catch (reason) {
    const wrong = reason instanceof CryptoFault && reason.code === "transfer.code_wrong";
    await api.endTransfer(id, { outcome: wrong ? "mismatch" : "given_up" }).catch(() => undefined); // it ends by itself soon
    throw reason;
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
