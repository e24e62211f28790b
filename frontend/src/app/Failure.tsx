/** What went wrong, in full, with the code and the way to support. It takes the focus, so that nobody misses it. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { OfficeRefused } from "../api/problem.ts";
import { explain } from "../i18n/words.ts";
import { findCaseId } from "./support.ts";
import { Button, Dialog, Explained, Facts, type FieldError, useToast, useWords } from "./ui/index.ts";

export function Failure({ reason, children }: { readonly reason: unknown; readonly children?: ComponentChildren }) {
  const words = useWords();
  const box = useRef<HTMLDivElement>(null);
  const [asking, setAsking] = useState(false);
  useEffect(() => box.current?.focus(), [reason]);
  if (reason === undefined) return null;
  const { requestId: _, ...explanation } = explain(reason, words);
  return (
    <div ref={box} tabIndex={-1} class="failure">
      <Explained explanation={explanation}>
        <Left reason={reason} />
        <p class="small soft">{words.support.code(explanation.code)}</p>
        <div class="row">
          {children}
          <Button kind="quiet" onPress={() => setAsking(true)}>
            {words.action.contactSupport}
          </Button>
        </div>
      </Explained>
      <Support open={asking} code={explanation.code} caseId={findCaseId(reason)} onClose={() => setAsking(false)} />
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

function Support({ open, code, caseId, onClose }: {
  readonly open: boolean;
  readonly code: string;
  readonly caseId: string | undefined;
  readonly onClose: () => void;
}) {
  const words = useWords();
  const toast = useToast();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText([caseId, code].filter(Boolean).join(" "));
      toast(words.action.copied);
    } catch {
      toast(words.support.notCopied);
    }
  };
  return (
    <Dialog
      open={open}
      title={words.support.title}
      onClose={onClose}
      actions={<Button onPress={copy}>{words.action.copy}</Button>}
    >
      {caseId ? (
        <>
          <p class="figures">{caseId}</p>
          <p>{words.support.what}</p>
        </>
      ) : (
        <p>{words.support.unknownToOffice}</p>
      )}
      <Facts facts={[[words.support.errorCode, code]]} />
      <p class="soft">{words.support.notSent}</p>
    </Dialog>
  );
}

/** Returns which of a form's fields a refusal is about, as the office names them; empty when it is about none of them. */
export function fieldErrors(reason: unknown, fields: readonly string[], text: (field: string) => string): FieldError[] {
  const named = reason instanceof OfficeRefused ? reason.problem.fields["fields"] : undefined;
  if (!Array.isArray(named)) return [];
  return fields.filter((field) => named.includes(field)).map((field) => ({ field, text: text(field) }));
}
