/**
 * The vault across two pages: the app holds a frame with the vault's page, and each holds one end of a message channel. Who may
 * connect is decided once, by origin and by being the page around the frame; afterwards only the channel's two ends speak.
 */

import { CryptoFault, type CryptoFaultCode } from "../crypto/fault.ts";
import { PasskeyFault, type PasskeyFaultCode } from "../passkeys/fault.ts";
import { CALLS, type CallName, isCall, isGiven, sendable } from "./calls.ts";
import type { VaultPort } from "./port.ts";

/** Both sides are built together; a page of another build is not spoken to. */
export const VERSION = 1;
export const READY = `dojang.vault.${VERSION}.ready`;
export const CONNECT = `dojang.vault.${VERSION}.connect`;

/** How the person wants to see the vault's page. */
export interface Manner {
  readonly language: "ko" | "en";
  readonly easy: boolean;
  readonly scheme: "system" | "light" | "dark";
}

type Asked = { readonly id: number; readonly call: CallName; readonly given: readonly unknown[]; readonly manner: Manner };

type Told =
  | { readonly kind: "outcome"; readonly id: number; readonly outcome: unknown }
  | { readonly kind: "fault"; readonly id: number; readonly code: string; readonly about: readonly string[] }
  | { readonly kind: "progress"; readonly id: number; readonly progress: unknown }
  | { readonly kind: "asking"; readonly asking: boolean };

/** What a page hears, and whom it may answer. */
export interface Listening {
  addEventListener(kind: "message", listener: (event: MessageEvent) => void): void;
  removeEventListener(kind: "message", listener: (event: MessageEvent) => void): void;
}

/** How the vault's page is told things. */
export interface Served {
  readonly vault: VaultPort;
  readonly onManner: (manner: Manner) => void;
  /** Called with what tells the app whether the page wants to be seen. */
  readonly onConnected: (tell: (asking: boolean) => void) => void;
}

/**
 * On the vault's page: takes connections from the page around it if that is of `origin`; everybody else is not even answered.
 * `parent` is the window around the frame.
 */
export function serveVault(
  served: Served,
  origin: string,
  page: Listening & { readonly parent: { postMessage(message: unknown, targetOrigin: string): void } },
): void {
  let port: MessagePort | undefined;
  page.addEventListener("message", (event) => {
    const [given] = event.ports;
    if (port || event.source !== page.parent || event.origin !== origin || event.data !== CONNECT || !given) return;
    port = given;
    served.onConnected((asking) => given.postMessage({ kind: "asking", asking } satisfies Told));
    given.onmessage = ({ data }: MessageEvent<Asked>) => void answer(served, given, data);
  });
  page.parent.postMessage(READY, origin);
}

async function answer({ vault, onManner }: Served, port: MessagePort, asked: Asked): Promise<void> {
  const { id, call, given, manner } = Object(asked) as Partial<Asked>;
  if (typeof id !== "number") return;
  const tell = (told: Told) => port.postMessage(told);
  try {
    if (!isCall(call) || !isGiven(call, given)) throw new CryptoFault("vault.declined", "request");
    if (isManner(manner)) onManner(manner);
    const act = vault[call] as (...all: unknown[]) => Promise<unknown>;
    const outcome = await act.call(vault, ...given, (progress: unknown) => tell({ kind: "progress", id, progress }));
    tell({ kind: "outcome", id, outcome });
  } catch (reason) {
    const known = reason instanceof CryptoFault || reason instanceof PasskeyFault;
    const about = reason instanceof CryptoFault ? reason.about : [];
    tell({ kind: "fault", id, code: known ? reason.code : "vault.declined", about }); // what broke inside is nobody's business
  }
}

function isManner(manner: unknown): manner is Manner {
  const { language, easy, scheme } = Object(manner) as Partial<Manner>;
  return (language === "ko" || language === "en") && typeof easy === "boolean" && (scheme === "system" || scheme === "light" || scheme === "dark");
}

/** A frame's window, and the page it is on. */
export interface FramedVault {
  readonly frame: { postMessage(message: unknown, targetOrigin: string, transfer: Transferable[]): void };
  readonly origin: string;
  readonly page: Listening;
}

/** On the app's page: resolves to the channel once the vault at `origin` in `frame` says it is ready. */
export function connectVault({ frame, origin, page }: FramedVault, withinMs: number): Promise<MessagePort> {
  return new Promise((resolve, reject) => {
    const greet = (event: MessageEvent) => {
      if (event.source !== frame || event.origin !== origin || event.data !== READY) return;
      over();
      const { port1, port2 } = new MessageChannel();
      frame.postMessage(CONNECT, origin, [port2]);
      resolve(port1);
    };
    const giveUp = setTimeout(() => {
      over();
      reject(new CryptoFault("vault.unreachable"));
    }, withinMs);
    const over = () => {
      clearTimeout(giveUp);
      page.removeEventListener("message", greet);
    };
    page.addEventListener("message", greet);
  });
}

interface Waiting {
  readonly resolve: (outcome: unknown) => void;
  readonly reject: (reason: Error) => void;
  readonly onProgress: ((progress: unknown) => void) | undefined;
}

export interface Calling {
  readonly onAsking: (asking: boolean) => void;
  readonly manner: () => Manner;
  /** So long may the vault be silent without asking its person anything. */
  readonly quietMs: number;
}

/** Speaks to a vault over a channel's end. */
export class Caller {
  private readonly port: MessagePort;
  private readonly calling: Calling;
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;
  private asking = false;
  private patience: ReturnType<typeof setTimeout> | undefined;

  constructor(port: MessagePort, calling: Calling) {
    this.port = port;
    this.calling = calling;
    port.onmessage = ({ data }: MessageEvent<Told>) => this.hear(data);
  }

  /** Rejects with what the vault rejected with, and with `vault.unreachable` when it has fallen silent. */
  call(name: CallName, given: readonly unknown[]): Promise<unknown> {
    const id = ++this.last;
    const callback = given[CALLS[name].length];
    const onProgress = typeof callback === "function" ? (callback as (progress: unknown) => void) : undefined;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, onProgress });
      this.port.postMessage({ id, call: name, given: sendable(name, given), manner: this.calling.manner() } satisfies Asked);
      this.wait();
    });
  }

  private hear(told: Told): void {
    if (told.kind === "asking") {
      this.asking = told.asking;
      this.calling.onAsking(told.asking);
    } else {
      const found = this.waiting.get(told.id);
      if (told.kind === "progress") found?.onProgress?.(told.progress);
      else this.waiting.delete(told.id);
      if (told.kind === "outcome") found?.resolve(told.outcome);
      if (told.kind === "fault") found?.reject(faultOf(told.code, told.about));
    }
    this.wait();
  }

  /** The time of a person is not counted. */
  private wait(): void {
    clearTimeout(this.patience);
    if (this.asking || !this.waiting.size) return;
    this.patience = setTimeout(() => {
      for (const { reject } of this.waiting.values()) reject(new CryptoFault("vault.unreachable"));
      this.waiting.clear();
    }, this.calling.quietMs);
  }
}

function faultOf(code: string, about: readonly string[]): Error {
  if (code.startsWith("passkey.")) return new PasskeyFault(code as PasskeyFaultCode);
  return new CryptoFault(code as CryptoFaultCode, ...about);
}
