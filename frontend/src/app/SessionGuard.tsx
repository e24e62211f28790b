/** What needs a session stands behind this: signing in comes first, and nobody is signed out without a warning. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import { formatDuration, formatMoment } from "../i18n/format.ts";
import { useApp, useSession } from "./App.tsx";
import { Failure } from "./Failure.tsx";
import { Screen } from "./Screen.tsx";
import { Enter } from "./enter/Enter.tsx";
import { findSession } from "./services.ts";
import { useTask } from "./tasks.ts";
import { Button, Dialog, Working, useSpeech, useToast, useWords } from "./ui/index.ts";

const WARNING_S = 120;
const EASY_WARNING_S = 240; // easy mode: no timer shorter than twice the usual

export function SessionGuard({ children }: { readonly children: ComponentChildren }) {
  const words = useWords();
  const { api, session } = useApp();
  const { state } = useSession();
  const look = useTask();
  const find = () => look.run(() => findSession({ api, session }));
  useEffect(() => {
    if (session.standing.state === "unknown") void find();
  }, []);
  if (state === "in") {
    return (
      <>
        {children}
        <SessionWarning />
      </>
    );
  }
  if (state !== "unknown") return <Enter />;
  return (
    <Screen title={words.app.purpose}>
      {look.failure === undefined ? (
        <Working label={words.ui.loading} />
      ) : (
        <Failure reason={look.failure} onRetry={find} />
      )}
    </Screen>
  );
}

/** Two minutes before the end; one tap prolongs. A session at its latest end cannot be prolonged, and that is said. */
function SessionWarning() {
  const { words, language } = useSpeech();
  const toast = useToast();
  const { api, session, clock, preferences } = useApp();
  const { expiresAtMs } = useSession();
  const [leftS, setLeftS] = useState(Number.POSITIVE_INFINITY);
  const [waved, setWaved] = useState<number>();
  const extension = useTask();
  useEffect(() => {
    const count = () => setLeftS(Math.ceil(((expiresAtMs ?? 0) - clock.now()) / 1000));
    count();
    const tick = setInterval(count, 1000);
    return () => clearInterval(tick);
  }, [expiresAtMs]);
  useEffect(() => {
    if (leftS <= 0) session.ended();
  }, [leftS <= 0]);
  const extend = () =>
    extension.run(async () => {
      session.opened(await api.showSession());
      toast(words.session.extended);
    });
  const open = leftS > 0 && leftS <= (preferences.easy ? EASY_WARNING_S : WARNING_S) && waved !== expiresAtMs;
  return (
    <Dialog
      open={open}
      title={words.session.endsSoon(formatDuration(leftS, words))}
      onClose={() => setWaved(expiresAtMs)}
      actions={
        !session.isLast && (
          <Button kind="primary" onPress={extend}>
            {words.action.extendSession}
          </Button>
        )
      }
    >
      <p>{session.isLast ? words.session.lastEnd : words.session.nothingLost}</p>
      {!session.isLast && <p class="soft">{words.session.latest(formatMoment(new Date(session.endsAtLatestMs), language))}</p>}
      <Failure reason={extension.failure} />
    </Dialog>
  );
}
