/**
 * One screen: a bar with the way back, a heading that gets the focus when the screen appears, the content, and the main
 * action above the keyboard. And what stands on it: cards, facts, dialogs.
 */

import type { ComponentChildren } from "preact";
import { useContext, useEffect, useRef } from "preact/hooks";

import { Button } from "./Button.tsx";
import { Steps } from "./Progress.tsx";
import { CornerContext, HelpContext, useWords } from "./context.tsx";

export interface PageProps {
  readonly title: string;
  readonly lead?: ComponentChildren;
  readonly step?: { readonly current: number; readonly total: number; readonly name: string };
  /** Without it there is no way back: the first screen. */
  readonly onBack?: () => void;
  /** At the other end of the bar, in place of what the app has there. */
  readonly corner?: ComponentChildren;
  /** The one primary button, and at most a quiet one. */
  readonly actions?: ComponentChildren;
  /** True where the page has easy mode's help at a place of its own. */
  readonly placesHelp?: boolean;
  readonly children?: ComponentChildren;
}

export function Page({ title, lead, step, onBack, corner, actions, placesHelp, children }: PageProps) {
  const words = useWords();
  const everywhere = useContext(CornerContext);
  const help = useContext(HelpContext);
  const heading = useRef<HTMLHeadingElement>(null);
  const place = step ? `${step.current}/${step.total} ${title}` : title;
  useEffect(() => {
    document.title = `${place} · ${words.app.name}`;
  }, [place, words]);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    globalThis.scrollTo?.(0, 0);
  }, [title]);
  return (
    <div class="page">
      <a class="visually-hidden skip-link" href="#main">
        {words.app.skipToContent}
      </a>
      <header class="page__bar">
        {onBack ? (
          <Button kind="quiet" onPress={onBack}>
            <span aria-hidden="true">‹</span> {words.action.back}
          </Button>
        ) : (
          <strong>{words.app.name}</strong>
        )}
        {corner ?? everywhere}
      </header>
      <main class="page__main" id="main">
        {step && <Steps {...step} />}
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p class="page__lead">{lead}</p>}
        </div>
        {!placesHelp && help}
        {children}
      </main>
      <div class="page__actions">{actions}</div>
    </div>
  );
}

export function Card({ title, children }: { title?: string; children?: ComponentChildren }) {
  return (
    <section class="card">
      {title && <h2>{title}</h2>}
      {children}
    </section>
  );
}

/** What is known, as pairs: a receipt, a summary to check. */
export function Facts({ facts }: { facts: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export interface DialogProps {
  readonly open: boolean;
  readonly title: string;
  /** Escape, or the close button. */
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
  readonly actions?: ComponentChildren;
}

/** A question in front of the screen. The browser's own dialog: it keeps the focus inside and gives it back. */
export function Dialog({ open, title, onClose, children, actions }: DialogProps) {
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (open && element && !element.open) element.showModal();
    if (!open && element?.open) element.close();
  }, [open]);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="dialog-title" onClose={() => open && onClose()}>
      {open && (
        <div class="stack">
          <h2 id="dialog-title">{title}</h2>
          {children}
          <div class="row">
            {actions}
            <Button kind="quiet" onPress={onClose}>
              {words.action.close}
            </Button>
          </div>
        </div>
      )}
    </dialog>
  );
}
