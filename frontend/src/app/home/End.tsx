/**
 * Ending a certificate, finally. On the device that holds it in two taps, with the signature made for this day when the
 * certificate was accepted; anywhere else with a call.
 */

import { useState } from "preact/hooks";

import type { OwnRevocationReason, StandingView } from "../../api/types.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { Prove } from "../confirm/Prove.tsx";
import { go } from "../route.ts";
import { useLoaded } from "../tasks.ts";
import { Button, Facts, Notice, RadioCards, Working, useWords } from "../ui/index.ts";

const REASONS: readonly OwnRevocationReason[] = ["unspecified", "keyCompromise", "cessationOfOperation", "superseded"];

export function End({ serial }: { readonly serial: string }) {
  const words = useWords();
  const { api, vault } = useApp();
  const [reason, setReason] = useState<OwnRevocationReason>("unspecified");
  const [ended, setEnded] = useState<StandingView>();
  // A browser without storage still has the call.
  const here = useLoaded(async () => ({ keys: await vault.findHeld(serial).catch(() => undefined) }), serial);
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
  if (!here.value) {
    return (
      <Screen title={words.end.title} onBack={() => go("/")}>
        <Failure reason={here.failure} />
        {here.failure === undefined && <Working label={words.ui.loading} />}
      </Screen>
    );
  }
  return (
    <Prove
      act="revoke"
      target={serial}
      title={words.end.title}
      lead={words.end.lead}
      does={words.end.now}
      kind="danger"
      keys={here.value.keys}
      prepared
      statement={async () => (await api.showActStatement(serial, "revoke")).statement}
      onBack={() => go("/")}
      onProof={async (proof) => {
        setEnded(await api.revoke(serial, { reason, ...proof }));
        await vault.dropHeld(serial).catch(() => undefined); // it signs nothing any more; a browser may refuse
      }}
    >
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
    </Prove>
  );
}
