/** The status page: every neighbour of the office, whether it answers, and since when it does not. For anybody. */

import { formatMoment } from "../../i18n/format.ts";
import { Screen } from "../Screen.tsx";
import { go } from "../route.ts";
import { Card, Facts, Notice, Working, useSpeech } from "../ui/index.ts";
import { useStatus } from "./useStatus.ts";

export function Status() {
  const { words, language } = useSpeech();
  const status = useStatus();
  const t = words.status;
  const away = status?.components.filter(({ state }) => state !== "closed") ?? [];
  return (
    <Screen title={t.title} lead={t.lead} onBack={() => go("/")}>
      {!status && <Working label={words.ui.loading} />}
      {status && (
        <Notice kind={status.working ? "success" : "warning"} title={status.working ? t.allWell : t.someAway} announce>
          {!status.working && <p>{t.goesOn}</p>}
        </Notice>
      )}
      {away.map(({ component, since, title, cause, next }) => (
        <Card key={component} title={title}>
          {since && <p class="small soft">{t.since(formatMoment(since, language))}</p>}
          <p>{cause}</p>
          <p>{next}</p>
        </Card>
      ))}
      {status && (
        <Facts facts={status.components.map(({ component, state }) => [t.component[component], t.breakerState[state]] as const)} />
      )}
    </Screen>
  );
}
