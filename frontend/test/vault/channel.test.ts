/** The channel between the app and a vault on a page of its own: who may connect, what crosses, what does not. */

import { describe, expect, it } from "vitest";

import { utf8 } from "../../src/crypto/bytes.ts";
import { CryptoFault } from "../../src/crypto/fault.ts";
import { PasskeyFault } from "../../src/passkeys/fault.ts";
import { CALLS, type CallName, isGiven } from "../../src/vault/calls.ts";
import { CONNECT, Caller, type Manner, READY, connectVault, serveVault } from "../../src/vault/channel.ts";
import type { VaultPort } from "../../src/vault/port.ts";

const APP = "https://cert.bank.example";
const VAULT = "https://key.bank.example";
const REQUEST = { content: utf8("hello"), detached: false, signedAt: new Date(0) };
const MANNER: Manner = { language: "en", easy: true, scheme: "dark" };

type Listener = (event: MessageEvent) => void;

/** A window: hears what is posted to it, with its sender and the sender's origin, if it is meant for it. */
class FakeWindow {
  readonly heard: unknown[] = [];
  readonly origin: string;
  private readonly listeners = new Set<Listener>();

  constructor(origin: string) {
    this.origin = origin;
  }

  addEventListener = (_kind: "message", listener: Listener) => void this.listeners.add(listener);
  removeEventListener = (_kind: "message", listener: Listener) => void this.listeners.delete(listener);

  receive(data: unknown, origin: string, source: unknown, ports: readonly unknown[] = []) {
    this.heard.push(data);
    for (const one of [...this.listeners]) one({ data, origin, source, ports } as unknown as MessageEvent);
  }
}

/** Two windows, each with a handle on the other: what a handle posts has the handle's owner as its source. */
function pages(appOrigin = APP) {
  const app = new FakeWindow(appOrigin);
  const page = new FakeWindow(VAULT);
  const toApp = {
    postMessage: (data: unknown, target: string) => target === app.origin && app.receive(data, VAULT, toPage),
  };
  const toPage = {
    postMessage: (data: unknown, target: string, ports: Transferable[] = []) =>
      target === VAULT && page.receive(data, app.origin, toApp, ports),
  };
  const served = { parent: toApp, addEventListener: page.addEventListener, removeEventListener: page.removeEventListener };
  return { app, page, toApp, toPage, served };
}

class EchoVault {
  readonly asksItself = true;
  readonly given: unknown[][] = [];
  async sign(...given: unknown[]) {
    this.given.push(given.slice(0, 3));
    if (given[0] === "1") throw new CryptoFault("npki.wrong_password", "about");
    if (given[0] === "2") throw new Error("somebody else's words");
    if (given[0] === "3") throw new PasskeyFault("passkey.cancelled");
    return (given[2] as typeof REQUEST).content;
  }
  async backUp(...given: unknown[]) {
    (given[3] as (share: number) => void)(0.5);
    return [];
  }
  listHeld = () => new Promise<never>(() => undefined); // never answers
}

async function connected(quietMs = 2_000) {
  const { app, toPage, served } = pages();
  const vault = new EchoVault();
  const manners: Manner[] = [];
  const asked: boolean[] = [];
  const connecting = connectVault({ frame: toPage, origin: VAULT, page: app }, 2_000);
  let tell = (_: boolean): void => undefined;
  serveVault(
    { vault: vault as unknown as VaultPort, onManner: (one) => manners.push(one), onConnected: (given) => (tell = given) },
    APP,
    served,
  );
  const port = await connecting;
  const caller = new Caller(port, { onAsking: (one) => asked.push(one), manner: () => MANNER, quietMs });
  return { caller, vault, manners, asked, port, tell: (asking: boolean) => tell(asking) };
}

