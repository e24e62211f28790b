/**
 * A button that cannot be pressed twice: while what it started is under way it says so and ignores further taps. It is
 * never `disabled`, which would take it out of reach of the keyboard without a word.
 */

import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";

import { classes, useWords } from "./context.tsx";

export interface ButtonProps {
  readonly children: ComponentChildren;
  /** One primary button a screen. */
  readonly kind?: "primary" | "secondary" | "danger" | "quiet";
  readonly wide?: boolean;
  readonly type?: "button" | "submit";
  /** Started from elsewhere and still under way. */
  readonly busy?: boolean;
  readonly inactive?: boolean;
  /** For a screen reader, when the text alone does not say what is meant. */
  readonly label?: string;
  /** A failure is the caller's to show: catch it inside. */
  readonly onPress?: () => unknown;
}

export function Button({ children, kind = "secondary", wide, type = "button", busy, inactive, label, onPress }: ButtonProps) {
  const words = useWords();
  const [working, setWorking] = useState(false);
  const running = useRef(false);
  const waiting = working || busy === true;

  const press = async (event: Event) => {
    if (running.current || busy || inactive) {
      event.preventDefault();
      return;
    }
    const outcome = onPress?.();
    if (!(outcome instanceof Promise)) return;
    running.current = true;
    setWorking(true);
    try {
      await outcome;
    } finally {
      running.current = false;
      setWorking(false);
    }
  };

  return (
    <button
      type={type}
      class={classes("button", kind !== "secondary" && `button--${kind}`, wide && "button--wide")}
      aria-disabled={waiting || inactive ? "true" : undefined}
      aria-busy={waiting ? "true" : undefined}
      aria-label={label}
      onClick={(event) => void press(event)}
    >
      {waiting && <span class="spinner" aria-hidden="true" />}
      {children}
      {waiting && <span class="visually-hidden">{words.ui.loading}</span>}
    </button>
  );
}

/** A link that looks like a button: it leads somewhere and does nothing. */
export function ButtonLink({ href, children, kind = "secondary" }: Pick<ButtonProps, "children" | "kind"> & { href: string }) {
  return (
    <a href={href} class={classes("button", kind !== "secondary" && `button--${kind}`)}>
      {children}
    </a>
  );
}
