import { describe, expect, it } from "vitest";

import { fromHex, toHex } from "../../src/crypto/bytes.ts";
import * as der from "../../src/crypto/der.ts";

const hex = (bytes: Uint8Array): string => toHex(bytes);

describe("writing DER", () => {
  it("encodes integers without superfluous octets", () => {
    expect(hex(der.integer(0))).toBe("020100");
    expect(hex(der.integer(127))).toBe("02017f");
    expect(hex(der.integer(128))).toBe("02020080");
    expect(hex(der.integer(2048))).toBe("02020800");
    expect(hex(der.integer(2n ** 64n))).toBe("0209010000000000000000");
  });

  it("encodes lengths in the short and the long form", () => {
    expect(hex(der.octetString(new Uint8Array(127)).subarray(0, 2))).toBe("047f");
    expect(hex(der.octetString(new Uint8Array(128)).subarray(0, 3))).toBe("048180");
    expect(hex(der.octetString(new Uint8Array(65536)).subarray(0, 5))).toBe("0483010000");
  });

  it("encodes object identifiers", () => {
    expect(hex(der.oid("1.2.410.200004.10.1.1.3"))).toBe("060a2a831a8c9a440a010103");
    expect(hex(der.oid("2.16.840.1.101.3.4.2.1"))).toBe("0609608648016503040201");
    expect(hex(der.oid("2.999"))).toBe("06028837");
  });

  it("orders the members of a set", () => {
    const members = [der.integer(300), der.nullValue(), der.integer(5)];
    expect(hex(der.setOf(...members))).toBe("31090201050202012c0500");
  });

  it("writes times as RFC 5280 asks", () => {
    expect(new TextDecoder().decode(der.time(new Date("2049-12-31T23:59:59.9Z")).subarray(2))).toBe("491231235959Z");
    expect(new TextDecoder().decode(der.time(new Date("2050-01-01T00:00:00Z")).subarray(2))).toBe("20500101000000Z");
  });
});

describe("reading DER", () => {
  it("reads what it wrote", () => {
    const value = der.read(der.sequence(der.oid("2.999.3"), der.integer(2n ** 70n), der.bitString(fromHex("0102"))));
    const [name, number, bits] = value.members();
    expect(name?.oid()).toBe("2.999.3");
    expect(number?.bigint()).toBe(2n ** 70n);
    expect(hex(bits!.bits())).toBe("0102");
    expect(() => number?.number()).toThrow("npki.malformed");
  });

  it.each([
    ["nothing", ""],
    ["a lone tag", "30"],
    ["content missing", "3004020101"],
    ["bytes behind the value", "050000"],
    ["an indefinite length", "30800000"],
    ["a length of five octets", "30850000000001"],
    ["a length of 4 GiB", "3084ffffffff00"],
    ["a multi-octet tag", "1f8101"],
  ])("refuses %s", (_, bytes) => {
    expect(() => der.read(fromHex(bytes))).toThrow("npki.malformed");
  });

  it("refuses the wrong type, negative integers, unused bits and nesting without end", () => {
    expect(() => der.read(fromHex("0500")).members()).toThrow("npki.malformed");
    expect(() => der.read(fromHex("0201ff")).bigint()).toThrow("npki.malformed");
    expect(() => der.read(fromHex("03020104")).bits()).toThrow("npki.malformed");
    let nested = der.sequence();
    for (let i = 0; i < 40; i++) nested = der.sequence(nested);
    const descend = (value: der.Value): void => value.members().forEach(descend);
    expect(() => descend(der.read(nested))).toThrow("npki.malformed");
  });
});
