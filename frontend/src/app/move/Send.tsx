/** Sending: the code and its QR code, then the receiver's name, then a yes or no; at the end, whether to delete it here. */

import { useEffect, useRef, useState } from "preact/hooks";

import { type MoveCode, groupCode, moveAddress, writeCode } from "../../crypto/movecode.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import type { HeldCertificate } from "../../vault/port.ts";
import { sendCertificate } from "../device/moving.ts";
import { go } from "../route.ts";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, Notice, RadioCards, Timer, Working, useWords } from "../ui/index.ts";
import { isEnd } from "../wayOut.ts";
import { QrCode } from "./QrCode.tsx";

type Stage =
  | { readonly kind: "choosing" }
  | { readonly kind: "code"; readonly code: MoveCode | undefined; readonly expiresAt: string; readonly joined: boolean }
  | { readonly kind: "asking"; readonly name: string; readonly answer: (yes: boolean) => void }
  | { readonly kind: "sending" }
  | { readonly kind: "sent"; readonly name: string }
  | { readonly kind: "kept_back" };

export function Send() {
  const words = useWords();
  const { api, vault } = useApp();
  const [stage, setStage] = useState<Stage>({ kind: "choosing" });
  const [serial, setSerial] = useState<string>();
  const leaving = useRef(new AbortController());
  const here = useLoaded(() => vault.listHeld(), "held");
  const task = useTask();
  const t = words.move;
  useEffect(() => () => leaving.current.abort(), []);

  const chosen = here.value?.find((one) => one.serial === serial) ?? here.value?.[0];
  const send = (held: HeldCertificate) =>
    task.run(async () => {
      const context = { api, vault, origin: location.origin, signal: leaving.current.signal };
      try {
        const name = await sendCertificate(context, held, {
          onCode: (code, expiresAt) => setStage({ kind: "code", code, expiresAt, joined: false }),
          onJoined: () => setStage((now) => (now.kind === "code" ? { ...now, joined: true } : now)),
          confirm: (found) => new Promise((answer) => setStage({ kind: "asking", name: found || t.unnamed, answer })),
          onSending: () => setStage({ kind: "sending" }),
        });
        setStage(name === undefined ? { kind: "kept_back" } : { kind: "sent", name: name || t.unnamed });
      } catch (reason) {
        setStage({ kind: "choosing" });
        throw reason;
      }
    });

  switch (stage.kind) {
    case "code":
      return <Code {...stage} />;
    case "asking":
      return <Asking {...stage} />;
    case "sending":
      return (
        <Screen title={t.sending}>
          <Working label={t.sending} />
        </Screen>
      );
    case "sent":
      return <Sent name={stage.name} held={chosen} />;
    case "kept_back":
      return (
        <Screen title={t.notSentTitle} actions={<HomeButton />}>
          <Notice kind="warning" announce>
            <p>{t.notSent}</p>
          </Notice>
        </Screen>
      );
  }
  return (
    <Screen
      title={t.send.title}
      lead={t.send.text}
      onBack={() => go("/move")}
      actions={
        chosen && !isEnd(task.failure) && (
          <Button kind="primary" wide busy={task.busy} onPress={() => send(chosen)}>
            {t.makeCode}
          </Button>
        )
      }
    >
      <Failure reason={task.failure ?? here.failure} />
      {here.value && !chosen && (
        <Notice kind="warning">
          <p>{t.nothingHere}</p>
        </Notice>
      )}
      {here.value && here.value.length > 1 && (
        <RadioCards
          name="which"
          legend={t.which}
          options={here.value.map((one) => ({ value: one.serial, title: t.certificate(one.serial) }))}
          value={chosen?.serial}
          onChange={setSerial}
        />
      )}
      <Warning />
    </Screen>
  );
}

function Warning() {
  const words = useWords();
  return (
    <Notice kind="danger" title={words.move.warning}>
      <p>{words.move.warningText}</p>
    </Notice>
  );
}

function Code({ code, expiresAt, joined }: { code: MoveCode | undefined; expiresAt: string; joined: boolean }) {
  const words = useWords();
  const { clock } = useApp();
  const t = words.move;
  return (
    <Screen title={t.codeTitle} lead={t.codeLead} onBack={() => go("/move")}>
      <Warning />
      {code ? (
        <>
          <p class="figures" aria-label={t.codeLabel}>
            {groupCode(writeCode(code))}
          </p>
          <QrCode text={moveAddress(location.origin, code)} label={t.qrLabel} />
        </>
      ) : (
        <p>{words.keyPage.codeThere}</p>
      )}
      <Timer endsAt={expiresAt} now={clock.now} />
      <Working label={joined ? t.checking : t.waiting} />
      <p class="small soft">{words.app.officialDomain(location.host)}</p>
    </Screen>
  );
}

function Asking({ name, answer }: { name: string; answer: (yes: boolean) => void }) {
  const t = useWords().move;
  return (
    <Screen
      title={t.confirmTitle}
      actions={
        <>
          <Button kind="primary" wide onPress={() => answer(true)}>
            {t.sendNow}
          </Button>
          <Button kind="quiet" wide onPress={() => answer(false)}>
            {t.doNotSend}
          </Button>
        </>
      }
    >
      <p class="figures figures--words">{t.confirm(name)}</p>
      <Notice kind="warning" announce>
        <p>{t.confirmText}</p>
      </Notice>
    </Screen>
  );
}

function Sent({ name, held }: { name: string; held: HeldCertificate | undefined }) {
  const words = useWords();
  const { vault } = useApp();
  const [deleted, setDeleted] = useState(false);
  const task = useTask();
  const t = words.move;
  const remove = () =>
    task.run(async () => {
      if (held) await vault.dropHeld(held.serial);
      setDeleted(true);
    });
  return (
    <Screen title={t.sentTitle} actions={<HomeButton text={deleted ? undefined : t.keepHere} />}>
      <Notice kind="success" announce>
        <p>{deleted ? t.deleted : t.sent(name)}</p>
      </Notice>
      <Failure reason={task.failure} />
      {!deleted && (
        <>
          <p>{t.keepQuestion}</p>
          <Button kind="danger" wide onPress={remove}>
            {t.deleteHere}
          </Button>
        </>
      )}
    </Screen>
  );
}

function HomeButton({ text }: { text?: string | undefined }) {
  const words = useWords();
  return (
    <Button kind="primary" wide onPress={() => go("/", { replace: true })}>
      {text ?? words.home.toHome}
    </Button>
  );
}
