/** Choosing: cards of which one is picked, a list for many, a box to tick. */

import type { ComponentChildren } from "preact";

import { ErrorText, Hint, described } from "./Field.tsx";
import { classes } from "./context.tsx";

export interface Option<Value extends string> {
  readonly value: Value;
  readonly title: string;
  readonly text?: string;
  readonly inactive?: boolean;
}

interface ChoiceProps<Value extends string> {
  /** The group's id: `ErrorSummary` links to it. */
  readonly name: string;
  readonly legend: string;
  readonly options: readonly Option<Value>[];
  readonly value: Value | undefined;
  readonly onChange: (value: Value) => void;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
}

export function RadioCards<Value extends string>(props: ChoiceProps<Value> & { hideLegend?: boolean }) {
  const { name, legend, options, value, onChange, hint, error, hideLegend } = props;
  return (
    <fieldset class="field" id={name} tabIndex={-1} aria-describedby={described(name, hint, error)}>
      <legend class={classes(hideLegend && "visually-hidden")}>{legend}</legend>
      <Hint name={name}>{hint}</Hint>
      <ErrorText name={name}>{error}</ErrorText>
      <div class="choices">
        {options.map((option) => (
          <label class="choice" key={option.value}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              disabled={option.inactive === true}
              onChange={() => onChange(option.value)}
            />
            <span>
              <span class="choice__title">{option.title}</span>
              {option.text && <span class="choice__text">{option.text}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** For more choices than fit a screen: the system's own list. `prompt` stands there until something is chosen. */
export function Select<Value extends string>(props: ChoiceProps<Value> & { prompt: string }) {
  const { name, legend, options, value, onChange, hint, error, prompt } = props;
  return (
    <div class={classes("field", !!error && "field--wrong")}>
      <label class="field__label" for={name}>
        {legend}
      </label>
      <Hint name={name}>{hint}</Hint>
      <div class="field__box">
        <select
          class="field__input"
          id={name}
          name={name}
          value={value ?? ""}
          aria-invalid={error ? "true" : undefined}
          aria-describedby={described(name, hint, error)}
          onChange={(event) => onChange(event.currentTarget.value as Value)}
        >
          <option value="" disabled>
            {prompt}
          </option>
          {options.map((option) => (
            <option key={option.value} value={option.value} disabled={option.inactive === true}>
              {option.title}
            </option>
          ))}
        </select>
      </div>
      <ErrorText name={name}>{error}</ErrorText>
    </div>
  );
}

export interface CheckboxProps {
  readonly name: string;
  readonly label: ComponentChildren;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly text?: string;
  readonly error?: string | undefined;
}

export function Checkbox({ name, label, checked, onChange, text, error }: CheckboxProps) {
  return (
    <div class="field">
      <label class="choice choice--plain">
        <input
          type="checkbox"
          id={name}
          name={name}
          checked={checked}
          aria-invalid={error ? "true" : undefined}
          aria-describedby={described(name, undefined, error)}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        <span>
          <span class="choice__title">{label}</span>
          {text && <span class="choice__text">{text}</span>}
        </span>
      </label>
      <ErrorText name={name}>{error}</ErrorText>
    </div>
  );
}
