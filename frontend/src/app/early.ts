/**
 * The page's first script, small, so that it runs while the app is still on its way: it puts the person's preferences on the
 * page and asks for what the first screen will need, its words, its code, and what the office knows. The app finds the
 * answers here (`early.fetch`).
 */

import { loadWords } from "../i18n/load.ts";
import { Answers } from "./answers.ts";
import { deviceId } from "./device/id.ts";
import { readPreferences, showPreferences } from "./preferences.ts";
import { wasOpen } from "./session.ts";

const KEPT_MS = 5_000;

const preferences = readPreferences(localStorage, navigator.languages);
showPreferences(document.documentElement, preferences);

const answers = new Answers((...request) => fetch(...request), performance.now() + KEPT_MS);
const isOpen = wasOpen(localStorage);
const headers = { "Accept-Language": preferences.language, "Dojang-Device": deviceId(localStorage) };
for (const address of ["/v1/authority", ...(isOpen ? addressesOf(location.pathname) : [])]) {
  answers.ask(address, { method: "GET", headers, cache: "no-store", credentials: "same-origin", redirect: "error" });
}
if (isOpen) codeOf(location.pathname).catch(() => undefined); // the screen itself asks again, and says so when it cannot

export const early = { words: loadWords(preferences.language), fetch: answers.fetch };

/** What the screen at this address asks the office for first. A screen left out here is only later, not poorer. */
function addressesOf(path: string): string[] {
  const [area, which] = path.split("/").filter(Boolean);
  const session = "/v1/sessions/current";
  if (area === undefined) return [session, "/v1/certificates", "/v1/applications", "/v1/notices"];
  if (area === "apply") return [session, "/v1/consents"];
  if (area === "application" && which) return [session, `/v1/applications/${which}`, `/v1/applications/${which}/proofing`];
  return [session];
}

async function codeOf(path: string): Promise<void> {
  const [area, , place] = path.split("/").filter(Boolean);
  if (area === "apply") await import("./apply/Apply.tsx");
  if (area === "application") await Promise.all([import("./steps/Journey.tsx"), place === "photograph" && import("../capture/Capture.tsx")]);
}
