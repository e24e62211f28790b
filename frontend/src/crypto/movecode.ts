/**
 * The code that moves a certificate: four digits of the slot, seven secret ones, one check digit (Damm), which finds every
 * single wrong digit and every exchange of two neighbours before anything is sent.
 */

import { type TokenBytes, tokenBytes } from "./bytes.ts";
import { CryptoFault } from "./fault.ts";

export const SLOT_DIGITS = 4;
export const SECRET_DIGITS = 7;
export const CODE_DIGITS = SLOT_DIGITS + SECRET_DIGITS + 1;

export interface MoveCode {
  /** Goes to the office. */
  readonly slot: string;
  /** Never leaves the two devices. */
  readonly secret: string;
}

/** Damm's quasi-group of order ten, totally anti-symmetric. */
const DAMM = [
  "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
  "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
];

/** Draws seven digits, each value as likely as any other. */
export function drawSecret(random: TokenBytes = tokenBytes): string {
  const bound = 10 ** SECRET_DIGITS;
  const limit = Math.floor(2 ** 32 / bound) * bound;
  for (;;) {
    const drawn = new DataView(random(4).buffer).getUint32(0);
    if (drawn < limit) return String(drawn % bound).padStart(SECRET_DIGITS, "0");
  }
}

/** The twelve digits. */
export function writeCode({ slot, secret }: MoveCode): string {
  return slot + secret + checkDigit(slot + secret);
}

/** Three by three, as they are read aloud to oneself. */
export function groupCode(digits: string): string {
  return digits.replace(/\D/g, "").slice(0, CODE_DIGITS).replace(/(\d{3})(?=\d)/g, "$1 ");
}

/** Reads what was typed or scanned; blanks and hyphens are ignored. Throws `transfer.code_mistyped`. */
export function readCode(typed: string): MoveCode {
  const digits = typed.replace(/[\s-]/g, "");
  if (!/^\d{12}$/.test(digits) || checkDigit(digits) !== "0") throw new CryptoFault("transfer.code_mistyped");
  return { slot: digits.slice(0, SLOT_DIGITS), secret: digits.slice(SLOT_DIGITS, SLOT_DIGITS + SECRET_DIGITS) };
}

/** The address in the QR code: what follows "#" is never sent to a server. */
export function moveAddress(origin: string, code: MoveCode): string {
  return `${origin}/move#${writeCode(code)}`;
}

/** Reads the address in a QR code of `origin`. Throws `transfer.code_mistyped`, also for another site's. */
export function readAddress(address: string, origin: string): MoveCode {
  const start = `${origin}/move#`;
  if (!address.startsWith(start)) throw new CryptoFault("transfer.code_mistyped");
  return readCode(address.slice(start.length));
}

/** "0" over digits that end in their own check digit. */
function checkDigit(digits: string): string {
  return [...digits].reduce((interim, digit) => DAMM[Number(interim)]![Number(digit)]!, "0");
}
