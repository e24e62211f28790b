/** What every component may ask for: the words and the language of the person. */

import { type ComponentChildren, createContext } from "preact";
import { useContext } from "preact/hooks";

import type { Language } from "../../api/types.ts";
import type { Words } from "../../i18n/words.ts";

export interface Speech {
  readonly language: Language;
  readonly words: Words;
}

const SpeechContext = createContext<Speech | undefined>(undefined);

export function SpeechProvider({ speech, children }: { speech: Speech; children: ComponentChildren }) {
  return <SpeechContext.Provider value={speech}>{children}</SpeechContext.Provider>;
}

export function useSpeech(): Speech {
  const speech = useContext(SpeechContext);
  if (!speech) throw new Error("no SpeechProvider above");
  return speech;
}

/** What stands at the other end of every page's bar unless the page says otherwise: language, easy mode. */
export const CornerContext = createContext<ComponentChildren>(undefined);

/** What easy mode has on every page: a voice, and somebody to talk to. Undefined outside easy mode. */
export const HelpContext = createContext<ComponentChildren>(undefined);

export const useWords = (): Words => useSpeech().words;

/** Joins class names, leaving out what is false. */
export const classes = (...names: (string | false | undefined)[]): string => names.filter(Boolean).join(" ");
