/** A calendar entry for the last day of a certificate, with reminders before it. Source: RFC 5545. */

import { type Bytes, utf8 } from "../../crypto/bytes.ts";

export interface Reminder {
  readonly uid: string;
  readonly title: string;
  readonly text: string;
  /** Inclusive. */
  readonly notAfter: Date;
  readonly now: Date;
}

const ALARM_DAYS = [30, 7, 1];
const LINE_OCTETS = 75;

/** Returns the file: an all-day entry on the Korean calendar day, alarms 30, 7 and 1 days before. */
export function calendarFile({ uid, title, text, notAfter, now }: Reminder): Bytes {
  const day = new Date(notAfter.getTime() + 9 * 3_600_000);
  const next = new Date(day.getTime() + 86_400_000);
  const alarms = ALARM_DAYS.flatMap((days) => [
    "BEGIN:VALARM", "ACTION:DISPLAY", `TRIGGER:-P${days}D`, `DESCRIPTION:${escaped(title)}`, "END:VALARM",
  ]);
  const lines = [
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Dojang//Certificate//KO", "BEGIN:VEVENT",
    `UID:${escaped(uid)}`, `DTSTAMP:${moment(now)}`, `DTSTART;VALUE=DATE:${date(day)}`, `DTEND;VALUE=DATE:${date(next)}`,
    `SUMMARY:${escaped(title)}`, `DESCRIPTION:${escaped(text)}`, "TRANSP:TRANSPARENT", ...alarms,
    "END:VEVENT", "END:VCALENDAR", "",
  ];
  return utf8(lines.map(folded).join("\r\n"));
}

const date = (moment: Date): string => moment.toISOString().slice(0, 10).replaceAll("-", "");
const moment = (at: Date): string => at.toISOString().replace(/[-:]|\.\d{3}/g, "");
const escaped = (text: string): string => text.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");

/** Lines longer than 75 octets go on in the next, after a blank; a character is never cut in two. */
function folded(line: string): string {
  let length = 0;
  let out = "";
  for (const character of line) {
    const octets = utf8(character).length;
    if (length + octets > LINE_OCTETS) {
      out += "\r\n ";
      length = 1;
    }
    out += character;
    length += octets;
  }
  return out;
}
