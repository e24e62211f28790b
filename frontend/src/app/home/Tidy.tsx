/** Keys on this device whose certificate signs nothing any more: offered for removal, never removed unasked. */

import { useState } from "preact/hooks";

import type { HeldView } from "../../api/types.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import type { HeldCertificate } from "../../vault/port.ts";
import { useTask } from "../tasks.ts";
import { Button, Card, Dialog, Facts, useWords } from "../ui/index.ts";
import { endedKeys } from "./notices.ts";

export function Tidy({ ledger, here, now, onRemoved }: {
  readonly ledger: readonly HeldView[];
  readonly here: readonly HeldCertificate[];
  readonly now: Date;
  readonly onRemoved: () => void;
}) {
  const words = useWords();
  const { vault } = useApp();
  const [asking, setAsking] = useState(false);
  const task = useTask();
  const t = words.tidy;
  const ended = endedKeys(ledger, here, now);
  if (!ended.length) return <Failure reason={task.failure} />;
  const remove = () =>
    task.run(async () => {
      setAsking(false);
      for (const { serial } of ended) await vault.dropHeld(serial);
      onRemoved();
    });
  return (
    <Card title={t.title}>
      <Failure reason={task.failure} />
      <p>{t.text(ended.length)}</p>
      <div class="row">
        <Button onPress={() => setAsking(true)} busy={task.busy}>
          {t.remove}
        </Button>
      </div>
      <Dialog
        open={asking}
        title={t.askTitle}
        onClose={() => setAsking(false)}
        actions={
          <Button kind="danger" onPress={remove}>
            {t.remove}
          </Button>
        }
      >
        <p>{t.ask}</p>
        <Facts facts={ended.map(({ serial }) => [words.certificate.serial, serial] as const)} />
      </Dialog>
    </Card>
  );
}
