/** The issue lock (발급 안심차단): on with one tap, off with a further proof and after a day to think again. */

import { useState } from "preact/hooks";

import type { IssueLockView } from "../../api/types.ts";
import { formatMoment } from "../../i18n/format.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { Prove } from "../confirm/Prove.tsx";
import type { HeldCertificate } from "../../vault/port.ts";
import { go } from "../route.ts";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, Facts, Notice, Working, useSpeech } from "../ui/index.ts";

interface Known {
  readonly lock: IssueLockView;
  /** A certificate on this device that can sign now. */
  readonly keys: HeldCertificate | undefined;
}

export function Lock() {
  const { words, language } = useSpeech();
  const { api, vault } = useApp();
  const [unlocking, setUnlocking] = useState(false);
  const [changed, setChanged] = useState<IssueLockView>();
  const task = useTask();
  const t = words.lock;
  const { value, failure, reload } = useLoaded<Known>(async (signal) => {
    const [lock, ledger, here] = await Promise.all([
      api.showIssueLock({ signal }),
      api.listCertificates({ signal }),
      vault.listHeld().catch(() => []), // a browser without storage still has the call
    ]);
    const good = new Set(ledger.filter(({ state }) => state === "good").map(({ serial }) => serial));
    return { lock, keys: here.find(({ serial }) => good.has(serial)) };
  }, "lock");
  const lock = changed ?? value?.lock;
  const act = (what: () => Promise<IssueLockView>) => task.run(async () => setChanged(await what()));

  if (unlocking && lock?.id && lock.state === "locked") {
    const { id, statement } = lock;
    const keys = value?.keys;
    return (
      <Prove
        act="unlock_issuing"
        target={id}
        title={t.unlockTitle}
        lead={t.unlockLead}
        does={t.unlock}
        keys={keys}
        statement={async () => statement ?? ""}
        onBack={() => setUnlocking(false)}
        onProof={async (proof) => {
          const serial = proof.signature && keys ? { serial: keys.serial } : {};
          setChanged(await api.unlockIssuing({ ...proof, ...serial }));
          setUnlocking(false);
        }}
      >
        <Notice>
          <p>{t.cooling}</p>
        </Notice>
      </Prove>
    );
  }
  return (
    <Screen
      title={t.title}
      lead={t.lead}
      onBack={() => go("/")}
      actions={
        lock?.state === "open" && lock.may_lock ? (
          <Button kind="primary" wide busy={task.busy} onPress={() => act(() => api.lockIssuing())}>
            {t.lockNow}
          </Button>
        ) : lock?.state === "locked" ? (
          <Button kind="secondary" wide onPress={() => setUnlocking(true)}>
            {t.unlock}
          </Button>
        ) : (
          lock?.state === "cooling" && (
            <Button kind="primary" wide busy={task.busy} onPress={() => act(() => api.cancelUnlock())}>
              {t.keep}
            </Button>
          )
        )
      }
    >
      {!lock && failure === undefined && <Working label={words.ui.loading} />}
      <Failure reason={task.failure ?? failure} {...(lock ? {} : { onRetry: reload })} />
      {lock && (
        <Notice kind={lock.state === "open" ? "info" : lock.state === "locked" ? "success" : "warning"} title={t.state[lock.state]} announce={!!changed}>
          <p>{lock.state === "open" && !lock.may_lock ? t.notYet : t.means[lock.state]}</p>
        </Notice>
      )}
      {lock?.opens_at && <Facts facts={[[t.opensAt, formatMoment(lock.opens_at, language)]]} />}
    </Screen>
  );
}
