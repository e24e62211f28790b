// @vitest-environment happy-dom

import { describe, expect, it } from "vitest";

import { keepPreferences, readPreferences, showPreferences } from "../../src/app/preferences.ts";

const refusing = {
  getItem: (): string => {
    throw new Error("refused");
  },
  setItem: (): void => {
    throw new Error("refused");
  },
};

describe("preferences", () => {
  it("are kept, and survive a browser that refuses or garbles", () => {
    const chosen = { language: "en", easy: true, scheme: "dark" } as const;
    keepPreferences(localStorage, chosen);
    expect(readPreferences(localStorage, ["ko"])).toEqual(chosen);
    localStorage.setItem("dojang.preferences", "{broken");
    expect(readPreferences(localStorage, ["ko-KR"])).toEqual({ language: "ko", easy: false, scheme: "system" });
    localStorage.setItem("dojang.preferences", '{"language":"fr","scheme":4}');
    expect(readPreferences(localStorage, ["en"]).language).toBe("en");
    keepPreferences(refusing, chosen);
    expect(readPreferences(refusing, ["en"]).easy).toBe(false);
  });

  it("stand on the page", () => {
    const html = document.documentElement;
    showPreferences(html, { language: "en", easy: true, scheme: "dark" });
    expect([html.lang, html.hasAttribute("data-easy"), html.dataset["scheme"]]).toEqual(["en", true, "dark"]);
    showPreferences(html, { language: "ko", easy: false, scheme: "system" });
    expect([html.lang, html.hasAttribute("data-easy"), html.dataset["scheme"]]).toEqual(["ko", false, undefined]);
  });
});
