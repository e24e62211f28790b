// @vitest-environment happy-dom

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { App } from "../../src/app/App.tsx";
import { Root } from "../../src/app/Root.tsx";
import { openServices } from "../../src/app/services.ts";
import type { HeldKeys } from "../../src/vault/keystore.ts";
import type { Vault } from "../../src/crypto/slots.ts";
import { LocalVault } from "../../src/vault/local.ts";
import { ko } from "../../src/i18n/ko.ts";
// what the app fetches when it is needed is here already: these tests are not about waiting for it
import "../../src/capture/Capture.tsx";
import "../../src/app/apply/Apply.tsx";
import "../../src/app/hold/Resume.tsx";
import "../../src/app/hold/Suspend.tsx";
import "../../src/app/lock/Lock.tsx";
import "../../src/app/renew/Renew.tsx";
import "../../src/app/home/End.tsx";
import "../../src/app/status/Status.tsx";
import "../../src/app/move/Move.tsx";
import "../../src/app/steps/Journey.tsx";
import "../../src/app/support/HandOverDialog.tsx";
import "../../src/app/support/Ticket.tsx";
import "../../src/app/support/Tickets.tsx";
import "../../src/i18n/en.ts";
import { MemoryKeystore, application } from "./office.ts";

type Answer = readonly [status: number, body: unknown];

const problem = (status: number, code: string, more: object = {}): Answer => [
  status,
  { type: "", title: "제목이에요", status, detail: "까닭이에요", code, next: "다음이에요", fields: {}, request_id: "01a2-0663", ...more },
];

let root: HTMLElement;
let answers: Map<string, Answer | (() => Answer)>;
let asked: { route: string; body: string }[];

const soon = (ms: number) => new Date(Date.now() + ms).toISOString();
const session = (ms = 600_000): Answer => [200, { expires_at: soon(ms), ends_at_latest: soon(3_600_000) }];

/** Answers as the office would, without a network; what is not foreseen is not found. */
const office: typeof fetch = async (address, init) => {
  const route = `${init?.method ?? "GET"} ${String(address)}`;
  asked.push({ route, body: String(init?.body ?? "") });
  const found = answers.get(route) ?? problem(404, "request.not_found");
  const [status, body] = typeof found === "function" ? found() : found;
  return new Response(status === 204 ? null : JSON.stringify(body), { status });
};

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  localStorage.clear();
  localStorage.setItem("dojang.preferences", '{"language":"ko"}');
  asked = [];
  answers = new Map<string, Answer>([
    ["GET /v1/authority", [200, { environment: "production", ca_folder: "dojang", transport_key: "", transport_certificate: "", chain: [], caller: "15880000", offered_years: [1, 3], support: { phone: "1588-0000", hours: "평일 9시~18시" }, bank_apps: {} }]],
    ["GET /v1/sessions/current", session()],
    ["GET /v1/certificates", [200, []]],
    ["GET /v1/applications", [200, []]],
  ]);
});

afterEach(() => {
  render(null, root);
  root.remove();
  vi.useRealTimers();
});

const settle = async () => {
  for (let i = 0; i < 20; i++) await act(async () => void (await new Promise((done) => setTimeout(done, 2))));
};
const open = async (path: string, { signedIn = true, keystore = new MemoryKeystore() } = {}) => {
  if (signedIn) localStorage.setItem("dojang.session", "open");
  history.replaceState(null, "", path);
  await act(() => render(<App services={openServices({ storage: localStorage, vault: new LocalVault(keystore), fetch: office })}><Root /></App>, root));
  await settle();
  // A screen's own code comes when it is first asked for, which takes a busy machine longer than the rest.
  await vi.waitFor(() => expect(root.querySelector("h1")).not.toBeNull(), 10_000);
  await settle();
};
const text = () => root.textContent ?? "";
const button = (name: string): HTMLButtonElement => {
  const found = [...root.querySelectorAll("button")].find((one) => one.textContent?.trim() === name);
  if (!found) throw new Error(`no button ${name} in ${text()}`);
  return found;
};
const press = async (name: string) => {
  await act(() => button(name).click());
  await settle();
};
const type = async (id: string, value: string) => {
  const input = root.querySelector<HTMLInputElement>(`#${id}`);
  if (!input) throw new Error(`no #${id}`);
  input.value = value;
  await act(() => void input.dispatchEvent(new Event("input", { bubbles: true })));
};
const submit = async () => {
  await act(() => void root.querySelector("form")!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })));
  await settle();
};

