import { describe, expect, it } from "vitest";

import { fromHex, toHex } from "../../src/crypto/bytes.ts";
import { CryptoFault } from "../../src/crypto/fault.ts";
import * as seed from "../../src/crypto/seed.ts";

// RFC 4269 appendix B: key, plaintext, ciphertext
const VECTORS: readonly [string, string, string][] = [
  ["00".repeat(16), "000102030405060708090A0B0C0D0E0F", "5EBAC6E0054E166819AFF1CC6D346CDB"],
  ["000102030405060708090A0B0C0D0E0F", "00".repeat(16), "C11F22F20140505084483597E4370F43"],
  ["4706480851E61BE85D74BFB3FD956185", "83A2F8A288641FB9A4E9A5CC2F131C7D", "EE54D13EBCAE706D226BC3142CD40D4A"],
  ["28DBC3BC49FFD87DCFA509B11D422BE7", "B41E6BE2EBA84A148E2EED84593C5EC7", "9B9B7BFCD1813CB95D0B3618F40F5122"],
];

describe("SEED", () => {
  it.each(VECTORS)("gives the RFC's ciphertext under key %s", (key, plaintext, ciphertext) => {
    const encrypted = seed.encryptCbc(fromHex(key), new Uint8Array(16), fromHex(plaintext));
    expect(toHex(encrypted.subarray(0, 16)).toUpperCase()).toBe(ciphertext);
    expect(encrypted.length).toBe(32);
    expect(toHex(seed.decryptCbc(fromHex(key), new Uint8Array(16), encrypted)).toUpperCase()).toBe(plaintext);
  });

  it("chains blocks: equal blocks do not encrypt alike", () => {
    const encrypted = seed.encryptCbc(fromHex("01".repeat(16)), fromHex("02".repeat(16)), new Uint8Array(48));
    const blocks = [0, 16, 32].map((start) => toHex(encrypted.subarray(start, start + 16)));
    expect(new Set(blocks).size).toBe(3);
  });

  it("checks every byte of the padding", () => {
    const padded = new Uint8Array(16).fill(4);
    expect(seed.unpad(padded).length).toBe(12);
    padded[13] = 5;
    expect(() => seed.unpad(padded)).toThrow(CryptoFault);
    expect(() => seed.unpad(new Uint8Array(16))).toThrow(CryptoFault);
    expect(() => seed.unpad(new Uint8Array(16).fill(17))).toThrow(CryptoFault);
    expect(() => seed.decryptCbc(new Uint8Array(16), new Uint8Array(16), new Uint8Array(15))).toThrow(CryptoFault);
  });
});
