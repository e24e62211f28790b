import { readFileSync } from "node:fs";

import { ristretto255 } from "@noble/curves/ed25519.js";
import { describe, expect, it } from "vitest";

import { type Bytes, concat, fromHex, tokenBytes, toHex, utf8 } from "../../src/crypto/bytes.ts";
import * as cpace from "../../src/crypto/cpace.ts";
import { CryptoFault } from "../../src/crypto/fault.ts";
import { type MoveSession, MoveReceiver, MoveSender, type Moved } from "../../src/crypto/move.ts";
import { drawSecret, groupCode, moveAddress, readAddress, readCode, writeCode } from "../../src/crypto/movecode.ts";
import { makeDeviceKey, openVault, sealVault, takeIn, takeOut } from "../../src/crypto/slots.ts";

const { exchange, points } = JSON.parse(readFileSync("../tests/golden/transfer/cpace_ristretto255.json", "utf-8")) as {
  exchange: Record<string, string>;
  points: { "Valid": Record<string, string>; "Invalid Y1": string; "Invalid Y2": string };
};
const known = (name: string): Bytes => fromHex(exchange[name]!);
const scalar = (littleEndian: Bytes): bigint => BigInt(`0x${toHex(littleEndian.slice().reverse())}`);
const code = (act: () => unknown): string => {
  try {
    act();
    return "nothing thrown";
  } catch (reason) {
    return (reason as CryptoFault).code;
  }
};

describe("CPace, by the draft's vectors", () => {
  const inputs = { password: known("PRS"), channel: known("CI"), sessionId: known("sid") };
  const [a, b] = (["a", "b"] as const).map((side) => {
    const secret = scalar(known(`y${side}`));
    return { secret, share: cpace.shareOf(inputs, secret), data: known(`AD${side}`) };
  }) as [cpace.CpaceSide, cpace.CpaceSide];

  it("derives the generator and both shares", () => {
    expect(toHex(cpace.generator(inputs)).toUpperCase()).toBe(exchange["g"]);
    expect([toHex(a.share), toHex(b.share)]).toEqual([toHex(known("Ya")), toHex(known("Yb"))]);
  });

  it("gives both sides the draft's key", () => {
    const [atA, atB] = [cpace.finish(inputs, a, b, "initiator"), cpace.finish(inputs, b, a, "responder")];
    expect(toHex(atA.isk).toUpperCase()).toBe(exchange["ISK_IR"]);
    expect(atB).toEqual(atA);
  });

  it("refuses what is no element and the neutral element", () => {
    const valid = ristretto255.Point.fromBytes(fromHex(points.Valid["X"]!)).multiply(
      scalar(fromHex(points.Valid["s"]!)) % ristretto255.Point.Fn.ORDER,
    );
    expect(toHex(valid.toBytes()).toUpperCase()).toBe(points.Valid["G.scalar_mult(s,decode(X))"]);
    for (const share of [fromHex(points["Invalid Y1"]), fromHex(points["Invalid Y2"]), new Uint8Array(31)]) {
      expect(code(() => cpace.finish(inputs, a, { share, data: b.data }, "initiator"))).toBe("transfer.code_wrong");
    }
  });

  it("splits what it joined, and nothing else", () => {
    const parts = [utf8(""), utf8("one"), new Uint8Array(300).fill(7)];
    expect(cpace.lvSplit(cpace.lvCat(...parts), 3)).toEqual(parts);
    for (const broken of [fromHex("05 00"), fromHex("ff ff ff ff ff 0f"), fromHex("80"), cpace.lvCat(utf8("one"))]) {
      expect(code(() => cpace.lvSplit(broken, 3))).toBe("transfer.unintelligible");
    }
  });
});

describe("the code", () => {
  it("has twelve digits and finds every single slip and every exchange of neighbours", () => {
    const written = writeCode({ slot: "0420", secret: "1234567" });
    expect(written).toMatch(/^04201234567\d$/);
    expect(readCode(groupCode(written))).toEqual({ slot: "0420", secret: "1234567" });
    const slips = [...written].flatMap((_, at) =>
      [..."0123456789"].map((digit) => written.slice(0, at) + digit + written.slice(at + 1)),
    );
    const exchanges = [...written].slice(1).map((_, at) => written.slice(0, at) + written[at + 1] + written[at] + written.slice(at + 2));
    for (const wrong of [...slips, ...exchanges, "", "1", `${written}0`, "abcdefghijkl"]) {
      if (wrong !== written) expect(code(() => readCode(wrong))).toBe("transfer.code_mistyped");
    }
  });

  it("is drawn evenly and travels in an address of this office only", () => {
    expect(drawSecret(() => fromHex("00 00 00 07"))).toBe("0000007");
    const draws = ["ff ff ff ff", "00 98 96 7f"].map(fromHex); // the first is beyond the last whole round
    expect(drawSecret(() => draws.shift()!)).toBe("9999999");
    const given = { slot: "0000", secret: "7654321" };
    expect(readAddress(moveAddress("https://bank.example", given), "https://bank.example")).toEqual(given);
    expect(code(() => readAddress(moveAddress("https://bank.evil", given), "https://bank.example"))).toBe("transfer.code_mistyped");
  });
});