describe("a stranger", () => {
  it("is asked to sign in, without the office being asked who it is", async () => {
    await open("/", { signedIn: false });
    expect(root.querySelector("h1")?.textContent).toBe(ko.enter.signInTitle);
    expect(document.activeElement).toBe(root.querySelector("h1"));
    expect(asked.map(({ route }) => route)).not.toContain("GET /v1/sessions/current");
  });

  it("is told every mistake at once before anything is sent, then signs up and in", async () => {
    answers.set("POST /v1/accounts", [201, { id: "1", login_name: "gildong", language: "ko" }]);
    answers.set("POST /v1/sessions", [201, { token: "t", expires_at: soon(600_000), ends_at_latest: soon(3_600_000) }]);
    await open("/", { signedIn: false });
    await press(ko.enter.noAccount);
    await submit();
    expect(document.activeElement?.getAttribute("role")).toBe("alert");
    expect([...root.querySelectorAll(".error-summary li")]).toHaveLength(2);
    await type("login_name", "Gildong");
    await type("password", "my gildong 12345");
    await submit();
    expect(text()).toContain(ko.enter.passwordRule);
    expect(asked.some(({ route }) => route.startsWith("POST"))).toBe(false);
    await type("password", "correct horse battery");
    await submit();
    expect(asked.filter(({ route }) => route.startsWith("POST")).map(({ route }) => route)).toEqual(["POST /v1/accounts", "POST /v1/sessions"]);
    expect(root.querySelector("h1")?.textContent).toBe(ko.home.title);
  });

  it("hears the office's refusal in full, with the code and a number for support", async () => {
    answers.set("POST /v1/sessions", problem(401, "access.sign_in_refused", { alternative: "다른 길이에요", retry_after_s: 90 }));
    await open("/", { signedIn: false });
    await type("login_name", "gildong");
    await type("password", "wrong");
    await submit();
    for (const part of ["제목이에요", "까닭이에요", "다음이에요", "다른 길이에요", "1분 30초", "access.sign_in_refused"]) expect(text()).toContain(part);
    expect(document.activeElement?.className).toBe("failure");
    await press(ko.action.contactSupport);
    await press(ko.support.hand); // a number too short to stand for anybody: the person tells it by telephone
    expect(root.querySelector("dialog .figures")?.textContent).toBe("01A206");
    expect(root.querySelector("dialog")?.textContent).toContain(ko.support.notNow);
    expect(root.querySelector("dialog")?.textContent).toContain("1588-0000");
    expect(asked.some(({ route }) => route.includes("/v1/support"))).toBe(false);
  });
});

