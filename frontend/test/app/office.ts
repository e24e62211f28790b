/** What tests of the app share: an application, a keystore in memory, and an office that issues to whoever asks. */

import * as pkijs from "pkijs";

import type { ApplicationState, ApplicationView, AuthorityView, CertificateSetView, EnrolmentBody } from "../../src/api/types.ts";
import type { EnrolmentOffice } from "../../src/app/device/enrolment.ts";
import type { HeldKeys, Keystore, Order } from "../../src/vault/keystore.ts";
import { type Bytes, fromBase64, sha256, toBase64, toHex, utf8 } from "../../src/crypto/bytes.ts";
import { makeSubscriberKeys } from "../../src/crypto/keys.ts";
import { makeDeviceKey } from "../../src/crypto/slots.ts";
import { certificateFor } from "../crypto/certificates.ts";

export const application = (state: ApplicationState = "proofing"): ApplicationView => ({
  id: "a", kind: "new", years: 3, validity: "anew", reissue_reason: null, predecessor_serial: null, state,
  opened_at: "2026-11-23T00:00:00Z", expires_at: "2026-11-24T00:00:00Z",
});

export class MemoryKeystore implements Keystore {
  readonly orders = new Map<string, Order>();
  readonly held = new Map<string, HeldKeys>();
  private key: Promise<CryptoKey> | undefined;

  deviceKey = (): Promise<CryptoKey> => (this.key ??= makeDeviceKey());
  findOrder = async (id: string): Promise<Order | undefined> => this.orders.get(id);
  saveOrder = async (order: Order): Promise<void> => void this.orders.set(order.applicationId, order);
  dropOrder = async (id: string): Promise<void> => void this.orders.delete(id);
  listOrders = async (): Promise<string[]> => [...this.orders.keys()];
  listHeld = async (): Promise<HeldKeys[]> => [...this.held.values()];
  findHeld = async (serial: string): Promise<HeldKeys | undefined> => this.held.get(serial);
  saveHeld = async (held: HeldKeys): Promise<void> => void this.held.set(held.serial, held);
  dropHeld = async (serial: string): Promise<void> => void this.held.delete(serial);
}

const caKeys = await makeSubscriberKeys();
const caCertificate = await certificateFor(caKeys.signingSpki, caKeys.signing, { commonName: "dojangCA Test" });
const transportCertificate = await certificateFor(caKeys.keyManagementSpki, caKeys.signing, { commonName: "transport" });

/** Issues once per idempotency key, checks possession, and records everything it is told. */
export class FakeOffice implements EnrolmentOffice {
  readonly told: string[] = [];
  state: ApplicationState = "identified";
  /** Thrown by the next call of a name, once each. */
  readonly faults = new Map<string, unknown[]>();
  statement: ((honest: Record<string, string>) => unknown) | undefined;
  swapKeys = false;
  private issued: { key: string; body: string; set: CertificateSetView } | undefined;
  private authority: AuthorityView = {
    environment: "sandbox", ca_folder: "dojang", transport_key: toBase64(caKeys.keyManagementSpki),
    transport_certificate: toBase64(transportCertificate), chain: [toBase64(caCertificate)],
    caller: "15880000", offered_years: [1, 3], support: { phone: "1588-0000", hours: "평일 9시~18시" }, bank_apps: {},
  };

  async showAuthority(): Promise<AuthorityView> {
    this.fail("showAuthority");
    return this.authority;
  }

  async enrol(applicationId: string, body: EnrolmentBody, key: string): Promise<CertificateSetView> {
    const told = JSON.stringify(body);
    this.told.push(applicationId, told, key);
    if (!this.issued) this.issued = { key, body: told, set: await this.issue(body) };
    if (this.issued.key !== key || this.issued.body !== told) throw new Error("another request under an issued application");
    this.state = "issued";
    this.fail("enrol"); // issued, and the answer is lost
    return this.issued.set;
  }

  async getApplication(): Promise<ApplicationView> {
    return application(this.state);
  }

  async showAcceptanceStatement(): Promise<{ statement: string }> {
    const { signing, key_management } = this.issued!.set;
    const hash = async (text: string) => toHex(await sha256(fromBase64(text)));
    const honest = {
      application: "a", key_management_serial: key_management.serial, key_management_sha256: await hash(key_management.certificate),
      signing_serial: signing.serial, signing_sha256: await hash(signing.certificate), type: "dojang.acceptance.v1",
    };
    return { statement: toBase64(utf8(JSON.stringify(this.statement ? this.statement(honest) : honest))) };
  }

  async accept(applicationId: string, body: { signature: string }): Promise<{ state: "accepted" }> {
    this.told.push(applicationId, JSON.stringify(body));
    const certificate = pkijs.Certificate.fromBER(fromBase64(this.issued!.set.signing.certificate));
    const key = await certificate.getPublicKey();
    const { statement } = await this.showAcceptanceStatement();
    const fits = await crypto.subtle.verify("RSASSA-PKCS1-v1_5", key, fromBase64(body.signature), fromBase64(statement));
    if (!fits) throw new Error("the acceptance is not signed by the new key");
    this.fail("accept");
    this.state = "completed";
    return { state: "accepted" };
  }

  private async issue(body: EnrolmentBody): Promise<CertificateSetView> {
    const [signing, keyManagement] = await Promise.all([publicKeyOf(body.signing_request), publicKeyOf(body.key_management_request)]);
    const pairs = this.swapKeys ? [keyManagement, signing] : [signing, keyManagement];
    const view = async (spki: Bytes, serial: number, isKeyManagement: boolean) => ({
      serial: String(serial),
      certificate: toBase64(await certificateFor(spki, caKeys.signing, { serial, keyManagement: isKeyManagement })),
      not_before: "2026-01-01T00:00:00Z",
      not_after: "2026-12-31T23:59:59Z",
    });
    return {
      issued_at: "2026-11-23T00:00:00Z",
      signing: await view(pairs[0]!, 11, false),
      key_management: await view(pairs[1]!, 12, true),
      chain: this.authority.chain,
    };
  }

  private fail(name: string): void {
    const fault = this.faults.get(name)?.shift();
    if (fault) throw fault;
  }
}

/** Proof of possession is checked with another implementation than the one tested. */
async function publicKeyOf(request: string): Promise<Bytes> {
  const parsed = pkijs.CertificationRequest.fromBER(fromBase64(request));
  if (!(await parsed.verify())) throw new Error("no proof of possession");
  return new Uint8Array(parsed.subjectPublicKeyInfo.toSchema().toBER(false));
}
