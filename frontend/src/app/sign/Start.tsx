/** Where a party sends people to sign: on this device, or on the phone whose camera sees the code shown here. */

import { useEffect, useState } from "preact/hooks";

import { poll } from "../../api/poll.ts";
import type { ProgressView } from "../../api/types.ts";
import { formatMoment } from "../../i18n/format.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { QrCode } from "../move/QrCode.tsx";
import { go, pathOf } from "../route.ts";
import { useLoaded } from "../tasks.ts";
import { Button, Facts, Notice, Working, useSpeech, useWords } from "../ui/index.ts";
import { Outcome, isOver } from "./Outcome.tsx";

export function Start({ requestId }: { readonly requestId: string }) {
  const words = useWords();
  const { api, vault } = useApp();
  const { value, failure, reload } = useLoaded(async (signal) => {
    const [progress, held] = await Promise.all([api.showSigningProgress(requestId, { signal }), vault.listHeld().catch(() => [])]);
    return { progress, isHere: held.length > 0 };
  }, requestId);
  useEffect(() => {
    if (value?.isHere && !isOver(value.progress.state)) go(pathOf("s", requestId, "here"), { replace: true });
  }, [value]);
  if (!value) {
    return (
      <Screen title={words.sign.title}>
        <Failure reason={failure} onRetry={reload} />
        {failure === undefined && <Working label={words.ui.loading} />}
      </Screen>
    );
  }
  return <Choice requestId={requestId} first={value.progress} />;
}

function Choice({ requestId, first }: { readonly requestId: string; readonly first: ProgressView }) {
  const { words, language } = useSpeech();
  const { api } = useApp();
  const [progress, setProgress] = useState(first);
  const [failure, setFailure] = useState<unknown>();
  const t = words.sign;
  useEffect(() => {
    const end = new AbortController();
    const { signal } = end;
    poll(() => api.showSigningProgress(requestId, { signal }), {
      until: ({ state }) => isOver(state),
      onChange: setProgress,
      paused: () => document.hidden,
      signal,
    }).catch((reason: unknown) => signal.aborted || setFailure(reason));
    return () => end.abort();
  }, [requestId]);
  if (isOver(progress.state)) return <Outcome party={progress.party} state={progress.state} location={progress.location} leaves />;
  return (
    <Screen
      title={t.titleOf(progress.party)}
      lead={t.whereLead}
    >
      <Failure reason={failure} />
      <Facts
        facts={[
          [t.party, progress.party],
          [t.until, formatMoment(new Date(progress.expires_at), language)],
        ]}
      />
      <Button kind="primary" wide onPress={() => go(pathOf("s", requestId, "here"))}>
        {t.here}
      </Button>
      {progress.state === "open" ? (
        <>
          <h2>{t.byPhone}</h2>
          <p>{t.byPhoneText}</p>
          <QrCode text={`${location.origin}${pathOf("s", requestId, "scanned")}`} label={t.code} />
        </>
      ) : (
        <Notice kind="info" announce>
          <p>{progress.state === "signed" ? t.completing : t.opened}</p>
        </Notice>
      )}
    </Screen>
  );
}