describe("dojang-move-v1", () => {
  const secretKeys = utf8("-----private keys, R and all-----");
  const session = (name: string, change: Partial<MoveSession> = {}): MoveSession => ({
    origin: "https://bank.example",
    code: { slot: "0420", secret: "1234567" },
    sid: "00112233445566778899aabbccddeeff",
    name,
    ...change,
  });
  const prepared = async (): Promise<{ moved: Moved; there: CryptoKey }> => {
    const here = await makeDeviceKey();
    const vault = await sealVault(secretKeys, utf8("context"), { password: "correct horse 1!", deviceKey: here }, { cost: { memoryKib: 8, passes: 1 } });
    const moved = {
      signing: tokenBytes(1500),
      keyManagement: tokenBytes(1500),
      chain: [tokenBytes(900), tokenBytes(900)],
      caFolder: "dojang",
      vault: await takeOut(vault, here),
    };
    return { moved, there: await makeDeviceKey() };
  };

  it("moves keys that only the password opens, on another device", async () => {
    const { moved, there } = await prepared();
    const [sender, receiver] = [new MoveSender(session("거실 PC")), new MoveReceiver(session("내 휴대폰"))];
    const answer = receiver.answer(sender.share);
    expect(sender.check(answer)).toBe("내 휴대폰");
    const keys = await sender.seal(moved);
    const got = await receiver.open(keys);
    expect(got).toEqual(moved);
    expect(receiver.sender).toBe("거실 PC");
    await sender.requireReceipt(await receiver.receipt());
    const vault = await takeIn(got.vault, there);
    expect(await openVault(vault, { password: "correct horse 1!", deviceKey: there })).toEqual(secretKeys);
    await expect(openVault(vault, { password: "wrong", deviceKey: there })).rejects.toMatchObject({ code: "npki.wrong_password" });
    // what the relay saw: four messages, of a size that says next to nothing
    const seen = concat(sender.share, answer, keys);
    expect((keys.length - 64 - 16) % 4096).toBeLessThan(8);
    for (const part of [moved.signing, moved.chain[0]!, moved.vault.slot.ciphertext, moved.vault.payload.ciphertext]) {
      expect(toHex(seen)).not.toContain(toHex(part.slice(0, 32)));
    }
  });

  it.each<[string, Partial<MoveSession>]>([
    ["code", { code: { slot: "0420", secret: "1234568" } }],
    ["slot", { code: { slot: "0421", secret: "1234567" } }],
    ["session", { sid: "ff112233445566778899aabbccddeeff" }],
    ["site", { origin: "https://bank.evil" }],
  ])("ends at the confirmation with another %s, nothing sent", async (_, change) => {
    const { moved } = await prepared();
    const [sender, receiver] = [new MoveSender(session("PC")), new MoveReceiver(session("phone", change))];
    expect(code(() => sender.check(receiver.answer(sender.share)))).toBe("transfer.code_wrong");
    await expect(sender.seal(moved)).rejects.toMatchObject({ code: "transfer.unintelligible" });
  });

  it("is bound to its transcript: a recorded message fits no other run, not even with the code", async () => {
    const { moved } = await prepared();
    const [sender, receiver] = [new MoveSender(session("PC")), new MoveReceiver(session("phone"))];
    sender.check(receiver.answer(sender.share));
    const recorded = await sender.seal(moved);
    const thief = new MoveReceiver(session("phone"));
    thief.answer(sender.share);
    await expect(thief.open(recorded)).rejects.toMatchObject({ code: "transfer.code_wrong" });
    const altered = recorded.slice();
    altered[altered.length - 1]! ^= 1;
    await expect(receiver.open(altered)).rejects.toMatchObject({ code: "transfer.unintelligible" });
  });

  it("shows no name that pretends", () => {
    const [sender, receiver] = [new MoveSender(session("PC")), new MoveReceiver(session("\u202eevil\u0000 phone".padEnd(90, "x")))];
    expect(sender.check(receiver.answer(sender.share))).toMatch(/^evil phonex{20,}$/);
  });
});
