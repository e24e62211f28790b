/**
 * One application from the first photograph to the receipt. The office says where it stands; this looks, and looks again
 * while others are at work, and shows the screen for it.
 */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

import { poll } from "../../api/poll.ts";
import type { ApplicationView, ProofingView } from "../../api/types.ts";
import { type Explanation, explain } from "../../i18n/words.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { later } from "../Later.tsx";
import { AboveContext, Screen } from "../Screen.tsx";
import { stepWords } from "../apply/Apply.tsx";
import { type Place, isOpen, isWaiting, placeOf, stepOf, visited } from "../machine.ts";
import { Away } from "../status/Away.tsx";
import { go, pathOf } from "../route.ts";
import { Notice, type PageProps, Working, useWords } from "../ui/index.ts";
import { Account } from "./Account.tsx";
import { Call } from "./Call.tsx";
import { Deposit } from "./Deposit.tsx";
import { Document } from "./Document.tsx";
import { Ended } from "./Ended.tsx";
import { Fields } from "./Fields.tsx";
import { Person } from "./Person.tsx";
import { Phone } from "./Phone.tsx";
import { Photograph } from "./Photograph.tsx";
import { Reading } from "./Reading.tsx";
import { Waiting } from "./Waiting.tsx";

const HandOff = later(async () => (await import("../handoff/HandOff.tsx")).HandOff);
const Issue = later(async () => (await import("./Issue.tsx")).Issue);
const Receipt = later(async () => (await import("./Receipt.tsx")).Receipt);

interface Standing {
  readonly application: ApplicationView;
  readonly proofing: ProofingView | undefined;
}

/** What every screen of the journey is given. */
export interface StepProps extends Standing {
  readonly step: PageProps["step"];
  /** Looks where things stand, now: after something was done. Rejects when the office cannot be asked. */
  readonly refresh: () => Promise<void>;
  /** Looks where things stand now that the place shown is over, and goes there: it may be a detour from where that is. */
  readonly done: () => Promise<void>;
  /** Shows another place that may be visited from here; the browser's back button returns. */
  readonly visit: (place: Place) => void;
  /** Home, to go on later. */
  readonly leave: () => void;
}

const SCREENS: Readonly<Record<Place, ComponentType<StepProps>>> = {
  document: Document,
  photograph: Photograph,
  hand_off: HandOff,
  reading: Reading,
  fields: Fields,
  person: Person,
  account: Account,
  deposit: Deposit,
  call: Call,
  phone: Phone,
  waiting: Waiting,
  issue: Issue,
  receipt: Receipt,
  ended: Ended,
};

export function Journey({ applicationId, asked }: { readonly applicationId: string; readonly asked?: string }) {
  const words = useWords();
  const { api } = useApp();
  const [standing, setStanding] = useState<Standing>();
  const [failure, setFailure] = useState<unknown>();
  const [trouble, setTrouble] = useState<Explanation>();
  const [turn, setTurn] = useState(0);

  const look = async (signal?: AbortSignal): Promise<Standing> => {
    const options = signal ? { signal } : {};
    const application = await api.getApplication(applicationId, options);
    return { application, proofing: await api.showProofing(applicationId, options) };
  };
  const current = standing && placeOf(standing.application, standing.proofing);
  const waits = !standing || (current !== undefined && isWaiting(current, standing.proofing));

  useEffect(() => {
    if (!waits) return;
    const leaving = new AbortController();
    poll(() => look(leaving.signal), {
      until: ({ application, proofing }) => !isWaiting(placeOf(application, proofing), proofing),
      onChange: (found) => {
        if (leaving.signal.aborted) return;
        setStanding(found);
        setFailure(undefined);
      },
      onTrouble: (reason) => !leaving.signal.aborted && setTrouble(reason && explain(reason, words)),
      paused: () => document.hidden,
      signal: leaving.signal,
    }).catch((reason: unknown) => leaving.signal.aborted || setFailure(reason));
    return () => leaving.abort();
  }, [applicationId, waits, turn]);

  const renewed = standing?.application.kind === "renewal" && isOpen(standing.application) && standing.application.predecessor_serial;
  useEffect(() => {
    if (renewed) go(pathOf("renew", renewed), { replace: true });
  }, [renewed]);
  const place = renewed ? undefined : current && visited(asked, current);
  useEffect(() => {
    // the address names only what was visited on purpose, so that "back" never leads to a step that is over
    if (place && place === current && asked) go(pathOf("application", applicationId), { replace: true });
  }, [place, current, asked]);

  if (!standing || !place || failure !== undefined) {
    return (
      <Screen title={words.journey.title} onBack={() => go("/")}>
        {failure === undefined && <Working label={words.ui.loading} />}
        {trouble && <Trouble explanation={trouble} />}
        <Failure
          reason={failure}
          onRetry={() => {
            setFailure(undefined);
            setTurn(turn + 1);
          }}
        />
      </Screen>
    );
  }
  const position = stepOf(place, standing.proofing);
  const Current = SCREENS[place];
  return (
    <>
      <AboveContext.Provider value={<Away place={place} proofing={standing.proofing} />}>
        <Current
          key={place}
          {...standing}
          step={position && stepWords(position, words)}
          refresh={async () => setStanding(await look())}
          done={async () => {
            setStanding(await look());
            go(pathOf("application", applicationId), { replace: true });
          }}
          visit={(next) => go(pathOf("application", applicationId, next))}
          leave={() => go("/")}
        />
      </AboveContext.Provider>
      {waits && trouble && <Trouble explanation={trouble} />}
    </>
  );
}

/** The connection or the office is not well: it is said, and looking goes on by itself. */
function Trouble({ explanation }: { explanation: Explanation }) {
  const words = useWords();
  return (
    <div class="trouble">
      <Notice kind="warning" title={explanation.title} announce>
        <p>{words.journey.goesOn}</p>
      </Notice>
    </div>
  );
}
