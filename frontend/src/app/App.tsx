/** The app around its screens: the person's preferences, the words, and the client of the office. */

import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";

import { Api, newDeviceId } from "../api/client.ts";
import { type Words, loadWords } from "../i18n/words.ts";
import { type Preferences, keepPreferences, readPreferences, showPreferences } from "./preferences.ts";
import { SpeechProvider, ToastProvider } from "./ui/index.ts";

export interface AppState {
  readonly api: Api;
  readonly preferences: Preferences;
  readonly prefer: (change: Partial<Preferences>) => void;
}

const AppContext = createContext<AppState | undefined>(undefined);

export function useApp(): AppState {
  const state = useContext(AppContext);
  if (!state) throw new Error("no App above");
  return state;
}

const DEVICE = "dojang.device";

/** `storage` keeps the preferences and the device's id; `onSessionEnded` is told when the office forgot the session. */
export function App({ children, storage, onSessionEnded }: {
  readonly children: ComponentChildren;
  readonly storage: Storage;
  readonly onSessionEnded?: () => void;
}) {
  const [preferences, setPreferences] = useState(() => readPreferences(storage, navigator.languages));
  const [words, setWords] = useState<Words>();

  useEffect(() => {
    showPreferences(document.documentElement, preferences);
    let current = true;
    void loadWords(preferences.language).then((loaded) => current && setWords(loaded));
    return () => {
      current = false;
    };
  }, [preferences]);

  const api = useMemo(() => {
    const language = () => readPreferences(storage, navigator.languages).language;
    return new Api({ deviceId: deviceId(storage), language, ...(onSessionEnded ? { onSessionEnded } : {}) });
  }, [storage]);

  const prefer = (change: Partial<Preferences>) => {
    const chosen = { ...preferences, ...change };
    keepPreferences(storage, chosen);
    setPreferences(chosen);
  };

  if (!words) return null;
  return (
    <AppContext.Provider value={{ api, preferences, prefer }}>
      <SpeechProvider speech={{ words, language: preferences.language }}>
        <ToastProvider>{children}</ToastProvider>
      </SpeechProvider>
    </AppContext.Provider>
  );
}

function deviceId(storage: Storage): string {
  try {
    const kept = storage.getItem(DEVICE) ?? newDeviceId();
    storage.setItem(DEVICE, kept);
    return kept;
  } catch {
    return newDeviceId();
  }
}
