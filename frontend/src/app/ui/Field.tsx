/** One line of input with its label, hint and error tied to it. Pasting is never blocked. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import { Button } from "./Button.tsx";
import { classes, useWords } from "./context.tsx";

export interface FieldProps {
  /** The id too: `ErrorSummary` links to it. */
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
  readonly type?: "text" | "tel" | "password" | "date" | "email";
  readonly inputMode?: "text" | "numeric" | "tel" | "decimal";
  readonly autoComplete?: string;
  readonly maxLength?: number;
  readonly placeholder?: string;
  readonly optional?: boolean;
  /** Puts what was typed into groups as it is typed, e.g. a telephone number's. */
  readonly format?: (typed: string) => string;
  /** After the input, inside its box: a unit, a button. */
  readonly after?: ComponentChildren;
  readonly onBlur?: () => void;
}

/** The ids of what describes a control, for `aria-describedby`. */
export function described(name: string, hint: unknown, error: unknown): string | undefined {
  return [error ? `${name}-error` : "", hint ? `${name}-hint` : ""].filter(Boolean).join(" ") || undefined;
}

export function Hint({ name, children }: { name: string; children: ComponentChildren }) {
  return children ? (
    <p class="field__hint" id={`${name}-hint`}>
      {children}
    </p>
  ) : null;
}

export function ErrorText({ name, children }: { name: string; children: ComponentChildren }) {
  return children ? (
    <p class="field__error" id={`${name}-error`}>
      {children}
    </p>
  ) : null;
}

export function Field(props: FieldProps) {
  const { name, label, value, onInput, hint, error, type = "text", format = (typed: string) => typed } = props;
  const words = useWords();
  return (
    <div class={classes("field", !!error && "field--wrong")}>
      <label class="field__label" for={name}>
        {label} {props.optional && <span class="soft">({words.ui.optional})</span>}
      </label>
      <Hint name={name}>{hint}</Hint>
      <div class="field__box">
        <input
          class="field__input"
          id={name}
          name={name}
          type={type as "text"} // the library's types want one literal; all of ours take the same attributes
          value={value}
          inputMode={props.inputMode}
          autoComplete={props.autoComplete}
          maxLength={props.maxLength}
          placeholder={props.placeholder}
          required={!props.optional}
          aria-invalid={error ? "true" : undefined}
          aria-describedby={described(name, hint, error)}
          spellcheck={false}
          autoCapitalize="none"
          onInput={(event) => onInput(format(event.currentTarget.value))}
          onBlur={props.onBlur}
        />
        {props.after}
      </div>
      <ErrorText name={name}>{error}</ErrorText>
    </div>
  );
}

export type PasswordFieldProps = Omit<FieldProps, "type" | "after" | "inputMode">;

/** A password: it can be shown, and Caps Lock is told. */
export function PasswordField(props: PasswordFieldProps) {
  const words = useWords();
  const [shown, setShown] = useState(false);
  const [capsLock, setCapsLock] = useState(false);
  const look = (event: KeyboardEvent) => setCapsLock(event.getModifierState?.("CapsLock") === true);
  const toggle = (
    <Button kind="quiet" label={shown ? words.ui.hidePassword : words.ui.showPassword} onPress={() => setShown(!shown)}>
      {shown ? words.action.hide : words.action.show}
    </Button>
  );
  return (
    <div onKeyDown={look} onKeyUp={look}>
      <Field {...props} type={shown ? "text" : "password"} after={toggle} />
      <p class="field__hint" role="status">
        {capsLock && words.ui.capsLock}
      </p>
    </div>
  );
}
