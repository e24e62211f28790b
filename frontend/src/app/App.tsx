/** The app around its screens: the person's preferences, the words, the client of the office, the session, the drafts. */

import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";

import { Api, newDeviceId } from "../api/client.ts";
import type { AuthorityView } from "../api/types.ts";
import { type Words, loadWords } from "../i18n/words.ts";
import type { VaultPort } from "../vault/port.ts";
import { OfficeClock } from "./clock.ts";
import { wipeWhatWasRemoved } from "./device/wiping.ts";
import { Drafts } from "./drafts.ts";
import { type Preferences, keepPreferences, readPreferences, showPreferences } from "./preferences.ts";
import { type SessionStanding, SessionWatch } from "./session.ts";
import { SpeechProvider, ToastProvider } from "./ui/index.ts";

export interface AppState {
  readonly api: Api;
  readonly clock: OfficeClock;
  readonly session: SessionWatch;
  readonly vault: VaultPort;
  readonly drafts: Drafts;
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

export interface AppProps {
  readonly children: ComponentChildren;
  /** Keeps the preferences and the device's id. */
  readonly storage: Storage;
  /** Keeps the keys. */
  readonly vault: VaultPort;
  readonly fetch?: typeof fetch;
}

export function App({ children, storage, vault, fetch: ask }: AppProps) {
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

  const services = useMemo(() => {
    const clock = new OfficeClock();
    const session = new SessionWatch(clock.now, storage);
    const api = new Api({
      deviceId: deviceId(storage),
      language: () => readPreferences(storage, navigator.languages).language,
      fetch: async (...request) => {
        const answer = await (ask ?? fetch)(...request);
        clock.heard(answer.headers.get("date"));
        if (answer.status !== 401) session.used();
        return answer;
      },
      onSessionEnded: () => session.ended(),
    });
    return { api, clock, session, vault, drafts: new Drafts() };
  }, [storage, vault]);

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

let asked: { api: Api; authority: Promise<AuthorityView> } | undefined;

/** The CA as it introduces itself; asked once. Undefined until it is known, or while it cannot be reached. */
export function useAuthority(): AuthorityView | undefined {
  const { api } = useApp();
  const [authority, setAuthority] = useState<AuthorityView>();
  useEffect(() => {
    if (asked?.api !== api) asked = { api, authority: api.showAuthority() };
    asked.authority.then(setAuthority, () => (asked = undefined));
  }, [api]);
  return authority;
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
