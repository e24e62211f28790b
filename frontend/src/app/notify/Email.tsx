/** The e-mail address one is told at: add it, enter the code, change or remove it. */

import { useState } from "preact/hooks";

import type { EmailView } from "../../api/types.ts";
import { formatMoment } from "../../i18n/format.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { useTask } from "../tasks.ts";
import { Button, Card, Field, useSpeech, useToast } from "../ui/index.ts";

interface EmailProps {
  readonly emails: readonly EmailView[];
  readonly onChanged: () => void;
}

export function Email({ emails, onChanged }: EmailProps) {
  const { words } = useSpeech();
  const toast = useToast();
  const { api } = useApp();
  const [adding, setAdding] = useState(false);
  const removing = useTask();
  const t = words.notify;
  const proven = emails.find((one) => one.proven);
  const pending = emails.find((one) => !one.proven);
  const remove = (one: EmailView) =>
    removing.run(async () => {
      await api.removeContact(one.id);
      toast(t.removed);
      onChanged();
    });
  return (
    <Card title={t.email}>
      {proven && (
        <div class="row">
          <strong>{proven.address}</strong>
          <Button kind="quiet" label={t.removeLabel(proven.address)} onPress={() => remove(proven)}>
            {t.remove}
          </Button>
        </div>
      )}
      <Failure reason={removing.failure} />
      {pending ? (
        <Code key={pending.id} email={pending} onChanged={onChanged} onGiveUp={() => remove(pending)} />
      ) : proven && !adding ? (
        <Button onPress={() => setAdding(true)}>{t.changeEmail}</Button>
      ) : (
        <Address
          onChanged={() => {
            setAdding(false);
            onChanged();
          }}
        />
      )}
    </Card>
  );
}

function Address({ onChanged }: { readonly onChanged: () => void }) {
  const { words } = useSpeech();
  const { api } = useApp();
  const [address, setAddress] = useState("");
  const [missing, setMissing] = useState(false);
  const sending = useTask();
  const t = words.notify;
  const send = async () => {
    setMissing(!address.trim());
    if (!address.trim()) return;
    await sending.run(async () => {
      await api.addEmail({ address: address.trim() });
      onChanged();
    });
  };
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Field
        name="email"
        type="email"
        label={t.emailLabel}
        hint={t.emailHint}
        autoComplete="email"
        maxLength={254}
        value={address}
        onInput={setAddress}
        error={missing ? t.emailNeeded : undefined}
      />
      <Failure reason={sending.failure} />
      <Button type="submit" busy={sending.busy}>
        {t.sendCode}
      </Button>
    </form>
  );
}

function Code({ email, onChanged, onGiveUp }: {
  readonly email: EmailView;
  readonly onChanged: () => void;
  readonly onGiveUp: () => unknown;
}) {
  const { words, language } = useSpeech();
  const toast = useToast();
  const { api } = useApp();
  const [code, setCode] = useState("");
  const [missing, setMissing] = useState(false);
  const entering = useTask();
  const t = words.notify;
  const enter = async () => {
    setMissing(!code.trim());
    if (!code.trim()) return;
    await entering.run(async () => {
      await api.confirmEmail(email.id, { code: code.trim() });
      toast(t.proven);
      onChanged();
    });
  };
  const again = () =>
    entering.run(async () => {
      await api.sendEmailCode(email.id);
      toast(t.sentAgain);
      onChanged();
    });
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void enter();
      }}
    >
      <Field
        name="code"
        label={t.codeLabel}
        hint={`${t.codeHint(email.address)}${email.code_expires_at ? ` ${t.codeUntil(formatMoment(email.code_expires_at, language))}` : ""}`}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={9}
        value={code}
        onInput={setCode}
        error={missing ? t.codeNeeded : undefined}
      />
      <Failure reason={entering.failure} />
      <div class="row">
        <Button type="submit" busy={entering.busy}>
          {t.confirm}
        </Button>
        <Button kind="quiet" onPress={again}>
          {t.again}
        </Button>
        <Button kind="quiet" onPress={onGiveUp}>
          {t.giveUp}
        </Button>
      </div>
    </form>
  );
}
