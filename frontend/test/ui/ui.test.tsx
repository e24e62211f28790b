// @vitest-environment happy-dom

import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import {
  Button,
  Checkbox,
  Dialog,
  ErrorSummary,
  Explained,
  Field,
  Page,
  PasswordField,
  PasswordRules,
  RadioCards,
  Select,
  SpeechProvider,
  Steps,
  Timer,
  ToastProvider,
  useToast,
} from "../../src/app/ui/index.ts";
import { ko } from "../../src/i18n/ko.ts";

let root: HTMLElement;

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
});

afterEach(() => {
  render(null, root);
  root.remove();
  vi.useRealTimers();
});

const show = (screen: ComponentChild) =>
  act(() => render(<SpeechProvider speech={{ words: ko, language: "ko" }}>{screen}</SpeechProvider>, root));
const one = <Found extends Element = HTMLElement>(selector: string): Found => {
  const found = root.querySelector<Found>(selector);
  if (!found) throw new Error(`no ${selector} in ${root.innerHTML}`);
  return found;
};
const describedBy = (control: Element): string =>
  (control.getAttribute("aria-describedby") ?? "")
    .split(" ")
    .map((id) => document.getElementById(id)?.textContent ?? `missing ${id}`)
    .join("|");

describe("a button", () => {
  it("starts nothing twice while its work goes on, and says so", async () => {
    let finish = () => undefined as void;
    let presses = 0;
    const work = () => {
      presses++;
      return new Promise<void>((resolve) => (finish = resolve));
    };
    await show(<Button onPress={work}>발급</Button>);
    const button = one<HTMLButtonElement>("button");
    await act(async () => button.click());
    await act(async () => button.click());
    expect(presses).toBe(1);
    expect(button.getAttribute("aria-busy")).toBe("true");
    expect(button.textContent).toContain(ko.ui.loading);
    expect(button.disabled).toBe(false);
    await act(async () => finish());
    expect(button.hasAttribute("aria-busy")).toBe(false);
    await act(async () => button.click());
    expect(presses).toBe(2);
  });

  it("that is inactive stays in reach and does not submit its form", async () => {
    let submitted = 0;
    await show(
      <form onSubmit={() => void submitted++}>
        <Button type="submit" inactive>
          다음
        </Button>
      </form>,
    );
    await act(() => one<HTMLButtonElement>("button").click());
    expect(submitted).toBe(0);
    expect(one("button").getAttribute("aria-disabled")).toBe("true");
  });
});

describe("a field", () => {
  it("is tied to its label, hint and error", async () => {
    await show(<Field name="phone" label="전화번호" value="" onInput={() => undefined} hint="본인 명의" error="숫자만" />);
    const input = one<HTMLInputElement>("input");
    expect(one<HTMLLabelElement>("label").htmlFor).toBe(input.id);
    expect(describedBy(input)).toBe("숫자만|본인 명의");
    expect(input.getAttribute("aria-invalid")).toBe("true");
  });

  it("groups what is typed", async () => {
    const typed: string[] = [];
    const format = (text: string) => text.replace(/(\d{3})(\d{4})/, "$1-$2");
    await show(<Field name="phone" label="전화" value="" format={format} onInput={(text) => typed.push(text)} />);
    const input = one<HTMLInputElement>("input");
    input.value = "0101234";
    await act(async () => void input.dispatchEvent(new Event("input", { bubbles: true })));
    expect(typed).toEqual(["010-1234"]);
  });

  it("for a password shows and hides it by a named button", async () => {
    await show(<PasswordField name="pw" label="비밀번호" value="x" autoComplete="new-password" onInput={() => undefined} />);
    expect(one<HTMLInputElement>("input").type).toBe("password");
    expect(one("button").getAttribute("aria-label")).toBe(ko.ui.showPassword);
    await act(() => one<HTMLButtonElement>("button").click());
    expect(one<HTMLInputElement>("input").type).toBe("text");
    expect(one("button").getAttribute("aria-label")).toBe(ko.ui.hidePassword);
  });
});

describe("choices", () => {
  const options = [
    { value: "resident_card" as const, title: "주민등록증" },
    { value: "passport" as const, title: "여권", text: "사진 면" },
  ];

  it("as cards are one group with a legend", async () => {
    const chosen: string[] = [];
    await show(
      <RadioCards name="kind" legend="어느 신분증인가요?" options={options} value="passport" onChange={(v) => chosen.push(v)} error="골라 주세요" />,
    );
    expect(one("fieldset > legend").textContent).toBe("어느 신분증인가요?");
    expect(describedBy(one("fieldset"))).toBe("골라 주세요");
    const [first, second] = root.querySelectorAll<HTMLInputElement>("input[type=radio]");
    expect([first?.checked, second?.checked]).toEqual([false, true]);
    await act(() => first!.click());
    expect(chosen).toEqual(["resident_card"]);
  });

  it("as a list start with a prompt", async () => {
    await show(<Select name="bank" legend="은행" prompt="골라 주세요" options={options} value={undefined} onChange={() => undefined} />);
    expect(one<HTMLSelectElement>("select").selectedOptions[0]?.textContent).toBe("골라 주세요");
    expect(one<HTMLLabelElement>("label").htmlFor).toBe("bank");
  });

  it("to tick have their text inside the label", async () => {
    const ticks: boolean[] = [];
    await show(<Checkbox name="agree" label="동의해요" checked={false} onChange={(tick) => void ticks.push(tick)} />);
    await act(() => one<HTMLInputElement>("label input").click());
    expect(ticks).toEqual([true]);
  });
});

