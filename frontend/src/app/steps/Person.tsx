/** Personal data: what the document already said is filled in. Easy mode asks one thing at a time. */

import { useEffect, useState } from "preact/hooks";

import { useApp } from "../App.tsx";
import { Failure, fieldErrors } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import type { Draft } from "../drafts.ts";
import { findCheck } from "../machine.ts";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, ErrorSummary, Field, type FieldError, PasswordField, RadioCards, useWords } from "../ui/index.ts";
import { Findings } from "./Findings.tsx";
import type { StepProps } from "./Journey.tsx";
import { formatDay, formatPhone, formatRrn, isDay, isMobile } from "./formats.ts";

type Question = "name" | "birth_date" | "sex" | "rrn" | "phone";

export function Person({ application, proofing, step, refresh, leave }: StepProps) {
  const words = useWords();
  const { api, drafts, preferences } = useApp();
  const [draft, setDraft] = useState<Draft>(() => drafts.of(application.id));
  const [rrn, setRrn] = useState("");
  const [page, setPage] = useState(0);
  const [mistakes, setMistakes] = useState<FieldError[]>([]);
  const task = useTask();
  const isPassport = proofing?.document?.kind === "passport";
  const pages = pagesOf(isPassport, preferences.easy);
  const asked = pages[Math.min(page, pages.length - 1)] ?? [];
  const t = words.person;

  const keep = (change: Draft) => {
    drafts.keep(application.id, change);
    setDraft((before) => ({ ...before, ...change }));
  };
  // after a reload the draft is gone: what the document says is asked of the office again
  const { value: read } = useLoaded((signal) => api.showReadFields(application.id, { signal }), application.id);
  // of somebody identified before, the telephone is known as well; the document's own words go first
  const { value: known } = useLoaded(
    async (signal) => (application.kind === "reissue" ? api.showApplicant({ signal }).catch(() => undefined) : undefined),
    application.id,
  );
  useEffect(() => {
    if (known && !drafts.of(application.id).phone) keep({ phone: formatPhone(known.phone) });
  }, [known]);
  useEffect(() => {
    const of = (name: string) => read?.find((one) => one.name === name)?.value;
    const sex = of("sex");
    if (!read) return;
    keep({
      name: draft.name ?? of("name") ?? "",
      birthDate: draft.birthDate ?? of("birth_date") ?? "",
      ...(draft.sex ? {} : sex === "M" || sex === "F" ? { sex } : {}),
    });
  }, [read]);

  const wrong: Readonly<Record<Question, () => boolean>> = {
    name: () => !draft.name?.trim(),
    birth_date: () => !isDay(draft.birthDate ?? ""),
    sex: () => !draft.sex,
    rrn: () => rrn.replace(/\D/g, "").length !== 13,
    phone: () => !isMobile(draft.phone ?? ""),
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    const found = asked.filter((one) => wrong[one]()).map((field) => ({ field, text: t.wrong[field] }));
    setMistakes(found);
    if (found.length) return;
    if (page < pages.length - 1) return setPage(page + 1);
    await task.run(async () => {
      await api.submitPersonalData(application.id, {
        name: draft.name!.trim(),
        birth_date: draft.birthDate!,
        sex: draft.sex!,
        phone: draft.phone!,
        ...(isPassport ? { rrn } : {}),
      });
      setRrn("");
      await refresh();
    });
  };
  const back = () => {
    setMistakes([]);
    task.clear();
    if (page) setPage(page - 1);
    else leave();
  };
  const all = pages.flat();
  const refused = fieldErrors(task.failure, all, (field) => t.wrong[field as Question]);
  useEffect(() => {
    const first = pages.findIndex((questions) => refused.some(({ field }) => questions.includes(field as Question)));
    if (first >= 0) setPage(first);
  }, [task.failure]);
  const errors = mistakes.length ? mistakes : refused.filter(({ field }) => asked.includes(field as Question));
  const error = (field: Question) => errors.find((one) => one.field === field)?.text;
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Screen
        title={t.title[asked[0] ?? "name"]}
        lead={asked.includes("name") && t.lead}
        {...(step ? { step } : {})}
        onBack={back}
        actions={
          <Button kind="primary" wide type="submit" busy={task.busy}>
            {words.action.next}
          </Button>
        }
      >
        <ErrorSummary errors={errors} />
        <Failure reason={refused.length ? undefined : task.failure} />
        <Findings check={findCheck(proofing, "personal_data")} />
        {asked.includes("name") && (
          <Field
            name="name"
            label={words.field.name}
            value={draft.name ?? ""}
            onInput={(name) => keep({ name })}
            autoComplete="name"
            maxLength={80}
            error={error("name")}
          />
        )}
        {asked.includes("birth_date") && (
          <Field
            name="birth_date"
            label={words.field.birth_date}
            value={draft.birthDate ?? ""}
            onInput={(birthDate) => keep({ birthDate })}
            format={formatDay}
            inputMode="numeric"
            autoComplete="bday"
            maxLength={10}
            hint={words.form.dateHint}
            error={error("birth_date")}
          />
        )}
        {asked.includes("sex") && (
          <RadioCards
            name="sex"
            legend={words.field.sex}
            options={(["F", "M"] as const).map((value) => ({ value, title: words.sex[value] }))}
            value={draft.sex}
            onChange={(sex) => keep({ sex })}
            error={error("sex")}
          />
        )}
        {asked.includes("rrn") && (
          <PasswordField
            name="rrn"
            label={words.field.rrn}
            value={rrn}
            onInput={setRrn}
            format={formatRrn}
            autoComplete="off"
            maxLength={14}
            hint={t.rrnHint}
            error={error("rrn")}
          />
        )}
        {asked.includes("phone") && (
          <Field
            name="phone"
            label={t.phone}
            type="tel"
            value={draft.phone ?? ""}
            onInput={(phone) => keep({ phone })}
            format={formatPhone}
            inputMode="tel"
            autoComplete="tel-national"
            hint={t.phoneHint}
            error={error("phone")}
          />
        )}
      </Screen>
    </form>
  );
}

/** Which questions stand on one screen. */
export function pagesOf(isPassport: boolean, easy: boolean): Question[][] {
  const rrn: Question[][] = isPassport ? [["rrn"]] : [];
  if (easy) return [["name"], ["birth_date"], ["sex"], ...rrn, ["phone"]];
  return [["name", "birth_date", "sex"], ...rrn, ["phone"]];
}
