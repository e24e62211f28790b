/** Another password for a certificate on this device: one slot of its vault is rewrapped, the keys stay as they are. */

import { useState } from "preact/hooks";

import { findPasswordFindings } from "../../crypto/password.ts";
import { useApp } from "../App.tsx";
import { AskedThere } from "../CertificatePassword.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { go, pathOf } from "../route.ts";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, ButtonLink, ErrorSummary, type FieldError, Notice, PasswordField, PasswordRules, useWords } from "../ui/index.ts";

export function ChangePassword({ serial }: { readonly serial: string }) {
  const words = useWords();
  const { vault } = useApp();
  const held = useLoaded(async () => ({ keys: await vault.findHeld(serial) }), serial);
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [done, setDone] = useState(false);
  const task = useTask();
  const t = words.changePassword;
  const keys = held.value?.keys;

  const mistakes = (): FieldError[] => {
    const found: FieldError[] = [];
    if (!current) found.push({ field: "current", text: t.currentNeeded });
    if (findPasswordFindings(fresh).length) found.push({ field: "fresh", text: t.rules });
    else if (fresh === current) found.push({ field: "fresh", text: t.same });
    if (fresh !== again) found.push({ field: "again", text: t.differ });
    return found;
  };
  const change = async (event: Event) => {
    event.preventDefault();
    const found = vault.asksItself ? [] : mistakes();
    setErrors(found);
    if (found.length || !keys) return;
    await task.run(async () => {
      await vault.changePassword(serial, vault.asksItself ? undefined : { current, fresh });
      for (const clear of [setCurrent, setFresh, setAgain]) clear("");
      setDone(true);
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
        <ButtonLink href={pathOf("certificate", serial, "backup")}>{words.action.backUp}</ButtonLink>
      </Screen>
    );
  }
  const error = (field: string) => errors.find((one) => one.field === field)?.text;
  return (
    <form onSubmit={(event) => void change(event)} noValidate>
      <Screen
        title={t.title}
        lead={t.lead}
        onBack={() => go("/")}
        actions={
          keys && (
            <Button kind="primary" wide type="submit" busy={task.busy}>
              {t.change}
            </Button>
          )
        }
      >
        <ErrorSummary errors={errors} />
        <Failure reason={errors.length ? undefined : (task.failure ?? held.failure)} />
        {held.value && !keys && (
          <Notice kind="warning">
            <p>{words.use.notHere}</p>
          </Notice>
        )}
        {keys && (
          <>
            {vault.asksItself ? (
              <AskedThere />
            ) : (
              <>
                <PasswordField name="current" label={t.current} value={current} onInput={setCurrent} autoComplete="current-password" error={error("current")} />
                <PasswordField name="fresh" label={t.fresh} value={fresh} onInput={setFresh} autoComplete="new-password" error={error("fresh")} />
                <PasswordRules password={fresh} />
                <PasswordField name="again" label={t.again} value={again} onInput={setAgain} autoComplete="new-password" error={error("again")} />
              </>
            )}
            <Notice title={t.forgotten}>
              <p>{t.forgottenText}</p>
              <p>
                <a href={pathOf("apply", "reissue", serial)}>{words.action.reissue}</a>
              </p>
            </Notice>
          </>
        )}
      </Screen>
    </form>
  );
}
