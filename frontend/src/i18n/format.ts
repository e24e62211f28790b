/** Dates, times and amounts as people read them. Certificates live in Korean time wherever their holder is. */

import type { Language } from "../api/types.ts";
import type { Words } from "./words.ts";

const ZONE = "Asia/Seoul";
const LOCALE: Record<Language, string> = { ko: "ko-KR", en: "en-GB" };
const TWO_HOURS_S = 7_200;
const DAY_MS = 86_400_000;

/** "2026년 11월 23일" or "23 November 2026". */
export function formatDate(moment: string | Date, language: Language): string {
  return new Intl.DateTimeFormat(LOCALE[language], { dateStyle: "long", timeZone: ZONE }).format(new Date(moment));
}

/** Date, hours and minutes. */
export function formatMoment(moment: string | Date, language: Language): string {
  const style = { dateStyle: "long", timeStyle: "short", timeZone: ZONE } as const;
  return new Intl.DateTimeFormat(LOCALE[language], style).format(new Date(moment));
}

/** "1,000원" or "₩1,000". */
export function formatWon(amount: number, language: Language): string {
  const digits = new Intl.NumberFormat(LOCALE[language]).format(amount);
  return language === "ko" ? `${digits}원` : `₩${digits}`;
}

/** Whole days by the Korean calendar: 0 on the last day, negative after it. */
export function daysUntil(moment: string | Date, now: Date): number {
  return koreanDay(new Date(moment)) - koreanDay(now);
}

/** "2분 5초", "3시간" from two hours on; negative is nothing. */
export function formatDuration(seconds: number, words: Words): string {
  if (seconds >= TWO_HOURS_S) return words.refused.inHours(Math.ceil(seconds / 3_600));
  const whole = Math.max(0, Math.ceil(seconds));
  return words.ui.minutesSeconds(Math.floor(whole / 60), whole % 60);
}

/** How long to wait, as people say it: "45초", "20분", "3시간"; rounded up. */
export function formatWait(seconds: number, words: Words): string {
  if (seconds < 120) return formatDuration(seconds, words);
  return seconds < TWO_HOURS_S ? words.refused.inMinutes(Math.ceil(seconds / 60)) : formatDuration(seconds, words);
}

function koreanDay(moment: Date): number {
  return Math.floor((moment.getTime() + 9 * 3_600_000) / DAY_MS);
}
