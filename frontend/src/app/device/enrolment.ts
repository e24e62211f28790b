/**
 * From a password to certificates held on this device: the vault makes the keys, the office certifies them, the vault
 * compares and signs the acceptance. Every step can be repeated after a lost answer or a closed tab: the order is kept before
 * it is sent, and the same order is answered with the same certificates.
 *
 * What leaves this device: two PKCS#10 requests, R sealed to the CA, and a signature.
 */

import type { Api } from "../../api/client.ts";
import { newIdempotencyKey } from "../../api/client.ts";
import { poll } from "../../api/poll.ts";
import type { ConnectionFault, OfficeRefused } from "../../api/problem.ts";
import type { AuthorityView, CertificateSetView } from "../../api/types.ts";
import { fromBase64 } from "../../crypto/bytes.ts";
import type { HeldCertificate, OrderRequest, OrderStage, RenewalTerms, VaultPort } from "../../vault/port.ts";

export type Stage = OrderStage | "requesting" | "accepting" | "done";

/** What is asked of the office. */
export type AcceptanceOffice = Pick<Api, "showAuthority" | "getApplication" | "showAcceptanceStatement" | "accept">;
export type EnrolmentOffice = AcceptanceOffice & Pick<Api, "enrol">;

export interface EnrolmentContext extends AcceptanceContext {
  readonly api: EnrolmentOffice;
}

/** What every way to a certificate set needs. */
export interface AcceptanceContext {
  readonly api: AcceptanceOffice;
  readonly vault: VaultPort;
  readonly onStage?: (stage: Stage) => void;
  readonly onTrouble?: (reason: ConnectionFault | OfficeRefused | undefined) => void;
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
}

/**
 * Returns the certificate set, stored and accepted. With an order under way `password` must open it; otherwise it is the
 * new certificate's. Throws `npki_password.rejected`, `npki.wrong_password`, `npki.key_certificate_mismatch`,
 * `acceptance.statement_unexpected`, and what the office refuses.
 */
export function obtainCertificates(
  context: EnrolmentContext,
  applicationId: string,
  password: string | undefined,
): Promise<HeldCertificate> {
  const send = ({ request, idempotencyKey }: OrderRequest) => context.api.enrol(applicationId, request, idempotencyKey);
  return receive(context, { applicationId, password, send });
}

export interface Wanted {
  readonly applicationId: string;
  readonly password: string | undefined;
  readonly renewal?: RenewalTerms;
  readonly send: (order: OrderRequest) => Promise<CertificateSetView>;
}

/** Returns the set that `send` brings, stored and accepted; the vault closes the keys. What can be repeated is. */
export async function receive(context: AcceptanceContext, wanted: Wanted): Promise<HeldCertificate> {
  const { api, vault, onStage, now = () => new Date() } = context;
  const { applicationId, password, renewal, send } = wanted;
  const authority = await insisting(context, () => api.showAuthority());
  const { transport_key, transport_certificate } = authority;
  const terms = {
    transport_key, transport_certificate, idempotencyKey: newIdempotencyKey(), now: now(), ...(renewal ? { renewal } : {}),
  };
  try {
    const order = await vault.order(applicationId, password, terms, onStage);
    onStage?.("requesting");
    const issued = await insisting(context, () => send(order));
    await vault.keepIssued(applicationId, issuedSet(issued, authority), now());
    onStage?.("accepting");
    await acceptCertificates(context, applicationId);
    const accepted = await vault.finishOrder(applicationId, now());
    onStage?.("done");
    return accepted;
  } finally {
    await vault.closeOrder(applicationId);
  }
}

function issuedSet({ signing, key_management, chain }: CertificateSetView, { ca_folder }: AuthorityView) {
  return {
    signing: fromBase64(signing.certificate),
    keyManagement: fromBase64(key_management.certificate),
    chain: chain.map(fromBase64),
    caFolder: ca_folder,
  };
}

async function acceptCertificates(context: AcceptanceContext, applicationId: string): Promise<void> {
  const { api, vault } = context;
  const options = context.signal ? { signal: context.signal } : {};
  await poll(() => api.getApplication(applicationId, options), {
    ...options,
    until: ({ state }) => state !== "identified" && state !== "proofing",
    intervalMs: 300,
    ...(context.onTrouble ? { onTrouble: context.onTrouble } : {}),
  });
  const { statement } = await insisting(context, () => api.showAcceptanceStatement(applicationId, options));
  const signature = await vault.signAcceptance(applicationId, statement);
  await insisting(context, () => api.accept(applicationId, { signature }, options));
}

/** Waits lost connections and a busy office out. */
function insisting<Found>({ signal, onTrouble }: Pick<AcceptanceContext, "signal" | "onTrouble">, ask: () => Promise<Found>): Promise<Found> {
  return poll(ask, { until: () => true, ...(signal ? { signal } : {}), ...(onTrouble ? { onTrouble } : {}) });
}
