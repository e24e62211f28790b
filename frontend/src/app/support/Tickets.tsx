/** What was handed to support and how it goes. Before sign-in too: a report is shown to the browser that handed it over. */

import type { TicketView } from "../../api/types.ts";
import { OfficeRefused } from "../../api/problem.ts";
import { formatMoment } from "../../i18n/format.ts";
import { useApp, useAuthority, useSession } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { go, pathOf } from "../route.ts";
import { useLoaded } from "../tasks.ts";
import { ButtonLink, Card, Facts, Notice, Working, useSpeech } from "../ui/index.ts";
import { Messages } from "./Messages.tsx";
import { readReports } from "./handing.ts";

interface Found {
  /** Undefined without a session. */
  readonly own: readonly TicketView[] | undefined;
  readonly reports: readonly TicketView[];
}

export function Tickets() {
  const { words, language } = useSpeech();
  const { api } = useApp();
  const { state } = useSession();
  const reached = useAuthority()?.support;
  const t = words.support;
  const { value, failure, reload } = useLoaded<Found>(async (signal) => {
    const reports = readReports(localStorage).map(({ case_id, request_id }) => api.getReport(case_id, request_id, { signal }));
    const found = await Promise.allSettled(reports);
    return {
      own: await api.listTickets({ signal }).catch(unlessSignedOut),
      reports: found.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])),
    };
  }, `tickets ${state}`);
  return (
    <Screen title={t.mine} lead={t.mineLead} onBack={() => go("/")}>
      {!value && failure === undefined && <Working label={words.ui.loading} />}
      <Failure reason={failure} onRetry={reload} />
      {value && !value.own && (
        <Notice>
          <p>{t.signInToSee}</p>
        </Notice>
      )}
      {value && !value.own?.length && !value.reports.length && <p>{t.none}</p>}
      {value?.own?.map((one) => (
        <Card key={one.case_id} title={one.title || t.appProblem}>
          <Facts facts={summary(one, words, language)} />
          <ButtonLink href={pathOf("support", one.case_id)}>{words.action.show}</ButtonLink>
        </Card>
      ))}
      {value?.reports.map((one) => (
        <Card key={one.case_id} title={one.title || t.appProblem}>
          <Facts facts={summary(one, words, language)} />
          <Messages messages={one.messages} />
        </Card>
      ))}
      {reached && (
        <Card title={t.phoneTitle}>
          <p>{t.byPhone(reached.phone, reached.hours)}</p>
        </Card>
      )}
      <ButtonLink href="/status" kind="quiet">
        {words.status.more}
      </ButtonLink>
    </Screen>
  );
}

function summary(ticket: TicketView, words: ReturnType<typeof useSpeech>["words"], language: "ko" | "en") {
  const t = words.support;
  return [
    [t.caseId, ticket.case_id],
    [t.state, t.ticketState[ticket.state]],
    [t.changedAt, formatMoment(ticket.changed_at, language)],
  ] as const;
}

function unlessSignedOut(reason: unknown): undefined {
  if (reason instanceof OfficeRefused && reason.code === "access.session_required") return undefined;
  throw reason;
}
