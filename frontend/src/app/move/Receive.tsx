/** Receiving: twelve digits typed, scanned, or come with the address; then the sender's person looks and sends. */

import { useEffect, useRef, useState } from "preact/hooks";

import { CODE_DIGITS, type MoveCode, groupCode, readAddress, readCode } from "../../crypto/movecode.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { receiveCertificate } from "../device/moving.ts";
import { go, pathOf } from "../route.ts";
import { useTask } from "../tasks.ts";
import { Button, Field, Notice, Working, useWords } from "../ui/index.ts";
import { Scan } from "./Scan.tsx";

export function Receive() {
  const words = useWords();
  const { api, vault } = useApp();
  const [typed, setTyped] = useState(() => groupCode(location.hash));
  const [scanning, setScanning] = useState(false);
  const [ownName, setOwnName] = useState<string>();
  const [done, setDone] = useState<{ serial: string; sender: string }>();
  const leaving = useRef(new AbortController());
  const [scanned] = useState(!!location.hash);
  const task = useTask();
  const t = words.move;
  useEffect(() => {
    if (location.hash) history.replaceState(null, "", location.pathname); // the code is not left in the address
    return () => leaving.current.abort();
  }, []);

  const receive = (read: () => MoveCode) =>
    task.run(async () => {
      const context = { api, vault, origin: location.origin, signal: leaving.current.signal };
      try {
        const { held, sender } = await receiveCertificate(context, read(), setOwnName);
        setDone({ serial: held.serial, sender: sender || t.unnamed });
      } finally {
        setOwnName(undefined);
      }
    });
  if (done) {
    return (
      <Screen
        title={t.receivedTitle}
        actions={
          <Button kind="primary" wide onPress={() => go(pathOf("use", done.serial), { replace: true })}>
            {t.open}
          </Button>
        }
      >
        <Notice kind="success" announce>
          <p>{t.received(done.sender)}</p>
        </Notice>
      </Screen>
    );
  }
  if (scanning) {
    const found = (address: string) => {
      setScanning(false);
      void receive(() => readAddress(address, location.origin));
    };
    return <Scan onFound={found} onBack={() => setScanning(false)} />;
  }
  if (task.busy) {
    return (
      <Screen title={t.receiving} onBack={() => go("/move")}>
        <Working label={ownName === undefined ? t.checking : t.receiving} />
        {ownName !== undefined && (
          <Notice kind="info" announce>
            <p>{t.askSender}</p>
            <p>
              <strong>{t.thisDevice(ownName || t.unnamed)}</strong>
            </p>
          </Notice>
        )}
      </Screen>
    );
  }
  const submit = (event: Event) => {
    event.preventDefault();
    void receive(() => readCode(typed));
  };
  return (
    <form onSubmit={submit} noValidate>
      <Screen
        title={scanned ? t.scannedTitle : t.enterTitle}
        lead={t.enterLead}
        onBack={() => go("/move")}
        actions={
          <Button kind="primary" wide type="submit" busy={task.busy}>
            {t.join}
          </Button>
        }
      >
        <Failure reason={task.failure} />
        <Field
          name="code"
          label={t.code}
          hint={t.codeHint}
          value={typed}
          onInput={setTyped}
          format={groupCode}
          inputMode="numeric"
          autoComplete="off"
          maxLength={CODE_DIGITS + 3}
        />
        <Button wide onPress={() => setScanning(true)}>
          {t.scan}
        </Button>
        <p class="small soft">{words.app.officialDomain(location.host)}</p>
      </Screen>
    </form>
  );
}
