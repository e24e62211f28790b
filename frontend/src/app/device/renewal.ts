/**
 * Renewing a certificate held here: new keys made and locked under the same password, and one statement signed with the
 * old key. What leaves this device: that statement, which holds two PKCS#10 requests and R sealed to the CA, and the
 * acceptance. The order is kept before it is sent, so that a closed tab or a lost answer repeats the same request.
 */

import type { Api } from "../../api/client.ts";
import type { RenewalView } from "../../api/types.ts";
import type { HeldCertificate } from "../../vault/port.ts";
import { type AcceptanceContext, type AcceptanceOffice, receive } from "./enrolment.ts";

export interface RenewalContext extends AcceptanceContext {
  readonly api: AcceptanceOffice & Pick<Api, "renew">;
}

/**
 * Returns the new set, stored and accepted; the old one stays where it is. `password` opens the old certificate and locks
 * the new one. Throws `npki.wrong_password`, `npki_password.rejected` when today's rules refuse it for new keys,
 * `vault.device_key_missing`, and what the office refuses.
 */
export function renewCertificates(
  context: RenewalContext,
  renewal: RenewalView,
  password: string | undefined,
): Promise<HeldCertificate> {
  const { id, predecessor_serial, years, not_after } = renewal;
  return receive(context, {
    applicationId: id,
    password,
    renewal: { id, predecessor_serial, years, not_after },
    send: ({ signedRequest = "" }) => context.api.renew(id, { request: signedRequest }),
  });
}
