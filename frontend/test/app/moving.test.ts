import { describe, expect, it } from "vitest";

import { bringInFiles } from "../../src/app/device/bringing.ts";
import { backUp } from "../../src/vault/backup.ts";
import { type HeldKeys, described } from "../../src/vault/keystore.ts";
import { LocalVault } from "../../src/vault/local.ts";
import type { BroughtFile } from "../../src/vault/port.ts";
import { type SendingSteps, receiveCertificate, sendCertificate } from "../../src/app/device/moving.ts";
import { withKeys } from "../../src/vault/opening.ts";
import { wipeWhatWasRemoved } from "../../src/app/device/wiping.ts";
import { fromBase64, toBase64, toHex, utf8 } from "../../src/crypto/bytes.ts";
import { keyFingerprint, makeSubscriberKeys, packKeys } from "../../src/crypto/keys.ts";
import type { MoveCode } from "../../src/crypto/movecode.ts";
import { bringIn } from "../../src/crypto/bringing.ts";
import { getRandomNumber } from "../../src/crypto/npki.ts";
import { sealVault } from "../../src/crypto/slots.ts";
import { parseCertificate } from "../../src/crypto/x509.ts";
import { certificateFor } from "../crypto/certificates.ts";
import { MemoryKeystore } from "./office.ts";
import { FakeRelay } from "./relay.ts";

const PASSWORD = "correct horse 1!";
const COST = { memoryKib: 8, passes: 1 };
const ca = await makeSubscriberKeys();
const caCertificate = await certificateFor(ca.signingSpki, ca.signing, { commonName: "dojangCA Test", ca: true });
const keys = await makeSubscriberKeys();
const signing = await certificateFor(keys.signingSpki, ca.signing, { commonName: "홍길동" });
const keyManagement = await certificateFor(keys.keyManagementSpki, ca.signing, { commonName: "홍길동", keyManagement: true });
const { serial } = parseCertificate(signing);

async function held(keystore: MemoryKeystore): Promise<HeldKeys> {
  const opening = { password: PASSWORD, deviceKey: await keystore.deviceKey() };
  const vault = await sealVault(packKeys(keys), await keyFingerprint(keys.signingSpki), opening, { cost: COST });
  const made = { serial, applicationId: "a", vault, signing, keyManagement, chain: [caCertificate], caFolder: "dojang", storedAt: new Date() };
  await keystore.saveHeld(made);
  return made;
}

async function move(change: { code?: (code: MoveCode) => MoveCode; say?: boolean; serials?: string[]; origin?: string } = {}) {
  const [here, there] = [new MemoryKeystore(), new MemoryKeystore()];
  const relay = new FakeRelay(...(change.serials ?? [serial]));
  const context = (side: "sender" | "receiver", keystore: MemoryKeystore, origin: string) => ({
    api: relay.device(side, side === "sender" ? "거실 PC" : "내 휴대폰"), vault: new LocalVault(keystore), origin, signal: new AbortController().signal,
  });
  const asked: string[] = [];
  let receiving: Promise<unknown> = Promise.resolve();
  const steps: SendingSteps = {
    onCode: (code) => {
      const to = context("receiver", there, change.origin ?? "https://bank.example");
      receiving = receiveCertificate(to, change.code?.(code!) ?? code!, () => undefined).catch((reason: unknown) => reason);
    },
    onJoined: () => undefined,
    onSending: () => undefined,
    confirm: async (name) => (asked.push(name), change.say ?? true),
  };
  const sent = await sendCertificate(context("sender", here, "https://bank.example"), described(await held(here)), steps).catch((reason: unknown) => reason);
  return { sent, received: await receiving, asked, relay, there };
}

describe("moving", () => {
  it("brings the keys, R included, to another device and shows its name before anything is sent", async () => {
    const { sent, received, asked, relay, there } = await move();
    expect([sent, asked, relay.ends]).toEqual(["내 휴대폰", ["내 휴대폰"], ["done"]]);
    expect(received).toMatchObject({ sender: "거실 PC", held: { serial } });
    const kept = (await there.findHeld(serial))!;
    const random = await withKeys(there, kept, PASSWORD, async (opened) => toHex(getRandomNumber(opened.signing)));
    expect(random).toBe(toHex(getRandomNumber(keys.signing)));
    // nothing of it can be read from what passed the relay, in any spelling
    const whole = relay.seen.join("\n");
    const raw = relay.seen.slice(1).map((one) => toHex(fromBase64(one))).join("");
    for (const secret of [signing, keyManagement, keys.signing, getRandomNumber(keys.signing), utf8(PASSWORD), utf8("홍길동")]) {
      const part = secret.slice(0, 24);
      expect(raw).not.toContain(toHex(part));
      expect(whole).not.toContain(toBase64(part).replace(/=+$/, "").slice(0, -2));
    }
  });

  it("burns the slot for both when the code is wrong, before anybody is asked", async () => {
    const { sent, received, asked, relay, there } = await move({ code: ({ slot, secret }) => ({ slot, secret: secret === "0000000" ? "1111111" : "0000000" }) });
    expect([asked, relay.ends[0], relay.seen.length]).toEqual([[], "mismatch", 3]); // number, share, answer: no keys
    expect(sent).toMatchObject({ code: "transfer.code_wrong" });
    expect(received).toMatchObject({ code: "transfer.over" });
    expect(await there.listHeld()).toEqual([]);
  });

  it("does not work through another site", async () => {
    expect((await move({ origin: "https://bank.evil" })).sent).toMatchObject({ code: "transfer.code_wrong" });
  });

  it("sends nothing after a no", async () => {
    const { sent, received, relay, there } = await move({ say: false });
    expect([sent, relay.ends[0], relay.seen.length]).toEqual([undefined, "given_up", 3]);
    expect(received).toMatchObject({ code: "transfer.over" });
    expect(await there.listHeld()).toEqual([]);
  });

  it("keeps nothing that the office does not know as this person's", async () => {
    const { sent, received, there } = await move({ serials: [] });
    expect(received).toMatchObject({ code: "bringing.not_held" });
    expect(sent).toMatchObject({ code: "transfer.over" });
    expect(await there.listHeld()).toEqual([]);
  });
});

