/** Suspending a certificate: two taps from home, nothing else asked, from any browser. */

import { useState } from "preact/hooks";

import type { StandingView } from "../../api/types.ts";
import { formatDate } from "../../i18n/format.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { go } from "../route.ts";
import { useTask } from "../tasks.ts";
import { Button, Facts, Notice, useSpeech } from "../ui/index.ts";
import { isEnd } from "../wayOut.ts";

export function Suspend({ serial }: { readonly serial: string }) {
  const { words, language } = useSpeech();
  const { api } = useApp();
  const [held, setHeld] = useState<StandingView>();
  const task = useTask();
  const t = words.hold;
  if (held) {
    return (
      <Screen
        title={t.suspendedTitle}
        actions={
          <Button kind="primary" wide onPress={() => go("/", { replace: true })}>
            {words.home.toHome}
          </Button>
        }
      >
        <Notice kind="success" announce>
          <p>{t.suspended}</p>
        </Notice>
        <Facts
          facts={[
            [words.certificate.serial, serial],
            [words.home.state, words.certificateState[held.state]],
            ...(held.hold_ends_at ? [[t.resumeUntil, formatDate(held.hold_ends_at, language)] as const] : []),
          ]}
        />
      </Screen>
    );
  }
  return (
    <Screen
      title={t.suspendTitle}
      lead={t.suspendLead}
      onBack={() => go("/")}
      actions={
        !isEnd(task.failure) && (
          <Button kind="danger" wide busy={task.busy} onPress={() => task.run(async () => setHeld(await api.suspend(serial)))}>
            {t.suspendNow}
          </Button>
        )
      }
    >
      <Failure reason={task.failure} />
      <Notice>
        <p>{t.suspendMeans}</p>
      </Notice>
      <Facts facts={[[words.certificate.serial, serial]]} />
    </Screen>
  );
}
