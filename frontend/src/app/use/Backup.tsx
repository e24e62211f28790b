/** Files to keep elsewhere, encrypted under the certificate's password. */

import { useState } from "preact/hooks";

import type { BackupFile, BackupFormat } from "../../vault/port.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { download } from "../device/download.ts";
import { go } from "../route.ts";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, Checkbox, ErrorSummary, type FieldError, Notice, PasswordField, RadioCards, Working, useWords } from "../ui/index.ts";

const FORMATS: readonly BackupFormat[] = ["pkcs12", "npki_folder", "npki_files"];

export function Backup({ serial }: { readonly serial: string }) {
  const words = useWords();
  const { keystore, vault } = useApp();
  const held = useLoaded(async () => ({ keys: await keystore.findHeld(serial) }), serial);
  const [format, setFormat] = useState<BackupFormat>("pkcs12");
  const [compatible, setCompatible] = useState(false);
  const [password, setPassword] = useState("");
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [share, setShare] = useState<number>();
  const [files, setFiles] = useState<readonly BackupFile[]>();
  const task = useTask();
  const t = words.backup;
  const keys = held.value?.keys;

  const make = async (event: Event) => {
    event.preventDefault();
    setErrors(password ? [] : [{ field: "password", text: words.use.passwordNeeded }]);
    if (!password || !keys) return;
    await task.run(async () => {
      const made = await vault.backUp(keys.serial, password, { format, compatible, now: new Date() }, setShare);
      setPassword("");
      setFiles(made);
      await keystore.saveHeld({ ...keys, backedUpAt: new Date() });
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
          <p>{t.ready}</p>
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
            <PasswordField
              name="password"
              label={words.password.label}
              value={password}
              onInput={setPassword}
              autoComplete="current-password"
              error={errors[0]?.text}
            />
          </>
        )}
      </Screen>
    </form>
  );
}