describe("home", () => {
  it("leads to a first certificate, and offers the ways to bring one here", async () => {
    await open("/");
    expect(button(ko.action.issue).className).toContain("button--primary");
    await act(() => [...root.querySelectorAll("a")].find((one) => one.textContent === ko.action.move)!.click());
    await settle();
    expect(location.pathname).toBe("/move");
    for (const way of [ko.move.send, ko.move.receive, ko.move.file]) expect(text()).toContain(way.text);
  });

  it("shows what is under way, and cancels it only after asking", async () => {
    answers.set("GET /v1/applications", [200, [application("proofing")]]);
    answers.set("DELETE /v1/applications/a", [200, application("cancelled")]);
    await open("/");
    expect(button(ko.action.resume).className).toContain("button--primary");
    await press(ko.home.cancel);
    expect(asked.some(({ route }) => route.startsWith("DELETE"))).toBe(false);
    await act(() => root.querySelector<HTMLButtonElement>("dialog .button--danger")!.click());
    await settle();
    expect(asked.some(({ route }) => route === "DELETE /v1/applications/a")).toBe(true);
  });

  const certificate = (more: object = {}) => ({
    serial: "7", not_after: soon(9e10), state: "good", succeeded: false, held_by: null, hold_ends_at: null, renewable_from: soon(8e10), ...more,
  });
  const standing = (state: string, more: object = {}) => ({ state, reason: null, since: soon(0), held_by: null, hold_ends_at: null, ...more });
  const follow = async (name: string) => {
    await act(() => [...root.querySelectorAll("a")].find((one) => one.textContent === name)!.click());
    await settle();
  };
  const call = (state: string, number: string | null): Answer => [
    200,
    { id: "c", act: "revoke", target: "7", state, phone: "010-****-0001", number, expires_at: soon(180_000) },
  ];

  it("ends a certificate in two taps on the device that holds it", async () => {
    const keystore = new MemoryKeystore();
    await keystore.saveHeld({ serial: "7", revocation: new Uint8Array([1, 2, 3]), vault: { slots: [] } as unknown as Vault } as unknown as HeldKeys);
    answers.set("GET /v1/certificates", [200, [certificate()]]);
    answers.set("POST /v1/certificates/7/revocation", [200, standing("revoked", { reason: "unspecified" })]);
    await open("/", { keystore });
    await follow(ko.action.revoke);
    await press(ko.end.now);
    expect(asked.at(-1)).toEqual({ route: "POST /v1/certificates/7/revocation", body: '{"reason":"unspecified","signature":"AQID"}' });
    expect(root.querySelector("h1")?.textContent).toBe(ko.end.doneTitle);
    expect(await keystore.findHeld("7")).toBeUndefined();
  });

  it("ends a certificate without its device by a call, the number on the screen before it rings", async () => {
    answers.set("GET /v1/certificates", [200, [certificate()]]);
    answers.set("POST /v1/confirmations", call("requested", "47"));
    answers.set("GET /v1/confirmations/c", call("ringing", "47"));
    answers.set("POST /v1/certificates/7/revocation", [200, standing("revoked", { reason: "unspecified" })]);
    await open("/");
    await follow(ko.action.revoke);
    expect(text()).toContain(ko.end.final);
    await press(ko.action.callMe);
    expect(asked.at(-1)?.body).toBe('{"act":"revoke","target":"7"}');
    expect(root.querySelector(".figures")?.textContent).toBe("47");
    answers.set("GET /v1/confirmations/c", call("confirmed", null));
    await vi.waitFor(() => expect(root.querySelector("h1")?.textContent).toBe(ko.end.doneTitle), 4_000);
    expect(asked.some(({ body }) => body === '{"reason":"unspecified","confirmation":"c"}')).toBe(true);
  });

  it("says why a call confirmed nothing, and calls again", async () => {
    answers.set("GET /v1/certificates", [200, [certificate()]]);
    answers.set("POST /v1/confirmations", call("requested", "47"));
    answers.set("GET /v1/confirmations/c", call("wrong_number", null));
    await open("/certificate/7/end");
    await press(ko.action.callMe);
    await vi.waitFor(() => expect(text()).toContain(ko.confirm.state.wrong_number), 4_000);
    answers.set("POST /v1/confirmations", problem(429, "step_up.too_soon", { retry_after_s: 30 }));
    await press(ko.action.callAgain);
    expect(text()).toContain("제목이에요");
    expect(asked.some(({ route }) => route.endsWith("/revocation"))).toBe(false);
  });

  it("calls again where the call before is spent, and not at all where it would be of no use", async () => {
    answers.set("GET /v1/certificates", [200, [certificate()]]);
    answers.set("POST /v1/confirmations", call("requested", "47"));
    answers.set("GET /v1/confirmations/c", call("confirmed", null));
    answers.set("POST /v1/certificates/7/revocation", problem(410, "step_up.expired"));
    await open("/certificate/7/end");
    await press(ko.action.callMe);
    await vi.waitFor(() => expect(text()).toContain("step_up.expired"), 4_000);
    expect([...root.querySelectorAll("button")].some((one) => one.textContent === ko.action.retry)).toBe(false);
    answers.set("POST /v1/certificates/7/revocation", problem(409, "revocation.already_revoked"));
    await press(ko.action.callAgain);
    await vi.waitFor(() => expect(text()).toContain("revocation.already_revoked"), 4_000);
    expect([...root.querySelectorAll("button")].some((one) => one.textContent === ko.action.callAgain)).toBe(false);
    expect(root.querySelector(".failure a")?.getAttribute("href")).toBe("/");
  });

  it("suspends in two taps and shows until when it can be used again", async () => {
    answers.set("GET /v1/certificates", [200, [certificate()]]);
    answers.set("POST /v1/certificates/7/suspension", [200, standing("held", { held_by: "owner", hold_ends_at: "2027-05-23T00:00:00Z" })]);
    await open("/");
    await follow(ko.hold.suspend);
    await press(ko.hold.suspendNow);
    expect(root.querySelector("h1")?.textContent).toBe(ko.hold.suspendedTitle);
    expect(text()).toContain("2027");
  });

  it("leads from a suspended certificate to using it again, but not from the bank's own hold", async () => {
    answers.set("GET /v1/certificates", [200, [certificate({ state: "held", held_by: "owner", hold_ends_at: soon(9e9) })]]);
    answers.set("POST /v1/confirmations", call("requested", "47"));
    answers.set("GET /v1/confirmations/c", call("confirmed", null));
    answers.set("POST /v1/certificates/7/resumption", [200, standing("good")]);
    await open("/");
    await follow(ko.hold.resume);
    await press(ko.action.callMe);
    await vi.waitFor(() => expect(root.querySelector("h1")?.textContent).toBe(ko.hold.resumedTitle), 4_000);
    answers.set("GET /v1/certificates", [200, [certificate({ state: "held", held_by: "office", hold_ends_at: soon(9e9) })]]);
    await press(ko.home.toHome);
    expect(text()).toContain(ko.hold.heldByOffice);
    expect([...root.querySelectorAll("a")].some((one) => one.textContent === ko.hold.resume)).toBe(false);
  });

  const lock = (state: string, more: object = {}) => ({
    id: "l", state, since: soon(0), opens_at: null, may_lock: true, statement: null, ...more,
  });

  it("locks issuing in two taps, unlocks after a call and a day, and may think again", async () => {
    answers.set("GET /v1/issue-lock", [200, lock("open", { id: null, since: null })]);
    answers.set("POST /v1/issue-lock", [200, lock("locked")]);
    answers.set("POST /v1/confirmations", call("requested", "47"));
    answers.set("GET /v1/confirmations/c", call("confirmed", null));
    answers.set("POST /v1/issue-lock/unlocking", [200, lock("cooling", { opens_at: soon(86_400_000) })]);
    answers.set("DELETE /v1/issue-lock/unlocking", [200, lock("locked")]);
    await open("/");
    await follow(ko.lock.title);
    expect(text()).toContain(ko.lock.means.open);
    await press(ko.lock.lockNow);
    expect(text()).toContain(ko.lock.means.locked);
    await press(ko.lock.unlock);
    expect(text()).toContain(ko.lock.cooling);
    await press(ko.action.callMe);
    expect(asked.some(({ body }) => body === '{"act":"unlock_issuing","target":"l"}')).toBe(true);
    await vi.waitFor(() => expect(text()).toContain(ko.lock.means.cooling), 4_000);
    expect(asked.some(({ body }) => body === '{"confirmation":"c"}')).toBe(true);
    await press(ko.lock.keep);
    expect(text()).toContain(ko.lock.means.locked);
  });

  it("does not promise a lock to whom nobody knows", async () => {
    answers.set("GET /v1/issue-lock", [200, lock("open", { id: null, may_lock: false })]);
    await open("/lock");
    expect(text()).toContain(ko.lock.notYet);
    expect([...root.querySelectorAll("button")].some((one) => one.textContent === ko.lock.lockNow)).toBe(false);
  });

  it("has language and easy mode one tap away", async () => {
    await open("/");
    await press(ko.settings.easyMode);
    expect(document.documentElement.hasAttribute("data-easy")).toBe(true);
    await press("English");
    expect(root.querySelector("h1")?.textContent).toBe("My certificates");
    expect(document.documentElement.lang).toBe("en");
  });
});

