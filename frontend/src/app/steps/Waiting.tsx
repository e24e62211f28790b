/** Others are at work: each check with where it stands. One may leave and come back. */

import { formatMoment } from "../../i18n/format.ts";
import { Screen } from "../Screen.tsx";
import { Button, Facts, Notice, Working, useSpeech } from "../ui/index.ts";
import { Findings } from "./Findings.tsx";
import type { StepProps } from "./Journey.tsx";

export function Waiting({ application, proofing, leave }: StepProps) {
  const { words, language } = useSpeech();
  const checks = proofing?.checks ?? [];
  const isReviewed = checks.some(({ state }) => state === "review");
  return (
    <Screen
      title={isReviewed ? words.waiting.reviewTitle : words.waiting.title}
      lead={isReviewed ? words.waiting.reviewLead : words.waiting.lead}
      onBack={leave}
      actions={
        <Button wide onPress={leave}>
          {words.action.later}
        </Button>
      }
    >
      <Working label={words.ui.loading} />
      <Facts facts={checks.map(({ check, state }) => [words.check[check], words.checkState[state]] as const)} />
      {checks.map((check) => (
        <Findings key={check.check} check={check} />
      ))}
      <Notice>
        <p>{words.waiting.until(formatMoment(application.expires_at, language))}</p>
      </Notice>
    </Screen>
  );
}
