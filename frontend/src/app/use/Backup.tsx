/** Files to keep elsewhere, encrypted under the certificate's password. */

import { useState } from "preact/hooks";

import type { BackupFile, BackupFormat } from "../../vault/port.ts";
import { useApp } from "../App.tsx";
import { CertificatePassword, useCertificatePassword } from "../CertificatePassword.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { download } from "../device/download.ts";
import { go } from "../route.ts";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, Checkbox, ErrorSummary, type FieldError, Notice, RadioCards, Working, useWords } from "../ui/index.ts";

const FORMATS: readonly BackupFormat[] = ["pkcs12", "npki_folder", "npki_files"];

export function Backup({ serial }: { readonly serial: string }) {
  const words = useWords();
  const { vault } = useApp();
  const held = useLoaded(async () => ({ keys: await vault.findHeld(serial) }), serial);
  const [format, setFormat] = useState<BackupFormat>("pkcs12");
  const [compatible, setCompatible] = useState(false);
  const password = useCertificatePassword();
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [share, setShare] = useState<number>();
  const [files, setFiles] = useState<readonly BackupFile[]>();
  const task = useTask();
  const t = words.backup;
  const keys = held.value?.keys;

  const make = async (event: Event) => {
    event.preventDefault();
    setErrors(password.isMissing ? [{ field: "password", text: words.use.passwordNeeded }] : []);
    if (password.isMissing || !keys) return;
    await task.run(async () => {
      const made = await vault.backUp(keys.serial, password.given, { format, compatible, now: new Date() }, setShare);
      password.clear();
      setFiles(made);
    });
    setShare(undefined);
  };
  if (files) {
    return (
      <Screen
        title={t.readyTitle}
        onBack={() => setFiles(undefined)}
        actions={
          <Button kind="primary" wide onPress={() => go("/")}>
            {words.home.toHome}
          </Button>
        }
      >
        <Notice kind="success" announce>
          <p>{files.length ? t.ready : words.keyPage.handedOver}</p>
        </Notice>
        {files.map(({ name, type, data }) => (
          <Button key={name} wide onPress={() => download(name, type, data)}>
            {t.save(name)}
          </Button>
        ))}
        <p class="soft">{t.keepText}</p>
        {format === "npki_folder" && <p class="soft">{t.npkiText}</p>}
        {format === "npki_files" && <p class="soft">{t.apartText}</p>}
      </Screen>
    );
  }
  return (
    <form onSubmit={(event) => void make(event)} noValidate>
      <Screen
        title={words.action.backUp}
        lead={t.lead}
        onBack={() => go("/")}
        actions={
          keys && (
            <Button kind="primary" wide type="submit" busy={task.busy}>
              {t.make}
            </Button>
          )
        }
      >
        <ErrorSummary errors={errors} />
        <Failure reason={errors.length ? undefined : (task.failure ?? held.failure)} />
        {task.busy && <Working label={t.working} {...(share === undefined ? {} : { share })} />}
        {held.value && !keys && (
          <Notice kind="warning">
            <p>{words.use.notHere}</p>
          </Notice>
        )}
        {keys && (
          <>
            <RadioCards
              name="format"
              legend={t.format}
              options={FORMATS.map((value) => ({ value, title: t.formats[value].title, text: t.formats[value].text }))}
              value={format}
              onChange={setFormat}
            />
            {format !== "pkcs12" && (
              <Checkbox name="compatible" label={t.compatible} text={t.compatibleText} checked={compatible} onChange={setCompatible} />
            )}
            <CertificatePassword password={password} error={errors[0]?.text} />
          </>
        )}
      </Screen>
    </form>
  );
}
