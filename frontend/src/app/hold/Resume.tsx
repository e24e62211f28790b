/** Resuming a suspended certificate: with its password on the device that holds it, or with a call. */

import { useState } from "preact/hooks";

import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { Prove } from "../confirm/Prove.tsx";
import { go } from "../route.ts";
import { useLoaded } from "../tasks.ts";
import { Button, Facts, Notice, Working, useWords } from "../ui/index.ts";

export function Resume({ serial }: { readonly serial: string }) {
  const words = useWords();
  const { api, vault } = useApp();
  const [resumed, setResumed] = useState(false);
  const t = words.hold;
  const { value, failure, reload } = useLoaded(async (signal) => {
    const [ledger, keys] = await Promise.all([
      api.listCertificates({ signal }),
      vault.findHeld(serial).catch(() => undefined), // a browser without storage still has the call
    ]);
    return { certificate: ledger.find((one) => one.serial === serial), keys };
  }, serial);
  const home = (
    <Button kind="primary" wide onPress={() => go("/", { replace: true })}>
      {words.home.toHome}
    </Button>
  );
  if (resumed) {
    return (
      <Screen title={t.resumedTitle} actions={home}>
        <Notice kind="success" announce>
          <p>{t.resumed}</p>
        </Notice>
        <Facts facts={[[words.certificate.serial, serial], [words.home.state, words.certificateState.good]]} />
      </Screen>
    );
  }
  if (!value || value.certificate?.held_by === "office") {
    return (
      <Screen title={t.resumeTitle} onBack={() => go("/")} actions={value && home}>
        <Failure reason={failure} onRetry={reload} />
        {!value && failure === undefined && <Working label={words.ui.loading} />}
        {value && (
          <Notice kind="warning">
            <p>{t.heldByOffice}</p>
          </Notice>
        )}
      </Screen>
    );
  }
  return (
    <Prove
      act="resume"
      target={serial}
      title={t.resumeTitle}
      lead={t.resumeLead}
      does={t.resumeNow}
      keys={value.keys}
      statement={async () => (await api.showActStatement(serial, "resume")).statement}
      onBack={() => go("/")}
      onProof={async (proof) => {
        await api.resume(serial, proof);
        setResumed(true);
      }}
    >
      <Facts facts={[[words.certificate.serial, serial]]} />
    </Prove>
  );
}