describe("mistakes", () => {
  it("are summed up above, take the focus, and lead to their fields", async () => {
    await show(
      <>
        <ErrorSummary errors={[{ field: "name", text: "이름을 입력해 주세요." }]} />
        <Field name="name" label="이름" value="" onInput={() => undefined} error="이름을 입력해 주세요." />
      </>,
    );
    expect(document.activeElement).toBe(one("[role=alert]"));
    expect(one("[role=alert] h2").textContent).toBe("1곳을 확인해 주세요.");
    await act(() => one<HTMLAnchorElement>("[role=alert] a").click());
    expect(document.activeElement).toBe(one("#name"));
  });

  it("of the office are told whole: what, why, next, another way, when again, for support", async () => {
    const explanation = {
      code: "x", title: "제목", cause: "까닭", next: "다음", alternative: "지점", retryAfterS: 90, requestId: "abcdef0123456789",
    };
    await show(<Explained explanation={explanation} />);
    const text = one("[role=alert]").textContent;
    for (const part of ["제목", "까닭", "다음", "지점", "1분 30초", "abcdef01"]) expect(text).toContain(part);
    expect(text).not.toContain("abcdef012");
  });
});

describe("a page", () => {
  it("puts the focus on its heading and its place into the title, again when it changes", async () => {
    const step = { current: 3, total: 7, name: "신분증" };
    await show(<Page title="신분증을 골라 주세요" step={step} onBack={() => undefined} actions={<Button>다음</Button>} />);
    expect(document.activeElement).toBe(one("h1"));
    expect(document.title).toBe("3/7 신분증을 골라 주세요 · 도장");
    expect(one("main").textContent).toContain("7단계 중 3단계: 신분증");
    await show(<Page title="사진을 찍어요" step={step} />);
    expect(document.activeElement?.textContent).toBe("사진을 찍어요");
    expect(one<HTMLAnchorElement>(".skip-link").getAttribute("href")).toBe(`#${one("main").id}`);
  });

  it("uses no inline style and no inline handler: the page's policy forbids them", async () => {
    await show(
      <Page title="t" step={{ current: 1, total: 2, name: "n" }}>
        <PasswordRules password="Dojang!9x7q" />
        <Steps current={1} total={2} name="n" />
      </Page>,
    );
    expect(root.innerHTML).not.toMatch(/\sstyle=|\son\w+=/);
  });
});

describe("a dialog", () => {
  it("opens and closes the browser's own, and tells when Escape closed it", async () => {
    let closed = 0;
    const dialog = (open: boolean) => (
      <Dialog open={open} title="그만할까요?" onClose={() => closed++}>
        <p>저장돼요.</p>
      </Dialog>
    );
    await show(dialog(false));
    expect(one<HTMLDialogElement>("dialog").open).toBe(false);
    await show(dialog(true));
    expect(one<HTMLDialogElement>("dialog").open).toBe(true);
    expect(one("#dialog-title").textContent).toBe("그만할까요?");
    await act(() => one<HTMLDialogElement>("dialog").close());
    expect(closed).toBe(1);
  });
});

describe("a timer", () => {
  it("is read aloud at 60, 30 and 10 seconds and at the end, and ends once", async () => {
    vi.useFakeTimers({ now: new Date("2026-11-23T00:00:00Z") });
    let ended = 0;
    await show(<Timer endsAt="2026-11-23T00:01:05Z" onEnd={() => ended++} />);
    const said: string[] = [];
    for (let second = 0; second < 70; second++) {
      await act(async () => void vi.advanceTimersByTime(1000));
      const now = one("[role=status]").textContent ?? "";
      if (now && now !== said.at(-1)) said.push(now);
    }
    expect(said).toEqual(["남은 시간 1분 0초", "남은 시간 30초", "남은 시간 10초", "시간이 다 됐어요."]);
    expect(ended).toBe(1);
    expect(one("[role=timer]").textContent).toBe("시간이 다 됐어요.");
  });
});

describe("password rules", () => {
  it("are ticked one by one as the password is typed", async () => {
    const met = () => [...root.querySelectorAll("li")].map((rule) => rule.classList.contains("rules__met"));
    await show(<PasswordRules password="" />);
    expect(met()).toEqual([false, false, false, false]);
    await show(<PasswordRules password="Dj!9" />);
    expect(met()).toEqual([false, true, true, true]);
    await show(<PasswordRules password="Dojang!9x7q" />);
    expect(met()).toEqual([true, true, true, true]);
    expect(one("[role=status]").textContent).toContain(ko.password.strengthLabel);
  });
});

describe("a toast", () => {
  it("is read aloud and goes away", async () => {
    vi.useFakeTimers();
    const Copier = () => {
      const toast = useToast();
      return <Button onPress={() => toast("복사했어요.")}>복사</Button>;
    };
    await show(
      <ToastProvider>
        <Copier />
      </ToastProvider>,
    );
    await act(() => one<HTMLButtonElement>("button").click());
    expect(one("[aria-live=polite]").textContent).toBe("복사했어요.");
    await act(async () => void vi.advanceTimersByTime(6000));
    expect(one("[aria-live=polite]").textContent).toBe("");
  });
});
