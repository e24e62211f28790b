/** Where the link in an e-mail leads: one tap turns that kind of notice off. Needs no session. */

import { useState } from "preact/hooks";

import type { LinkView } from "../../api/types.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { go } from "../route.ts";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, Notice, Working, useSpeech } from "../ui/index.ts";

export function Off({ token }: { readonly token: string }) {
  const { words } = useSpeech();
  const { api } = useApp();
  const [done, setDone] = useState(false);
  const turning = useTask();
  const { value, failure } = useLoaded<LinkView>((signal) => api.lookAtLink(token, { signal }), token);
  const t = words.notify;
  const turnOff = () =>
    turning.run(async () => {
      await api.unsubscribe(token);
      setDone(true);
    });
  return (
    <Screen
      title={done ? t.offDone : t.offTitle}
      actions={
        done || failure !== undefined ? (
          <Button kind="primary" wide onPress={() => go("/", { replace: true })}>
            {words.home.toHome}
          </Button>
        ) : (
          value && (
            <Button kind="primary" wide busy={turning.busy} onPress={turnOff}>
              {t.offNow}
            </Button>
          )
        )
      }
    >
      {!value && failure === undefined && <Working label={words.ui.loading} />}
      <Failure reason={failure ?? turning.failure} />
      {value && (
        <Notice kind={done ? "success" : "info"}>
          <p>{done ? t.offDoneText : t.offText(t.topic[value.topic])}</p>
        </Notice>
      )}
    </Screen>
  );
}
