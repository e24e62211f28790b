/** The account the micro-deposit goes to. */

import { useState } from "preact/hooks";

import { useApp } from "../App.tsx";
import { Failure, fieldErrors } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { findCheck } from "../machine.ts";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, Card, ErrorSummary, Facts, Field, type FieldError, Select, useWords } from "../ui/index.ts";
import { Findings } from "./Findings.tsx";
import type { StepProps } from "./Journey.tsx";
import { formatAccount } from "./formats.ts";

const FIELDS = ["bank_code", "number"] as const;

export function Account({ application, proofing, step, refresh, done, leave }: StepProps) {
  const words = useWords();
  const { api, drafts } = useApp();
  const draft = drafts.of(application.id);
  const [bankCode, setBankCode] = useState(draft.bankCode);
  const [number, setNumber] = useState(draft.account ?? "");
  const [mistakes, setMistakes] = useState<FieldError[]>([]);
  const task = useTask();
  const t = words.account;

  const submit = async (event: Event) => {
    event.preventDefault();
    const found: FieldError[] = [];
    if (!bankCode) found.push({ field: "bank_code", text: t.bankNeeded });
    if (number.replace(/\D/g, "").length < 7) found.push({ field: "number", text: t.numberNeeded });
    setMistakes(found);
    if (found.length || !bankCode) return;
    drafts.keep(application.id, { bankCode, account: number });
    await task.run(async () => {
      try {
        await api.submitAccount(application.id, { bank_code: bankCode, number });
      } catch (reason) {
        await refresh(); // an earlier check may have come back meanwhile: then that is where one is
        throw reason;
      }
      await done();
    });
  };
  const refused = fieldErrors(task.failure, FIELDS, (field) => (field === "number" ? t.numberNeeded : t.bankNeeded));
  const errors = mistakes.length ? mistakes : refused;
  const error = (field: string) => errors.find((one) => one.field === field)?.text;
  // nothing known, or nobody to ask: it is typed as the first time
  const known = useLoaded(
    async (signal) => (application.kind === "reissue" ? api.showApplicant({ signal }).catch(() => undefined) : undefined),
    application.id,
  ).value;
  const again = () =>
    task.run(async () => {
      await api.submitKnownAccount(application.id);
      await done();
    });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Screen
        title={t.title}
        lead={t.lead}
        {...(step ? { step } : {})}
        onBack={leave}
        actions={
          <Button kind="primary" wide type="submit" busy={task.busy}>
            {t.send}
          </Button>
        }
      >
        <ErrorSummary errors={errors} />
        <Failure reason={refused.length ? undefined : task.failure} />
        <Findings check={findCheck(proofing, "account_deposit")} />
        {known?.account && known.bank_code && (
          <Card title={t.knownTitle}>
            <Facts facts={[[words.bank[known.bank_code as keyof typeof words.bank] ?? t.bank, known.account]]} />
            <Button onPress={again} busy={task.busy}>
              {t.useKnown}
            </Button>
          </Card>
        )}
        <Select
          name="bank_code"
          legend={t.bank}
          prompt={t.bankPrompt}
          options={Object.entries(words.bank).map(([value, title]) => ({ value, title }))}
          value={bankCode}
          onChange={setBankCode}
          error={error("bank_code")}
        />
        <Field
          name="number"
          label={t.number}
          value={number}
          onInput={setNumber}
          format={formatAccount}
          inputMode="numeric"
          autoComplete="off"
          maxLength={24}
          hint={t.numberHint}
          error={error("number")}
        />
      </Screen>
    </form>
  );
}
