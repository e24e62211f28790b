import { describe, expect, it } from "vitest";

import { concat, equal, fromHex, toHex, utf8 } from "../../src/crypto/bytes.ts";
import * as der from "../../src/crypto/der.ts";
import { makeSubscriberKeys, publicKeyOf } from "../../src/crypto/keys.ts";
import {
  computeVirtualId,
  decryptPrivateKey,
  drawRandomNumber,
  encryptPrivateKey,
  findRandomNumber,
  getRandomNumber,
  withRandomNumber,
  withoutAttributes,
} from "../../src/crypto/npki.ts";

const keys = await makeSubscriberKeys();
const PASSWORD = utf8("Dojang!9x7q");

describe("the virtual ID", () => {
  it("equals the golden vector", async () => {
    const r = fromHex("79EA7568A2D3776604E18BCD3A1B1B85B7DA0872");
    const expected = "17692c8dd00ead33791de0a64a937c60799634c64ac56fa57570c0e05252ab35";
    expect(toHex(await computeVirtualId("1234561234567", r))).toBe(expected);
    expect(toHex(await computeVirtualId("123456-1234567", r))).toBe(expected);
  });

  it("refuses what is no identification number", async () => {
    await expect(computeVirtualId("12345", new Uint8Array(20))).rejects.toMatchObject({
      code: "npki.identification_number_malformed",
    });
  });
});

describe("R in a private key", () => {
  it("is put in, found, replaced and taken out, and nothing else changes", () => {
    const plain = withoutAttributes(keys.signing);
    expect(findRandomNumber(plain)).toBeUndefined();
    const first = withRandomNumber(plain, drawRandomNumber());
    const r = drawRandomNumber();
    const second = withRandomNumber(first, r);
    expect(getRandomNumber(second)).toEqual(r);
    expect(second.length).toBe(first.length);
    expect(withoutAttributes(second)).toEqual(plain);
    expect(publicKeyOf(second)).toEqual(keys.signingSpki);
  });

  it("never begins with a zero byte", () => {
    const draws = [new Uint8Array(20), new Uint8Array(20).fill(7)];
    expect(drawRandomNumber(() => draws.shift()!)[0]).toBe(7);
    expect(() => drawRandomNumber(() => new Uint8Array(20))).toThrow("npki.random_number_unusable");
    expect(() => withRandomNumber(keys.signing, new Uint8Array(20))).toThrow("npki.random_number_unusable");
    expect(() => getRandomNumber(keys.keyManagement)).toThrow("npki.random_number_missing");
  });
});

describe("signPri.key", () => {
  it.each(["seed", "seed_pbes2", "strong"] as const)("opens again as it was closed: %s", async (protection) => {
    const closed = await encryptPrivateKey(keys.signing, PASSWORD, { protection });
    expect(await decryptPrivateKey(closed, PASSWORD)).toEqual(keys.signing);
    await expect(decryptPrivateKey(closed, utf8("Wrong!9x7q"))).rejects.toMatchObject({ code: "npki.wrong_password" });
  });

  it("is laid out as deployed files are", async () => {
    const closed = await encryptPrivateKey(keys.signing, PASSWORD);
    expect(toHex(closed.subarray(4, 20))).toBe("301a06082a831a8c9a44010f300e0408");
    expect(toHex(closed.subarray(28, 32))).toBe("02020800");
  });

  it("opens with bytes behind it, and does not with bytes missing", async () => {
    const closed = await encryptPrivateKey(keys.signing, PASSWORD);
    expect(await decryptPrivateKey(concat(closed, new Uint8Array(46)), PASSWORD)).toEqual(keys.signing);
    await expect(decryptPrivateKey(closed.slice(0, -1), PASSWORD)).rejects.toMatchObject({ code: "npki.malformed" });
  });

  it("refuses absurd iteration counts and unknown algorithms", async () => {
    const parameters = der.sequence(der.octetString(new Uint8Array(8)), der.integer(2 ** 40));
    const absurd = der.sequence(der.algorithm("1.2.410.200004.1.15", parameters), der.octetString(new Uint8Array(16)));
    await expect(decryptPrivateKey(absurd, PASSWORD)).rejects.toMatchObject({ code: "npki.iteration_count_refused" });
    const unknown = der.sequence(der.algorithm("1.2.3.4", parameters), der.octetString(new Uint8Array(16)));
    await expect(decryptPrivateKey(unknown, PASSWORD)).rejects.toMatchObject({
      code: "npki.algorithm_unsupported",
      about: ["1.2.3.4"],
    });
  });

  it("answers junk with a coded fault only", async () => {
    const closed = await encryptPrivateKey(keys.signing, PASSWORD);
    for (let i = 0; i < 60; i++) {
      const junk = closed.slice();
      junk[i % 40]! ^= 1 << (i % 8);
      const outcome = await decryptPrivateKey(junk, PASSWORD).then(
        (opened) => equal(opened, keys.signing),
        (fault: { code?: string }) => fault.code,
      );
      expect(outcome === true || /^npki\./.test(String(outcome))).toBe(true);
    }
  });
});
