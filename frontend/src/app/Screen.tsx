/** A screen of this app; and what stands on every page: language and easy mode in its corner, easy mode's help. */

import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";

import { useApp, useAuthority } from "./App.tsx";
import { Button, Page, type PageProps, useSpeech, useWords } from "./ui/index.ts";

/** What stands above the content of every screen below: a word about an outage. */
export const AboveContext = createContext<ComponentChildren>(null);

export function Screen({ children, ...page }: PageProps) {
  const above = useContext(AboveContext);
  return (
    <Page {...page}>
      {above}
      {children}
    </Page>
  );
}

export function Corner() {
  const { words, language } = useSpeech();
  const { preferences, prefer } = useApp();
  const other = language === "ko" ? "en" : "ko";
  return (
    <div class="corner">
      <Button kind="quiet" onPress={() => prefer({ easy: !preferences.easy })}>
        {preferences.easy ? words.settings.normalMode : words.settings.easyMode}
      </Button>
      <Button kind="quiet" onPress={() => prefer({ language: other })}>
        <span lang={other}>{words.settings.languages[other]}</span>
      </Button>
    </div>
  );
}

/** Easy mode has somebody to talk to on every page, and a voice. */
export function Help() {
  const words = useWords();
  const support = useAuthority()?.support;
  return (
    <div class="help">
      <ReadAloud />
      {support && (
        <a class="button" href={`tel:${support.phone.replace(/[^0-9+]/g, "")}`}>
          {words.everybody.callHelp}
          <span class="visually-hidden"> {words.everybody.callHelpHours(support.phone, support.hours)}</span>
        </a>
      )}
    </div>
  );
}

function ReadAloud() {
  const { words, language } = useSpeech();
  const [reading, setReading] = useState(false);
  const stop = () => {
    globalThis.speechSynthesis?.cancel();
    setReading(false);
  };
  useEffect(() => stop, []);
  if (!("speechSynthesis" in globalThis)) return null;
  const read = () => {
    const spoken = new SpeechSynthesisUtterance(document.getElementById("main")?.innerText ?? "");
    spoken.lang = language === "ko" ? "ko-KR" : "en-GB";
    spoken.rate = 0.9;
    spoken.onend = spoken.onerror = () => setReading(false);
    speechSynthesis.cancel();
    speechSynthesis.speak(spoken);
    setReading(true);
  };
  return (
    <Button onPress={reading ? stop : read}>{reading ? words.app.stopReading : words.app.readAloud}</Button>
  );
}
