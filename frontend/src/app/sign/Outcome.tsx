/** How a signature request ended, and the way back to whoever asked. */

import { useEffect } from "preact/hooks";

import type { SignatureRequestState } from "../../api/types.ts";
import { Screen } from "../Screen.tsx";
import { go } from "../route.ts";
import { Button, Notice, useWords } from "../ui/index.ts";

export interface OutcomeProps {
  readonly party: string;
  readonly state: SignatureRequestState;
  readonly location: string | null;
  /** True goes back to the party at once: this is the browser that came from there. */
  readonly leaves?: boolean;
}

export function isOver(state: SignatureRequestState): boolean {
  return state === "completed" || state === "declined" || state === "expired" || state === "failed";
}

export function Outcome({ party, state, location: back, leaves }: OutcomeProps) {
  const words = useWords();
  const t = words.sign;
  useEffect(() => {
    if (leaves && back) location.assign(back);
  }, [back]);
  return (
    <Screen
      title={t.ended[state]}
      actions={
        leaves && back ? (
          <Button kind="primary" wide onPress={() => location.assign(back)}>
            {t.back(party)}
          </Button>
        ) : (
          <Button wide onPress={() => go("/", { replace: true })}>
            {words.home.toHome}
          </Button>
        )
      }
    >
      <Notice kind={state === "completed" ? "success" : "info"} announce>
        <p>{t.endedText[state](party)}</p>
      </Notice>
    </Screen>
  );
}
