/** The app around its screens: the person's preferences, the words, and the services every screen is given. */

import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";

import type { AuthorityView } from "../api/types.ts";
import { findWords, loadWords } from "../i18n/load.ts";
import type { Words } from "../i18n/words.ts";
import { wipeWhatWasRemoved } from "./device/wiping.ts";
import { type Preferences, keepPreferences, readPreferences, showPreferences } from "./preferences.ts";
import type { Services } from "./services.ts";
import type { SessionStanding } from "./session.ts";
import { SpeechProvider, ToastProvider } from "./ui/index.ts";

export interface AppState extends Services {
  readonly preferences: Preferences;
  readonly prefer: (change: Partial<Preferences>) => void;
}

const AppContext = createContext<AppState | undefined>(undefined);

export function useApp(): AppState {
  const state = useContext(AppContext);
  if (!state) throw new Error("no App above");
  return state;
}

export interface AppProps {
  readonly children: ComponentChildren;
  readonly services: Services;
}

export function App({ children, services }: AppProps) {
  const { storage } = services;
  const [preferences, setPreferences] = useState(() => readPreferences(storage, navigator.languages));
  const [words, setWords] = useState<Words | undefined>(() => findWords(preferences.language));

  useEffect(() => {
    showPreferences(document.documentElement, preferences);
    let current = true;
    void loadWords(preferences.language).then((loaded) => current && setWords(loaded));
    return () => {
      current = false;
    };
  }, [preferences]);

  useEffect(() => {
    void wipeWhatWasRemoved(services.api, services.vault);
  }, [services]);

  const prefer = (change: Partial<Preferences>) => {
    const chosen = { ...preferences, ...change };
    keepPreferences(storage, chosen);
    setPreferences(chosen);
  };

  if (!words) return null;
  return (
    <AppContext.Provider value={{ ...services, preferences, prefer }}>
      <SpeechProvider speech={{ words, language: preferences.language }}>
        <ToastProvider>{children}</ToastProvider>
      </SpeechProvider>
    </AppContext.Provider>
  );
}

/** The session as it stands; the component is drawn again when it changes. */
export function useSession(): SessionStanding {
  const { session } = useApp();
  const [standing, setStanding] = useState(session.standing);
  useEffect(() => {
    const look = () => setStanding(session.standing);
    look();
    return session.subscribe(look);
  }, [session]);
  return standing;
}

/** The CA as it introduces itself. Undefined until it is known, or while it cannot be reached. */
export function useAuthority(): AuthorityView | undefined {
  const { authority } = useApp();
  const [view, setView] = useState(authority.view);
  useEffect(() => {
    if (!view) authority.hear().then(setView, () => undefined);
  }, [authority]);
  return view;
}
