/** How far one is and how long one has. */

import { useEffect, useState } from "preact/hooks";

import { estimateStrength, findPasswordFindings } from "../../crypto/password.ts";
import { formatDuration } from "../../i18n/format.ts";
import { classes, useWords } from "./context.tsx";

/** "3/7 신분증" with a bar: where one is in the journey. */
export function Steps({ current, total, name }: { current: number; total: number; name: string }) {
  const words = useWords();
  return (
    <div class="steps">
      <p class="steps__label">
        <span class="visually-hidden">{words.ui.step(current, total, name)}</span>
        <span aria-hidden="true">
          {words.ui.stepShort(current, total)} {name}
        </span>
      </p>
      <progress class="bar" value={current} max={total} aria-hidden="true" />
    </div>
  );
}

/** Work under way; without `share` (0 to 1) nobody knows how far. The label is read aloud when it changes. */
export function Working({ label, share }: { label: string; share?: number }) {
  return (
    <div class="stack-close">
      <p role="status">{label}</p>
      <progress class="bar" aria-label={label} {...(share === undefined ? {} : { value: share, max: 1 })} />
    </div>
  );
}

const ANNOUNCED_S = [60, 30, 10];

export interface TimerProps {
  /** Exclusive. */
  readonly endsAt: string | Date;
  readonly onEnd?: () => void;
  readonly now?: () => number;
}

/** A count-down: seen every second, read aloud at 60, 30 and 10 seconds and at the end only. */
export function Timer({ endsAt, onEnd, now = Date.now }: TimerProps) {
  const words = useWords();
  const end = new Date(endsAt).getTime();
  const left = () => Math.max(0, Math.ceil((end - now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  const [said, setSaid] = useState("");
  useEffect(() => {
    let before = left();
    setSeconds(before);
    const tick = setInterval(() => {
      const current = left();
      setSeconds(current);
      const passed = ANNOUNCED_S.find((mark) => current <= mark && mark < before);
      if (passed) setSaid(words.ui.timeLeft(formatDuration(passed, words)));
      if (current === 0 && before > 0) {
        setSaid(words.ui.timeUp);
        clearInterval(tick);
        onEnd?.();
      }
      before = current;
    }, 1000);
    return () => clearInterval(tick);
  }, [end]);
  return (
    <p class={classes("timer", seconds <= 10 && "timer--late")}>
      <span role="timer" aria-live="off">
        {seconds ? words.ui.timeLeft(formatDuration(seconds, words)) : words.ui.timeUp}
      </span>
      <span class="visually-hidden" role="status">
        {said}
      </span>
    </p>
  );
}

const RULES = {
  length: ["npki_password.too_short", "npki_password.too_long"],
  mixed: ["npki_password.no_letter", "npki_password.no_digit", "npki_password.no_special"],
  allowed: ["npki_password.not_typable", "npki_password.forbidden_character"],
  patterns: ["npki_password.repeated", "npki_password.sequence"],
} as const;

/** The rules of a certificate password as it is typed, and how strong it is. */
export function PasswordRules({ password }: { password: string }) {
  const words = useWords();
  const findings: readonly string[] = findPasswordFindings(password);
  const strength = estimateStrength(password);
  const look = strength < 2 ? "weak" : strength < 3 ? "fair" : "strong";
  return (
    <div class="stack-close">
      <ul class="rules small">
        {(Object.keys(RULES) as (keyof typeof RULES)[]).map((rule) => {
          const met = password !== "" && !RULES[rule].some((finding) => findings.includes(finding));
          return (
            <li key={rule} class={classes(met && "rules__met")}>
              {words.password.rules[rule]}
              <span class="visually-hidden"> ({met ? words.password.rulesMet : words.password.rulesUnmet})</span>
            </li>
          );
        })}
      </ul>
      <progress class={classes("bar", `bar--${look}`)} value={password ? strength + 1 : 0} max={5} aria-hidden="true" />
      <p class="small" role="status">
        {password && `${words.password.strengthLabel}: ${words.password.strength[strength]}`}
      </p>
    </div>
  );
}
