/**
 * The rules for a new certificate password, every violation named: the same as `dojang.pki.npki.password` on the server,
 * held to it by a test. For passwords being chosen only: existing files open with whatever they were closed with.
 */

import { type Bytes, utf8 } from "./bytes.ts";
import { CryptoFault } from "./fault.ts";

export const MIN_CHARACTERS = 10;
export const MAX_CHARACTERS = 64;
export const FORBIDDEN_CHARACTERS = "'\"\\|₩"; // the won sign is the backslash key of a Korean keyboard

/** One broken rule each; the values are catalogue codes. */
export const PASSWORD_FINDINGS = [
  "npki_password.too_short",
  "npki_password.too_long",
  "npki_password.not_typable",
  "npki_password.no_letter",
  "npki_password.no_digit",
  "npki_password.no_special",
  "npki_password.forbidden_character",
  "npki_password.repeated",
  "npki_password.sequence",
] as const;

export type PasswordFinding = (typeof PASSWORD_FINDINGS)[number];

/** Returns every rule the password breaks, in the order of `PASSWORD_FINDINGS`; empty means it may be used. */
export function findPasswordFindings(password: string): PasswordFinding[] {
  const characters = [...password];
  const points = characters.map((character) => character.codePointAt(0)!);
  const visible = characters.filter((character) => /^[!-~]$/.test(character));
  const forbidden = characters.filter((character) => FORBIDDEN_CHARACTERS.includes(character));
  const triple = (holds: (a: number, b: number, c: number) => boolean): boolean =>
    points.some((point, i) => i >= 2 && holds(points[i - 2]!, points[i - 1]!, point));
  const broken: Record<PasswordFinding, boolean> = {
    "npki_password.too_short": characters.length < MIN_CHARACTERS,
    "npki_password.too_long": characters.length > MAX_CHARACTERS,
    "npki_password.not_typable": characters.some((one) => !/^[!-~]$/.test(one) && !FORBIDDEN_CHARACTERS.includes(one)),
    "npki_password.no_letter": !visible.some((one) => /[A-Za-z]/.test(one)),
    "npki_password.no_digit": !visible.some((one) => /\d/.test(one)),
    "npki_password.no_special": !visible.some((one) => /[^A-Za-z0-9]/.test(one)),
    "npki_password.forbidden_character": forbidden.length > 0,
    "npki_password.repeated": triple((a, b, c) => a === b && b === c),
    "npki_password.sequence": triple((a, b, c) => a + 1 === b && b + 1 === c),
  };
  return PASSWORD_FINDINGS.filter((finding) => broken[finding]);
}

/** Returns the bytes of a new password. Throws `npki_password.rejected` about all findings. */
export function encodeNewPassword(password: string): Bytes {
  const findings = findPasswordFindings(password);
  if (findings.length) throw new CryptoFault("npki_password.rejected", ...findings);
  return utf8(password);
}

/** 0 (guessed at once) to 4 (will hold): a rough guide for the meter, from length, variety and repetition. */
export function estimateStrength(password: string): 0 | 1 | 2 | 3 | 4 {
  const classes: readonly [RegExp, number][] = [[/[a-z]/, 26], [/[A-Z]/, 26], [/\d/, 10], [/[^A-Za-z0-9]/, 32]];
  const alphabet = classes.reduce((sum, [pattern, size]) => sum + (pattern.test(password) ? size : 0), 0);
  const characters = [...password.toLowerCase()];
  // a character that continues a run, a sequence or an earlier pair adds next to nothing for a guesser
  const pairs = new Set<string>();
  const counted = characters.filter((character, i) => {
    const previous = characters[i - 1];
    if (previous === undefined) return true;
    const step = character.codePointAt(0)! - previous.codePointAt(0)!;
    const seen = pairs.has(previous + character);
    pairs.add(previous + character);
    return Math.abs(step) > 1 && !seen;
  }).length;
  const bits = counted * Math.log2(Math.max(alphabet, 1));
  return bits < 28 ? 0 : bits < 45 ? 1 : bits < 60 ? 2 : bits < 75 ? 3 : 4;
}
