/** Where one is signed in; ending one of them, or all. */

import { useState } from "preact/hooks";

import type { OwnSessionView } from "../../api/types.ts";
import { formatMoment } from "../../i18n/format.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { useTask } from "../tasks.ts";
import { Button, Card, Dialog, Facts, useSpeech, useToast } from "../ui/index.ts";

export interface SessionsProps {
  readonly sessions: readonly OwnSessionView[];
  readonly onChanged: () => void;
}

export function Sessions({ sessions, onChanged }: SessionsProps) {
  const { words, language } = useSpeech();
  const toast = useToast();
  const { api, session, drafts } = useApp();
  const [asking, setAsking] = useState(false);
  const ending = useTask();
  const leaving = useTask();
  const t = words.security;
  const end = (one: OwnSessionView) =>
    ending.run(async () => {
      await api.endSession(one.id);
      toast(t.endedToast);
      onChanged();
    });
  const leave = () =>
    leaving.run(async () => {
      await api.signOutEverywhere();
      drafts.clear();
      session.closed();
    });
  return (
    <Card title={t.sessions}>
      <p>{t.passwordLater}</p>
      <Failure reason={ending.failure} />
      {sessions.map((one) => {
        const browser = one.browser || t.unknownBrowser;
        return (
          <section class="past" key={one.id} aria-label={browser} data-session={one.id}>
            <h3>
              {browser}
              {one.is_current && ` · ${t.here}`}
            </h3>
            <Facts
              facts={[
                [t.since, formatMoment(one.opened_at, language)],
                [t.by, t.methods[one.method]],
              ]}
            />
            {!one.is_current && (
              <div class="row">
                <Button kind="quiet" label={t.endLabel(browser)} onPress={() => end(one)}>
                  {t.end}
                </Button>
              </div>
            )}
          </section>
        );
      })}
      <Button onPress={() => setAsking(true)}>{t.everywhere}</Button>
      <Dialog
        open={asking}
        title={t.everywhereTitle}
        onClose={() => setAsking(false)}
        actions={
          <Button kind="danger" onPress={leave}>
            {t.everywhere}
          </Button>
        }
      >
        <p>{t.everywhereText}</p>
        <Failure reason={leaving.failure} />
      </Dialog>
    </Card>
  );
}
