/**
 * Renewing a certificate held here: new keys made and locked under the same password, and one statement signed with the
 * old key. What leaves this device: that statement, which holds two PKCS#10 requests and R sealed to the CA, and the
 * acceptance. The order is kept before it is sent, so that a closed tab or a lost answer repeats the same request.
 */

import type { Api } from "../../api/client.ts";
import type { AuthorityView, RenewalView } from "../../api/types.ts";
import { type Bytes, toBase64, utf8 } from "../../crypto/bytes.ts";
import { signedData } from "../../crypto/cms.ts";
import { importSigningKey, signer, wipeKeys } from "../../crypto/keys.ts";
import { type AcceptanceContext, type AcceptanceOffice, type OrderedKeys, insisting, makeOrder, receive, reopenOrder } from "./enrolment.ts";
import type { HeldKeys, Order } from "../../vault/keystore.ts";
import { withKeys } from "../../vault/opening.ts";

export interface RenewalContext extends AcceptanceContext {
  readonly api: AcceptanceOffice & Pick<Api, "renew">;
}

/**
 * Returns the new set, stored and accepted; the old one stays where it is. `password` opens the old certificate and locks
 * the new one. Throws `npki.wrong_password`, `npki_password.rejected` when today's rules refuse it for new keys,
 * `vault.device_key_missing`, and what the office refuses.
 */
export async function renewCertificates(
  context: RenewalContext,
  renewal: RenewalView,
  old: HeldKeys,
  password: string,
): Promise<HeldKeys> {
  const { api, keystore } = context;
  const authority = await insisting(context, () => api.showAuthority());
  let made = await reopenOrder(context, renewal.id, password);
  if (!made) {
    made = await makeSignedOrder(context, authority, renewal, old, password);
    await keystore.saveOrder(made.order);
  }
  const request = made.order.signedRequest ?? "";
  return receive(context, authority, made, () => api.renew(renewal.id, { request }));
}

/** The old vault is opened first: a wrong password makes no keys. */
function makeSignedOrder(
  context: RenewalContext,
  authority: AuthorityView,
  renewal: RenewalView,
  old: HeldKeys,
  password: string,
): Promise<OrderedKeys> {
  const { keystore, now = () => new Date() } = context;
  return withKeys(keystore, old, password, async (oldKeys) => {
    const made = await makeOrder(context, authority, renewal.id, password);
    try {
      const message = await signedData({
        content: renewalStatement(renewal, made.order.request),
        detached: false,
        signedAt: now(),
        certificate: old.signing,
        chain: old.chain,
        sign: signer(await importSigningKey(oldKeys.signing)),
      });
      return { keys: made.keys, order: { ...made.order, signedRequest: toBase64(message) } };
    } catch (reason) {
      wipeKeys(made.keys);
      throw reason;
    }
  });
}

/** Returns what the old key signs: exactly the members the office reads, and nothing a document could be taken for. */
export function renewalStatement(renewal: RenewalView, request: Order["request"]): Bytes {
  const { id, predecessor_serial, years, not_after } = renewal;
  return utf8(JSON.stringify({ type: "dojang.renewal.v1", renewal: id, predecessor_serial, years, not_after, ...request }));
}
