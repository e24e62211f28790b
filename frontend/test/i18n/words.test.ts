import { describe, expect, it } from "vitest";

import { ConnectionFault, OfficeRefused } from "../../src/api/problem.ts";
import { CryptoFault } from "../../src/crypto/fault.ts";
import { PASSWORD_FINDINGS } from "../../src/crypto/password.ts";
import { bound } from "../../src/i18n/bound.ts";
import { en } from "../../src/i18n/en.ts";
import { daysUntil, formatDate, formatDuration, formatWon } from "../../src/i18n/format.ts";
import { type Josa, josa } from "../../src/i18n/josa.ts";
import { ko } from "../../src/i18n/ko.ts";
import { loadWords, preferredLanguage } from "../../src/i18n/load.ts";
import { explain } from "../../src/i18n/words.ts";

/** Every leaf as path → kind, so that a missing key, another kind or another number of arguments shows. */
function leaves(node: unknown, path = ""): Map<string, string> {
  if (typeof node === "function") return new Map([[path, `function of ${node.length}`]]);
  if (typeof node !== "object" || node === null) return new Map([[path, typeof node]]);
  return new Map(Object.entries(node).flatMap(([key, one]) => [...leaves(one, `${path}.${key}`)]));
}

const texts = (node: unknown): string[] =>
  typeof node === "string" ? [node] : typeof node === "object" && node ? Object.values(node).flatMap(texts) : [];

describe("the two languages", () => {
  it("have the same words", () => {
    expect(leaves(en)).toEqual(leaves(ko));
  });

  it("leave nothing empty and nothing untranslated", () => {
    for (const text of [...texts(ko), ...texts(en)]) expect(text.trim()).not.toBe("");
    const foreign = texts({ ...en, settings: { ...en.settings, languages: {} } }).filter((text) => /[가-힣]/.test(text));
    expect(foreign).toEqual([]);
    for (const { title, cause, next } of Object.values(ko.error)) {
      for (const text of [title, cause, next]) expect(text).toMatch(/[가-힣]/);
    }
  });

  it("are loaded one at a time, by the browser's preference", async () => {
    expect(await loadWords("en")).toBe(en);
    expect(await loadWords("ko")).toBe(ko);
    expect(preferredLanguage(["fr", "en-GB", "ko"])).toBe("en");
    expect(preferredLanguage(["ja"])).toBe("ko");
  });
});

describe("words that are one", () => {
  it("do not break, in the app's words and in the office's", () => {
    expect(bound("쓸 수 없어요. 쓸 수도 있어요. 갈 수 있어요.")).toBe("쓸\u00a0수\u00a0없어요. 쓸 수도 있어요. 갈\u00a0수\u00a0있어요.");
    expect(texts(ko).filter((text) => / 수 [있없]/.test(text))).toEqual([]);
    const refused = new OfficeRefused({
      type: "", title: "할 수 없어요", status: 409, detail: "", code: "a.b", next: "", fields: {}, request_id: "",
    });
    expect(explain(refused, ko).title).toBe("할\u00a0수\u00a0없어요");
  });
});

describe("josa", () => {
  it.each<[string, Josa, string]>([
    ["인증서", "을/를", "인증서를"],
    ["도장", "은/는", "도장은"],
    ["서울", "으로/로", "서울로"],
    ["부산", "으로/로", "부산으로"],
    ["서버", "으로/로", "서버로"],
    ["이메일", "과/와", "이메일과"],
    ["1", "이/가", "1이"],
    ["2", "이/가", "2가"],
    ["7", "으로/로", "7로"],
    ["10", "을/를", "10을"],
    ["PIN", "을/를", "PIN을"],
    ["KB", "이/가", "KB가"],
    ["신한은행(주)", "이/가", "신한은행(주)이"],
    ["“운전면허증”", "은/는", "“운전면허증”은"],
    ["", "을/를", "를"],
  ])("%s with %s is %s", (word, particle, expected) => {
    expect(josa(word, particle)).toBe(expected);
  });
});

describe("an explanation", () => {
  it("says the office's words, word for word", () => {
    const problem = {
      type: "", title: "t", status: 429, detail: "d", code: "x.y", next: "n", fields: {}, request_id: "r",
      alternative: "a", retry_after_s: 60,
    };
    expect(explain(new OfficeRefused(problem), ko)).toEqual({
      code: "x.y", title: "t", cause: "d", next: "n", alternative: "a", retryAfterS: 60, requestId: "r",
    });
  });

  it("has words for what the browser finds out, and admits a bug", () => {
    expect(explain(new CryptoFault("npki.wrong_password"), ko).title).toBe("인증서 비밀번호가 맞지 않아요");
    expect(explain(new ConnectionFault("network.offline"), en).title).toBe("There is no internet connection");
    expect(explain(new TypeError("secret"), en)).toMatchObject({ code: "app.broken" });
    expect(JSON.stringify(explain(new TypeError("secret"), en))).not.toContain("secret");
    for (const finding of PASSWORD_FINDINGS) expect(ko.error[finding].title).toBeTruthy();
  });
});

describe("figures", () => {
  it("are read in Korean time", () => {
    expect(formatDate("2026-11-22T15:00:00Z", "ko")).toBe("2026년 11월 23일");
    expect(formatDate("2026-11-22T15:00:00Z", "en")).toBe("23 November 2026");
    const now = new Date("2026-11-23T14:59:59Z");
    expect(daysUntil("2026-11-23T14:59:59Z", now)).toBe(0);
    expect(daysUntil("2026-11-23T15:00:00Z", now)).toBe(1);
    expect(daysUntil("2026-11-22T14:59:59Z", now)).toBe(-1);
  });

  it("have units", () => {
    expect(formatWon(1000, "ko")).toBe("1,000원");
    expect(formatWon(1000, "en")).toBe("₩1,000");
    expect(formatDuration(124.2, ko)).toBe("2분 5초");
    expect(formatDuration(-3, en)).toBe("0 s");
  });
});
