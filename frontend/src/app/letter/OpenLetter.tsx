/** Opening a letter that somebody encrypted to this person: file, certificate, password. Nothing of it leaves the device. */

import { useState } from "preact/hooks";

import type { Bytes } from "../../crypto/bytes.ts";
import { type Envelope, isFor, readEnvelope } from "../../crypto/envelope.ts";
import { CryptoFault } from "../../crypto/fault.ts";
import { parseCertificate } from "../../crypto/x509.ts";
import { canUsePasskeys } from "../../passkeys/fault.ts";
import type { HeldCertificate, Unlocking } from "../../vault/port.ts";
import { useApp } from "../App.tsx";
import { CertificatePassword, useCertificatePassword } from "../CertificatePassword.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { go } from "../route.ts";
import { useTask } from "../tasks.ts";
import { Button, ErrorSummary, type FieldError, Facts, Notice, Working, useWords } from "../ui/index.ts";
import { OpenedLetter } from "./OpenedLetter.tsx";
import { type Letter, findMessage, readLetter } from "./message.ts";

/** A letter that lies here closed, and the certificate that opens it. */
interface Closed {
  readonly name: string;
  readonly message: Bytes;
  readonly envelope: Envelope;
  readonly held: HeldCertificate;
}

export function OpenLetter() {
  const [closed, setClosed] = useState<Closed>();
  const [letter, setLetter] = useState<Letter>();
  const again = () => {
    setLetter(undefined);
    setClosed(undefined);
  };
  if (closed && letter) return <OpenedLetter letter={letter} isAuthenticated={closed.envelope.isAuthenticated} onAgain={again} />;
  if (closed) return <Unlock closed={closed} onOpened={setLetter} onBack={again} />;
  return <Choose onChosen={setClosed} />;
}

function Choose({ onChosen }: { readonly onChosen: (closed: Closed) => void }) {
  const words = useWords();
  const { vault } = useApp();
  const [file, setFile] = useState<File>();
  const [missing, setMissing] = useState(false);
  const task = useTask();
  const t = words.letter;
  const read = async (event: Event) => {
    event.preventDefault();
    setMissing(!file);
    if (!file) return task.clear();
    await task.run(async () => {
      const message = await findMessage(new Uint8Array(await file.arrayBuffer()));
      const envelope = readEnvelope(message);
      const held = (await vault.listHeld()).find(({ keyManagement }) => keyManagement && isFor(envelope, parseCertificate(keyManagement)));
      if (!held) throw new CryptoFault("envelope.not_for_you");
      onChosen({ name: file.name, message, envelope, held });
    });
  };
  const errors: FieldError[] = missing ? [{ field: "letter", text: t.fileNeeded }] : [];
  return (
    <form onSubmit={(event) => void read(event)} noValidate>
      <Screen
        title={t.title}
        lead={t.lead}
        onBack={() => go("/")}
        actions={
          <Button kind="primary" wide type="submit" busy={task.busy}>
            {words.action.next}
          </Button>
        }
      >
        <ErrorSummary errors={errors} />
        <Failure reason={missing ? undefined : task.failure} />
        {task.busy && <Working label={t.reading} />}
        <div class="field">
          <label class="field__label" for="letter">
            {t.file}
          </label>
          <p class="field__hint" id="letter-hint">
            {t.fileHint}
          </p>
          <input
            class="field__input"
            id="letter"
            name="letter"
            type="file"
            accept=".p7m,.eml,.cms,.p7e,.pem,.der,application/pkcs7-mime,message/rfc822"
            aria-describedby={missing ? "letter-error letter-hint" : "letter-hint"}
            aria-invalid={missing ? "true" : undefined}
            onChange={(event) => setFile(event.currentTarget.files?.[0])}
          />
          {missing && (
            <p class="field__error" id="letter-error">
              {t.fileNeeded}
            </p>
          )}
        </div>
      </Screen>
    </form>
  );
}

interface UnlockProps {
  readonly closed: Closed;
  readonly onOpened: (letter: Letter) => void;
  readonly onBack: () => void;
}

function Unlock({ closed, onOpened, onBack }: UnlockProps) {
  const words = useWords();
  const { vault } = useApp();
  const password = useCertificatePassword();
  const [missing, setMissing] = useState(false);
  const task = useTask();
  const { name, message, envelope, held } = closed;
  const t = words.letter;
  const open = (by: Unlocking | undefined) =>
    task.run(async () => {
      const { content, contentType } = await vault.open(held.serial, by, message);
      password.clear();
      onOpened(await readLetter(content, contentType, name));
    });
  const submit = (event: Event) => {
    event.preventDefault();
    setMissing(password.isMissing);
    if (!password.isMissing) void open(password.given);
  };
  const opensByPasskey = !vault.asksItself && canUsePasskeys() && held.opensByPasskey;
  return (
    <form onSubmit={submit} noValidate>
      <Screen
        title={t.forYouTitle}
        lead={t.forYou}
        onBack={onBack}
        actions={
          <Button kind="primary" wide type="submit" busy={task.busy}>
            {t.open}
          </Button>
        }
      >
        <Failure reason={missing ? undefined : task.failure} />
        <Facts
          facts={[
            [words.use.fileName, name],
            [words.certificate.serial, held.serial],
            [t.cipher, envelope.cipher],
          ]}
        />
        {opensByPasskey && (
          <>
            <Button wide busy={task.busy} onPress={() => open({ passkeyOf: location.hostname })}>
              {t.openByPasskey}
            </Button>
            <p class="small soft">{words.opening.or}</p>
          </>
        )}
        <CertificatePassword password={password} error={missing && password.isMissing ? words.use.passwordNeeded : undefined} />
        <Notice kind="info">
          <p>{t.staysHere}</p>
        </Notice>
      </Screen>
    </form>
  );
}
