/**
 * Which calls may cross to a vault on a page of its own, and what each may carry. What a call must not carry (a password, a
 * passkey) stays behind on the one side and is refused on the other. Known to both sides; imports neither.
 */

import type { VaultPort } from "./port.ts";

/** Tells whether a value is of its kind. */
type Check = (value: unknown) => boolean;

const LONGEST_TEXT = 100_000;
const LONGEST_LIST = 1_000;

const text: Check = (value) => typeof value === "string" && value.length <= LONGEST_TEXT;
const flag: Check = (value) => typeof value === "boolean";
const count: Check = (value) => typeof value === "number" && Number.isSafeInteger(value);
const bytes: Check = (value) => value instanceof Uint8Array;
const moment: Check = (value) => value instanceof Date && !Number.isNaN(value.getTime());
const list = (of: Check): Check => (value) => Array.isArray(value) && value.length <= LONGEST_LIST && value.every(of);
const maybe = (of: Check): Check => (value) => value === undefined || of(value);
/** Exactly these members. */
const members = (of: Readonly<Record<string, Check>>): Check => (value) =>
  typeof value === "object" && value !== null &&
  Object.keys(value).every((name) => Object.hasOwn(of, name)) &&
  Object.entries(of).every(([name, check]) => check((value as Record<string, unknown>)[name]));

/** Stays behind: whatever opens keys is asked for where they are. */
export const NEVER: Check = (value) => value === undefined;

export type CallName = Exclude<keyof VaultPort, "asksItself">;

const RENEWAL = members({ id: text, predecessor_serial: text, years: count, not_after: text });
const MOVE = members({ sid: text, slot: text, expiresAt: text, name: text, origin: text });
const DOCUMENT = members({
  kind: text, document: maybe(bytes), digest: bytes, before: bytes, after: bytes, description: text, attributes: bytes,
  party: text, name: text,
});

export const CALLS: Readonly<Record<CallName, readonly Check[]>> = {
  listHeld: [],
  findHeld: [text],
  dropHeld: [text],
  listOrders: [],
  dropOrder: [text],
  order: [
    text,
    NEVER,
    members({ transport_key: text, transport_certificate: text, idempotencyKey: text, now: moment, renewal: maybe(RENEWAL) }),
  ],
  keepIssued: [text, members({ signing: bytes, keyManagement: bytes, chain: list(bytes), caFolder: text }), moment],
  signAcceptance: [text, text],
  finishOrder: [text, moment],
  closeOrder: [text],
  sign: [text, NEVER, members({ content: bytes, detached: flag, signedAt: moment })],
  signAct: [text, NEVER, members({ statement: text, act: text, target: text })],
  signIn: [text, NEVER, members({ statement: text, request: text, issuer: text })],
  revocationOf: [text],
  signDocument: [text, NEVER, DOCUMENT],
  open: [text, NEVER, bytes],
  backUp: [text, NEVER, members({ format: text, compatible: flag, now: moment, iterations: NEVER })],
  bringIn: [
    list(members({ name: text, data: bytes })),
    NEVER,
    members({ chain: list(bytes), caFolder: text, serials: list(text), now: moment }),
  ],
  changePassword: [text, NEVER],
  addPasskey: [text, NEVER, text],
  removePasskeys: [text],
  openSending: [text, MOVE],
  checkReceiver: [text, bytes],
  sealMoved: [text],
  requireReceipt: [text, bytes],
  answerSender: [MOVE, text, bytes],
  openMoved: [text, bytes],
  keepMoved: [text, moment],
  closeMove: [text],
};

export function isCall(name: unknown): name is CallName {
  return typeof name === "string" && Object.hasOwn(CALLS, name);
}

/** Returns what may be sent: nothing that must stay behind, and no function. */
export function sendable(name: CallName, given: readonly unknown[]): unknown[] {
  return CALLS[name].map((check, i) => (check === NEVER ? undefined : given[i]));
}

/** Tells whether these are this call's. */
export function isGiven(name: CallName, given: unknown): given is unknown[] {
  const checks = CALLS[name];
  return Array.isArray(given) && given.length === checks.length && checks.every((check, i) => check(given[i]));
}
