/**
 * The short number under which support finds what happened: the office's support code for a bug, else the beginning of
 * the request's id, which stands in the office's log. It says nothing about the person. What never reached the office has
 * none: then the error's code is all there is.
 */

import { OfficeRefused } from "../../api/problem.ts";

const LENGTH = 6;

/** Returns the number, or undefined when the office knows nothing of it. */
export function findCaseId(reason: unknown): string | undefined {
  if (!(reason instanceof OfficeRefused)) return undefined;
  const { fields, request_id } = reason.problem;
  const support = fields["support_code"];
  if (typeof support === "string" && support) return support;
  const letters = request_id.replace(/[^0-9A-Za-z]/g, "");
  return letters ? letters.slice(0, LENGTH).toUpperCase() : undefined;
}