describe("a connection", () => {
  it("carries calls, outcomes, progress and how the person wants to see the page", async () => {
    const { caller, manners } = await connected();
    expect(await caller.call("sign", ["7", undefined, REQUEST])).toEqual(utf8("hello"));
    const shares: unknown[] = [];
    const backup = { format: "pkcs12", compatible: false, now: new Date(0) };
    expect(await caller.call("backUp", ["7", undefined, backup, (share: number) => shares.push(share)])).toEqual([]);
    expect(shares).toEqual([0.5]);
    expect(manners[0]).toEqual(MANNER);
  });

  it("leaves passwords and passkeys on the side where they are", async () => {
    const { caller, vault } = await connected();
    await caller.call("sign", ["7", "a password", REQUEST]);
    await caller.call("sign", ["7", { passkeyOf: "bank.example" }, REQUEST]);
    expect(vault.given).toEqual([["7", undefined, REQUEST], ["7", undefined, REQUEST]]);
  });

  it("carries faults by their code, and nothing of what broke", async () => {
    const { caller } = await connected();
    await expect(caller.call("sign", ["1", undefined, REQUEST])).rejects.toMatchObject({ code: "npki.wrong_password", about: ["about"] });
    await expect(caller.call("sign", ["2", undefined, REQUEST])).rejects.toEqual(new CryptoFault("vault.declined"));
    await expect(caller.call("sign", ["3", undefined, REQUEST])).rejects.toBeInstanceOf(PasskeyFault);
  });

  it("gives up on a silent vault, but not while a person is asked", async () => {
    const { caller, tell, asked } = await connected(120);
    await expect(caller.call("listHeld", [])).rejects.toMatchObject({ code: "vault.unreachable" });
    const waiting = caller.call("listHeld", []).then(() => "answered", () => "gave up");
    tell(true);
    const patience = new Promise((resolve) => setTimeout(() => resolve("patient"), 400));
    expect(await Promise.race([waiting, patience])).toBe("patient");
    tell(false);
    expect(await waiting).toBe("gave up");
    expect(asked).toEqual([true, false]);
  });

  it("refuses what is not a call, or not this call's", async () => {
    const { port, vault } = await connected();
    const answers: { code?: string }[] = [];
    port.onmessage = ({ data }) => answers.push(data as { code?: string });
    const asked: [string, unknown[]][] = [
      ["constructor", []],
      ["held", ["7"]],
      ["sign", ["7", "a password", REQUEST]],
      ["sign", ["7", undefined, { ...REQUEST, content: "text" }]],
      ["sign", ["7", undefined, { ...REQUEST, more: 1 }]],
      ["sign", ["7", undefined]],
    ];
    asked.forEach(([call, given], id) => port.postMessage({ id, call, given, manner: MANNER }));
    await expect.poll(() => answers.length).toBe(asked.length);
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(["vault.declined"]));
    expect(vault.given).toEqual([]);
  });
});

describe("a stranger", () => {
  it("is not answered: another origin, another window, another message, a second connection", () => {
    const { app, page, toApp, toPage, served } = pages();
    const connections: unknown[] = [];
    serveVault({ vault: new EchoVault() as unknown as VaultPort, onManner: () => undefined, onConnected: (one) => connections.push(one) }, APP, served);
    expect(app.heard).toEqual([READY]);
    const port = () => [new MessageChannel().port2];
    page.receive(CONNECT, "https://evil.example", toApp, port());
    page.receive(CONNECT, APP, toPage, port());
    page.receive("dojang.vault.0.connect", APP, toApp, port());
    page.receive(CONNECT, APP, toApp, []);
    expect(connections).toEqual([]);
    page.receive(CONNECT, APP, toApp, port());
    page.receive(CONNECT, APP, toApp, port());
    expect(connections).toHaveLength(1);
  });

  it("is not told that there is a vault", () => {
    const { app, served } = pages("https://evil.example");
    serveVault({ vault: new EchoVault() as unknown as VaultPort, onManner: () => undefined, onConnected: () => undefined }, APP, served);
    expect(app.heard).toEqual([]);
  });

  it("does not become the vault", async () => {
    const { app, page, toPage } = pages();
    const connecting = connectVault({ frame: toPage, origin: VAULT, page: app }, 100);
    app.receive(READY, "https://evil.example", toPage);
    app.receive(READY, VAULT, {});
    app.receive("dojang.vault.0.ready", VAULT, toPage);
    await expect(connecting).rejects.toMatchObject({ code: "vault.unreachable" });
    expect(page.heard).toEqual([]);
  });
});

describe("the table of calls", () => {
  it("lets no call carry more than its own", () => {
    for (const name of Object.keys(CALLS) as CallName[]) {
      expect(isGiven(name, [...CALLS[name].map(() => undefined), "more"])).toBe(false);
    }
    expect(isGiven("findHeld", ["7"])).toBe(true);
    expect(isGiven("findHeld", [7])).toBe(false);
  });
});
