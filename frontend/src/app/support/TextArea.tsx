/** Several lines of text with their label, hint and error tied to them. */

import { ErrorText, Hint, described } from "../ui/Field.tsx";
import { classes, useWords } from "../ui/index.ts";

const LONGEST = 2_000;

export interface TextAreaProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly optional?: boolean;
}

export function TextArea({ name, label, value, onInput, hint, error, optional }: TextAreaProps) {
  const words = useWords();
  return (
    <div class={classes("field", !!error && "field--wrong")}>
      <label class="field__label" for={name}>
        {label} {optional && <span class="soft">({words.ui.optional})</span>}
      </label>
      <Hint name={name}>{hint}</Hint>
      <div class="field__box">
        <textarea
          class="field__input"
          id={name}
          name={name}
          rows={3}
          maxLength={LONGEST}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
          aria-invalid={!!error}
          aria-describedby={described(name, hint, error)}
        />
      </div>
      <ErrorText name={name}>{error}</ErrorText>
    </div>
  );
}
