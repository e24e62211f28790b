/** The devices that have signed in to the account: their names, and how to be rid of one. */

import { useState } from "preact/hooks";

import type { DeviceView } from "../../api/types.ts";
import { formatMoment } from "../../i18n/format.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { go } from "../route.ts";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, Card, Dialog, Facts, Field, Working, useSpeech, useToast } from "../ui/index.ts";

export function Devices() {
  const { words, language } = useSpeech();
  const { api } = useApp();
  const toast = useToast();
  const { value, failure, reload } = useLoaded((signal) => api.listDevices({ signal }), "devices");
  const [naming, setNaming] = useState<DeviceView>();
  const [removing, setRemoving] = useState<DeviceView>();
  const [name, setName] = useState("");
  const task = useTask();
  const t = words.devices;
  const title = (one: DeviceView): string => one.name || t.kind[one.kind];
  const rename = () =>
    task.run(async () => {
      if (!naming || !name.trim()) return;
      await api.renameDevice(naming.id, { name: name.trim() });
      setNaming(undefined);
      toast(t.renamed);
      reload();
    });
  const remove = () =>
    task.run(async () => {
      if (!removing) return;
      await api.removeDevice(removing.id);
      setRemoving(undefined);
      toast(t.removed);
      reload();
    });
  return (
    <Screen title={t.title} lead={t.lead} onBack={() => go("/")}>
      <Failure reason={failure ?? task.failure} />
      {!value && failure === undefined && <Working label={words.ui.loading} />}
      {value?.map((one) => (
        <Card key={one.id} title={title(one)}>
          {one.is_this && (
            <p>
              <strong>{t.thisOne}</strong>
            </p>
          )}
          <Facts
            facts={[
              [t.firstSeen, formatMoment(one.first_seen_at, language)],
              [t.lastSeen, formatMoment(one.last_seen_at, language)],
            ]}
          />
          <div class="row">
            <Button
              label={`${t.rename}: ${title(one)}`}
              onPress={() => {
                setName(one.name);
                setNaming(one);
              }}
            >
              {t.rename}
            </Button>
            {!one.is_this && (
              <Button kind="quiet" label={`${t.remove}: ${title(one)}`} onPress={() => setRemoving(one)}>
                {t.remove}
              </Button>
            )}
          </div>
        </Card>
      ))}
      <Dialog
        open={!!naming}
        title={t.rename}
        onClose={() => setNaming(undefined)}
        actions={
          <Button kind="primary" onPress={rename}>
            {words.action.save}
          </Button>
        }
      >
        <Field name="device_name" label={t.name} hint={t.nameHint} value={name} onInput={setName} maxLength={40} autoComplete="off" />
      </Dialog>
      <Dialog
        open={!!removing}
        title={t.removeTitle(removing ? title(removing) : "")}
        onClose={() => setRemoving(undefined)}
        actions={
          <Button kind="danger" onPress={remove}>
            {t.remove}
          </Button>
        }
      >
        <p>{t.removeText}</p>
      </Dialog>
    </Screen>
  );
}
