/** Putting what is typed into groups as it is typed: digits only, hyphens where people write them. */

const digitsOf = (typed: string): string => typed.replace(/\D/g, "");

function grouped(digits: string, sizes: readonly number[]): string {
  const groups: string[] = [];
  let at = 0;
  for (const size of sizes) {
    if (at >= digits.length) break;
    groups.push(digits.slice(at, at + size));
    at += size;
  }
  return groups.join("-");
}

/** "1990-01-31" */
export const formatDay = (typed: string): string => grouped(digitsOf(typed), [4, 2, 2]);

/** "900131-1234567" */
export const formatRrn = (typed: string): string => grouped(digitsOf(typed), [6, 7]);

/** "010-1234-5678"; "011-234-5678" for the old, shorter ones. */
export function formatPhone(typed: string): string {
  const digits = digitsOf(typed.replace(/^\s*\+82[\s-]*\(?0?\)?/, "0")).slice(0, 11);
  return grouped(digits, digits.length === 10 && !digits.startsWith("010") ? [3, 3, 4] : [3, 4, 4]);
}

/** A bank's own number: "1588-0000", others as telephones are written. */
export const formatOffice = (number: string): string => (/^1\d{7}$/.test(number) ? grouped(number, [4, 4]) : formatPhone(number));

/** True for what can be a Korean mobile number, with or without hyphens. */
export const isMobile = (text: string): boolean => /^01\d{8,9}$/.test(digitsOf(text));

/** Digits and hyphens as the bank book has them: every bank groups otherwise. */
export const formatAccount = (typed: string): string => typed.replace(/[^\d-]/g, "");

/** True for a day of the calendar, YYYY-MM-DD. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
}
