/** Bringing a certificate in from files: they are read here and go nowhere. */

import { useState } from "preact/hooks";

import { useApp } from "../App.tsx";
import { CertificatePassword, useCertificatePassword } from "../CertificatePassword.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { bringInFiles } from "../device/bringing.ts";
import { go, pathOf } from "../route.ts";
import { useTask } from "../tasks.ts";
import { Button, ButtonLink, ErrorSummary, type FieldError, Notice, Working, useWords } from "../ui/index.ts";

export function BringIn() {
  const words = useWords();
  const { api, vault } = useApp();
  const [files, setFiles] = useState<readonly File[]>([]);
  const password = useCertificatePassword();
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [done, setDone] = useState<{ serial: string; weak: boolean; signingOnly: boolean }>();
  const task = useTask();
  const t = words.bringIn;

  const bring = async (event: Event) => {
    event.preventDefault();
    const found: FieldError[] = [];
    if (!files.length) found.push({ field: "files", text: t.filesNeeded });
    if (password.isMissing) found.push({ field: "password", text: words.use.passwordNeeded });
    setErrors(found);
    if (found.length) return;
    await task.run(async () => {
      const read = await Promise.all(
        files.map(async (file) => ({ name: file.name, data: new Uint8Array(await file.arrayBuffer()) })),
      );
      const { held, isWeak } = await bringInFiles({ api, vault }, read, password.given);
      setDone({ serial: held.serial, weak: isWeak, signingOnly: !held.keyManagement });
      password.clear();
    });
  };
  if (done) {
    return (
      <Screen
        title={t.doneTitle}
        actions={
          <Button kind="primary" wide onPress={() => go("/", { replace: true })}>
            {words.home.toHome}
          </Button>
        }
      >
        <Notice kind="success" announce>
          <p>{t.done}</p>
        </Notice>
        {done.signingOnly && (
          <Notice>
            <p>{t.signingOnly}</p>
          </Notice>
        )}
        {done.weak && (
          <Notice kind="warning">
            <p>{t.weak}</p>
          </Notice>
        )}
        <ButtonLink href={pathOf("certificate", done.serial, "password")}>{t.changePassword}</ButtonLink>
      </Screen>
    );
  }
  const error = (field: string) => errors.find((one) => one.field === field)?.text;
  return (
    <form onSubmit={(event) => void bring(event)} noValidate>
      <Screen
        title={t.title}
        lead={t.lead}
        onBack={() => go("/move")}
        actions={
          <Button kind="primary" wide type="submit" busy={task.busy}>
            {t.bring}
          </Button>
        }
      >
        <ErrorSummary errors={errors} />
        <Failure reason={errors.length ? undefined : task.failure} />
        {task.busy && <Working label={t.working} />}
        <div class="field">
          <label class="field__label" for="files">
            {t.choose}
          </label>
          <p class="field__hint" id="files-hint">
            {t.chooseHint}
          </p>
          <input
            class="field__input"
            id="files"
            name="files"
            type="file"
            multiple
            accept=".p12,.pfx,.der,.key,.zip"
            aria-describedby={error("files") ? "files-error files-hint" : "files-hint"}
            aria-invalid={error("files") ? "true" : undefined}
            onChange={(event) => setFiles([...(event.currentTarget.files ?? [])])}
          />
          {error("files") && (
            <p class="field__error" id="files-error">
              {error("files")}
            </p>
          )}
        </div>
        {files.length > 0 && <p role="status">{t.chosen(files.length)}</p>}
        <CertificatePassword label={t.password} hint={t.passwordHint} password={password} error={error("password")} />
      </Screen>
    </form>
  );
}