describe("bringing in", () => {
  const api = (serials = [serial], issuer = caCertificate) => ({
    showAuthority: async () => ({ chain: [toBase64(issuer)], ca_folder: "dojang" }) as never,
    listCertificates: async () => serials.map((one) => ({ serial: one })) as never,
  });
  const keep = async (keystore: MemoryKeystore, files: readonly BroughtFile[], password = PASSWORD, office = api()) => {
    const { held: kept } = await bringInFiles({ api: office, vault: new LocalVault(keystore, { cost: COST }) }, files, password);
    return (await keystore.findHeld(kept.serial))!;
  };
  const backup = async (format: "pkcs12" | "npki_folder" | "npki_files", compatible = true) => {
    const keystore = new MemoryKeystore();
    return backUp(keystore, await held(keystore), PASSWORD, { format, compatible, now: new Date(), iterations: 2_000 });
  };

  it.each([["pkcs12", true], ["npki_folder", true], ["npki_folder", false]] as const)("reads back %s, R included", async (format, compatible) => {
    const keystore = new MemoryKeystore();
    const kept = await keep(keystore, await backup(format, compatible));
    const random = await withKeys(keystore, kept, PASSWORD, async (opened) => toHex(getRandomNumber(opened.signing)));
    expect(random).toBe(toHex(getRandomNumber(keys.signing)));
    expect(kept.vault.slots[0]).toMatchObject({ kind: "password", cost: COST });
  });

  it("takes the signing pair alone, which is kept, saved again, and cannot be sent", async () => {
    const keystore = new MemoryKeystore();
    const kept = await keep(keystore, await backup("npki_files"));
    expect(kept.keyManagement).toBeUndefined();
    const opened = await withKeys(keystore, kept, PASSWORD, async ({ signing, keyManagement }) => [toHex(signing), keyManagement]);
    expect(opened).toEqual([toHex(keys.signing), undefined]);
    for (const format of ["pkcs12", "npki_folder"] as const) {
      const again = await backUp(keystore, kept, PASSWORD, { format, compatible: false, now: new Date(), iterations: 2_000 });
      expect((await bringIn(again, PASSWORD)).keyManagement).toBeUndefined();
    }
    const context2 = { api: new FakeRelay(serial).device("sender", "거실 PC"), vault: new LocalVault(keystore), origin: "https://bank.example", signal: new AbortController().signal };
    const steps = { onCode: () => expect.fail("a code was drawn"), onJoined: () => {}, confirm: async () => true, onSending: () => {} };
    await expect(sendCertificate(context2, described(kept), steps)).rejects.toMatchObject({ code: "moving.signing_only" });
  });

  it("does not lose the key-management pair of a certificate that is here whole", async () => {
    const keystore = new MemoryKeystore();
    const whole = await keep(keystore, await backup("pkcs12"));
    const brought = keep(keystore, await backup("npki_files"));
    await expect(brought).rejects.toMatchObject({ code: "bringing.already_whole" });
    expect(await keystore.listHeld()).toEqual([whole]);
  });

  it("says what is wrong, and keeps nothing", async () => {
    const keystore = new MemoryKeystore();
    const refused = async (files: readonly BroughtFile[], password = PASSWORD, office = api()) =>
      keep(keystore, files, password, office).then(() => "kept", (reason: { code: string }) => reason.code);
    const [folder] = await backup("npki_folder");
    const other = await certificateFor(keys.signingSpki, keys.signing, { commonName: "dojangCA Test", ca: true });
    expect(await refused([folder!], "wrong horse 1!")).toBe("npki.wrong_password");
    expect(await refused((await backup("npki_files")).slice(0, 1))).toBe("bringing.incomplete");
    expect(await refused([{ name: "a.txt", data: utf8("hello") }])).toBe("bringing.unknown_file");
    expect(await refused([{ name: "a.zip", data: folder!.data.slice(0, 900) }])).toBe("bringing.unknown_file");
    expect(await refused([folder!], PASSWORD, api([]))).toBe("bringing.not_held");
    expect(await refused([folder!], PASSWORD, api([serial], other))).toBe("bringing.foreign");
    expect(await keystore.listHeld()).toEqual([]);
  });
});

describe("a removed device", () => {
  it("wipes its owner's keys and nobody else's, and asks nothing when it has none", async () => {
    const keystore = new MemoryKeystore();
    let asked = 0;
    const api = { showWipe: async () => (asked++, { certificates: [serial] }) };
    expect(await wipeWhatWasRemoved(api, new LocalVault(keystore))).toBe(0);
    const kept = await held(keystore);
    await keystore.saveHeld({ ...kept, serial: "999" });
    expect(await wipeWhatWasRemoved(api, new LocalVault(keystore))).toBe(1);
    expect((await keystore.listHeld()).map((one) => one.serial)).toEqual(["999"]);
    expect(asked).toBe(1);
    const unreachable = { showWipe: async () => Promise.reject(new TypeError("offline")) };
    expect(await wipeWhatWasRemoved(unreachable, new LocalVault(keystore))).toBe(0);
  });
});
