import { describe, expect, it } from "vitest";

import { OfficeClock } from "../../src/app/clock.ts";
import { calendarFile } from "../../src/app/device/calendar.ts";
import { SessionWatch } from "../../src/app/session.ts";

const at = (text: string): number => Date.parse(text);

describe("the office's clock", () => {
  it("corrects a device that is wrong, and leaves one alone that is right", () => {
    const clock = new OfficeClock(() => at("2026-11-23T09:00:00Z"));
    expect(clock.now()).toBe(at("2026-11-23T09:00:00Z"));
    clock.heard("Mon, 23 Nov 2026 00:00:00 GMT");
    expect(clock.now()).toBe(at("2026-11-23T00:00:00Z"));
    clock.heard(null);
    clock.heard("yesterday");
    expect(clock.now()).toBe(at("2026-11-23T00:00:00Z"));
    clock.heard("Mon, 23 Nov 2026 09:00:01 GMT");
    expect(clock.now()).toBe(at("2026-11-23T09:00:00Z"));
  });
});

describe("the session", () => {
  const view = { expires_at: "2026-11-23T00:10:00Z", ends_at_latest: "2026-11-23T00:25:00Z" };
  const watched = () => {
    const time = { now: at("2026-11-23T00:00:00Z") };
    const session = new SessionWatch(() => time.now);
    return { time, session };
  };

  it("is prolonged by use, never past its latest end", () => {
    const { time, session } = watched();
    session.opened(view);
    time.now = at("2026-11-23T00:05:00Z");
    session.used();
    expect(session.standing).toEqual({ state: "in", expiresAtMs: at("2026-11-23T00:15:00Z") });
    expect(session.isLast).toBe(false);
    time.now = at("2026-11-23T00:20:00Z");
    session.used();
    expect(session.standing.expiresAtMs).toBe(at("2026-11-23T00:25:00Z"));
    expect(session.isLast).toBe(true);
  });

  it("ends with a word only for those who were signed in", () => {
    const { session } = watched();
    session.ended();
    expect(session.standing.state).toBe("out");
    session.opened(view);
    session.ended();
    expect(session.standing.state).toBe("ended");
    session.used();
    expect(session.standing.state).toBe("ended");
  });

  it("is asked for after a reload only where one was open, and leaves nothing secret behind", () => {
    const kept = new Map<string, string>();
    const memory = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    const first = new SessionWatch(Date.now, memory);
    expect(first.standing.state).toBe("out");
    first.opened(view);
    expect([...kept]).toEqual([["dojang.session", "open"]]);
    expect(new SessionWatch(Date.now, memory).standing.state).toBe("unknown");
    first.closed();
    expect(new SessionWatch(Date.now, memory).standing.state).toBe("out");
  });
});

describe("the calendar file", () => {
  it("has the Korean day, reminders, and lines no longer than 75 octets", () => {
    const text = new TextDecoder().decode(
      calendarFile({
        uid: "11@host",
        title: "공동인증서가 끝나는 날",
        text: "일련번호 11, 끝나기 전에; 다시\n받아 주세요. ".repeat(6),
        notAfter: new Date("2027-11-22T15:30:00Z"),
        now: new Date("2026-11-23T00:00:00Z"),
      }),
    );
    const lines = text.split("\r\n");
    expect(lines).toContain("DTSTART;VALUE=DATE:20271123");
    expect(lines).toContain("DTEND;VALUE=DATE:20271124");
    expect(lines).toContain("DTSTAMP:20261123T000000Z");
    expect(lines.filter((line) => line.startsWith("TRIGGER"))).toEqual(["TRIGGER:-P30D", "TRIGGER:-P7D", "TRIGGER:-P1D"]);
    for (const line of lines) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
    const unfolded = text.replaceAll("\r\n ", "");
    expect(unfolded).toContain("일련번호 11\\, 끝나기 전에\\; 다시\\n받아");
    expect(text.endsWith("END:VCALENDAR\r\n")).toBe(true);
  });
});
