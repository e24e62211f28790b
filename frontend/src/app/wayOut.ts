/**
 * What a refusal leaves one to do here: ask again, or go somewhere else because asking again would only repeat it. The office
 * says why in words; where that leads in this app is known here alone. Pure.
 */

import { OfficeRefused } from "../api/problem.ts";
import type { Language } from "../api/types.ts";
import { CryptoFault } from "../crypto/fault.ts";
import { formatDate } from "../i18n/format.ts";
import type { Words } from "../i18n/words.ts";
import { pathOf } from "./route.ts";

/** Nobody stays before a screen for longer than this to press a button again. */
const SOON_S = 120;

/** Another screen, and what the button to it says. */
export interface WayOut {
  readonly path: string;
  readonly text: (words: Words) => string;
}

const HOME: WayOut = { path: "/", text: (words) => words.home.toHome };
const REISSUE: WayOut = { path: pathOf("apply", "reissue"), text: (words) => words.action.reissue };
const NEW: WayOut = { path: pathOf("apply", "new"), text: (words) => words.action.issue };
const LOCK: WayOut = { path: "/lock", text: (words) => words.lock.title };
const TICKETS: WayOut = { path: "/support", text: (words) => words.support.mine };

/** What ends the screen it came on, most of it the office's refusals: there is nothing more to do. The next step is the one the words name. */
export const WAYS_OUT: Readonly<Record<string, WayOut>> = {
  "application.already_open": HOME,
  "application.certificate_already_held": REISSUE,
  "application.closed": HOME,
  "application.expired": HOME,
  "application.held_elsewhere": HOME,
  "application.kind_elsewhere": HOME,
  "application.not_found": HOME,
  "application.out_of_turn": HOME,
  "application.predecessor_required": NEW,
  "application.too_many_issues": HOME,
  "delivery.not_found": HOME,
  "delivery.predecessor_ended": HOME,
  "delivery.window_closed": HOME,
  "identity_proofing.case_ended": HOME,
  "identity_proofing.check_not_required": HOME,
  "identity_proofing.identity_not_kept": HOME,
  "identity_proofing.not_verified": HOME,
  "identity_proofing.other_person": HOME,
  "identity_proofing.out_of_turn": HOME,
  "identity_proofing.person_already_applying": HOME,
  "identity_proofing.person_frozen": HOME,
  "identity_proofing.verification_expired": HOME,
  "issuance.abandoned": HOME,
  "issuance.already_requested": HOME,
  "issuance.identity_not_proven": HOME,
  "issuance.predecessor_not_theirs": HOME,
  "issue_lock.locked": LOCK,
  "issue_lock.not_locked": HOME,
  "issue_lock.person_not_known": HOME,
  "moving.signing_only": HOME,
  "renewal.already_signed": HOME,
  "renewal.not_found": HOME,
  "renewal.person_not_on_record": REISSUE,
  "renewal.replayed": HOME,
  "renewal.revoked": REISSUE,
  "renewal.succeeded": HOME,
  "renewal.suspended": HOME,
  "renewal.terms_differ": HOME,
  "renewal.too_early": HOME,
  "renewal.too_late": REISSUE,
  "revocation.already_revoked": HOME,
  "revocation.certificate_not_found": HOME,
  "revocation.held_by_office": HOME,
  "revocation.not_held": HOME,
  "sign_in_request.not_found": HOME,
  "sign_in_request.over": HOME,
  "signature_request.document_gone": HOME,
  "signature_request.not_found": HOME,
  "signature_request.over": HOME,
  "signature_request.somebody_elses": HOME,
  "signature_request.tries_spent": HOME,
  "support.ticket_closed": TICKETS,
  "support.ticket_not_found": TICKETS,
};

/**
 * True when the very same request may be answered otherwise now or soon: a lost connection, a fault that is not the person's,
 * a wait of a minute or two. What the office refuses for good, or until tomorrow, it refuses again.
 */
export function mayAskAgain(reason: unknown): boolean {
  if (!(reason instanceof OfficeRefused)) return !isEnd(reason);
  const { status, retry_after_s } = reason.problem;
  if (status >= 500) return true;
  return retry_after_s !== undefined && retry_after_s <= SOON_S;
}

/** True when nothing on the screen that was refused can help: its buttons would only repeat the refusal. */
export function isEnd(reason: unknown): boolean {
  return knownWay(reason) !== undefined;
}

/** Returns where to go after a refusal. `stuck`: home, even where no better place is known. */
export function findWayOut(reason: unknown, stuck = false): WayOut | undefined {
  return knownWay(reason) ?? (stuck ? HOME : undefined);
}

function knownWay(reason: unknown): WayOut | undefined {
  const known = reason instanceof OfficeRefused || reason instanceof CryptoFault;
  return known && Object.hasOwn(WAYS_OUT, reason.code) ? WAYS_OUT[reason.code] : undefined;
}

/** Returns what the refusal's fields add to its words: from which day, at which hours, how often. */
export function particularsOf(reason: unknown, words: Words, language: Language): string | undefined {
  if (!(reason instanceof OfficeRefused)) return undefined;
  const t = words.refused;
  const opensAt = reason.problem.fields["opens_at"];
  const [from, until, limit, days] = ["from_hour", "until_hour", "limit", "days"].map((name) => reason.count(name));
  if (typeof opensAt === "string") return t.opensAt(formatDate(opensAt, language));
  if (from !== undefined && until !== undefined) return t.hours(from, until);
  if (limit !== undefined && days !== undefined) return t.ration(limit, days);
  return undefined;
}
