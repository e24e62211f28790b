import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { beforeEach, describe, expect, it } from "vitest";

import type { CertificateSetView, RenewalRequestBody, RenewalView } from "../../src/api/types.ts";
import { obtainCertificates } from "../../src/app/device/enrolment.ts";
import type { HeldKeys } from "../../src/vault/keystore.ts";
import { LocalVault } from "../../src/vault/local.ts";
import { withKeys } from "../../src/vault/opening.ts";
import { renewCertificates } from "../../src/app/device/renewal.ts";
import { fromBase64, toHex } from "../../src/crypto/bytes.ts";
import { FakeOffice, MemoryKeystore } from "./office.ts";

const PASSWORD = "Dojang!9x7q-Kim";
const COST = { memoryKib: 8, passes: 1 };
const RENEWAL: RenewalView = {
  id: "a", state: "opened", predecessor_serial: "7", years: 1, not_after: "2028-11-23T14:59:59Z", expires_at: "2027-11-01T00:00:00Z",
};

/** Takes what another implementation of CMS verified, and issues for the keys in it. */
class RenewingOffice extends FakeOffice {
  readonly requests: string[] = [];
  carried: string[] = [];
  statements: Record<string, unknown>[] = [];

  async renew(id: string, { request }: RenewalRequestBody): Promise<CertificateSetView> {
    const info = new pkijs.ContentInfo({ schema: asn1js.fromBER(fromBase64(request)).result });
    const signed = new pkijs.SignedData({ schema: info.content });
    expect(await signed.verify({ signer: 0 })).toBe(true);
    const content = new Uint8Array(signed.encapContentInfo.eContent!.getValue());
    const { signing_request, key_management_request, sealed_r, ...said } = JSON.parse(new TextDecoder().decode(content));
    this.requests.push(request);
    this.statements.push(said);
    this.carried = signed.certificates!.map((one) => toHex(new Uint8Array(one.toSchema().toBER())));
    return this.enrol(id, { signing_request, key_management_request, sealed_r }, "renewal");
  }
}

let keystore: MemoryKeystore;
let office: RenewingOffice;
let old: HeldKeys;
const vault = () => new LocalVault(keystore, { cost: COST });
const renew = (password = PASSWORD) => renewCertificates({ api: office, vault: vault() }, RENEWAL, password);

beforeEach(async () => {
  keystore = new MemoryKeystore();
  const { serial } = await obtainCertificates({ api: new FakeOffice(), vault: vault() }, "a", PASSWORD);
  old = { ...keystore.held.get(serial)!, applicationId: "before" };
  keystore.held.clear();
  await keystore.saveHeld({ ...old, serial: "7" });
  office = new RenewingOffice();
});

describe("renewing", () => {
  it("signs the terms and new keys with the old key, and locks the new ones under the same password", async () => {
    const held = await renew();
    expect(office.statements).toEqual([
      { type: "dojang.renewal.v1", renewal: "a", predecessor_serial: "7", years: 1, not_after: "2028-11-23T14:59:59Z" },
    ]);
    expect(office.carried).toContain(toHex(old.signing));
    expect(held.signing).not.toEqual(old.signing);
    expect(office.state).toBe("completed");
    expect([...keystore.held.keys()].sort()).toEqual(["11", "7"]);
    await expect(withKeys(keystore, keystore.held.get(held.serial)!, PASSWORD, async () => "opened")).resolves.toBe("opened");
  });

  it("makes no keys for a wrong password", async () => {
    await expect(renew("Another!7pass")).rejects.toMatchObject({ code: "npki.wrong_password" });
    expect(office.requests).toEqual([]);
    expect(keystore.orders.size).toBe(0);
  });

  it("repeats the very request after a lost answer and a closed tab", async () => {
    office.faults.set("accept", [new Error("the tab was closed")]);
    await expect(renew()).rejects.toThrow("the tab was closed");
    await expect(renew()).resolves.toMatchObject({ serial: "11" });
    expect(office.requests[0]).toBe(office.requests[1]);
  });
});
