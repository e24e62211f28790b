/** A confirmation call: the number to press stands on the screen before the telephone rings, and the call's state beside it. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { mayPass } from "../../api/poll.ts";
import { OfficeRefused } from "../../api/problem.ts";
import type { Act, ConfirmationView } from "../../api/types.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { useTask } from "../tasks.ts";
import { Button, Facts, Notice, Timer, Working, useWords } from "../ui/index.ts";
import { isEnd, mayAskAgain } from "../wayOut.ts";

const EVERY_MS = 800;

export interface CallProofProps {
  readonly act: Act;
  /** A serial number, or the lock's id. */
  readonly target: string;
  readonly title: string;
  readonly lead?: string;
  readonly onBack: () => void;
  /** Does the act with the confirmation's id; what it throws is shown. */
  readonly onConfirmed: (confirmation: string) => Promise<void>;
  /** What else stands on the page before the call: what the act means, and choices. */
  readonly children?: ComponentChildren;
  /** Another way to prove it. */
  readonly otherwise?: ComponentChildren;
}

export function CallProof({ act, target, title, lead, onBack, onConfirmed, children, otherwise }: CallProofProps) {
  const words = useWords();
  const { api, clock } = useApp();
  const asking = useTask();
  const doing = useTask();
  const [call, setCall] = useState<ConfirmationView>();
  const [opensAt, setOpensAt] = useState<Date>();
  const done = useRef(false);
  const t = words.confirm;
  const isLive = call?.state === "requested" || call?.state === "ringing";

  const ask = () =>
    asking.run(async () => {
      try {
        setCall(await api.requestConfirmation({ act, target }));
      } catch (reason) {
        const wait = reason instanceof OfficeRefused ? reason.problem.retry_after_s : undefined;
        if (wait) setOpensAt(new Date(clock.now() + wait * 1_000));
        throw reason;
      }
    });
  const conclude = (id: string) =>
    doing.run(async () => {
      done.current = true;
      await onConfirmed(id);
    });
  const anew = () => {
    done.current = false; // what was confirmed was used, or is too old
    doing.clear();
    setCall(undefined);
    return ask();
  };
  useEffect(() => {
    if (!call || !isLive) return;
    const leaving = new AbortController();
    const timer = setInterval(() => {
      if (document.hidden) return;
      api.showConfirmation(call.id, { signal: leaving.signal }).then(setCall, (reason: unknown) => {
        if (!leaving.signal.aborted && !mayPass(reason)) setCall(undefined);
      });
    }, EVERY_MS);
    return () => {
      leaving.abort();
      clearInterval(timer);
    };
  }, [call?.id, isLive]);
  useEffect(() => {
    if (call?.state === "confirmed" && !done.current) void conclude(call.id);
  }, [call?.state]);

  const confirmed = call?.state === "confirmed" || call?.state === "used";
  const repeats = mayAskAgain(doing.failure);
  const hasTelephone = !(asking.failure instanceof OfficeRefused && asking.failure.code === "step_up.no_telephone");
  const wasCalled = !!call && !isLive && !confirmed;
  return (
    <Screen
      title={isLive ? t.liveTitle : title}
      {...(lead === undefined || isLive ? {} : { lead })}
      onBack={onBack}
      actions={
        !isLive &&
        (confirmed ? (
          doing.failure !== undefined &&
          !isEnd(doing.failure) && (
            <Button kind="primary" wide onPress={repeats ? () => call && conclude(call.id) : anew} busy={doing.busy}>
              {repeats ? words.action.retry : words.action.callAgain}
            </Button>
          )
        ) : (
          !isEnd(asking.failure) && (
            <>
              {hasTelephone && (
                <Button kind="primary" wide onPress={ask} busy={asking.busy} inactive={!!opensAt}>
                  {wasCalled ? words.action.callAgain : words.action.callMe}
                </Button>
              )}
              {otherwise}
            </>
          )
        ))
      }
    >
      <Failure reason={asking.failure ?? doing.failure} />
      {opensAt && <Timer endsAt={opensAt} now={clock.now} onEnd={() => setOpensAt(undefined)} />}
      {isLive && call.number && (
        <section class="card number" aria-label={words.call.number}>
          <p>{words.call.number}</p>
          <p class="figures" aria-label={[...call.number].join(" ")}>
            {call.number}
          </p>
          <p class="small soft">{words.call.thenHash}</p>
        </section>
      )}
      {isLive && <Working label={t.state[call.state]} />}
      {isLive && <Timer endsAt={call.expires_at} now={clock.now} />}
      {confirmed && doing.failure === undefined && <Working label={t.state.confirmed} />}
      {wasCalled && (
        <p role="status">
          <strong>{t.state[call.state]}</strong>
        </p>
      )}
      {!isLive && !confirmed && children}
      {call && <Facts facts={[[words.call.phone, call.phone]]} />}
      <Notice>
        <p>{isLive ? t.disown : t.how}</p>
      </Notice>
      <p class="small soft">{words.app.officialDomain(location.host)}</p>
    </Screen>
  );
}
