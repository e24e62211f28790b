import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { beforeEach, describe, expect, it } from "vitest";

import { ConnectionFault } from "../../src/api/problem.ts";
import { type Stage, obtainCertificates } from "../../src/app/device/enrolment.ts";
import { challengeStatement } from "../../src/app/use/challenge.ts";
import { actStatement } from "../../src/crypto/act.ts";
import { concat, toBase64, toHex, utf8 } from "../../src/crypto/bytes.ts";
import { decryptPrivateKey, findRandomNumber } from "../../src/crypto/npki.ts";
import { openPfx } from "../../src/crypto/pfx.ts";
import { LocalVault } from "../../src/vault/local.ts";
import { withKeys } from "../../src/vault/opening.ts";
import { FakeOffice, MemoryKeystore } from "./office.ts";

const PASSWORD = "Dojang!9x7q-Kim";
const COST = { memoryKib: 8, passes: 1 };

let office: FakeOffice;
let keystore: MemoryKeystore;
let stages: Stage[];
const obtain = (password = PASSWORD) =>
  obtainCertificates({ api: office, vault: new LocalVault(keystore, { cost: COST }), onStage: (stage) => stages.push(stage) }, "a", password);

beforeEach(() => {
  office = new FakeOffice();
  keystore = new MemoryKeystore();
  stages = [];
});

describe("obtaining certificates", () => {
  it("makes keys here, stores what was issued, and accepts it", async () => {
    const held = await obtain();
    expect(stages).toEqual(["making", "wrapping", "requesting", "accepting", "done"]);
    expect(held).toMatchObject({ serial: "11", applicationId: "a", opensByPasskey: false, isRevocable: true });
    expect(keystore.held.get("11")?.caFolder).toBe("dojang");
    expect(keystore.held.get("11")?.acceptedAt).toBeInstanceOf(Date);
    expect(keystore.orders.size).toBe(0);
    expect(office.state).toBe("completed");
  });

  it("tells the office neither password nor private key nor R, in any spelling, and stores none in clear", async () => {
    const held = keystore.held.get((await obtain()).serial)!;
    await withKeys(keystore, held, PASSWORD, async (keys) => {
      const stored = concat(held.vault.payload.ciphertext, held.signing, held.keyManagement!);
      const told = office.told.join("\n");
      const decoded = office.told.flatMap((one) => [...one.matchAll(/"([A-Za-z0-9+/=]{40,})"/g)].map((found) => atob(found[1]!))).join("\n");
      // the modulus ends before byte 300; behind it are the private exponent and the primes
      const parts = [keys.signing, keys.keyManagement!].flatMap((key) => [key.slice(400, 440), key.slice(600, 640), key.slice(720, 760)]);
      for (const secret of [utf8(PASSWORD), ...parts, findRandomNumber(keys.signing)!]) {
        expect(told).not.toContain(toBase64(secret).replace(/=+$/, "").slice(0, -1));
        expect(told).not.toContain(toHex(secret));
        expect(decoded).not.toContain(String.fromCharCode(...secret));
        expect(toHex(stored)).not.toContain(toHex(secret));
      }
    });
  });

  it("goes on with the same keys after a lost answer and a closed tab", async () => {
    office.faults.set("accept", [new Error("the tab was closed")]);
    await expect(obtain()).rejects.toThrow("the tab was closed");
    const first = keystore.orders.get("a");
    expect(first).toBeDefined();
    stages = [];
    const held = await obtain();
    expect(stages).toEqual(["requesting", "accepting", "done"]);
    expect(keystore.held.get(held.serial)?.vault).toEqual(first?.vault);
    expect(office.state).toBe("completed");
  });

  it("waits a lost connection out by itself", async () => {
    office.faults.set("enrol", [new ConnectionFault("network.unreachable")]);
    await expect(obtain()).resolves.toMatchObject({ serial: "11" });
  });

  it("wants the password of the keys under way, and a good one for new keys", async () => {
    await expect(obtain("abc")).rejects.toMatchObject({ code: "npki_password.rejected" });
    expect(office.told).toEqual([]);
    office.faults.set("accept", [new Error("closed")]);
    await expect(obtain()).rejects.toThrow("closed");
    await expect(obtain("Another!7pass")).rejects.toMatchObject({ code: "npki.wrong_password" });
  });

  it("keeps no certificate for other keys, and signs no other statement", async () => {
    office.swapKeys = true;
    await expect(obtain()).rejects.toMatchObject({ code: "npki.key_certificate_mismatch" });
    expect(keystore.held.size).toBe(0);
    office = new FakeOffice();
    keystore = new MemoryKeystore();
    office.statement = (honest) => ({ ...honest, application: "b" });
    await expect(obtain()).rejects.toMatchObject({ code: "acceptance.statement_unexpected" });
    expect(office.told.join()).not.toContain("signature");
  });
});