describe("easy mode", () => {
  it("has a voice and the bank's telephone on every page, the camera's among them", async () => {
    Object.assign(globalThis, { speechSynthesis: { cancel: () => undefined } });
    localStorage.setItem("dojang.preferences", '{"language":"ko","easy":true}');
    answers.set("GET /v1/applications/a", [200, application()]);
    answers.set("GET /v1/applications/a/proofing", problem(404, "identity_proofing.case_not_found"));
    for (const path of ["/", "/settings", "/application/a", "/application/a/photograph"]) {
      await open(path);
      const help = root.querySelector(".help");
      expect([path, help?.textContent]).toEqual([path, expect.stringContaining(ko.app.readAloud)]);
      expect(help?.querySelector("a")?.getAttribute("href")).toBe("tel:15880000");
      render(null, root);
    }
    Reflect.deleteProperty(globalThis, "speechSynthesis");
    document.documentElement.removeAttribute("data-easy");
  });
});

describe("a refusal that would only be repeated", () => {
  const here = async () => {
    const keystore = new MemoryKeystore();
    await keystore.saveHeld({ serial: "7", vault: { slots: [] } as unknown as Vault } as unknown as HeldKeys);
    return keystore;
  };
  const offersRetry = () => [...root.querySelectorAll("button")].some((one) => one.textContent === ko.action.retry);

  it("of a renewal before its time says from when, and leads back to the certificates", async () => {
    answers.set("GET /v1/certificates/7/renewal", problem(409, "renewal.too_early", { fields: { opens_at: "2029-10-23T15:00:00+00:00" } }));
    await open("/renew/7", { keystore: await here() });
    expect(text()).toContain("2029년 10월 24일부터");
    expect(offersRetry()).toBe(false);
    await act(() => root.querySelector<HTMLAnchorElement>(".failure a")!.click());
    await settle();
    expect(root.querySelector("h1")?.textContent).toBe(ko.home.title);
  });

  it("takes away the button that was refused for good", async () => {
    answers.set("POST /v1/certificates/7/suspension", problem(409, "revocation.already_revoked"));
    await open("/certificate/7/suspend");
    await press(ko.hold.suspendNow);
    expect([...root.querySelectorAll("button")].some((one) => one.textContent === ko.hold.suspendNow)).toBe(false);
    expect(root.querySelector(".failure a")?.getAttribute("href")).toBe("/");
  });

  it("of an application nobody knows leads home", async () => {
    answers.set("GET /v1/applications/zz", problem(404, "application.not_found"));
    await open("/application/zz");
    expect(offersRetry()).toBe(false);
    expect(root.querySelector(".failure a")?.getAttribute("href")).toBe("/");
  });
});

