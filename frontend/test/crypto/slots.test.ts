import { beforeAll, describe, expect, it } from "vitest";

import { derive as deriveByScript } from "../../src/crypto/argon2-script.ts";
import { derive as deriveByWasm } from "../../src/crypto/argon2-wasm.ts";
import { argon2id } from "../../src/crypto/argon2.ts";
import { fromHex, toHex, tokenBytes, utf8 } from "../../src/crypto/bytes.ts";
import { importSigningKey, keyFingerprint, makeSubscriberKeys, packKeys, unpackKeys } from "../../src/crypto/keys.ts";
import * as slots from "../../src/crypto/slots.ts";

const cost = { memoryKib: 256, passes: 1 };
const password = "Dojang!9x7q";
const payload = utf8("두 개인키와 R");
const context = tokenBytes(32);
let deviceKey: CryptoKey;
let vault: slots.Vault;

beforeAll(async () => {
  deviceKey = await slots.makeDeviceKey();
  vault = await slots.sealVault(payload, context, { password, deviceKey }, { cost });
});

describe("the password slot", () => {
  it("opens with password and device key together only", async () => {
    expect(await slots.openVault(vault, { password, deviceKey })).toEqual(payload);
    await expect(slots.openVault(vault, { password: "Dojang!9x7Q", deviceKey })).rejects.toMatchObject({
      code: "npki.wrong_password",
    });
    const otherDevice = { password, deviceKey: await slots.makeDeviceKey() };
    await expect(slots.openVault(vault, otherDevice)).rejects.toMatchObject({ code: "vault.device_key_missing" });
  });

  it("cannot be exported by a script that has the device key", async () => {
    await expect(crypto.subtle.exportKey("raw", deviceKey)).rejects.toThrow();
  });

  it("survives storage by structured clone", async () => {
    expect(await slots.openVault(structuredClone(vault), { password, deviceKey })).toEqual(payload);
  });

  it("changes its password and forgets the old one", async () => {
    const replacement = { password: "Seal#4821kz", deviceKey };
    const changed = await slots.changePassword(vault, { password, deviceKey }, replacement, { cost });
    expect(changed.payload).toEqual(vault.payload);
    expect(await slots.openVault(changed, replacement)).toEqual(payload);
    await expect(slots.openVault(changed, { password, deviceKey })).rejects.toMatchObject({ code: "npki.wrong_password" });
  });

  it("notices a cheaper cost, another context, an altered payload and an absurd cost", async () => {
    const [slot] = vault.slots as [slots.PasswordSlot];
    const opening = { password, deviceKey };
    const cheaper = { ...vault, slots: [{ ...slot, cost: { memoryKib: 64, passes: 1 } }] };
    await expect(slots.openVault(cheaper, opening)).rejects.toMatchObject({ code: "vault.device_key_missing" });
    const elsewhere = { ...vault, context: tokenBytes(32) };
    await expect(slots.openVault(elsewhere, opening)).rejects.toMatchObject({ code: "vault.device_key_missing" });
    const ciphertext = vault.payload.ciphertext.slice();
    ciphertext[3]! ^= 1;
    const altered = { ...vault, payload: { ...vault.payload, ciphertext } };
    await expect(slots.openVault(altered, opening)).rejects.toMatchObject({ code: "vault.damaged" });
    await expect(argon2id(utf8("x"), tokenBytes(16), { memoryKib: 2 ** 30, passes: 3 })).rejects.toMatchObject({
      code: "npki.iteration_count_refused",
    });
  });
});

describe("a passkey slot", () => {
  const passkey = { credentialId: tokenBytes(16), prfInput: tokenBytes(32), prfOutput: tokenBytes(32) };

  it("opens without password and device key, and can be taken away", async () => {
    const opening = { password, deviceKey };
    const twice = await slots.addPasskey(await slots.addPasskey(vault, opening, passkey), opening, passkey);
    expect(twice.slots.map((slot) => slot.kind)).toEqual(["password", "passkey"]);
    expect(await slots.openVault(twice, passkey)).toEqual(payload);
    expect(await slots.openVault(twice, opening)).toEqual(payload);
    await expect(slots.openVault(twice, { ...passkey, prfOutput: tokenBytes(32) })).rejects.toMatchObject({
      code: "npki.wrong_password",
    });
    const without = slots.withoutPasskey(twice, passkey.credentialId);
    await expect(slots.openVault(without, passkey)).rejects.toMatchObject({ code: "vault.slot_missing" });
  });

  it("lets a new password be set when the old one is forgotten", async () => {
    const both = await slots.addPasskey(vault, { password, deviceKey }, passkey);
    const replacement = { password: "Seal#4821kz", deviceKey };
    const changed = await slots.changePassword(both, passkey, replacement, { cost });
    expect(await slots.openVault(changed, replacement)).toEqual(payload);
    expect(await slots.openVault(changed, passkey)).toEqual(payload);
  });
});

describe("Argon2id", () => {
  it("gives the same by WebAssembly and by script, and what the reference program gives", async () => {
    const [secret, salt] = [utf8("password"), utf8("somesalt")];
    // the reference implementation's test.c: version 0x13, t=2, m=2^8, p=1 (Argon2id)
    const expected = "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe";
    expect(toHex(await deriveByWasm(secret, salt, { memoryKib: 256, passes: 2 }))).toBe(expected);
    expect(toHex(await deriveByScript(secret, salt, { memoryKib: 256, passes: 2 }))).toBe(expected);
  });
});

describe("the subscriber's keys", () => {
  it("go through a vault unchanged and come out as keys that cannot be exported", async () => {
    const keys = await makeSubscriberKeys();
    const fingerprint = await keyFingerprint(keys.signingSpki);
    const sealed = await slots.sealVault(packKeys(keys), fingerprint, { password, deviceKey }, { cost });
    expect(sealed.context).toEqual(fingerprint);
    const opened = unpackKeys(await slots.openVault(sealed, { password, deviceKey }));
    expect(opened).toEqual(keys);
    const key = await importSigningKey(opened.signing);
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("pkcs8", key)).rejects.toThrow();
    expect(() => unpackKeys(fromHex("3003040100"))).toThrow("npki.malformed");
  });
});
