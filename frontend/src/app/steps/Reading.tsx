/** The reader is at work on the photographs. */

import { Screen } from "../Screen.tsx";
import { findCheck } from "../machine.ts";
import { Working, useWords } from "../ui/index.ts";
import { Findings } from "./Findings.tsx";
import type { StepProps } from "./Journey.tsx";

export function Reading({ proofing, step, leave }: StepProps) {
  const words = useWords();
  const check = findCheck(proofing, "id_document");
  return (
    <Screen title={words.document.readingTitle} lead={words.document.readingLead} {...(step ? { step } : {})} onBack={leave}>
      <Working label={check ? words.checkState[check.state] : words.ui.loading} />
      <Findings check={check} />
    </Screen>
  );
}