describe("the session", () => {
  it("warns before its end and is prolonged by one tap", async () => {
    answers.set("GET /v1/sessions/current", session(100_000));
    await open("/");
    const dialog = root.querySelector<HTMLDialogElement>("dialog[open]");
    expect(dialog?.textContent).toMatch(/뒤에 로그아웃돼요/);
    answers.set("GET /v1/sessions/current", session(600_000));
    await press(ko.action.extendSession);
    expect(root.querySelector("dialog[open]")).toBeNull();
    expect(text()).toContain(ko.session.extended);
  });

  it("that the office forgot leads to signing in, at the same address", async () => {
    answers.set("GET /v1/certificates", problem(401, "access.session_required"));
    await open("/");
    expect(root.querySelector("h1")?.textContent).toBe(ko.enter.signInTitle);
    expect(text()).toContain(ko.session.ended);
    expect(location.pathname).toBe("/");
  });
});

describe("applying", () => {
  it("asks for consent only to texts that stand in the app", async () => {
    answers.set("GET /v1/consents", [200, [{ text_id: "personal_data", version: "2031-01" }]]);
    await open("/apply/new");
    await press(ko.apply.begin);
    expect(text()).toContain(ko.apply.oldApp);
    expect(root.querySelector("input[type=checkbox]")).toBeNull();
  });

  it("goes through consents to terms and opens the application", async () => {
    const consents = ["terms_of_certification", "personal_data", "unique_identifier"].map((text_id) => ({ text_id, version: "2026-01" }));
    answers.set("GET /v1/consents", [200, consents]);
    answers.set("POST /v1/terms", [200, { validity: "remaining", years: 1, not_before: soon(0), not_after: soon(9e9), predecessor_serial: "7", predecessor_ends: "at_once" }]);
    answers.set("POST /v1/applications", [201, application()]);
    answers.set("GET /v1/applications/a", [200, application()]);
    answers.set("GET /v1/applications/a/proofing", [204, null]);
    await open("/apply/reissue");
    await press(ko.apply.begin);
    await press(ko.action.next);
    expect(document.activeElement?.getAttribute("role")).toBe("alert");
    await act(() => root.querySelector<HTMLInputElement>("input[value=lost]")!.click());
    await press(ko.action.next);
    await press(ko.apply.agree);
    expect(root.querySelectorAll(".error-summary li")).toHaveLength(3);
    await act(() => root.querySelector<HTMLInputElement>("#all")!.click());
    await press(ko.apply.agree);
    expect(text()).toContain(ko.apply.endsAtOnce);
    expect(text()).toContain(ko.apply.remaining);
    await press(ko.apply.apply);
    const sent = JSON.parse(asked.find(({ route }) => route === "POST /v1/applications")!.body) as object;
    expect(sent).toEqual({ kind: "reissue", years: 1, reissue_reason: "lost", predecessor_serial: null, consents });
    expect(location.pathname).toBe("/application/a");
    expect(root.querySelector("h1")?.textContent).toBe(ko.document.kindTitle);
    expect(document.title).toContain("3/7");
  });
});

