/**
 * The certificate's password, then the keys: made here, locked here. Whoever closed the tab in between enters the same
 * password again and goes on with the same keys.
 */

import { useEffect, useRef, useState } from "preact/hooks";

import type { ConnectionFault, OfficeRefused } from "../../api/problem.ts";
import { CryptoFault } from "../../crypto/fault.ts";
import { findPasswordFindings } from "../../crypto/password.ts";
import { explain } from "../../i18n/words.ts";
import { useApp } from "../App.tsx";
import { AskedThere } from "../CertificatePassword.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { type Stage, obtainCertificates } from "../device/enrolment.ts";
import { useLoaded, useTask } from "../tasks.ts";
import {
  Button,
  ErrorSummary,
  type FieldError,
  Notice,
  PasswordField,
  PasswordRules,
  Working,
  useWords,
} from "../ui/index.ts";
import { isEnd } from "../wayOut.ts";
import type { StepProps } from "./Journey.tsx";
import { untilCompleted } from "./completion.ts";

const SHARES: Readonly<Record<Stage, number>> = { making: 0.15, wrapping: 0.4, requesting: 0.6, accepting: 0.85, done: 1 };

export function Issue(props: StepProps) {
  const { application, step, leave } = props;
  const words = useWords();
  const { vault } = useApp();
  const { value, failure, reload } = useLoaded(async () => {
    const [orders, held] = await Promise.all([vault.listOrders(), vault.listHeld()]);
    const isOrdered = orders.includes(application.id);
    const isAccepted = held.some((one) => one.applicationId === application.id && one.acceptedAt);
    return { isOrdered, isAccepted: !isOrdered && isAccepted };
  }, application.id);
  if (value?.isAccepted) return <Finishing {...props} />;
  if (value && (value.isOrdered || application.state === "identified")) {
    return <Password {...props} isOrdered={value.isOrdered} onDropped={reload} />;
  }
  return (
    <Screen title={words.issue.elsewhereTitle} {...(step ? { step } : {})} onBack={leave}>
      {!value && failure === undefined && <Working label={words.ui.loading} />}
      <Failure reason={failure} onRetry={reload} />
      {value && (
        <Notice kind="warning">
          <p>{words.issue.elsewhere}</p>
          <p>{words.issue.elsewhereNext}</p>
        </Notice>
      )}
    </Screen>
  );
}

/** Accepted here; the office is putting it into its books. */
function Finishing({ application, step, refresh, leave }: StepProps) {
  const words = useWords();
  const { api } = useApp();
  const task = useTask();
  const look = (signal?: AbortSignal) =>
    task.run(async () => {
      await untilCompleted(api, application.id, signal);
      await refresh();
    });
  useEffect(() => {
    const leaving = new AbortController();
    void look(leaving.signal);
    return () => leaving.abort();
  }, []);
  return (
    <Screen title={words.issue.workingTitle} {...(step ? { step } : {})} onBack={leave}>
      {task.failure === undefined && <Working label={words.key.accepting} />}
      <Failure reason={task.failure} onRetry={() => look()} />
    </Screen>
  );
}

function Password({ application, step, refresh, leave, isOrdered, onDropped }: StepProps & {
  isOrdered: boolean;
  onDropped: () => void;
}) {
  const words = useWords();
  const { api, vault } = useApp();
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [stage, setStage] = useState<Stage>("making");
  const [trouble, setTrouble] = useState<ConnectionFault | OfficeRefused>();
  const stopping = useRef<AbortController>(undefined);
  const task = useTask();
  const t = words.issue;

  const submit = async (event: Event) => {
    event.preventDefault();
    const found: FieldError[] = [];
    if (vault.asksItself) setErrors([]);
    else if (isOrdered ? !password : findPasswordFindings(password).length) found.push({ field: "password", text: t.passwordNeeded });
    else if (!isOrdered && password !== again) found.push({ field: "again", text: words.password.mismatch });
    setErrors(found);
    if (found.length) return;
    stopping.current = new AbortController();
    const { signal } = stopping.current;
    await task.run(async () => {
      const context = { api, vault, onStage: setStage, onTrouble: setTrouble, signal };
      await obtainCertificates(context, application.id, vault.asksItself ? undefined : password);
      await untilCompleted(api, application.id, signal);
      setPassword("");
      setAgain("");
      await refresh();
    });
  };
  const startOver = () =>
    task.run(async () => {
      await vault.dropOrder(application.id);
      setPassword("");
      onDropped();
    });
  if (task.busy) {
    return (
      <Screen title={t.workingTitle} lead={words.key.madeHere} {...(step ? { step } : {})}>
        <Working label={words.key[stage]} share={SHARES[stage]} />
        <p class="soft">{t.stay}</p>
        {trouble && (
          <Notice kind="warning" title={explain(trouble, words).title} announce>
            <p>{words.journey.goesOn}</p>
          </Notice>
        )}
      </Screen>
    );
  }
  const notOpened = vault.asksItself ? "vault.declined" : "npki.wrong_password"; // a vault that asks lets one try again itself
  const wrong = isOrdered && task.failure instanceof CryptoFault && task.failure.code === notOpened;
  const error = (field: string) => errors.find((one) => one.field === field)?.text;
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Screen
        title={isOrdered ? t.againTitle : t.title}
        lead={isOrdered ? t.againLead : words.key.madeHere}
        {...(step ? { step } : {})}
        onBack={leave}
        actions={
          !isEnd(task.failure) && (
            <Button kind="primary" wide type="submit">
              {isOrdered ? words.action.resume : t.make}
            </Button>
          )
        }
      >
        <ErrorSummary errors={errors} />
        <Failure reason={task.failure}>
          {wrong && application.state === "identified" && <Button onPress={startOver}>{t.startOver}</Button>}
        </Failure>
        {!isOrdered && (
          <Notice kind="warning">
            <p>{words.password.unrecoverable}</p>
            <p>{t.notTheLogin}</p>
          </Notice>
        )}
        {vault.asksItself ? (
          <AskedThere />
        ) : (
          <PasswordField
            name="password"
            label={words.password.label}
            value={password}
            onInput={setPassword}
            autoComplete={isOrdered ? "current-password" : "new-password"}
            error={error("password")}
          />
        )}
        {!isOrdered && !vault.asksItself && <PasswordRules password={password} />}
        {!isOrdered && !vault.asksItself && (
          <PasswordField
            name="again"
            label={words.password.again}
            value={again}
            onInput={setAgain}
            autoComplete="new-password"
            error={error("again")}
          />
        )}
        <p class="small soft">{words.app.officialDomain(location.host)}</p>
      </Screen>
    </form>
  );
}
