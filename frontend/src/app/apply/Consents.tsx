/** The texts to agree to, each to be read here. Nobody is asked to agree to a text this app does not have. */

import { useState } from "preact/hooks";

import type { ConsentBody } from "../../api/types.ts";
import type { Words } from "../../i18n/words.ts";
import { Screen } from "../Screen.tsx";
import { Button, Checkbox, ErrorSummary, type FieldError, Notice, useWords } from "../ui/index.ts";
import type { PartProps } from "./Apply.tsx";

/** The version of the texts in the dictionaries. */
export const TEXT_VERSION = "2026-01";

type TextId = keyof Words["consent"];
const TEXT_IDS: readonly TextId[] = ["terms_of_certification", "personal_data", "unique_identifier"];

/** True for a text that stands in this app, in this very version. */
export function isKnownText(one: ConsentBody): one is ConsentBody & { text_id: TextId } {
  return one.version === TEXT_VERSION && (TEXT_IDS as readonly string[]).includes(one.text_id);
}

export function Consents({ step, onBack, onNext, required, agreed, onChange }: PartProps & {
  required: readonly ConsentBody[];
  agreed: readonly ConsentBody[];
  onChange: (agreed: readonly ConsentBody[]) => void;
}) {
  const words = useWords();
  const [errors, setErrors] = useState<FieldError[]>([]);
  const known = required.filter(isKnownText);
  const has = (one: ConsentBody) => agreed.some(({ text_id }) => text_id === one.text_id);
  const missing = (): FieldError[] =>
    known.filter((one) => !has(one)).map((one) => ({ field: one.text_id, text: words.apply.consentNeeded(words.consent[one.text_id].title) }));
  const next = () => {
    const found = missing();
    setErrors(found);
    if (!found.length) onNext();
  };
  const turn = (one: ConsentBody, checked: boolean) =>
    onChange(checked ? [...agreed, one] : agreed.filter(({ text_id }) => text_id !== one.text_id));
  if (known.length < required.length) {
    return (
      <Screen
        title={words.apply.consentsTitle}
        step={step}
        onBack={onBack}
        actions={
          <Button kind="primary" wide onPress={() => location.reload()}>
            {words.apply.reload}
          </Button>
        }
      >
        <Notice kind="warning" title={words.apply.oldAppTitle} announce>
          <p>{words.apply.oldApp}</p>
        </Notice>
      </Screen>
    );
  }
  return (
    <Screen
      title={words.apply.consentsTitle}
      lead={words.apply.consentsLead}
      step={step}
      onBack={onBack}
      actions={
        <Button kind="primary" wide onPress={next}>
          {words.apply.agree}
        </Button>
      }
    >
      <ErrorSummary errors={errors.filter(({ field }) => !agreed.some(({ text_id }) => text_id === field))} />
      <Checkbox
        name="all"
        label={words.apply.agreeToAll}
        checked={known.every(has)}
        onChange={(checked) => onChange(checked ? known.map(({ text_id, version }) => ({ text_id, version })) : [])}
      />
      {known.map((one) => {
        const text = words.consent[one.text_id];
        return (
          <div class="card" key={one.text_id}>
            <Checkbox
              name={one.text_id}
              label={text.title}
              text={words.ui.required}
              checked={has(one)}
              onChange={(checked) => turn({ text_id: one.text_id, version: one.version }, checked)}
              error={errors.find(({ field }) => field === one.text_id && !has(one))?.text}
            />
            <details>
              <summary>{words.apply.readText(text.title)}</summary>
              <ul class="list small">
                {text.points.map((point) => (
                  <li key={point}>{point}</li>
                ))}
              </ul>
              <p class="small soft">{words.apply.version(one.version)}</p>
            </details>
          </div>
        );
      })}
    </Screen>
  );
}