describe("in production", () => {
  it("there is no companion, and nothing is asked of a sandbox", async () => {
    await open("/");
    expect(root.querySelector(".companion")).toBeNull();
    expect(asked.some(({ route }) => route.includes("sandbox-window"))).toBe(false);
  });
});

const REQUEST_ID = "5e0c7d2a9f5b4e0bb1c2d3e4f5a60718";
const ticket = (more: object = {}) => ({
  case_id: "3F9K2M", state: "open", code: "internal", title: "문제가 생겼어요", opened_at: soon(0), changed_at: soon(0), messages: [], ...more,
});

describe("support", () => {
  it("takes a failure over before sign-in, and shows the answer to the browser that handed it over", async () => {
    answers.set("POST /v1/sessions", problem(401, "access.sign_in_refused", { request_id: REQUEST_ID }));
    answers.set("POST /v1/support/reports", [201, ticket()]);
    await open("/", { signedIn: false });
    await type("login_name", "gildong");
    await type("password", "wrong");
    await submit();
    await press(ko.action.contactSupport);
    await press(ko.support.hand);
    expect(root.querySelector("dialog [data-case-id]")?.textContent).toBe("3F9K2M");
    const sent = JSON.parse(asked.find(({ route }) => route === "POST /v1/support/reports")!.body);
    expect(sent).toMatchObject({ code: "access.sign_in_refused", request_id: REQUEST_ID, step: "home", app_version: "0.1.0" });
    expect(JSON.stringify(sent)).not.toContain("gildong");
    const said = [{ author: "office", at: soon(0), text: "이렇게 해 보세요", masked: false }];
    answers.set("GET /v1/support/reports/3F9K2M", [200, ticket({ state: "answered", messages: said })]);
    answers.set("GET /v1/support/tickets", problem(401, "access.session_required"));
    await press(ko.support.seeMine);
    expect(location.pathname).toBe("/support");
    for (const part of [ko.support.signInToSee, "3F9K2M", ko.support.ticketState.answered, "이렇게 해 보세요"]) expect(text()).toContain(part);
  });

  it("takes a failure of somebody signed in over with the application it happened in", async () => {
    answers.set("GET /v1/applications/a1", problem(500, "internal", { request_id: REQUEST_ID, fields: { support_code: "ab12cd34" } }));
    answers.set("POST /v1/support/tickets", [201, ticket({ messages: [{ author: "person", at: soon(0), text: "******-*******", masked: true }] })]);
    await open("/application/a1");
    await press(ko.action.contactSupport);
    await press(ko.support.hand);
    const sent = JSON.parse(asked.find(({ route }) => route === "POST /v1/support/tickets")!.body);
    expect(sent).toMatchObject({ code: "internal", application_id: "a1", step: "application", support_code: "ab12cd34", request_id: REQUEST_ID });
    expect(root.querySelector("dialog")?.textContent).toContain(ko.support.masked);
  });

  it("shows progress and answers, takes more words and says when it is over", async () => {
    const said = [{ author: "person", at: soon(-9), text: "안 돼요", masked: false }, { author: "office", at: soon(0), text: "다시 눌러 보세요", masked: false }];
    answers.set("GET /v1/support/tickets", [200, [ticket({ state: "answered", messages: said })]]);
    answers.set("GET /v1/support/tickets/3F9K2M", [200, ticket({ state: "answered", messages: said })]);
    answers.set("POST /v1/support/tickets/3F9K2M/messages", [200, ticket({ messages: said })]);
    answers.set("POST /v1/support/tickets/3F9K2M/closing", [200, ticket({ state: "closed", messages: said })]);
    await open("/support");
    expect(text()).toContain(ko.support.ticketState.answered);
    await act(() => root.querySelector<HTMLAnchorElement>('a[href="/support/3F9K2M"]')!.click());
    await settle();
    expect(text()).toContain("다시 눌러 보세요");
    await press(ko.support.send);
    expect(root.querySelector(".error-summary")?.textContent).toContain(ko.support.textNeeded);
    const box = root.querySelector<HTMLTextAreaElement>("#support_text")!;
    box.value = "그래도 안 돼요";
    await act(() => void box.dispatchEvent(new Event("input", { bubbles: true })));
    await press(ko.support.send);
    expect(asked.find(({ route }) => route.endsWith("/messages"))?.body).toBe('{"text":"그래도 안 돼요"}');
    await press(ko.support.settle);
    expect(text()).toContain(ko.support.ticketState.closed);
    expect([...root.querySelectorAll("button")].map((one) => one.textContent)).not.toContain(ko.support.send);
  });
});