describe("a certificate held here", () => {
  it("is backed up with R in every format, under the same password", async () => {
    const held = keystore.held.get((await obtain()).serial)!;
    const make = (format: "pkcs12" | "npki_folder" | "npki_files", compatible = false) =>
      new LocalVault(keystore).backUp(held.serial, PASSWORD, { format, compatible, now: new Date("2026-11-23T00:00:00Z"), iterations: 1_000 });
    const randomNumber = await withKeys(keystore, held, PASSWORD, async (keys) => findRandomNumber(keys.signing));
    const [certificate, key] = await make("npki_files");
    expect([certificate?.name, key?.name]).toEqual(["signCert.der", "signPri.key"]);
    expect(certificate?.data).toEqual(held.signing);
    expect(findRandomNumber(await decryptPrivateKey(key!.data, utf8(PASSWORD)))).toEqual(randomNumber);
    const old = (await make("npki_files", true))[1]!;
    expect(findRandomNumber(await decryptPrivateKey(old.data, utf8(PASSWORD)))).toEqual(randomNumber);
    const names = new TextDecoder("latin1").decode((await make("npki_folder"))[0]!.data);
    for (const name of ["signCert.der", "signPri.key", "kmCert.der", "kmPri.key", "CaPubs"]) expect(names).toContain(`/${name}`);
    const opened = await openPfx((await make("pkcs12"))[0]!.data, PASSWORD);
    expect(findRandomNumber(opened.signing.pkcs8)).toEqual(randomNumber);
    await expect(new LocalVault(keystore).backUp(held.serial, "wrong", { format: "pkcs12", compatible: false, now: new Date() })).rejects.toMatchObject({
      code: "npki.wrong_password",
    });
  });

  it.each([false, true])("signs what another implementation verifies (apart: %s)", async (detached) => {
    const held = await obtain();
    const content = utf8("갑은 을에게 1,000원을 준다.");
    const cms = await new LocalVault(keystore).sign(held.serial, PASSWORD, { content, detached, signedAt: new Date("2026-11-23T00:00:00Z") });
    const info = new pkijs.ContentInfo({ schema: asn1js.fromBER(cms).result });
    const signed = new pkijs.SignedData({ schema: info.content });
    expect(signed.encapContentInfo.eContent === undefined).toBe(detached);
    const verify = { signer: 0, ...(detached ? { data: content.buffer } : {}) };
    expect(await signed.verify(verify)).toBe(true);
    if (detached) expect(await signed.verify({ signer: 0, data: utf8("other").buffer }).catch(() => false)).toBe(false);
  });

  it("opens no keys for a statement about something else, and has none of another certificate", async () => {
    const { serial } = await obtain();
    const vault = new LocalVault(keystore);
    const statement = toBase64(actStatement("revoke", "12", "0"));
    const unexpected = { code: "acceptance.statement_unexpected" };
    await expect(vault.signAct(serial, "wrong", { statement, act: "revoke", target: serial })).rejects.toMatchObject(unexpected);
    const request = { statement, request: "r", issuer: "https://office.example" };
    await expect(vault.signIn(serial, "wrong", request)).rejects.toMatchObject(unexpected);
    const signing = vault.sign("12", PASSWORD, { content: utf8("x"), detached: false, signedAt: new Date() });
    await expect(signing).rejects.toMatchObject({ code: "vault.slot_missing" });
  });

  it("answers a challenge with a text that is nothing else", () => {
    const said = JSON.parse(new TextDecoder().decode(challengeStatement("abc", "https://shop.example", new Date("2026-11-23T00:00:00Z"))));
    expect(said).toEqual({
      audience: "https://shop.example", challenge: "abc", signed_at: "2026-11-23T00:00:00.000Z", type: "dojang.challenge.v1",
    });
  });
});
