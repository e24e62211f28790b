/** What went wrong, in full, with the code and the way to support. It takes the focus, so that nobody misses it. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { OfficeRefused } from "../api/problem.ts";
import { explain } from "../i18n/words.ts";
import { later } from "./Later.tsx";
import { Button, ButtonLink, Explained, type FieldError, useSpeech, useWords } from "./ui/index.ts";
import { findWayOut, mayAskAgain, particularsOf } from "./wayOut.ts";

const HandOverDialog = later(async () => (await import("./support/HandOverDialog.tsx")).HandOverDialog, { meanwhile: <></> });

export interface FailureProps {
  readonly reason: unknown;
  /** Asks once more. Offered where that may help; a refusal that would be repeated gets a way to another screen instead. */
  readonly onRetry?: () => unknown;
  /** What else may be done here. */
  readonly children?: ComponentChildren;
}

export function Failure({ reason, onRetry, children }: FailureProps) {
  const { words, language } = useSpeech();
  const box = useRef<HTMLDivElement>(null);
  const [asking, setAsking] = useState(false);
  useEffect(() => box.current?.focus(), [reason]);
  if (reason === undefined) return null;
  const { requestId: _, ...explanation } = explain(reason, words);
  const again = onRetry && mayAskAgain(reason);
  const way = findWayOut(reason, onRetry && !again);
  const particulars = particularsOf(reason, words, language);
  return (
    <div ref={box} tabIndex={-1} class="failure">
      <Explained explanation={explanation}>
        {particulars && (
          <p>
            <strong>{particulars}</strong>
          </p>
        )}
        <Left reason={reason} />
        <p class="small soft">{words.support.code(explanation.code)}</p>
        <div class="row">
          {again && <Button onPress={onRetry}>{words.action.retry}</Button>}
          {children}
          {way && way.path !== location.pathname && <ButtonLink href={way.path}>{way.text(words)}</ButtonLink>}
          <Button kind="quiet" onPress={() => setAsking(true)}>
            {words.action.contactSupport}
          </Button>
        </div>
      </Explained>
      {asking && <HandOverDialog reason={reason} code={explanation.code} onClose={() => setAsking(false)} />}
    </div>
  );
}

/** How many tries are left, said before the last one is used. */
function Left({ reason }: { reason: unknown }) {
  const words = useWords();
  const left = reason instanceof OfficeRefused ? reason.count("tries_left") : undefined;
  if (left === undefined || left < 1) return null;
  return (
    <p>
      <strong>{left === 1 ? words.ui.lastTry : words.ui.triesLeft(left)}</strong>
    </p>
  );
}

/** Returns which of a form's fields a refusal is about, as the office names them; empty when it is about none of them. */
export function fieldErrors(reason: unknown, fields: readonly string[], text: (field: string) => string): FieldError[] {
  const named = reason instanceof OfficeRefused ? reason.problem.fields["fields"] : undefined;
  if (!Array.isArray(named)) return [];
  return fields.filter((field) => named.includes(field)).map((field) => ({ field, text: text(field) }));
}
