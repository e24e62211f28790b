/** An application that goes no further: why, and the other ways. */

import { Screen } from "../Screen.tsx";
import { go, pathOf } from "../route.ts";
import { Button, Notice, useWords } from "../ui/index.ts";
import { Findings } from "./Findings.tsx";
import type { StepProps } from "./Journey.tsx";

export function Ended({ application, proofing, leave }: StepProps) {
  const words = useWords();
  const t = words.ended;
  const frozen = application.state === "frozen" || proofing?.state === "frozen";
  const refused = application.state === "refused" || proofing?.state === "refused";
  const why = frozen ? t.frozen : refused ? t.refused : application.state === "expired" ? t.expired : t.cancelled;
  return (
    <Screen
      title={frozen ? t.frozenTitle : refused ? t.refusedTitle : words.applicationState[application.state]}
      onBack={leave}
      actions={
        <Button kind="primary" wide onPress={() => (frozen ? leave() : go(pathOf("apply", application.kind)))}>
          {frozen ? words.home.toHome : t.anew}
        </Button>
      }
    >
      <Notice kind={frozen || refused ? "danger" : "warning"} announce>
        <p>{why}</p>
      </Notice>
      {proofing?.checks.map((check) => <Findings key={check.check} check={check} final />)}
      <p>{t.otherWay}</p>
      <p class="small soft">{t.number(application.id)}</p>
    </Screen>
  );
}
