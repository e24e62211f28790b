/**
 * The vault's own page: keys, and the little that shows what they are opened for. It speaks to no server, and to the one
 * page around it that the office named; opened any other way it does nothing.
 */

import "../../styles/tokens.css";
import "../../styles/base.css";
import "../../styles/components.css";
import "./page.css";
import { type Manner, serveVault } from "../channel.ts";
import { BrowserKeystore } from "../keystore.ts";
import { AskingVault } from "./asking.ts";
import { Person } from "./person.ts";
import { pageWords } from "./words.ts";

/** The meta element in which the office names the app's origin. */
const APP_META = "dojang-app";

const place = document.getElementById("vault")!;
const origin = document.querySelector<HTMLMetaElement>(`meta[name="${APP_META}"]`)?.content;

function showManner({ language, easy, scheme }: Manner): void {
  const root = document.documentElement;
  root.lang = language;
  root.toggleAttribute("data-easy", easy);
  if (scheme === "system") root.removeAttribute("data-scheme");
  else root.setAttribute("data-scheme", scheme);
}

if (!origin || parent === window) {
  const words = pageWords(navigator.language.startsWith("ko") ? "ko" : "en");
  document.title = words.title;
  place.append(words.alone);
} else {
  const person = new Person(place, pageWords("ko"));
  serveVault(
    {
      vault: new AskingVault(new BrowserKeystore(), person, origin),
      onManner: (manner) => {
        showManner(manner);
        person.words = pageWords(manner.language);
        document.title = person.words.title;
      },
      onConnected: (tell) => (person.tell = tell),
    },
    origin,
    window,
  );
}
