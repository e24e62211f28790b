/**
 * From a password to certificates held on this device: keys made here and locked at once, the request, the certificates
 * compared with the keys, and the acceptance signed. Every step can be repeated after a lost answer or a closed tab: the
 * order is kept before it is sent, and the same order is answered with the same certificates.
 *
 * What leaves this device: two PKCS#10 requests, R sealed to the CA, and a signature.
 */

import type { Api } from "../../api/client.ts";
import { newIdempotencyKey } from "../../api/client.ts";
import { poll } from "../../api/poll.ts";
import type { ConnectionFault, OfficeRefused } from "../../api/problem.ts";
import type { AuthorityView, CertificateSetView } from "../../api/types.ts";
import { requireStatement } from "../../crypto/acceptance.ts";
import type { Argon2Cost } from "../../crypto/argon2.ts";
import { fromBase64, toBase64, wipe } from "../../crypto/bytes.ts";
import {
  type BothKeys,
  type SubscriberKeys,
  importSigningKey,
  keyFingerprint,
  makeSubscriberKeys,
  orderCertificates,
  packKeys,
  requireBoth,
  signer,
  unpackKeys,
  wipeKeys,
} from "../../crypto/keys.ts";
import { encodeNewPassword } from "../../crypto/password.ts";
import { openVault, sealVault } from "../../crypto/slots.ts";
import { parseCertificate, requireKey } from "../../crypto/x509.ts";
import { type HeldKeys, type Keystore, type Order, keepForGood } from "../../vault/keystore.ts";
import { signRevocation } from "../../vault/statements.ts";

export type Stage = "making" | "wrapping" | "requesting" | "accepting" | "done";

/** What is asked of the office. */
export type AcceptanceOffice = Pick<Api, "showAuthority" | "getApplication" | "showAcceptanceStatement" | "accept">;
export type EnrolmentOffice = AcceptanceOffice & Pick<Api, "enrol">;

export interface EnrolmentContext extends AcceptanceContext {
  readonly api: EnrolmentOffice;
}

/** What every way to a certificate set needs. */
export interface AcceptanceContext {
  readonly api: AcceptanceOffice;
  readonly keystore: Keystore;
  readonly onStage?: (stage: Stage) => void;
  readonly onTrouble?: (reason: ConnectionFault | OfficeRefused | undefined) => void;
  readonly signal?: AbortSignal;
  /** Of the password slot; tests take less. */
  readonly cost?: Argon2Cost;
  readonly now?: () => Date;
}

/**
 * Returns the certificate set, stored and accepted. With an order under way `password` must open it; otherwise it is the
 * new certificate's. Throws `npki_password.rejected`, `npki.wrong_password`, `npki.key_certificate_mismatch`,
 * `acceptance.statement_unexpected`, and what the office refuses.
 */
export async function obtainCertificates(
  context: EnrolmentContext,
  applicationId: string,
  password: string,
): Promise<HeldKeys> {
  const { api, keystore } = context;
  const authority = await insisting(context, () => api.showAuthority());
  let made = await reopenOrder(context, applicationId, password);
  if (!made) {
    made = await makeOrder(context, authority, applicationId, password);
    await keystore.saveOrder(made.order);
  }
  const { order } = made;
  return receive(context, authority, made, () => api.enrol(applicationId, order.request, order.idempotencyKey));
}

/** An order and the keys it was made for; whoever has it wipes them. */
export interface OrderedKeys {
  readonly order: Order;
  readonly keys: BothKeys;
}

/** Returns the set that `send` brings, stored and accepted; the keys are wiped. What can be repeated is. */
export async function receive(
  context: AcceptanceContext,
  authority: AuthorityView,
  { order, keys }: OrderedKeys,
  send: () => Promise<CertificateSetView>,
): Promise<HeldKeys> {
  const { keystore, onStage, now = () => new Date() } = context;
  try {
    onStage?.("requesting");
    const issued = await insisting(context, send);
    const held = heldKeys(order, keys, issued, authority, now());
    await keystore.saveHeld(held);
    await keepForGood();
    onStage?.("accepting");
    await acceptCertificates(context, held, keys);
    const accepted = { ...held, acceptedAt: now(), revocation: await signRevocation(keys, held.serial) };
    await keystore.saveHeld(accepted);
    await keystore.dropOrder(order.applicationId);
    onStage?.("done");
    return accepted;
  } finally {
    wipeKeys(keys);
  }
}

