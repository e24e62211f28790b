/**
 * The app's words in the person's language (`load.ts` fetches them). A refusal's words come from the office
 * (`OfficeRefused.problem`); what the browser finds out by itself has its words here, those of the server's catalogue
 * wherever it has the code.
 */

import { ConnectionFault, OfficeRefused } from "../api/problem.ts";
import { CryptoFault } from "../crypto/fault.ts";
import { PasskeyFault } from "../passkeys/fault.ts";
import { bound } from "./bound.ts";
import type { ko } from "./ko.ts";

export type Widened<T> = T extends string
  ? string
  : T extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { readonly [Key in keyof T]: Widened<T[Key]> };

export type Words = Widened<typeof ko>;
export type FaultCode = keyof Words["error"];

/** What a person is told about a failure. */
export interface Explanation {
  readonly code: string;
  readonly title: string;
  readonly cause: string;
  readonly next: string;
  readonly alternative?: string;
  readonly retryAfterS?: number;
  /** For support: finds the request in the office's log. */
  readonly requestId?: string;
}

/** Returns what to say about anything thrown. The unforeseen is "app.broken". */
export function explain(reason: unknown, words: Words): Explanation {
  if (reason instanceof OfficeRefused) {
    const { code, title, detail, next, alternative, retry_after_s, request_id } = reason.problem;
    return {
      code,
      title: bound(title),
      cause: bound(detail),
      next: bound(next),
      ...(alternative === undefined ? {} : { alternative: bound(alternative) }),
      ...(retry_after_s === undefined ? {} : { retryAfterS: retry_after_s }),
      ...(request_id ? { requestId: request_id } : {}),
    };
  }
  const known = reason instanceof CryptoFault || reason instanceof ConnectionFault || reason instanceof PasskeyFault;
  const code: FaultCode = known ? reason.code : "app.broken";
  return { code, ...words.error[code] };
}
