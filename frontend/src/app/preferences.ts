/** How a person wants to see the app: language, easy mode, colours. Kept by the browser; nothing personal is in it. */

import type { Language } from "../api/types.ts";
import { preferredLanguage } from "../i18n/load.ts";

export interface Preferences {
  readonly language: Language;
  readonly easy: boolean;
  readonly scheme: "system" | "light" | "dark";
}

const KEY = "dojang.preferences";

type Keeper = Pick<Storage, "getItem" | "setItem">;

/** Returns what was kept, or what the browser suggests. Never fails: a browser may refuse storage. */
export function readPreferences(keeper: Keeper, languages: readonly string[]): Preferences {
  const suggested: Preferences = { language: preferredLanguage(languages), easy: false, scheme: "system" };
  try {
    const kept = Object(JSON.parse(keeper.getItem(KEY) ?? "{}")) as Partial<Record<keyof Preferences, unknown>>;
    return {
      language: kept.language === "ko" || kept.language === "en" ? kept.language : suggested.language,
      easy: kept.easy === true,
      scheme: kept.scheme === "light" || kept.scheme === "dark" ? kept.scheme : suggested.scheme,
    };
  } catch {
    return suggested;
  }
}

/** Keeps the preferences if the browser lets us. */
export function keepPreferences(keeper: Keeper, preferences: Preferences): void {
  try {
    keeper.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // private windows refuse storage: the choice then lasts as long as the page
  }
}

/** Puts the preferences on the page, where the style sheets and screen readers look for them. */
export function showPreferences(root: HTMLElement, { language, easy, scheme }: Preferences): void {
  root.lang = language;
  root.toggleAttribute("data-easy", easy);
  if (scheme === "system") root.removeAttribute("data-scheme");
  else root.setAttribute("data-scheme", scheme);
}
