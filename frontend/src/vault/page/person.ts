/** The one in front of the page: what is to be done stands there in full, beside what it takes to say yes. */

import { CryptoFault } from "../../crypto/fault.ts";
import { findPasswordFindings } from "../../crypto/password.ts";
import { PasskeyFault } from "../../passkeys/fault.ts";
import { type PasswordBox, button, element, line, passwordBox } from "./elements.ts";
import { Sight } from "./sight.ts";
import type { PageWords } from "./words.ts";

export interface Question {
  readonly title: string;
  readonly yes: string;
  readonly danger?: boolean;
  readonly about: readonly Node[];
  /** Asks for the password there is. */
  readonly password?: boolean;
  /** Asks for a new password, twice. */
  readonly fresh?: boolean;
  /** Offers a passkey in the password's place. */
  readonly passkey?: boolean;
}

export interface Yes {
  readonly password: string;
  readonly fresh: string;
  readonly withPasskey: boolean;
}

const RULES: Readonly<Record<keyof PageWords["rules"], readonly string[]>> = {
  length: ["npki_password.too_short", "npki_password.too_long"],
  mixed: ["npki_password.no_letter", "npki_password.no_digit", "npki_password.no_special"],
  allowed: ["npki_password.not_typable", "npki_password.forbidden_character"],
  patterns: ["npki_password.repeated", "npki_password.sequence"],
};

export class Person {
  words: PageWords;
  /** Tells the app whether this page wants to be seen. */
  tell: (asking: boolean) => void = () => undefined;
  private readonly place: HTMLElement;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(place: HTMLElement, words: PageWords) {
    this.place = place;
    this.words = words;
    this.dismiss();
  }

  /**
   * Returns what `act` returns once the person has said yes; a wrong password may be corrected. One question at a time.
   * Rejects with `vault.declined` for a no, and with what `act` rejects with.
   */
  ask<Outcome>(question: Question, act: (yes: Yes) => Promise<Outcome>): Promise<Outcome> {
    const asked = this.turn.then(() => this.put(question, act));
    this.turn = asked.catch(() => undefined);
    return asked;
  }

  /** Shows something until it is dismissed; `onCancel` when the person does not want it any more. */
  show(title: string, about: readonly Node[], close: { readonly text: string; readonly onPress: () => void }): void {
    this.fill(title, about, button(close.text, "", close.onPress));
  }

  dismiss(): void {
    this.tell(false);
    this.place.replaceChildren(line(this.words.waiting, "page__main soft"));
  }

  private put<Outcome>(question: Question, act: (yes: Yes) => Promise<Outcome>): Promise<Outcome> {
    const { words } = this;
    return new Promise((resolve, reject) => {
      const form = new Form(question, words);
      const sight = new Sight(form.yes, (covered) => form.cover(covered));
      form.cover(sight.isCovered);
      const over = () => {
        sight.close();
        form.clear();
        this.dismiss();
      };
      const go = (withPasskey: boolean) => {
        if (form.busy) return;
        const wrong = sight.isCovered ? words.covered : withPasskey ? undefined : form.mistake();
        if (wrong) return form.complain(wrong);
        form.work(true);
        act({ ...form.given(), withPasskey }).then(
          (outcome) => {
            over();
            resolve(outcome);
          },
          (reason: unknown) => {
            form.work(false);
            if (reason instanceof CryptoFault && reason.code === "npki.wrong_password") return form.complain(words.wrongPassword);
            if (reason instanceof PasskeyFault && question.passkey) return form.complain(words.passkeyFailed);
            over();
            reject(reason instanceof Error ? reason : new CryptoFault("vault.declined"));
          },
        );
      };
      const passkey = question.passkey ? [button(words.passkey, "", () => go(true))] : [];
      const no = button(words.cancel, "quiet", () => {
        if (form.busy) return;
        over();
        reject(new CryptoFault("vault.declined"));
      });
      form.element.addEventListener("submit", (event) => {
        event.preventDefault();
        go(false);
      });
      this.fill(question.title, form.content, form.yes, ...passkey, no);
      form.element.append(...this.place.childNodes);
      this.place.replaceChildren(form.element);
      this.focus();
    });
  }

