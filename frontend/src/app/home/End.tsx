/** Ending a certificate, finally: two taps from home, also without the device that holds it. */

import { useState } from "preact/hooks";

import type { OwnRevocationReason, StandingView } from "../../api/types.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { go } from "../route.ts";
import { useTask } from "../tasks.ts";
import { Button, Facts, Notice, RadioCards, useWords } from "../ui/index.ts";

const REASONS: readonly OwnRevocationReason[] = ["unspecified", "keyCompromise", "cessationOfOperation", "superseded"];

export function End({ serial }: { readonly serial: string }) {
  const words = useWords();
  const { api, keystore } = useApp();
  const [reason, setReason] = useState<OwnRevocationReason>("unspecified");
  const [ended, setEnded] = useState<StandingView>();
  const task = useTask();
  const end = () =>
    task.run(async () => {
      setEnded(await api.revoke(serial, { reason }));
      await keystore.dropHeld(serial).catch(() => undefined); // it signs nothing any more; a browser may refuse
    });
  if (ended) {
    return (
      <Screen
        title={words.end.doneTitle}
        actions={
          <Button kind="primary" wide onPress={() => go("/", { replace: true })}>
            {words.home.toHome}
          </Button>
        }
      >
        <Notice kind="success" announce>
          <p>{words.end.done}</p>
        </Notice>
        <Facts facts={[[words.certificate.serial, serial], [words.home.state, words.certificateState[ended.state]]]} />
      </Screen>
    );
  }
  return (
    <Screen
      title={words.end.title}
      lead={words.end.lead}
      onBack={() => go("/")}
      actions={
        <Button kind="danger" wide onPress={end}>
          {words.end.now}
        </Button>
      }
    >
      <Failure reason={task.failure} />
      <Notice kind="warning">
        <p>{words.end.final}</p>
      </Notice>
      <Facts facts={[[words.certificate.serial, serial]]} />
      <RadioCards
        name="reason"
        legend={words.end.reason}
        options={REASONS.map((value) => ({ value, title: words.revocationReason[value] }))}
        value={reason}
        onChange={setReason}
      />
    </Screen>
  );
}
