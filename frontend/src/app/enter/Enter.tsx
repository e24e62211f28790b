/** Signing in, or signing up and being signed in at once. The address stays: one goes on where one was. */

import { useState } from "preact/hooks";

import { OfficeRefused } from "../../api/problem.ts";
import { canUsePasskeys } from "../../passkeys/fault.ts";
import { useApp, useAuthority, useSession } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { wipeWhatWasRemoved } from "../device/wiping.ts";
import { useTask } from "../tasks.ts";
import { Button, ErrorSummary, Field, type FieldError, Notice, PasswordField, useSpeech } from "../ui/index.ts";

const LOGIN_NAME = /^[a-z][a-z0-9._-]{3,39}$/;
const PASSWORD = { least: 10, most: 128 };

export function Enter() {
  const { words, language } = useSpeech();
  const { api, vault, session, drafts } = useApp();
  const { state } = useSession();
  const authority = useAuthority();
  const [isNew, setIsNew] = useState(false);
  const [loginName, setLoginName] = useState("");
  const [password, setPassword] = useState("");
  const [errors, setErrors] = useState<FieldError[]>([]);
  const task = useTask();
  const t = words.enter;

  const mistakes = (): FieldError[] => {
    const found: FieldError[] = [];
    if (isNew ? !LOGIN_NAME.test(loginName) : !loginName) found.push({ field: "login_name", text: t.loginNameRule });
    const fits = isNew ? password.length >= PASSWORD.least && password.length <= PASSWORD.most : password;
    const named = isNew && loginName && password.toLowerCase().includes(loginName);
    if (!fits || named) found.push({ field: "password", text: isNew ? t.passwordRule : t.passwordNeeded });
    return found;
  };
  const enter = async (event?: Event) => {
    event?.preventDefault();
    const found = mistakes();
    setErrors(found);
    if (found.length) return;
    await task.run(async () => {
      const credentials = { login_name: loginName, password };
      await wipeWhatWasRemoved(api, vault); // signing in makes the device the owner's again
      if (isNew) await api.signUp({ ...credentials, language });
      if (session.standing.state !== "ended") drafts.clear();
      session.opened(await api.signIn(credentials));
    });
  };
  const byPasskey = () =>
    task.run(async () => {
      const { signInWithPasskey } = await import("../security/passkeys.ts");
      const opened = await signInWithPasskey(api);
      if (session.standing.state !== "ended") drafts.clear();
      session.opened(opened);
    });
  const change = () => {
    setIsNew(!isNew);
    setErrors([]);
    task.clear();
  };
  const error = (field: string) => errors.find((one) => one.field === field)?.text;
  const taken = task.failure instanceof OfficeRefused && task.failure.code === "access.login_name_taken";
  return (
    <form onSubmit={(event) => void enter(event)} noValidate>
      <Screen
        title={isNew ? t.signUpTitle : t.signInTitle}
        lead={words.app.officialDomain(location.host)}
        actions={
          <>
            <Button kind="primary" wide type="submit" busy={task.busy}>
              {isNew ? words.action.signUp : words.action.signIn}
            </Button>
            {!isNew && canUsePasskeys() && (
              <Button wide onPress={byPasskey}>
                {words.security.signIn}
              </Button>
            )}
            <Button kind="quiet" wide onPress={change}>
              {isNew ? t.haveAccount : t.noAccount}
            </Button>
          </>
        }
      >
        {state === "ended" && (
          <Notice kind="warning" announce>
            <p>{words.session.ended}</p>
          </Notice>
        )}
        {authority?.environment === "sandbox" && (
          <Notice kind="warning">
            <p>{words.app.environmentNotice}</p>
          </Notice>
        )}
        <ErrorSummary errors={errors} />
        <Failure reason={task.failure}>
          {taken && <Button onPress={change}>{words.action.signIn}</Button>}
        </Failure>
        <Field
          name="login_name"
          label={words.session.loginName}
          value={loginName}
          onInput={setLoginName}
          format={(typed) => typed.trim().toLowerCase()}
          autoComplete="username"
          maxLength={40}
          hint={isNew && t.loginNameRule}
          error={error("login_name")}
        />
        <PasswordField
          name="password"
          label={words.session.password}
          value={password}
          onInput={setPassword}
          autoComplete={isNew ? "new-password" : "current-password"}
          maxLength={128}
          hint={isNew ? `${t.passwordRule} ${words.session.passwordText}` : words.session.passwordText}
          error={error("password")}
        />
      </Screen>
    </form>
  );
}