/** Returns the order under way for the application, if there is one, opened with its password. */
export async function reopenOrder(
  { keystore }: Pick<AcceptanceContext, "keystore">,
  applicationId: string,
  password: string,
): Promise<OrderedKeys | undefined> {
  const found = await keystore.findOrder(applicationId);
  if (!found) return undefined;
  const deviceKey = await keystore.deviceKey();
  return { order: found, keys: unpacked(await openVault(found.vault, { password, deviceKey })) };
}

/** Makes keys and an order for them, locked under `password`. It is not kept yet. */
export async function makeOrder(
  { keystore, onStage, cost }: AcceptanceContext,
  authority: AuthorityView,
  applicationId: string,
  password: string,
): Promise<OrderedKeys> {
  const deviceKey = await keystore.deviceKey();
  wipe(encodeNewPassword(password));
  onStage?.("making");
  const transportKey = fromBase64(authority.transport_key);
  requireKey(parseCertificate(fromBase64(authority.transport_certificate)), transportKey);
  const keys = await makeSubscriberKeys();
  const sent = await orderCertificates(keys, applicationId, transportKey);
  onStage?.("wrapping");
  const payload = packKeys(keys);
  const context = await keyFingerprint(keys.signingSpki);
  const vault = await sealVault(payload, context, { password, deviceKey }, cost ? { cost } : {});
  wipe(payload);
  const order: Order = {
    applicationId,
    idempotencyKey: newIdempotencyKey(),
    vault,
    request: {
      signing_request: toBase64(sent.signingRequest),
      key_management_request: toBase64(sent.keyManagementRequest),
      sealed_r: toBase64(sent.sealedR),
    },
  };
  return { order, keys };
}

/** As the office issues them: always both certificates. */
type IssuedKeys = HeldKeys & { readonly keyManagement: Uint8Array<ArrayBuffer> };

function heldKeys(
  order: Order,
  keys: BothKeys,
  issued: CertificateSetView,
  authority: AuthorityView,
  now: Date,
): IssuedKeys {
  const signing = parseCertificate(fromBase64(issued.signing.certificate));
  const keyManagement = parseCertificate(fromBase64(issued.key_management.certificate));
  requireKey(signing, keys.signingSpki);
  requireKey(keyManagement, keys.keyManagementSpki);
  return {
    serial: signing.serial,
    applicationId: order.applicationId,
    vault: order.vault,
    signing: signing.encoded,
    keyManagement: keyManagement.encoded,
    chain: issued.chain.map(fromBase64),
    caFolder: authority.ca_folder,
    storedAt: now,
  };
}

async function acceptCertificates(context: AcceptanceContext, held: IssuedKeys, keys: SubscriberKeys): Promise<void> {
  const { api } = context;
  const { applicationId, signing, keyManagement } = held;
  const options = context.signal ? { signal: context.signal } : {};
  await poll(() => api.getApplication(applicationId, options), {
    ...options,
    until: ({ state }) => state !== "identified" && state !== "proofing",
    intervalMs: 300,
    ...(context.onTrouble ? { onTrouble: context.onTrouble } : {}),
  });
  const { statement } = await insisting(context, () => api.showAcceptanceStatement(applicationId, options));
  const looked = await requireStatement(fromBase64(statement), { applicationId, signing, keyManagement });
  const sign = signer(await importSigningKey(keys.signing));
  const signature = toBase64(await sign(looked));
  await insisting(context, () => api.accept(applicationId, { signature }, options));
}

/** Waits lost connections and a busy office out. */
export function insisting<Found>({ signal, onTrouble }: Pick<AcceptanceContext, "signal" | "onTrouble">, ask: () => Promise<Found>): Promise<Found> {
  return poll(ask, { until: () => true, ...(signal ? { signal } : {}), ...(onTrouble ? { onTrouble } : {}) });
}

function unpacked(payload: Uint8Array<ArrayBuffer>): BothKeys {
  try {
    return requireBoth(unpackKeys(payload));
  } finally {
    wipe(payload);
  }
}
