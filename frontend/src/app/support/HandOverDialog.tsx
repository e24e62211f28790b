/** Handing a failure to support: what is sent is said first, then the case number stands there to copy or read out. */

import { useState } from "preact/hooks";

import type { TicketView } from "../../api/types.ts";
import { useApp, useAuthority, useSession } from "../App.tsx";
import { go, pathOf } from "../route.ts";
import { useTask } from "../tasks.ts";
import { Button, Dialog, Facts, Notice, useToast, useWords } from "../ui/index.ts";
import { TextArea } from "./TextArea.tsx";
import { findCaseId } from "./caseId.ts";
import { handOver } from "./handing.ts";

export interface HandOverDialogProps {
  readonly reason: unknown;
  readonly code: string;
  readonly onClose: () => void;
}

export function HandOverDialog({ reason, code, onClose }: HandOverDialogProps) {
  const words = useWords();
  const { api } = useApp();
  const { state } = useSession();
  const task = useTask();
  const [text, setText] = useState("");
  const [ticket, setTicket] = useState<TicketView>();
  const t = words.support;
  const signedIn = state === "in";
  const hand = () =>
    task.run(async () => setTicket(await handOver(api, { reason, code, text, signedIn, path: location.pathname })));
  if (ticket) {
    return (
      <Dialog
        open
        title={t.handed}
        onClose={onClose}
        actions={
          <>
            <Copy text={ticket.case_id} />
            <Button onPress={() => go(signedIn ? pathOf("support", ticket.case_id) : "/support")}>{t.seeMine}</Button>
          </>
        }
      >
        <p>{t.caseId}</p>
        <p class="figures" data-case-id={ticket.case_id} aria-label={[...ticket.case_id].join(" ")}>
          {ticket.case_id}
        </p>
        <p>{t.what}</p>
        {ticket.messages.some(({ masked }) => masked) && <Notice kind="warning">{t.masked}</Notice>}
        <ByPhone />
      </Dialog>
    );
  }
  if (task.failure !== undefined) return <ByTelephone reason={reason} code={code} onClose={onClose} />;
  return (
    <Dialog
      open
      title={t.title}
      onClose={onClose}
      actions={
        <Button kind="primary" onPress={hand}>
          {t.hand}
        </Button>
      }
    >
      <p>{t.lead}</p>
      <TextArea name="support_note" label={t.note} hint={t.noteHint} value={text} onInput={setText} optional />
    </Dialog>
  );
}

/** The office could not be told: the person tells it by telephone, with what finds the failure in its records. */
function ByTelephone({ reason, code, onClose }: HandOverDialogProps) {
  const t = useWords().support;
  const caseId = findCaseId(reason);
  return (
    <Dialog open title={t.title} onClose={onClose} actions={<Copy text={[caseId, code].filter(Boolean).join(" ")} />}>
      <p role="alert">{t.notNow}</p>
      {caseId && <p class="figures">{caseId}</p>}
      <Facts facts={[[t.errorCode, code]]} />
      <ByPhone />
    </Dialog>
  );
}

export function ByPhone() {
  const words = useWords();
  const reached = useAuthority()?.support;
  return reached ? <p class="soft">{words.support.byPhone(reached.phone, reached.hours)}</p> : null;
}

function Copy({ text }: { readonly text: string }) {
  const words = useWords();
  const toast = useToast();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast(words.action.copied);
    } catch {
      toast(words.support.notCopied);
    }
  };
  return <Button onPress={copy}>{words.action.copy}</Button>;
}
