/** Whether a passkey opens a certificate kept here, beside its password: turn it on and off. */

import { useState } from "preact/hooks";

import { useApp } from "../App.tsx";
import { CertificatePassword, useCertificatePassword } from "../CertificatePassword.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import type { HeldCertificate } from "../../vault/port.ts";
import { go } from "../route.ts";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, ErrorSummary, Notice, Working, useToast, useWords } from "../ui/index.ts";

export function Opening({ serial }: { readonly serial: string }) {
  const words = useWords();
  const { vault } = useApp();
  const held = useLoaded(async () => ({ keys: await vault.findHeld(serial) }), serial);
  const keys = held.value?.keys;
  if (keys) return <Switch held={keys} onChanged={held.reload} />;
  return (
    <Screen title={words.opening.title} onBack={() => go("/")}>
      <Failure reason={held.failure} />
      {!held.value && held.failure === undefined && <Working label={words.ui.loading} />}
      {held.value && (
        <Notice kind="warning">
          <p>{words.use.notHere}</p>
        </Notice>
      )}
    </Screen>
  );
}

function Switch({ held, onChanged }: { readonly held: HeldCertificate; readonly onChanged: () => void }) {
  const words = useWords();
  const toast = useToast();
  const { vault } = useApp();
  const password = useCertificatePassword();
  const [missing, setMissing] = useState(false);
  const task = useTask();
  const t = words.opening;
  const isOn = held.opensByPasskey;
  const error = missing && password.isMissing ? words.use.passwordNeeded : undefined;

  const turnOn = async (event: Event) => {
    event.preventDefault();
    setMissing(password.isMissing);
    if (password.isMissing) return;
    await task.run(async () => {
      await vault.addPasskey(held.serial, password.given, location.hostname);
      password.clear();
      toast(t.added);
      onChanged();
    });
  };
  const turnOff = () =>
    task.run(async () => {
      await vault.removePasskeys(held.serial);
      toast(t.removed);
      onChanged();
    });
  if (isOn) {
    return (
      <Screen
        title={t.title}
        lead={t.lead}
        onBack={() => go("/")}
        actions={
          <Button wide onPress={turnOff}>
            {t.remove}
          </Button>
        }
      >
        <Failure reason={task.failure} />
        <Notice kind="success" announce>
          <p>{t.on}</p>
        </Notice>
        <p class="soft">{t.syncedText}</p>
      </Screen>
    );
  }
  return (
    <form onSubmit={(event) => void turnOn(event)} noValidate>
      <Screen
        title={t.title}
        lead={t.lead}
        onBack={() => go("/")}
        actions={
          <Button kind="primary" wide type="submit" busy={task.busy}>
            {t.add}
          </Button>
        }
      >
        <ErrorSummary errors={error ? [{ field: "password", text: error }] : []} />
        <Failure reason={task.failure} />
        <Notice>
          <p>{t.off}</p>
          <p>
            {t.needsPasskey} <a href="/security">{words.security.title}</a>
          </p>
        </Notice>
        <CertificatePassword password={password} hint={t.passwordWhy} error={error} />
        <p class="soft">{t.syncedText}</p>
      </Screen>
    </form>
  );
}