describe("an outage", () => {
  const component = (name: string, state = "closed") => ({
    component: name, state, since: state === "closed" ? null : soon(0),
    title: state === "closed" ? "" : `${name} 늦어요`, cause: state === "closed" ? "" : "까닭", next: state === "closed" ? "" : "자동으로 이어져요.",
  });
  const names = ["bank", "telephony", "registry", "notice", "reader"];
  const status = (away: readonly string[]): Answer => [
    200, { at: soon(0), working: !away.length, components: names.map((one) => component(one, away.includes(one) ? "open" : "closed")) },
  ];

  it("stands on the status page, which needs no session", async () => {
    answers.set("GET /v1/status", status([]));
    await open("/status", { signedIn: false });
    expect(text()).toContain(ko.status.allWell);
    render(null, root);
    answers.set("GET /v1/status", status(["bank"]));
    await open("/status", { signedIn: false });
    for (const part of [ko.status.someAway, "bank 늦어요", ko.status.component.telephony, ko.status.breakerState.open]) expect(text()).toContain(part);
    expect(asked.every(({ route }) => ["GET /v1/status", "GET /v1/authority"].includes(route))).toBe(true);
  });

  it("is said on the step that waits for it, and on no other", async () => {
    const waiting = (state: string) => ({
      state: "open", next_check: null, document: null, person: null, deposit: null, call: null, expires_at: soon(3_600_000),
      checks: [{ check: "account_deposit", state, findings: [], tries_left: 3, may_act: false }],
    });
    answers.set("GET /v1/applications/a1", [200, { ...application("proofing"), id: "a1" }]);
    answers.set("GET /v1/applications/a1/proofing", [200, waiting("parked")]);
    answers.set("GET /v1/status", status(["bank", "notice"]));
    await open("/application/a1");
    expect(root.querySelector(".away")?.textContent).toContain("bank 늦어요");
    expect(root.querySelector(".away")?.textContent).toContain("자동으로 이어져요.");
    expect(text()).not.toContain("notice 늦어요");
  });
});

describe("photographs handed over to a phone", () => {
  it("leaves the code for what was read, however quick the reader was", async () => {
    const collecting: Answer = [204, null];
    const read: Answer = [200, {
      state: "open", next_check: null, person: null, deposit: null, call: null, expires_at: soon(3_600_000),
      document: { kind: "resident_card", state: "read", sides_missing: [] },
      checks: [{ check: "id_document", state: "confirming", findings: [], tries_left: 5, may_act: true }],
    }];
    let isSent = false;
    answers.set("GET /v1/applications/a", [200, application()]);
    answers.set("GET /v1/applications/a/proofing", () => (isSent ? read : collecting));
    answers.set("POST /v1/applications/a/hand-off", [201, { secret: "s".repeat(43), expires_at: soon(600_000) }]);
    answers.set("GET /v1/applications/a/hand-off", () => {
      isSent = true; // and read before anybody asks again: from there, too, one may go back to the code
      return [200, { kind: "resident_card", state: "finished", expires_at: soon(600_000) }];
    });
    await open("/application/a/hand_off");
    await vi.waitFor(() => expect(root.querySelector("h1")?.textContent).toBe(ko.document.fieldsTitle), 4_000);
    expect(location.pathname).toBe("/application/a");
  });
});
