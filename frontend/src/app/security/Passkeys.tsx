/** The list of one's passkeys: add, name, remove. */

import { useState } from "preact/hooks";

import { OfficeRefused } from "../../api/problem.ts";
import type { PasskeyView } from "../../api/types.ts";
import { formatDate } from "../../i18n/format.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { useTask } from "../tasks.ts";
import { Button, Card, Dialog, Facts, Field, PasswordField, useSpeech, useToast, useWords } from "../ui/index.ts";
import { registerPasskey } from "./passkeys.ts";

const LONGEST_NAME = 40;

export interface PasskeysProps {
  readonly passkeys: readonly PasskeyView[];
  readonly usable: boolean;
  readonly onChanged: () => void;
}

type Asking = { readonly what: "add" } | { readonly what: "rename" | "remove"; readonly passkey: PasskeyView };

export function Passkeys({ passkeys, usable, onChanged }: PasskeysProps) {
  const words = useWords();
  const [asking, setAsking] = useState<Asking>();
  const t = words.security;
  const close = () => setAsking(undefined);
  const done = () => {
    close();
    onChanged();
  };
  return (
    <Card title={t.passkeys}>
      <p>{t.passkeysText}</p>
      {!passkeys.length && <p class="soft">{t.noPasskey}</p>}
      {passkeys.map((one) => (
        <OnePasskey key={one.id} passkey={one} onAsk={(what) => setAsking({ what, passkey: one })} />
      ))}
      {usable ? <Button onPress={() => setAsking({ what: "add" })}>{t.add}</Button> : <p class="soft">{t.unavailable}</p>}
      {asking?.what === "add" && <Naming onClose={close} onDone={done} />}
      {asking?.what === "rename" && <Naming passkey={asking.passkey} onClose={close} onDone={done} />}
      {asking?.what === "remove" && <Removal passkey={asking.passkey} onClose={close} onDone={done} />}
    </Card>
  );
}

function OnePasskey({ passkey, onAsk }: { passkey: PasskeyView; onAsk: (what: "rename" | "remove") => void }) {
  const { words, language } = useSpeech();
  const t = words.security;
  return (
    <section class="past" aria-label={passkey.name} data-passkey={passkey.id}>
      <h3>{passkey.name}</h3>
      <Facts
        facts={[
          [t.added, formatDate(passkey.added_at, language)],
          [t.lastUsed, passkey.last_used_at ? formatDate(passkey.last_used_at, language) : t.neverUsed],
          [t.kept, passkey.synced ? t.synced : t.onlyHere],
        ]}
      />
      <div class="row">
        <Button kind="quiet" label={t.renameLabel(passkey.name)} onPress={() => onAsk("rename")}>
          {t.rename}
        </Button>
        <Button kind="quiet" label={t.removeLabel(passkey.name)} onPress={() => onAsk("remove")}>
          {t.remove}
        </Button>
      </div>
    </section>
  );
}

interface QuestionProps {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** A name for a passkey to be made, or another one for one that is there. */
function Naming({ passkey, onClose, onDone }: QuestionProps & { readonly passkey?: PasskeyView }) {
  const words = useWords();
  const toast = useToast();
  const { api } = useApp();
  const t = words.security;
  const [name, setName] = useState(passkey?.name ?? t.nameDefault);
  const [password, setPassword] = useState("");
  const [isOld, setIsOld] = useState(false);
  const [wrong, setWrong] = useState<{ name?: string; password?: string }>({});
  const task = useTask();
  const act = async () => {
    const isNamed = name.trim().length > 0 && name.trim().length <= LONGEST_NAME;
    const found = {
      ...(isNamed ? {} : { name: t.nameNeeded }),
      ...(isOld && !password ? { password: words.enter.passwordNeeded } : {}),
    };
    setWrong(found);
    if (Object.keys(found).length) return;
    await task.run(async () => {
      try {
        if (passkey) await api.renamePasskey(passkey.id, { name });
        else await registerPasskey(api, name, password || undefined);
      } catch (reason) {
        if (reason instanceof OfficeRefused && reason.code === "access.fresh_sign_in_required") return setIsOld(true);
        throw reason;
      }
      if (!passkey) toast(t.addedToast);
      onDone();
    });
  };
  return (
    <Dialog
      open
      title={passkey ? t.rename : t.addTitle}
      onClose={onClose}
      actions={
        <Button kind="primary" onPress={act}>
          {passkey ? words.action.save : t.add}
        </Button>
      }
    >
      {!passkey && <p>{t.addText}</p>}
      <Failure reason={task.failure} />
      <Field name="passkey-name" label={t.nameLabel} value={name} onInput={setName} hint={t.nameHint} maxLength={LONGEST_NAME} error={wrong.name} />
      {isOld && (
        <>
          <p>{t.passwordAgain}</p>
          <PasswordField
            name="account-password"
            label={words.session.password}
            value={password}
            onInput={setPassword}
            autoComplete="current-password"
            error={wrong.password}
          />
        </>
      )}
    </Dialog>
  );
}

function Removal({ passkey, onClose, onDone }: QuestionProps & { readonly passkey: PasskeyView }) {
  const words = useWords();
  const toast = useToast();
  const { api } = useApp();
  const t = words.security;
  const task = useTask();
  const remove = () =>
    task.run(async () => {
      await api.removePasskey(passkey.id);
      toast(t.removedToast);
      onDone();
    });
  return (
    <Dialog
      open
      title={t.removeTitle}
      onClose={onClose}
      actions={
        <Button kind="danger" onPress={remove}>
          {t.remove}
        </Button>
      }
    >
      <p>
        <strong>{passkey.name}</strong>
      </p>
      <p>{t.removeText}</p>
      <Failure reason={task.failure} />
    </Dialog>
  );
}
