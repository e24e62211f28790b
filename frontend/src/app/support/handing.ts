/**
 * What is handed to support about a failure: codes and names, never what stands on the screen. Before sign-in the failed
 * request's id stands for the person; the browser keeps it, because the answer is shown to whoever knows it.
 */

import type { Api } from "../../api/client.ts";
import { ConnectionFault, OfficeRefused } from "../../api/problem.ts";
import type { DeviceKind, TicketView } from "../../api/types.ts";
import { partsOf } from "../route.ts";

/** Written in while building (`vite.config.ts`). */
declare const __APP_VERSION__: string;

const REPORTS = "dojang.reports";
const KEPT_REPORTS = 10;
const REQUEST_ID = /^[0-9A-Za-z-]{20,64}$/;

/** A ticket opened before sign-in. */
export interface Report {
  readonly case_id: string;
  readonly request_id: string;
}

export interface HandOver {
  readonly reason: unknown;
  /** The failure's code. */
  readonly code: string;
  readonly text: string;
  readonly signedIn: boolean;
  readonly path: string;
}

/** Returns the ticket. Rejects as the client does; with `ConnectionFault` also where the office has nothing to go by. */
export async function handOver(api: Api, { reason, code, text, signedIn, path }: HandOver): Promise<TicketView> {
  const problem = reason instanceof OfficeRefused ? reason.problem : undefined;
  const [first = "home", second] = partsOf(path);
  const supportCode = problem?.fields["support_code"];
  const failure = {
    code,
    step: /^[a-z_]{1,40}$/.test(first) ? first : "",
    app_version: __APP_VERSION__,
    device: deviceKind(navigator.userAgent),
    text,
    ...(typeof supportCode === "string" ? { support_code: supportCode } : {}),
  };
  const requestId = problem?.request_id ?? "";
  if (signedIn) {
    const about = first === "application" && second ? { application_id: second } : {};
    return api.openTicket({ ...failure, ...about, request_id: requestId });
  }
  if (!REQUEST_ID.test(requestId)) throw new ConnectionFault("network.unreachable");
  const ticket = await api.reportFailure({ ...failure, request_id: requestId });
  keepReport(localStorage, { case_id: ticket.case_id, request_id: requestId });
  return ticket;
}

/** The reports this browser handed over before sign-in, newest first. */
export function readReports(storage: Storage): Report[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(REPORTS) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isReport) : [];
  } catch {
    return [];
  }
}

function keepReport(storage: Storage, report: Report): void {
  const others = readReports(storage).filter(({ case_id }) => case_id !== report.case_id);
  try {
    storage.setItem(REPORTS, JSON.stringify([report, ...others].slice(0, KEPT_REPORTS)));
  } catch {
    // a browser without storage forgets: the number was shown
  }
}

function isReport(one: unknown): one is Report {
  if (typeof one !== "object" || one === null) return false;
  const { case_id, request_id } = one as Partial<Report>;
  return typeof case_id === "string" && typeof request_id === "string";
}

/** Returns what kind of device a browser's own description names. */
export function deviceKind(userAgent: string): DeviceKind {
  if (/iPad|Tablet|Android(?!.*Mobile)/.test(userAgent)) return "tablet";
  return /Mobi|iPhone/.test(userAgent) ? "phone" : "computer";
}
