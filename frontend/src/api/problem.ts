/**
 * What a request may end in besides an answer. The office's refusals are problem documents (RFC 9457) with words in the
 * caller's language: title, cause, next step, perhaps another way. The browser adds no words of its own to them.
 */

/** A problem document, as `src/dojang/web/problem.py` writes it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** Why it happened. */
  readonly detail: string;
  /** Stable and dotted. */
  readonly code: string;
  /** What to do next. */
  readonly next: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly request_id: string;
  /** Another way to the same end. */
  readonly alternative?: string;
  readonly retry_after_s?: number;
}

/** The office refused, and says why. */
export class OfficeRefused extends Error {
  override readonly name = "OfficeRefused";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }

  get code(): string {
    return this.problem.code;
  }

  /** A number among the problem's fields, such as `tries_left`. */
  count(field: string): number | undefined {
    const value = this.problem.fields[field];
    return typeof value === "number" ? value : undefined;
  }
}

export type ConnectionFaultCode =
  | "network.offline" // the device has no connection
  | "network.unreachable" // the request or its answer got lost
  | "network.timeout" // no answer in time
  | "network.unintelligible"; // an answer, but not the office's: a captive portal, a proxy

/** Nothing intelligible came back; whether the office acted is not known. */
export class ConnectionFault extends Error {
  override readonly name = "ConnectionFault";
  readonly code: ConnectionFaultCode;
  /** The HTTP status of an unintelligible answer. */
  readonly status: number | undefined;

  constructor(code: ConnectionFaultCode, status?: number) {
    super(code);
    this.code = code;
    this.status = status;
  }
}

/** Returns the problem when `body` is one. */
export function findProblem(body: unknown): Problem | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const found = body as Partial<Record<keyof Problem, unknown>>;
  const texts = [found.title, found.detail, found.code, found.next];
  if (texts.some((text) => typeof text !== "string") || typeof found.status !== "number") return undefined;
  return { type: "about:blank", request_id: "", ...found, fields: found.fields ?? {} } as Problem;
}
