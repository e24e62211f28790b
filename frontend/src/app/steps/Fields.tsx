/** What was read, each value beside the cutting it was read from. What is corrected is marked as typed. */

import { useEffect, useState } from "preact/hooks";

import type { DocumentKind, FieldName, ReadFieldView } from "../../api/types.ts";
import { fromBase64 } from "../../crypto/bytes.ts";
import { useApp } from "../App.tsx";
import { Failure, fieldErrors } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { NEEDED, findCheck } from "../machine.ts";
import { useBlobUrl, useLoaded, useTask } from "../tasks.ts";
import { Button, ErrorSummary, Field, Working, useWords } from "../ui/index.ts";
import { Findings } from "./Findings.tsx";
import type { StepProps } from "./Journey.tsx";
import { formatDay, formatRrn } from "./formats.ts";

const DOUBTFUL = 0.85; // below it the applicant is asked to look twice; nothing is decided by it
const FIXED: readonly FieldName[] = ["mrz_line_1", "mrz_line_2"];
const DATES: readonly FieldName[] = ["birth_date", "issued_on", "expires_on", "renewal_from"];

type Corrections = Partial<Record<FieldName, string>>;

export function Fields({ application, proofing, step, refresh, visit }: StepProps) {
  const words = useWords();
  const { api, drafts } = useApp();
  const { value: read, failure, reload } = useLoaded((signal) => api.showReadFields(application.id, { signal }), application.id);
  const [typed, setTyped] = useState<Corrections>({});
  const task = useTask();
  const kind = proofing?.document?.kind;
  const shown = read && kind ? withMissing(read, kind) : read;
  const corrections = shown ? correctionsOf(shown, typed) : {};

  const confirm = () =>
    task.run(async () => {
      await api.confirmFields(application.id, { corrections });
      const of = (name: FieldName) => corrections[name] ?? read?.find((one) => one.name === name)?.value;
      const [name, birthDate, sex] = [of("name"), of("birth_date"), of("sex")];
      drafts.keep(application.id, {
        ...(name ? { name } : {}),
        ...(birthDate ? { birthDate } : {}),
        ...(sex === "M" || sex === "F" ? { sex } : {}),
      });
      await refresh();
    });
  const names = shown?.map((one) => one.name) ?? [];
  const errors = fieldErrors(task.failure, names, (name) => words.document.fieldWrong(words.field[name as FieldName]));
  return (
    <Screen
      title={words.document.fieldsTitle}
      lead={words.document.fieldsLead}
      {...(step ? { step } : {})}
      onBack={() => visit("document")}
      actions={
        shown && (
          <>
            <Button kind="primary" wide onPress={confirm}>
              {Object.keys(corrections).length ? words.document.confirmCorrected : words.document.confirm}
            </Button>
            <Button kind="quiet" wide onPress={() => visit("photograph")}>
              {words.action.retakePhoto}
            </Button>
          </>
        )
      }
    >
      <ErrorSummary errors={errors} />
      <Failure reason={errors.length ? undefined : (task.failure ?? failure)} {...(failure === undefined ? {} : { onRetry: reload })} />
      <Findings check={findCheck(proofing, "id_document")} />
      {!shown && failure === undefined && <Working label={words.ui.loading} />}
      {shown?.map((one) => (
        <OneField
          key={one.name}
          field={one}
          typed={typed[one.name]}
          onType={(text) => setTyped((before) => ({ ...before, [one.name]: text }))}
          error={errors.find(({ field }) => field === one.name)?.text}
        />
      ))}
    </Screen>
  );
}

function OneField({ field, typed, onType, error }: {
  readonly field: ReadFieldView;
  readonly typed: string | undefined;
  readonly onType: (text: string) => void;
  readonly error: string | undefined;
}) {
  const words = useWords();
  const { name, value, confidence, source } = field;
  const [changing, setChanging] = useState(!value);
  useEffect(() => {
    if (error) setChanging(true);
  }, [error]);
  const label = words.field[name];
  const isTyped = source === "typed" || (typed !== undefined && typed !== value);
  return (
    <section class="card read" id={`read-${name}`} aria-label={label}>
      <Crop crop={field.crop} alt={words.document.cropOf(label)} />
      {changing ? (
        <Field
          name={name}
          label={label}
          value={typed ?? (name === "rrn" ? "" : value)}
          onInput={onType}
          {...inputOf(name)}
          {...(name === "rrn" ? { hint: words.document.rrnWhole } : DATES.includes(name) ? { hint: words.form.dateHint } : {})}
          error={error}
        />
      ) : (
        <div class="read__value">
          <div>
            <p class="soft small">{label}</p>
            <p class="read__text">{name === "sex" && (value === "M" || value === "F") ? words.sex[value] : value}</p>
          </div>
          {!FIXED.includes(name) && (
            <Button kind="quiet" label={words.document.change(label)} onPress={() => setChanging(true)}>
              {words.action.change}
            </Button>
          )}
        </div>
      )}
      {isTyped ? (
        <p class="mark">{words.document.typed}</p>
      ) : (
        value && confidence < DOUBTFUL && <p class="mark mark--doubt">{words.document.lookTwice}</p>
      )}
    </section>
  );
}

function Crop({ crop, alt }: { crop: string | null; alt: string }) {
  const [blob, setBlob] = useState<Blob>();
  useEffect(() => setBlob(crop ? new Blob([fromBase64(crop)], { type: "image/jpeg" }) : undefined), [crop]);
  const url = useBlobUrl(blob);
  return url ? <img class="read__crop" src={url} alt={alt} /> : null;
}

/** Values the document must state but that were not read are asked for, empty. */
export function withMissing(read: readonly ReadFieldView[], kind: DocumentKind): ReadFieldView[] {
  const missing = NEEDED[kind].filter((name) => !read.some((one) => one.name === name));
  return [...read, ...missing.map((name) => ({ name, value: "", confidence: 0, source: "typed" as const, crop: null }))];
}

/** What really differs from what was read; an RRN left empty stays as it was. */
export function correctionsOf(shown: readonly ReadFieldView[], typed: Corrections): Corrections {
  const changed = shown.flatMap(({ name, value }) => {
    const text = typed[name]?.trim();
    return text === undefined || text === value || (name === "rrn" && !text && value) ? [] : [[name, text] as const];
  });
  return Object.fromEntries(changed);
}

function inputOf(name: FieldName): { inputMode?: "numeric"; format?: (typed: string) => string; maxLength?: number } {
  if (name === "rrn") return { inputMode: "numeric", format: formatRrn, maxLength: 14 };
  if (DATES.includes(name)) return { inputMode: "numeric", format: formatDay, maxLength: 10 };
  return { maxLength: 120 };
}
