/** The call: the number to press stands on the screen before the telephone rings, and the call's state beside it. */

import { useState } from "preact/hooks";

import { OfficeRefused } from "../../api/problem.ts";
import { useApp, useAuthority } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { findCheck } from "../machine.ts";
import { useTask } from "../tasks.ts";
import { Button, Facts, Notice, Timer, Working, useWords } from "../ui/index.ts";
import { Findings } from "./Findings.tsx";
import type { StepProps } from "./Journey.tsx";
import { formatOffice } from "./formats.ts";

export function Call({ application, proofing, step, refresh, visit, leave }: StepProps) {
  const words = useWords();
  const { api, clock } = useApp();
  const task = useTask();
  const [opensAt, setOpensAt] = useState<Date>();
  const t = words.call;
  const caller = useAuthority()?.caller;
  const check = findCheck(proofing, "ars_call");
  const call = proofing?.call;
  const isLive = check?.state === "running" && !!call && (call.state === "requested" || call.state === "ringing");

  const ask = () =>
    task.run(async () => {
      try {
        await api.requestCall(application.id);
      } catch (reason) {
        const wait = reason instanceof OfficeRefused ? reason.problem.retry_after_s : undefined;
        if (wait) setOpensAt(new Date(clock.now() + wait * 1_000));
        throw reason;
      } finally {
        await refresh();
      }
    });
  const wasCalled = !!call && !isLive;
  return (
    <Screen
      title={isLive ? t.liveTitle : t.title}
      lead={isLive ? undefined : t.lead}
      {...(step ? { step } : {})}
      onBack={leave}
      actions={
        !isLive && (
          <>
            <Button kind="primary" wide onPress={ask} inactive={!!opensAt}>
              {wasCalled ? words.action.callAgain : words.action.callMe}
            </Button>
            <Button kind="quiet" wide onPress={() => visit("phone")}>
              {t.otherPhone}
            </Button>
          </>
        )
      }
    >
      <Failure reason={task.failure} />
      {opensAt && <Timer endsAt={opensAt} now={clock.now} onEnd={() => setOpensAt(undefined)} />}
      {isLive && call.number && (
        <section class="card number" aria-label={t.number}>
          <p>{t.number}</p>
          <p class="figures" aria-label={[...call.number].join(" ")}>
            {call.number}
          </p>
          <p class="small soft">{t.thenHash}</p>
        </section>
      )}
      {isLive && caller && <p>{words.caller(formatOffice(caller))}</p>}
      {isLive && <Working label={words.callState[call.state]} />}
      {isLive && <Timer endsAt={call.expires_at} now={clock.now} />}
      {wasCalled && (
        <p role="status">
          <strong>{words.callState[call.state]}</strong>
        </p>
      )}
      <Findings check={check} />
      {(call ?? proofing?.person) && <Facts facts={[[t.phone, call?.phone ?? proofing?.person?.phone ?? ""]]} />}
      <Notice>
        <p>{t.disown}</p>
      </Notice>
      <details class="card">
        <summary>{t.cannotHear}</summary>
        <p>{t.cannotHearText}</p>
      </details>
      <p class="small soft">{words.app.officialDomain(location.host)}</p>
    </Screen>
  );
}
