/** What the home screen should say, most urgent first. Pure. */

import type { ApplicationView, HeldView } from "../../api/types.ts";
import { daysUntil } from "../../i18n/format.ts";
import type { HeldCertificate } from "../../vault/port.ts";
import { isOpen } from "../machine.ts";

export type HomeNotice =
  | { readonly kind: "unaccepted"; readonly applicationId: string }
  | { readonly kind: "frozen"; readonly applicationId: string }
  | { readonly kind: "ends_soon"; readonly serial: string; readonly days: number }
  | { readonly kind: "ended"; readonly serial: string }
  | { readonly kind: "not_backed_up"; readonly serial: string }
  | { readonly kind: "not_here"; readonly serial: string };

const SOON_DAYS = 30;

/** Somebody may still act on it, and its time is not over: the office ends the rest by and by. */
export function isUnderWay(application: ApplicationView, now: Date): boolean {
  return isOpen(application) && new Date(application.expires_at) > now;
}

/** A certificate one can still sign with: in force, not over, and not replaced by another. */
export function isLive(held: HeldView, now: Date): boolean {
  return held.state === "good" && !held.succeeded && daysUntil(held.not_after, now) >= 0 && new Date(held.not_after) >= now;
}

/** In the window before its end, and still able to speak for its holder. */
export function isRenewable(held: HeldView, now: Date): boolean {
  return isLive(held, now) && new Date(held.renewable_from) <= now;
}

/** A suspended certificate that can still be resumed. */
export function isHeld(held: HeldView, now: Date): boolean {
  return held.state === "held" && !held.succeeded && new Date(held.not_after) >= now;
}

/** What ends the way to a new certificate: a re-issue is for those who hold, or held, one that nothing succeeded. */
export function canReissue(ledger: readonly HeldView[]): HeldView | undefined {
  return ledger.filter((one) => !one.succeeded).sort((a, b) => b.not_after.localeCompare(a.not_after))[0];
}

/** The certificate that has simply run out, when nothing else is in force: re-issue is filled in for its holder. */
export function findExpired(ledger: readonly HeldView[], now: Date): HeldView | undefined {
  const last = canReissue(ledger);
  return last && last.state === "good" && new Date(last.not_after) < now ? last : undefined;
}

/** Keys here whose certificate signs nothing any more: revoked, over, or succeeded. Others' certificates are not touched. */
export function endedKeys(ledger: readonly HeldView[], here: readonly HeldCertificate[], now: Date): HeldCertificate[] {
  return here.filter(({ serial }) => {
    const known = ledger.find((one) => one.serial === serial);
    return known && (known.state === "revoked" || known.succeeded || new Date(known.not_after) < now);
  });
}

/** The office issues no new certificate beside one that has not ended, suspended ones included. */
export function mustReissue(ledger: readonly HeldView[], now: Date): boolean {
  return ledger.some((one) => one.state !== "revoked" && !one.succeeded && new Date(one.not_after) >= now);
}

export function homeNotices(
  ledger: readonly HeldView[],
  applications: readonly ApplicationView[],
  here: readonly HeldCertificate[],
  now: Date,
): HomeNotice[] {
  const notices: HomeNotice[] = [];
  for (const { id, state } of applications.filter((one) => isUnderWay(one, now))) {
    if (state === "issued") notices.push({ kind: "unaccepted", applicationId: id });
  }
  const newest = applications[0];
  if (newest?.state === "frozen" && new Date(newest.expires_at) > now) notices.push({ kind: "frozen", applicationId: newest.id });
  const live = ledger.filter((one) => isLive(one, now));
  for (const { serial, not_after } of live) {
    const days = daysUntil(not_after, now);
    if (days <= SOON_DAYS) notices.push({ kind: "ends_soon", serial, days });
    const keys = here.find((one) => one.serial === serial);
    if (!keys) notices.push({ kind: "not_here", serial });
    else if (!keys.backedUpAt) notices.push({ kind: "not_backed_up", serial });
  }
  const last = canReissue(ledger);
  if (!live.length && last && last.state === "good") notices.push({ kind: "ended", serial: last.serial });
  return notices;
}
