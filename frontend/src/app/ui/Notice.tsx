/** Saying something that matters: in a box, at the top after a mistake, or for a moment at the bottom. */

import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";

import { formatWait } from "../../i18n/format.ts";
import type { Explanation } from "../../i18n/words.ts";
import { classes, useWords } from "./context.tsx";

export interface NoticeProps {
  readonly kind?: "info" | "success" | "warning" | "danger";
  readonly title?: string;
  readonly children?: ComponentChildren;
  /** True reads it aloud when it appears. */
  readonly announce?: boolean;
}

export function Notice({ kind = "info", title, children, announce }: NoticeProps) {
  const role = announce ? (kind === "danger" ? "alert" : "status") : undefined;
  return (
    <div class={classes("notice", `notice--${kind}`)} role={role}>
      {title && <h2 class="notice__title">{title}</h2>}
      {children}
    </div>
  );
}

/** What happened, why, what next, another way, and what support needs to find it. */
export function Explained({ explanation, children }: { explanation: Explanation; children?: ComponentChildren }) {
  const words = useWords();
  const { title, cause, next, alternative, retryAfterS, requestId } = explanation;
  return (
    <Notice kind="danger" title={title} announce>
      <p>{cause}</p>
      <p>{next}</p>
      {retryAfterS !== undefined && <p>{words.ui.retryAfter(formatWait(retryAfterS, words))}</p>}
      {alternative && (
        <p>
          <strong>{words.ui.otherWay}</strong> {alternative}
        </p>
      )}
      {requestId && <p class="small soft">{words.ui.supportCode(requestId.slice(0, 8))}</p>}
      {children}
    </Notice>
  );
}

export interface FieldError {
  /** The `name` of the field. */
  readonly field: string;
  readonly text: string;
}

/** All mistakes at once, above the form. Takes the focus whenever they change; each leads to its field. */
export function ErrorSummary({ errors }: { errors: readonly FieldError[] }) {
  const words = useWords();
  const box = useRef<HTMLDivElement>(null);
  const key = JSON.stringify(errors);
  useEffect(() => {
    if (errors.length) box.current?.focus();
  }, [key]);
  if (!errors.length) return null;
  const go = (event: Event, field: string) => {
    const control = document.getElementById(field);
    if (!control) return;
    event.preventDefault();
    control.focus();
    control.scrollIntoView?.({ block: "center" });
  };
  return (
    <div ref={box} class="notice notice--danger error-summary" role="alert" tabIndex={-1}>
      <h2 class="notice__title">{words.ui.errorSummary(errors.length)}</h2>
      <ul>
        {errors.map(({ field, text }) => (
          <li key={field}>
            <a href={`#${field}`} onClick={(event) => go(event, field)}>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

const TOAST_MS = 5_000;

const ToastContext = createContext<(text: string) => void>(() => undefined);

/** Holds the short messages; they are read aloud and nothing depends on seeing them. */
export function ToastProvider({ children }: { children: ComponentChildren }) {
  const [toasts, setToasts] = useState<readonly { id: number; text: string }[]>([]);
  const count = useRef(0);
  const show = useRef((text: string) => {
    const id = ++count.current;
    setToasts((shown) => [...shown.slice(-1), { id, text }]);
    setTimeout(() => setToasts((shown) => shown.filter((one) => one.id !== id)), TOAST_MS);
  });
  return (
    <ToastContext.Provider value={show.current}>
      {children}
      <div class="toasts" role="status" aria-live="polite">
        {toasts.map(({ id, text }) => (
          <p class="toast" key={id}>
            {text}
          </p>
        ))}
      </div>
    </ToastContext.Provider>
  );
}

export const useToast = (): ((text: string) => void) => useContext(ToastContext);
