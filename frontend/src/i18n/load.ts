/** The words of one language, fetched when it is spoken. Kept apart from the words' shape: the page's first script needs it. */

import type { Language } from "../api/types.ts";
import type { Words } from "./words.ts";

const loaded = new Map<Language, Words>();

/** Rejects where the connection is lost. */
export async function loadWords(language: Language): Promise<Words> {
  const words: Words = language === "en" ? (await import("./en.ts")).en : (await import("./ko.ts")).ko;
  loaded.set(language, words);
  return words;
}

/** The words if they are here already. */
export function findWords(language: Language): Words | undefined {
  return loaded.get(language);
}

/** The first of the browser's languages that we speak, Korean if none. */
export function preferredLanguage(languages: readonly string[]): Language {
  for (const one of languages) {
    if (/^ko\b/i.test(one)) return "ko";
    if (/^en\b/i.test(one)) return "en";
  }
  return "ko";
}
