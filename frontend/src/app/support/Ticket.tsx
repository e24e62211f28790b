/** One ticket: where it stands, what was written, room to write, and saying that it is settled. */

import { useState } from "preact/hooks";

import type { TicketView } from "../../api/types.ts";
import { formatMoment } from "../../i18n/format.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { go } from "../route.ts";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, ErrorSummary, Facts, Notice, Working, useSpeech } from "../ui/index.ts";
import { Messages } from "./Messages.tsx";
import { TextArea } from "./TextArea.tsx";

export function Ticket({ caseId }: { readonly caseId: string }) {
  const { words, language } = useSpeech();
  const { api } = useApp();
  const found = useLoaded((signal) => api.getTicket(caseId, { signal }), caseId);
  const [changed, setChanged] = useState<TicketView>();
  const [text, setText] = useState("");
  const [missing, setMissing] = useState(false);
  const task = useTask();
  const t = words.support;
  const ticket = changed ?? found.value;
  const send = () => {
    setMissing(!text.trim());
    if (!text.trim()) return undefined;
    return task.run(async () => {
      setChanged(await api.writeMessage(caseId, { text }));
      setText("");
    });
  };
  const settle = () => task.run(async () => setChanged(await api.closeTicket(caseId)));
  const open = ticket !== undefined && ticket.state !== "closed";
  return (
    <Screen
      title={ticket ? ticket.title || t.appProblem : t.mine}
      onBack={() => go("/support")}
      actions={
        open && (
          <>
            <Button kind="primary" wide onPress={send}>
              {t.send}
            </Button>
            <Button kind="quiet" wide onPress={settle}>
              {t.settle}
            </Button>
          </>
        )
      }
    >
      {!ticket && found.failure === undefined && <Working label={words.ui.loading} />}
      <Failure reason={found.failure} onRetry={found.reload} />
      {ticket && (
        <Facts
          facts={[
            [t.caseId, ticket.case_id],
            [t.state, t.ticketState[ticket.state]],
            [t.openedAt, formatMoment(ticket.opened_at, language)],
            [t.errorCode, ticket.code],
          ]}
        />
      )}
      {ticket && <Messages messages={ticket.messages} />}
      <Failure reason={task.failure} />
      {open && (
        <>
          <ErrorSummary errors={missing && !text.trim() ? [{ field: "support_text", text: t.textNeeded }] : []} />
          <TextArea
            name="support_text"
            label={t.write}
            hint={t.noteHint}
            value={text}
            onInput={setText}
            error={missing && !text.trim() ? t.textNeeded : undefined}
          />
        </>
      )}
      {ticket?.state === "closed" && (
        <Notice kind="success">
          <p>{t.ticketState.closed}</p>
        </Notice>
      )}
    </Screen>
  );
}
