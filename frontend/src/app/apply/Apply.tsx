/** Before an application exists: what one needs, what one agrees to, and what one gets. Then it is opened. */

import { useEffect, useState } from "preact/hooks";

import { OfficeRefused } from "../../api/problem.ts";
import type { AppliedKind, ConsentBody, ReissueReason, TermsBody, TermsView } from "../../api/types.ts";
import { formatDate } from "../../i18n/format.ts";
import { useApp, useAuthority } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { findExpired } from "../home/notices.ts";
import { type StepPlace, stepOf } from "../machine.ts";
import { go, pathOf } from "../route.ts";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, ErrorSummary, Facts, type FieldError, Notice, RadioCards, Working, useSpeech, useWords } from "../ui/index.ts";
import { isEnd } from "../wayOut.ts";
import { Consents, isKnownText } from "./Consents.tsx";
import { Instead } from "./Instead.tsx";

const REASONS: readonly ReissueReason[] = ["lost", "password_forgotten", "replaced", "expired", "leaked"];
const USUAL_YEARS: readonly number[] = [1, 3]; // a bank that offers others says so in its refusal

type Part = "prepare" | "reason" | "consents" | "terms";

export interface ApplyProps {
  readonly kind: AppliedKind;
  /** Decimal; the certificate to re-issue when several could be meant. */
  readonly serial?: string;
}

export function Apply({ kind, serial }: ApplyProps) {
  const words = useWords();
  const [part, setPart] = useState<Part>("prepare");
  const [reason, setReason] = useState<ReissueReason>();
  const [agreed, setAgreed] = useState<readonly ConsentBody[]>([]);
  const { api, clock } = useApp();
  const consents = useLoaded((signal) => api.listConsents({ signal }), "consents");
  // whose certificate has run out need not say why
  const expired = useLoaded(
    async (signal) => (kind === "reissue" ? findExpired(await api.listCertificates({ signal }), new Date(clock.now())) : undefined),
    kind,
  );
  useEffect(() => {
    if (expired.value && !reason) setReason("expired");
  }, [expired.value]);
  const parts: readonly Part[] = kind === "reissue" ? ["prepare", "reason", "consents", "terms"] : ["prepare", "consents", "terms"];
  const move = (by: number) => {
    const next = parts[parts.indexOf(part) + by];
    if (next) setPart(next);
    else go("/");
  };
  const step = { ...stepWords(stepOf(part === "prepare" ? "prepare" : "terms")!, words) };
  const shared = { step, onBack: () => move(-1), onNext: () => move(1) };
  if (part === "prepare") return <Prepare {...shared} kind={kind} />;
  if (part === "reason") return <Reason {...shared} reason={reason} onChange={setReason} />;
  if (part === "consents") {
    if (consents.value) return <Consents {...shared} required={consents.value} agreed={agreed} onChange={setAgreed} />;
    return (
      <Screen title={words.apply.consentsTitle} step={step} onBack={shared.onBack}>
        {consents.failure === undefined && <Working label={words.ui.loading} />}
        <Failure reason={consents.failure} onRetry={consents.reload} />
      </Screen>
    );
  }
  const wanted = { kind, reissue_reason: reason ?? null, predecessor_serial: serial ?? null };
  return <Terms {...shared} wanted={wanted} consents={agreed.filter(isKnownText)} />;
}

export interface PartProps {
  readonly step: { readonly current: number; readonly total: number; readonly name: string };
  readonly onBack: () => void;
  readonly onNext: () => void;
}

