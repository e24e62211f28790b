/** Passkeys, and where one is signed in. */

import type { OwnSessionView, PasskeyView } from "../../api/types.ts";
import { canUsePasskeys } from "../../passkeys/fault.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { go } from "../route.ts";
import { useLoaded } from "../tasks.ts";
import { Working, useWords } from "../ui/index.ts";
import { Passkeys } from "./Passkeys.tsx";
import { Sessions } from "./Sessions.tsx";

export function Security() {
  const words = useWords();
  const { api } = useApp();
  const { value, failure, reload } = useLoaded<{ passkeys: readonly PasskeyView[]; sessions: readonly OwnSessionView[] }>(
    async (signal) => {
      const [passkeys, sessions] = await Promise.all([api.listPasskeys({ signal }), api.listSessions({ signal })]);
      return { passkeys, sessions };
    },
    "security",
  );
  return (
    <Screen title={words.security.title} lead={words.security.lead} onBack={() => go("/")}>
      {!value && failure === undefined && <Working label={words.ui.loading} />}
      <Failure reason={failure} onRetry={reload} />
      {value && <Passkeys passkeys={value.passkeys} usable={canUsePasskeys()} onChanged={reload} />}
      {value && <Sessions sessions={value.sessions} onChanged={reload} />}
    </Screen>
  );
}
