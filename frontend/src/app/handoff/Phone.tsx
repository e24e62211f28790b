/**
 * On the phone: what the QR code's secret allows, which is photographing one document. The secret comes behind the `#` and
 * is taken out of the address at once; the tab keeps secret and token for a reload, and nobody is signed in here.
 */

import { useState } from "preact/hooks";

import type { ClaimedHandOffView, Side } from "../../api/types.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { later } from "../Later.tsx";
import { Screen } from "../Screen.tsx";
import { SIDES } from "../machine.ts";
import { useTask } from "../tasks.ts";
import { Button, Notice, Working, useWords } from "../ui/index.ts";
import { mayAskAgain } from "../wayOut.ts";
import { type Kept, findHandOff, keepHandOff } from "./keeping.ts";

const Capture = later(async () => (await import("../../capture/Capture.tsx")).Capture);

/** Takes the secret out of the address, so that neither history nor a shared link keeps it; without one it is a reload. */
function takeUp(now: Date): Kept | undefined {
  const secret = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  if (!secret) return findHandOff(sessionStorage, now);
  keepHandOff(sessionStorage, { secret });
  return { secret };
}

export function Phone() {
  const words = useWords();
  const { api, clock } = useApp();
  const [kept, setKept] = useState(() => takeUp(new Date(clock.now())));
  const task = useTask();
  const t = words.handOff.phone;
  if (kept && "claimed" in kept) return <Sides {...kept} />;
  if (!kept) {
    return (
      <Screen title={t.noCode}>
        <p>{t.noCodeText}</p>
      </Screen>
    );
  }
  const start = () =>
    task.run(async () => {
      const claimed = await api.claimHandOff({ secret: kept.secret });
      const begun = { claimed, side: SIDES[claimed.kind][0]! };
      keepHandOff(sessionStorage, begun);
      setKept(begun);
    });
  return <Start onStart={start} failure={task.failure} />;
}

/** Whose photographs these are, before the first is taken. */
function Start({ onStart, failure }: { readonly onStart: () => unknown; readonly failure: unknown }) {
  const words = useWords();
  const t = words.handOff.phone;
  return (
    <Screen
      title={t.title}
      lead={t.lead}
      actions={
        <Button kind="primary" wide onPress={onStart}>
          {t.start}
        </Button>
      }
    >
      <Failure reason={failure} />
      <Notice>
        <p>{t.scope}</p>
        <p>{t.ownOnly}</p>
      </Notice>
      <p class="small soft">{words.app.officialDomain(location.host)}</p>
    </Screen>
  );
}

/** Each side as soon as it is taken; the office ends the hand-off with the last. */
function Sides({ claimed, side: due }: { readonly claimed: ClaimedHandOffView; readonly side: Side }) {
  const words = useWords();
  const { api } = useApp();
  const { kind, token } = claimed;
  const [side, setSide] = useState(due);
  const [shot, setShot] = useState<Blob>();
  const [isDone, setIsDone] = useState(false);
  const [isPaused, setIsPaused] = useState(false);
  const task = useTask();
  const t = words.handOff.phone;
  const hand = (jpeg: Blob) =>
    task.run(async () => {
      setShot(jpeg);
      await api.submitHandedPhotograph(token, side, jpeg);
      setShot(undefined);
      const next = SIDES[kind][SIDES[kind].indexOf(side) + 1];
      keepHandOff(sessionStorage, next && { claimed, side: next });
      if (next) setSide(next);
      else setIsDone(true);
    });
  if (isDone) {
    return (
      <Screen title={t.doneTitle}>
        <Notice kind="success" announce>
          <p>{t.done}</p>
        </Notice>
      </Screen>
    );
  }
  if (task.busy || task.failure !== undefined) {
    const retake = () => {
      setShot(undefined);
      task.clear();
    };
    return (
      <Screen
        title={words.document.sendingTitle(words.documentKind[kind], words.side[side])}
        actions={
          shot &&
          task.failure !== undefined &&
          mayAskAgain(task.failure) && (
            <Button kind="primary" wide onPress={() => hand(shot)}>
              {words.action.retry}
            </Button>
          )
        }
      >
        {task.busy && <Working label={words.document.sending} />}
        <Failure reason={task.failure}>
          <Button onPress={retake}>{words.action.retakePhoto}</Button>
        </Failure>
      </Screen>
    );
  }
  if (isPaused) return <Start onStart={() => setIsPaused(false)} failure={undefined} />;
  return <Capture key={side} kind={kind} side={side} onShot={hand} onCancel={() => setIsPaused(true)} />;
}
