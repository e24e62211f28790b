/** Notices on this browser: what they are is said first, the browser asks only after a tap, and a refusal is no dead end. */

import { useEffect, useState } from "preact/hooks";

import type { PushView } from "../../api/types.ts";
import { formatDate } from "../../i18n/format.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { useTask } from "../tasks.ts";
import { Button, Card, Notice, useSpeech, useToast } from "../ui/index.ts";
import { type PushOutcome, canPush, findEndpoint, subscribe, unsubscribe } from "./push.ts";

interface BrowserProps {
  readonly pushKey: string;
  readonly pushes: readonly PushView[];
  readonly onChanged: () => void;
}

export function Browser({ pushKey, pushes, onChanged }: BrowserProps) {
  const { words, language } = useSpeech();
  const toast = useToast();
  const { api } = useApp();
  const [refusal, setRefusal] = useState<PushOutcome | undefined>(canPush() ? undefined : "unsupported");
  const [isOn, setIsOn] = useState(false);
  const acting = useTask();
  const t = words.notify;
  useEffect(() => {
    findEndpoint().then(
      (found) => setIsOn(found !== undefined && pushes.length > 0),
      () => setIsOn(false),
    );
  }, [pushes.length]);
  const turnOn = () =>
    acting.run(async () => {
      setRefusal(undefined);
      const outcome = await subscribe(pushKey);
      if (typeof outcome === "string") return setRefusal(outcome);
      await api.addPush(outcome);
      toast(t.pushAdded);
      onChanged();
    });
  const remove = (one: PushView) =>
    acting.run(async () => {
      await api.removeContact(one.id);
      if (pushes.length === 1) await unsubscribe();
      toast(t.removed);
      onChanged();
    });
  const said = { denied: t.pushDenied, unsupported: t.pushUnsupported, failed: t.pushFailed };
  return (
    <Card title={t.push}>
      {isOn ? <p>{t.pushIsOn}</p> : <p>{t.pushText}</p>}
      {refusal && (
        <Notice kind="warning" announce>
          <p>{said[refusal]}</p>
        </Notice>
      )}
      <Failure reason={acting.failure} />
      {!isOn && refusal !== "unsupported" && (
        <Button busy={acting.busy} onPress={turnOn}>
          {t.pushOn}
        </Button>
      )}
      {pushes.length > 0 && <p class="small soft">{t.browsers(pushes.length)}</p>}
      {pushes.map((one) => {
        const name = `${one.service} · ${t.since(formatDate(one.added_at, language))}`;
        return (
          <div class="row" key={one.id}>
            <span>{name}</span>
            <Button kind="quiet" label={t.removeLabel(name)} onPress={() => remove(one)}>
              {t.remove}
            </Button>
          </div>
        );
      })}
    </Card>
  );
}