function Prepare({ step, onBack, onNext, kind }: PartProps & { kind: AppliedKind }) {
  const words = useWords();
  const t = words.apply;
  return (
    <Screen
      title={t.prepareTitle(words.applicationKind[kind])}
      lead={t.prepareLead}
      step={step}
      onBack={onBack}
      actions={
        <Button kind="primary" wide onPress={onNext}>
          {t.begin}
        </Button>
      }
    >
      <Instead kind={kind} />
      <h2>{t.needTitle}</h2>
      <ul class="list">
        {t.need.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      <h2>{t.stepsTitle}</h2>
      <ol class="list">
        {t.steps.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ol>
      <Notice>
        <p>{t.resumable}</p>
        <p>{t.branch}</p>
      </Notice>
    </Screen>
  );
}

function Reason({ step, onBack, onNext, reason, onChange }: PartProps & {
  reason: ReissueReason | undefined;
  onChange: (reason: ReissueReason) => void;
}) {
  const words = useWords();
  const [errors, setErrors] = useState<FieldError[]>([]);
  const next = () => (reason ? onNext() : setErrors([{ field: "reason", text: words.apply.reasonNeeded }]));
  return (
    <Screen
      title={words.apply.reasonTitle}
      step={step}
      onBack={onBack}
      actions={
        <Button kind="primary" wide onPress={next}>
          {words.action.next}
        </Button>
      }
    >
      <ErrorSummary errors={reason ? [] : errors} />
      <RadioCards
        name="reason"
        legend={words.apply.reasonTitle}
        hideLegend
        options={REASONS.map((value) => ({ value, title: words.reissueReason[value] }))}
        value={reason}
        onChange={onChange}
        error={reason ? undefined : errors[0]?.text}
      />
    </Screen>
  );
}

function Terms({ step, onBack, wanted, consents }: PartProps & { wanted: Omit<TermsBody, "years">; consents: ConsentBody[] }) {
  const words = useWords();
  const { api } = useApp();
  const [years, setYears] = useState<number>();
  const task = useTask();
  const offered = useAuthority()?.offered_years;
  const quotes = useLoaded(
    (signal) => quoteEach(wanted, (body) => api.quoteTerms(body, { signal }), offered),
    JSON.stringify([wanted, offered]),
  );
  const longest = quotes.value?.at(-1);
  const chosen = quotes.value?.find((one) => one.years === years) ?? longest;
  const apply = () =>
    task.run(async () => {
      if (!chosen) return;
      const opened = await api.openApplication({ ...wanted, years: chosen.years, consents });
      go(pathOf("application", opened.id), { replace: true });
    });
  return (
    <Screen
      title={words.apply.termsTitle}
      step={step}
      onBack={onBack}
      actions={
        chosen && !isEnd(task.failure) && (
          <Button kind="primary" wide onPress={apply}>
            {words.apply.apply}
          </Button>
        )
      }
    >
      <Failure reason={task.failure ?? quotes.failure} {...(quotes.failure === undefined ? {} : { onRetry: quotes.reload })} />
      {!quotes.value && quotes.failure === undefined && <Working label={words.ui.loading} />}
      {quotes.value && quotes.value.length > 1 && (
        <RadioCards
          name="years"
          legend={words.apply.years}
          options={quotes.value.map((one) => ({ value: String(one.years), title: words.apply.yearCount(one.years) }))}
          value={chosen && String(chosen.years)}
          onChange={(value) => setYears(Number(value))}
        />
      )}
      {chosen && <Quoted terms={chosen} reason={wanted.reissue_reason ?? undefined} />}
    </Screen>
  );
}

/** What is agreed to, in words: until when, and what happens to the certificate before. */
function Quoted({ terms, reason }: { terms: TermsView; reason: ReissueReason | undefined }) {
  const { words, language } = useSpeech();
  const t = words.apply;
  return (
    <>
      <Facts
        facts={[
          [t.from, formatDate(terms.not_before, language)],
          [t.until, formatDate(terms.not_after, language)],
          ...(terms.predecessor_serial ? [[t.predecessor, terms.predecessor_serial] as const] : []),
          ...(reason ? [[t.reasonShort, words.reissueReason[reason]] as const] : []),
        ]}
      />
      {terms.validity === "remaining" && (
        <Notice>
          <p>{t.remaining}</p>
        </Notice>
      )}
      {terms.predecessor_ends && (
        <Notice kind="warning" title={t.oldOneTitle}>
          <p>{terms.predecessor_ends === "at_once" ? t.endsAtOnce : t.endsOnAcceptance}</p>
        </Notice>
      )}
    </>
  );
}

/** Returns one quote a validity that is offered, shortest first; only one when the years do not matter. */
export async function quoteEach(
  wanted: Omit<TermsBody, "years">,
  quote: (body: TermsBody) => Promise<TermsView>,
  usual: readonly number[] = USUAL_YEARS,
): Promise<TermsView[]> {
  let offered = usual;
  const quotes: TermsView[] = [];
  const asked = new Set<number>();
  for (let i = 0; i < offered.length; ) {
    const years = offered[i]!;
    asked.add(years);
    try {
      quotes.push(await quote({ ...wanted, years }));
      if (quotes[0]?.validity === "remaining") return quotes;
      i++;
    } catch (reason) {
      const named = reason instanceof OfficeRefused && reason.code === "application.validity_not_offered" && reason.problem.fields["offered"];
      if (!Array.isArray(named)) throw reason;
      const kept = quotes.map((one) => one.years);
      offered = named.map(Number).filter((one) => kept.includes(one) || !asked.has(one)).sort((a, b) => a - b);
      i = offered.findIndex((one) => !kept.includes(one));
      if (i < 0) break;
    }
  }
  return quotes.sort((a, b) => a.years - b.years);
}

export function stepWords(place: StepPlace, words: ReturnType<typeof useWords>): { current: number; total: number; name: string } {
  const { current, total, step } = place;
  const name = step === "prepare" || step === "terms" || step === "issue" ? words.step[step] : words.check[step];
  return { current, total, name };
}
