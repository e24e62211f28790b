/** Why a check stands where it does, and how many tries are left, in the office's own words. */

import type { CheckStateView, FieldName } from "../../api/types.ts";
import { Notice, useWords } from "../ui/index.ts";

export function Findings({ check, final }: {
  readonly check: CheckStateView | undefined;
  /** Nothing can be tried any more. */
  readonly final?: boolean;
}) {
  const words = useWords();
  if (!check?.findings.length) return null;
  const { findings, tries_left, state } = check;
  const calm = state === "parked" || state === "review";
  return (
    <Notice kind={calm ? "info" : "warning"} title={words.checkState[state]} announce>
      <ul class="findings">
        {findings.map(({ code, title, next, field, detail }) => (
          <li key={`${code} ${field}`}>
            <strong>
              {title}
              {field && fieldName(field, words.field) && ` (${fieldName(field, words.field)})`}
            </strong>
            {detail && <span class="soft"> {detail}</span>}
            <p>{next}</p>
          </li>
        ))}
      </ul>
      {!calm && !final && <TriesLeft count={tries_left} />}
    </Notice>
  );
}

/** Said before a try is used; the last one stands out. Nothing when nothing counts. */
export function TriesLeft({ count }: { readonly count: number | null | undefined }) {
  const words = useWords();
  if (count === null || count === undefined || count < 1) return null;
  return <p>{count === 1 ? <strong>{words.ui.lastTry}</strong> : words.ui.triesLeft(count)}</p>;
}

function fieldName(field: string, names: Readonly<Record<FieldName, string>>): string | undefined {
  return (names as Readonly<Record<string, string>>)[field];
}
