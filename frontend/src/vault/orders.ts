/**
 * Orders of certificates: keys made here and locked at once, the request, the certificates compared with the keys, and the
 * acceptance. An order's keys stay open from `order` until `finish` or `close`, so that the person is asked once; what is
 * signed with them in between is looked at each time. The order is kept before it goes out: a lost answer or a closed tab
 * repeats the same request.
 */

import { requireStatement } from "../crypto/acceptance.ts";
import type { Argon2Cost } from "../crypto/argon2.ts";
import { type Bytes, fromBase64, toBase64, utf8, wipe } from "../crypto/bytes.ts";
import { signedData } from "../crypto/cms.ts";
import { CryptoFault } from "../crypto/fault.ts";
import * as made from "../crypto/keys.ts";
import { encodeNewPassword } from "../crypto/password.ts";
import { openVault, sealVault } from "../crypto/slots.ts";
import { parseCertificate, requireKey } from "../crypto/x509.ts";
import { type HeldKeys, type Keystore, type Order, keepForGood } from "./keystore.ts";
import { withKeys } from "./opening.ts";
import type { IssuedSet, OrderStage, OrderTerms, RenewalTerms } from "./port.ts";
import { signRevocation } from "./statements.ts";

type OnStage = (stage: OrderStage) => void;

/** As the office issues them: always both certificates. */
type IssuedKeys = HeldKeys & { readonly keyManagement: Bytes };

interface OpenOrder {
  readonly order: Order;
  readonly keys: made.BothKeys;
  held?: IssuedKeys;
}

export class Orders {
  private readonly keystore: Keystore;
  private readonly cost: Argon2Cost | undefined;
  private readonly open = new Map<string, OpenOrder>();

  constructor(keystore: Keystore, cost?: Argon2Cost) {
    this.keystore = keystore;
    this.cost = cost;
  }

  /** Returns the order under way, opened, or makes one. Throws `npki.wrong_password`, `npki_password.rejected`. */
  async order(applicationId: string, password: string, terms: OrderTerms, onStage?: OnStage): Promise<Order> {
    this.close(applicationId);
    const found = await this.keystore.findOrder(applicationId);
    const opened = found
      ? { order: found, keys: await this.reopen(found, password) }
      : await this.make(applicationId, password, terms, onStage);
    if (!found) await this.keystore.saveOrder(opened.order);
    this.open.set(applicationId, opened);
    return opened.order;
  }

  /** Throws `npki.key_certificate_mismatch`. */
  async keep(applicationId: string, issued: IssuedSet, now: Date): Promise<HeldKeys> {
    const opened = this.opened(applicationId);
    const signing = parseCertificate(issued.signing);
    const keyManagement = parseCertificate(issued.keyManagement);
    requireKey(signing, opened.keys.signingSpki);
    requireKey(keyManagement, opened.keys.keyManagementSpki);
    const held = {
      serial: signing.serial, applicationId, vault: opened.order.vault, signing: signing.encoded,
      keyManagement: keyManagement.encoded, chain: issued.chain, caFolder: issued.caFolder, storedAt: now,
    };
    await this.keystore.saveHeld(held);
    await keepForGood();
    opened.held = held;
    return held;
  }

  /** Returns the signature in base64. Throws `acceptance.statement_unexpected`. */
  async accept(applicationId: string, statement: string): Promise<string> {
    const { keys, held } = this.issued(applicationId);
    const looked = await requireStatement(fromBase64(statement), held);
    const sign = made.signer(await made.importSigningKey(keys.signing));
    return toBase64(await sign(looked));
  }

  async finish(applicationId: string, now: Date): Promise<HeldKeys> {
    const { keys, held } = this.issued(applicationId);
    const accepted = { ...held, acceptedAt: now, revocation: await signRevocation(keys, held.serial) };
    await this.keystore.saveHeld(accepted);
    await this.keystore.dropOrder(applicationId);
    this.close(applicationId);
    return accepted;
  }

  close(applicationId: string): void {
    const opened = this.open.get(applicationId);
    if (opened) made.wipeKeys(opened.keys);
    this.open.delete(applicationId);
  }

  private opened(applicationId: string): OpenOrder {
    const found = this.open.get(applicationId);
    if (!found) throw new CryptoFault("vault.slot_missing", "order");
    return found;
  }

  private issued(applicationId: string): { keys: made.BothKeys; held: IssuedKeys } {
    const { keys, held } = this.opened(applicationId);
    if (!held) throw new CryptoFault("vault.slot_missing", "order");
    return { keys, held };
  }

  private async reopen({ vault }: Order, password: string): Promise<made.BothKeys> {
    const payload = await openVault(vault, { password, deviceKey: await this.keystore.deviceKey() });
    try {
      return made.requireBoth(made.unpackKeys(payload));
    } finally {
      wipe(payload);
    }
  }

  private async make(applicationId: string, password: string, terms: OrderTerms, onStage?: OnStage): Promise<OpenOrder> {
    const { renewal } = terms;
    return renewal ? this.makeSigned(applicationId, password, terms, renewal, onStage) : this.makeKeys(applicationId, password, terms, onStage);
  }

  /** The old vault is opened first: a wrong password makes no keys. */
  private async makeSigned(
    applicationId: string,
    password: string,
    terms: OrderTerms,
    renewal: RenewalTerms,
    onStage?: OnStage,
  ): Promise<OpenOrder> {
    const old = await this.keystore.findHeld(renewal.predecessor_serial);
    if (!old) throw new CryptoFault("vault.slot_missing", "certificate");
    return withKeys(this.keystore, old, password, async (oldKeys) => {
      const { order, keys } = await this.makeKeys(applicationId, password, terms, onStage);
      try {
        const message = await signedData({
          content: renewalStatement(renewal, order.request),
          detached: false,
          signedAt: terms.now,
          certificate: old.signing,
          chain: old.chain,
          sign: made.signer(await made.importSigningKey(oldKeys.signing)),
        });
        return { keys, order: { ...order, signedRequest: toBase64(message) } };
      } catch (reason) {
        made.wipeKeys(keys);
        throw reason;
      }
    });
  }

  private async makeKeys(applicationId: string, password: string, terms: OrderTerms, onStage?: OnStage): Promise<OpenOrder> {
    const deviceKey = await this.keystore.deviceKey();
    wipe(encodeNewPassword(password));
    onStage?.("making");
    const transportKey = fromBase64(terms.transport_key);
    requireKey(parseCertificate(fromBase64(terms.transport_certificate)), transportKey);
    const keys = await made.makeSubscriberKeys();
    const sent = await made.orderCertificates(keys, applicationId, transportKey);
    onStage?.("wrapping");
    const payload = made.packKeys(keys);
    const context = await made.keyFingerprint(keys.signingSpki);
    const vault = await sealVault(payload, context, { password, deviceKey }, this.cost ? { cost: this.cost } : {});
    wipe(payload);
    const request = {
      signing_request: toBase64(sent.signingRequest),
      key_management_request: toBase64(sent.keyManagementRequest),
      sealed_r: toBase64(sent.sealedR),
    };
    return { keys, order: { applicationId, idempotencyKey: terms.idempotencyKey, vault, request } };
  }
}

/** Returns what the old key signs: exactly the members the office reads, and nothing a document could be taken for. */
function renewalStatement(renewal: RenewalTerms, request: Order["request"]): Bytes {
  const { id, predecessor_serial, years, not_after } = renewal;
  return utf8(JSON.stringify({ type: "dojang.renewal.v1", renewal: id, predecessor_serial, years, not_after, ...request }));
}
