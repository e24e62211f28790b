/** Where one is told and of what: telephone, e-mail, this browser, and what may be turned off. */

import { useState } from "preact/hooks";

import type { NoticeSettingsView, Reach, Topic } from "../../api/types.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { go } from "../route.ts";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, Card, Checkbox, RadioCards, Working, useSpeech, useToast } from "../ui/index.ts";
import { Browser } from "./Browser.tsx";
import { Email } from "./Email.tsx";

const REACHES = ["phone", "email", "push"] as const;

export function NoticeSettings() {
  const { words } = useSpeech();
  const { api } = useApp();
  const { value, failure, reload } = useLoaded<NoticeSettingsView>((signal) => api.showNoticeSettings({ signal }), "notify");
  const t = words.notify;
  return (
    <Screen title={t.settingsTitle} lead={t.settingsLead} onBack={() => go("/notices")}>
      {!value && failure === undefined && <Working label={words.ui.loading} />}
      <Failure reason={failure} onRetry={reload} />
      {value && (
        <>
          <Card title={t.phone}>
            {value.phone ? (
              <>
                <p>
                  <strong>{value.phone}</strong>
                </p>
                <p class="small soft">{t.phoneText}</p>
              </>
            ) : (
              <p>{t.noPhone}</p>
            )}
          </Card>
          <Email emails={value.emails} onChanged={reload} />
          <Browser pushKey={value.push_key} pushes={value.pushes} onChanged={reload} />
          <Choice settings={value} />
        </>
      )}
    </Screen>
  );
}

function Choice({ settings }: { readonly settings: NoticeSettingsView }) {
  const { words } = useSpeech();
  const toast = useToast();
  const { api } = useApp();
  const [reach, setReach] = useState<Reach>(settings.reach);
  const [muted, setMuted] = useState<readonly Topic[]>(settings.muted);
  const saving = useTask();
  const t = words.notify;
  const save = () =>
    saving.run(async () => {
      await api.chooseNotices({ reach, muted: [...muted] });
      toast(t.saved);
    });
  const turn = (topic: Topic, on: boolean) => setMuted(on ? muted.filter((one) => one !== topic) : [...muted, topic]);
  const texts: Partial<Record<Topic, string>> = t.topicText;
  return (
    <Card title={t.topics}>
      {settings.optional.map((topic) => (
        <Checkbox
          key={topic}
          name={`topic-${topic}`}
          label={t.topic[topic]}
          {...(texts[topic] ? { text: texts[topic] } : {})}
          checked={!muted.includes(topic)}
          onChange={(on) => turn(topic, on)}
        />
      ))}
      <RadioCards
        name="reach"
        legend={t.reach}
        hint={t.reachText}
        options={REACHES.map((value) => ({ value, title: t.reaches[value] }))}
        value={reach}
        onChange={setReach}
      />
      <Failure reason={saving.failure} />
      <Button kind="primary" wide busy={saving.busy} onPress={save}>
        {t.save}
      </Button>
    </Card>
  );
}
