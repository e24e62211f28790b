/** What every screen is given: the client of the office, its clock, the session, the CA as it introduces itself, the vault, drafts. */

import { Api } from "../api/client.ts";
import { OfficeRefused } from "../api/problem.ts";
import type { AuthorityView } from "../api/types.ts";
import type { VaultPort } from "../vault/port.ts";
import { OfficeClock } from "./clock.ts";
import { deviceId } from "./device/id.ts";
import { Drafts } from "./drafts.ts";
import { readPreferences } from "./preferences.ts";
import { SessionWatch } from "./session.ts";

export interface Services {
  readonly api: Api;
  readonly authority: Introduction;
  readonly clock: OfficeClock;
  readonly session: SessionWatch;
  readonly vault: VaultPort;
  readonly drafts: Drafts;
  /** Keeps the preferences and the device's id. */
  readonly storage: Storage;
}

export interface ServiceOptions {
  readonly storage: Storage;
  /** Keeps the keys. */
  readonly vault: VaultPort;
  readonly fetch?: typeof fetch;
}

export function openServices({ storage, vault, fetch: ask }: ServiceOptions): Services {
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
  return { api, authority: new Introduction(() => api.showAuthority()), clock, session, vault, drafts: new Drafts(), storage };
}

/** Asks the office whether a session is open. Rejects when the office cannot be asked. */
export async function findSession({ api, session }: Pick<Services, "api" | "session">): Promise<void> {
  try {
    session.opened(await api.showSession());
  } catch (reason) {
    if (!(reason instanceof OfficeRefused)) throw reason;
    session.closed();
  }
}

/** The CA as it introduces itself; asked once, and again only after it could not be reached. */
export class Introduction {
  private known: AuthorityView | undefined;
  private asked: Promise<AuthorityView> | undefined;
  private readonly ask: () => Promise<AuthorityView>;

  constructor(ask: () => Promise<AuthorityView>) {
    this.ask = ask;
  }

  /** What was heard so far. */
  get view(): AuthorityView | undefined {
    return this.known;
  }

  /** Rejects when the office cannot be reached. */
  async hear(): Promise<AuthorityView> {
    this.asked ??= this.ask();
    try {
      return (this.known = await this.asked);
    } catch (reason) {
      this.asked = undefined;
      throw reason;
    }
  }
}