  private fill(title: string, about: readonly Node[], ...actions: readonly Node[]): void {
    const head = element("div", {}, element("h1", { tabindex: "-1" }, title), line(this.words.lead(location.host), "page__lead small"));
    this.place.replaceChildren(
      element("main", { class: "page__main" }, head, ...about),
      element("div", { class: "page__actions" }, ...actions),
    );
    this.tell(true);
    this.focus();
  }

  private focus(): void {
    this.place.querySelector("h1")?.focus();
  }
}

/** The fields of one question. */
class Form {
  readonly element = element("form", { class: "page", novalidate: "" });
  readonly yes: HTMLButtonElement;
  readonly content: readonly Node[];
  busy = false;
  private covered = false;
  private readonly words: PageWords;
  private readonly trouble = element("p", { class: "field__error", role: "alert", hidden: "" });
  private readonly status = element("p", { role: "status", class: "soft" });
  private readonly current: PasswordBox | undefined;
  private readonly fresh: PasswordBox | undefined;
  private readonly again: PasswordBox | undefined;

  constructor(question: Question, words: PageWords) {
    this.words = words;
    this.yes = button(question.yes, question.danger ? "danger" : "primary");
    this.current = question.password ? passwordBox("password", words.password, false) : undefined;
    this.fresh = question.fresh ? passwordBox("fresh", words.fresh, true) : undefined;
    this.again = question.fresh ? passwordBox("again", words.again, true) : undefined;
    const rules = this.fresh ? [rulesOf(this.fresh.input, words)] : [];
    const boxes = [this.current, this.fresh].flatMap((one) => (one ? [one.box] : []));
    // the browser's keeper of passwords wants to know whose this is
    const whose = element("input", { type: "text", autocomplete: "username", name: "username", hidden: "" });
    this.content = [...question.about, ...(question.password || question.fresh ? [whose] : []), ...boxes, ...rules, ...(this.again ? [this.again.box] : []), this.trouble, this.status];
  }

  given(): { password: string; fresh: string } {
    return { password: this.current?.input.value ?? "", fresh: this.fresh?.input.value ?? "" };
  }

  mistake(): string | undefined {
    const { password, fresh } = this.given();
    const { words } = this;
    if (this.current && !password) return words.passwordNeeded;
    if (this.fresh && findPasswordFindings(fresh).length) return words.rulesBroken;
    if (this.current && this.fresh && password === fresh) return words.same;
    return this.again && this.again.input.value !== fresh ? words.differ : undefined;
  }

  complain(text: string): void {
    this.trouble.hidden = false;
    this.trouble.textContent = text;
    (this.current ?? this.fresh)?.input.focus();
  }

  work(busy: boolean): void {
    this.busy = busy;
    this.trouble.hidden = true;
    this.status.textContent = busy ? this.words.working : "";
    this.standBy();
  }

  /** A yes counts only to what can be seen. */
  cover(covered: boolean): void {
    this.covered = covered;
    this.standBy();
  }

  private standBy(): void {
    this.yes.setAttribute("aria-disabled", String(this.busy || this.covered));
  }

  clear(): void {
    for (const box of [this.current, this.fresh, this.again]) if (box) box.input.value = "";
  }
}

function rulesOf(input: HTMLInputElement, words: PageWords): Node {
  const rows = (Object.keys(RULES) as (keyof typeof RULES)[]).map((rule) => {
    const state = element("span", { class: "visually-hidden" });
    return { rule, state, row: element("li", {}, words.rules[rule], state) };
  });
  const look = () => {
    const findings: readonly string[] = findPasswordFindings(input.value);
    for (const { rule, row, state } of rows) {
      const met = input.value !== "" && !RULES[rule].some((finding) => findings.includes(finding));
      row.classList.toggle("rules__met", met);
      state.textContent = ` (${met ? words.met : words.unmet})`;
    }
  };
  input.addEventListener("input", look);
  look();
  return element("ul", { class: "rules small" }, ...rows.map(({ row }) => row));
}
