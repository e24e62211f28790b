/** At the computer: the code for the phone, and waiting until the phone has sent what it was asked for. */

import { useEffect, useState } from "preact/hooks";

import { poll } from "../../api/poll.ts";
import { OfficeRefused } from "../../api/problem.ts";
import type { DocumentKind, HandOffState, OpenedHandOffView } from "../../api/types.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import type { StepProps } from "../steps/Journey.tsx";
import { Button, Notice, Timer, Working, useWords } from "../ui/index.ts";
import { QrCode } from "../move/QrCode.tsx";

interface Shown {
  readonly opened?: OpenedHandOffView;
  readonly state?: HandOffState;
  readonly failure?: unknown;
}

export function HandOff({ application, proofing, step, refresh, done, visit }: StepProps) {
  const words = useWords();
  const { api, clock, drafts } = useApp();
  const kind: DocumentKind = drafts.of(application.id).kind ?? proofing?.document?.kind ?? "resident_card";
  const [turn, setTurn] = useState(0);
  const [{ opened, state, failure }, setShown] = useState<Shown>({});
  const t = words.handOff;

  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    let isOver = false;
    const look = async (): Promise<HandOffState> => {
      const found = await api.showHandOff(application.id, { signal });
      isOver = found.state !== "waiting" && found.state !== "claimed";
      if (!signal.aborted) setShown((before) => ({ ...before, state: found.state }));
      if (found.state === "claimed") await refresh();
      if (found.state === "finished") await done();
      return found.state;
    };
    const follow = async () => {
      setShown({});
      const fresh = await api.openHandOff(application.id, { kind }, { signal });
      setShown({ opened: fresh, state: "waiting" });
      await poll(look, { until: () => isOver, signal, intervalMs: 1_500, maxIntervalMs: 3_000 });
    };
    follow().catch((reason: unknown) => signal.aborted || setShown({ failure: reason }));
    return () => {
      leaving.abort();
      // whoever leaves takes it back; what is lost on the way ends by itself
      if (!isOver) api.revokeHandOff(application.id).catch(() => undefined);
    };
  }, [application.id, kind, turn]);

  const isOver = state === "expired" || state === "revoked";
  const again = () => setTurn(turn + 1);
  return (
    <Screen
      title={t.title}
      lead={t.lead(words.documentKind[kind])}
      {...(step ? { step } : {})}
      onBack={() => visit("document")}
      actions={
        <Button wide onPress={() => visit("photograph")}>
          {t.here}
        </Button>
      }
    >
      <Failure reason={failure} onRetry={again}>
        {isTakenBack(failure) && <Button onPress={again}>{t.again}</Button>}
      </Failure>
      {!opened && failure === undefined && <Working label={t.making} />}
      {isOver && (
        <Notice kind="warning" title={t.over} announce>
          <p>{t.overText}</p>
          <Button onPress={again}>{t.again}</Button>
        </Notice>
      )}
      {opened && !isOver && (
        <>
          {state === "waiting" && <QrCode text={`${location.origin}/hand-off#${opened.secret}`} label={t.code} />}
          <Working label={state === "waiting" ? t.waiting : t.claimed} />
          <Timer endsAt={opened.expires_at} now={clock.now} />
          <p class="small soft">{t.scope}</p>
          <p class="small soft">{t.dontShare}</p>
        </>
      )}
    </Screen>
  );
}

/** Ended elsewhere, as by another tab of the same application: a new code may be made. */
function isTakenBack(reason: unknown): boolean {
  return reason instanceof OfficeRefused && reason.code === "access.hand_off_not_found";
}
