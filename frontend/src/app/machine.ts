/**
 * Where an application stands for its applicant. The office knows every step taken: closing the tab loses nothing, and
 * whoever comes back is put where the office says. Pure; knows nothing of screens' contents.
 */

import type { ApplicationView, Check, CheckStateView, DocumentKind, FieldName, ProofingView, Side } from "../api/types.ts";

/** One screen of an application. */
export type Place =
  | "document" // which document
  | "photograph" // its sides
  | "hand_off" // its sides, photographed by a phone
  | "reading" // the reader is at work
  | "fields" // what was read, to confirm
  | "person"
  | "account"
  | "deposit" // under way, or to be confirmed
  | "call"
  | "phone" // another telephone
  | "waiting" // others are at work
  | "issue" // password, keys, certificates, acceptance
  | "receipt"
  | "ended";

/** One step of the seven (fewer where the bank asks for fewer checks), as the applicant counts them. */
export type Step = "prepare" | "terms" | "id_document" | "personal_data" | "account_deposit" | "ars_call" | "issue";

const STEPS: readonly Step[] = ["prepare", "terms", "id_document", "personal_data", "account_deposit", "ars_call", "issue"];

const STEP_OF: Readonly<Record<Place, Step | undefined>> = {
  document: "id_document",
  photograph: "id_document",
  hand_off: "id_document",
  reading: "id_document",
  fields: "id_document",
  person: "personal_data",
  account: "account_deposit",
  deposit: "account_deposit",
  call: "ars_call",
  phone: "ars_call",
  waiting: undefined,
  issue: "issue",
  receipt: undefined,
  ended: undefined,
};

/** The sides to photograph, in order: a passport's data page is its front. */
export const SIDES: Readonly<Record<DocumentKind, readonly Side[]>> = {
  resident_card: ["front", "back"],
  driver_licence: ["front", "back"],
  passport: ["front"],
};

/** What a document must state (`lifecycle/identity_proofing/facts.py`): asked for when it was not read. */
export const NEEDED: Readonly<Record<DocumentKind, readonly FieldName[]>> = {
  resident_card: ["name", "rrn", "issued_on"],
  driver_licence: ["name", "rrn", "licence_number", "serial", "expires_on"],
  passport: ["name", "passport_number", "birth_date", "sex", "issued_on", "expires_on"],
};

/** Returns where the applicant is. `proofing` is undefined before the first photograph. */
export function placeOf(application: ApplicationView, proofing: ProofingView | undefined): Place {
  switch (application.state) {
    case "completed":
      return "receipt";
    case "identified":
    case "issued":
      return "issue";
    case "proofing":
      return proofing ? placeInCase(proofing) : "document";
    default:
      return "ended";
  }
}

function placeInCase(proofing: ProofingView): Place {
  if (proofing.state === "refused" || proofing.state === "frozen" || proofing.state === "closed") return "ended";
  const document = findCheck(proofing, "id_document");
  if (document?.state === "running" || document?.state === "parked") return "reading";
  if (document?.state === "confirming") return "fields";
  if (document?.may_act) return isHalfPhotographed(proofing) ? "photograph" : "document";
  if (proofing.next_check === "personal_data") return "person";
  const deposit = findCheck(proofing, "account_deposit");
  if (deposit?.state === "running" || deposit?.state === "confirming") return "deposit";
  if (findCheck(proofing, "ars_call")?.state === "running") return "call";
  if (proofing.next_check === "account_deposit") return "account";
  if (proofing.next_check === "ars_call") return "call";
  return "waiting";
}

function isHalfPhotographed({ document }: ProofingView): boolean {
  if (document?.state !== "collecting" || !document.sides_missing.length) return false;
  return document.sides_missing.length < SIDES[document.kind].length;
}

/** Where one may look although the office is elsewhere: back to what can still be changed. */
const DETOURS: Readonly<Partial<Record<Place, readonly Place[]>>> = {
  document: ["photograph", "hand_off"],
  photograph: ["document", "hand_off"],
  fields: ["document", "photograph", "hand_off"],
  deposit: ["account"],
  call: ["phone"],
};

/** Returns the asked place when it may be visited from `current`, else `current`. */
export function visited(asked: string | undefined, current: Place): Place {
  return DETOURS[current]?.find((place) => place === asked) ?? current;
}

/** True where nothing is to be done here but wait: the office is asked again and again. */
export function isWaiting(place: Place, proofing: ProofingView | undefined): boolean {
  if (place === "reading" || place === "waiting") return true;
  if (place === "deposit") return findCheck(proofing, "account_deposit")?.state !== "confirming";
  if (place === "call") return findCheck(proofing, "ars_call")?.state === "running";
  return false;
}

export interface StepPlace {
  readonly current: number;
  readonly total: number;
  readonly step: Step;
}

/** Returns "3 of 7", counting only the checks that are asked for. */
export function stepOf(place: Place | "prepare" | "terms", proofing?: ProofingView): StepPlace | undefined {
  const step = place === "prepare" || place === "terms" ? place : STEP_OF[place];
  if (!step) return undefined;
  const asked = STEPS.filter((one) => !isOptionalCheck(one) || !proofing || findCheck(proofing, one));
  return { current: asked.indexOf(step) + 1, total: asked.length, step };
}

function isOptionalCheck(step: Step): step is "account_deposit" | "ars_call" {
  return step === "account_deposit" || step === "ars_call";
}

export function findCheck(proofing: ProofingView | undefined, check: Check): CheckStateView | undefined {
  return proofing?.checks.find((one) => one.check === check);
}

/** Applications somebody can still act on. */
export function isOpen(application: ApplicationView): boolean {
  return application.state === "proofing" || application.state === "identified" || application.state === "issued";
}
