import { describe, expect, it } from "vitest";

import { encodeNewPassword, estimateStrength, findPasswordFindings } from "../../src/crypto/password.ts";

describe("the rules for a new password", () => {
  it.each([
    ["Dojang!9x7q", []],
    ["Dj!9x7q", ["npki_password.too_short"]],
    [`Dj!9x7q${"ab".repeat(29)}`, ["npki_password.too_long"]],
    ["도장Dojang!9x", ["npki_password.not_typable"]],
    ["Dojang !9x7q", ["npki_password.not_typable"]],
    ["94827!5038#1", ["npki_password.no_letter"]],
    ["Dojang!Seal#", ["npki_password.no_digit"]],
    ["Dojang9x7q42", ["npki_password.no_special"]],
    ["Dojang'9x7q", ["npki_password.forbidden_character"]],
    ["Dojang₩!9x7q", ["npki_password.forbidden_character"]],
    ["Dojaaang!9x7q", ["npki_password.repeated"]],
    ["Dojabcng!9x7q", ["npki_password.sequence"]],
    ["", ["too_short", "no_letter", "no_digit", "no_special"].map((one) => `npki_password.${one}`)],
  ])("judge %j", (password, expected) => {
    expect(findPasswordFindings(password)).toEqual(expected);
  });

  it("give the bytes of a good one and refuse a bad one with every finding", () => {
    expect(new TextDecoder().decode(encodeNewPassword("Dojang!9x7q"))).toBe("Dojang!9x7q");
    expect(() => encodeNewPassword("short")).toThrow(/too_short.*no_digit.*no_special/);
  });
});

describe("the strength meter", () => {
  it("rises with length and variety, not with repetition", () => {
    expect(estimateStrength("")).toBe(0);
    expect(estimateStrength("aaaaaaaaaaaaaaaaaaaa")).toBe(0);
    expect(estimateStrength("Dojang!9x7q")).toBeGreaterThanOrEqual(2);
    expect(estimateStrength("correct!Horse7battery#Staple")).toBe(4);
    expect(estimateStrength("Ab1!Ab1!Ab1!Ab1!")).toBeLessThan(estimateStrength("Ab1!Kx7#Qw4$Zp9%"));
  });
});
