/** Signing: what is signed stands on the screen in full before the password is asked for. */

import { useEffect, useState } from "preact/hooks";

import { type Bytes, sha256, toHex } from "../../crypto/bytes.ts";
import { parseCertificate } from "../../crypto/x509.ts";
import { formatDate } from "../../i18n/format.ts";
import { canUsePasskeys } from "../../passkeys/fault.ts";
import { useApp } from "../App.tsx";
import { CertificatePassword, useCertificatePassword } from "../CertificatePassword.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { download } from "../device/download.ts";
import type { HeldCertificate } from "../../vault/port.ts";
import { go } from "../route.ts";
import { useLoaded, useTask } from "../tasks.ts";
import {
  Button,
  Checkbox,
  ErrorSummary,
  Facts,
  type FieldError,
  Notice,
  RadioCards,
  Working,
  useSpeech,
  useWords,
} from "../ui/index.ts";
import { type Content, ContentChoice, type What } from "./Content.tsx";
import { challengeStatement } from "./challenge.ts";
import { Shown, canShowInFull } from "./Shown.tsx";

type Part = "what" | "look" | "done";

export function Use({ serial }: { readonly serial?: string }) {
  const words = useWords();
  const { vault } = useApp();
  const [chosen, setChosen] = useState(serial);
  const { value: held, failure } = useLoaded(() => vault.listHeld(), "held");
  const keys = held?.find((one) => one.serial === chosen) ?? (held?.length === 1 ? held[0] : undefined);
  if (keys) return <Signing held={keys} />;
  return (
    <Screen title={words.use.which} onBack={() => go("/")}>
      <Failure reason={failure} />
      {!held && failure === undefined && <Working label={words.ui.loading} />}
      {held?.length === 0 && (
        <Notice kind="warning">
          <p>{words.use.notHere}</p>
        </Notice>
      )}
      {held && held.length > 1 && <Choice held={held} onChange={setChosen} />}
    </Screen>
  );
}

function Choice({ held, onChange }: { held: readonly HeldCertificate[]; onChange: (serial: string) => void }) {
  const { words, language } = useSpeech();
  const options = held.map(({ serial, signing }) => ({
    value: serial,
    title: `${words.certificate.serial} ${serial}`,
    text: words.certificate.expires(formatDate(parseCertificate(signing).notAfter, language)),
  }));
  return <RadioCards name="serial" legend={words.use.which} hideLegend options={options} value={undefined} onChange={onChange} />;
}

function Signing({ held }: { held: HeldCertificate }) {
  const words = useWords();
  const { vault } = useApp();
  const [part, setPart] = useState<Part>("what");
  const [what, setWhat] = useState<What>("text");
  const [content, setContent] = useState<Content>();
  const [detached, setDetached] = useState(false);
  const [seen, setSeen] = useState(false);
  const password = useCertificatePassword();
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [signed, setSigned] = useState<Bytes>();
  const task = useTask();
  const t = words.use;

  const look = (of: Content) => {
    setContent(of);
    setSeen(canShowInFull(of));
    setDetached(of.what === "file");
    setPart("look");
  };
  const opensByPasskey = !vault.asksItself && canUsePasskeys() && held.opensByPasskey;
  const sign = async (withPasskey: boolean) => {
    const found: FieldError[] = [];
    if (!seen) found.push({ field: "seen", text: t.seenNeeded });
    if (!withPasskey && password.isMissing) found.push({ field: "password", text: t.passwordNeeded });
    setErrors(found);
    if (found.length || !content) return;
    await task.run(async () => {
      const by = withPasskey ? { passkeyOf: location.hostname } : password.given;
      const signedAt = new Date();
      const isChallenge = content.what === "challenge";
      const bytes = isChallenge ? challengeStatement(content.text ?? "", content.audience ?? "", signedAt) : content.data;
      const cms = await vault.sign(held.serial, by, { content: bytes, detached: detached && !isChallenge, signedAt });
      password.clear();
      setSigned(cms);
      setPart("done");
    });
  };
  if (part === "what" || !content) {
    return <ContentChoice what={what} onWhat={setWhat} content={content} onNext={look} onBack={() => go("/")} />;
  }
  if (part === "done" && signed) return <Signed content={content} signed={signed} detached={detached} onAgain={() => setPart("what")} />;
  const error = (field: string) => errors.find((one) => one.field === field)?.text;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void sign(false);
      }}
      noValidate
    >
      <Screen
        title={t.lookTitle}
        lead={t.lookLead}
        onBack={() => setPart("what")}
        actions={
          <Button kind="primary" wide type="submit" busy={task.busy}>
            {words.action.sign}
          </Button>
        }
      >
        <ErrorSummary errors={errors} />
        <Failure reason={task.failure} />
        <Digest content={content} />
        <Shown content={content} />
        {!canShowInFull(content) && (
          <Checkbox name="seen" label={t.seen} checked={seen} onChange={setSeen} error={error("seen")} />
        )}
        {content.what !== "challenge" && (
          <Checkbox name="detached" label={t.detached} text={t.detachedText} checked={detached} onChange={setDetached} />
        )}
        {opensByPasskey && (
          <>
            <Button wide busy={task.busy} onPress={() => sign(true)}>
              {words.opening.signWith}
            </Button>
            <p class="small soft">{words.opening.or}</p>
          </>
        )}
        <CertificatePassword password={password} error={error("password")} />
        <p class="small soft">{words.app.officialDomain(location.host)}</p>
      </Screen>
    </form>
  );
}

/** Name, size and hash: how others can tell that it was this content. */
function Digest({ content }: { content: Content }) {
  const words = useWords();
  const [hash, setHash] = useState("");
  useEffect(() => {
    void sha256(content.data).then((bytes) => setHash(toHex(bytes)));
  }, [content]);
  if (content.what === "challenge") return <Facts facts={[[words.use.audience, content.audience ?? ""]]} />;
  return (
    <Facts
      facts={[
        ...(content.what === "file" ? [[words.use.fileName, content.name] as const] : []),
        [words.use.size, words.use.bytes(content.data.length)],
        ["SHA-256", <code class="hash">{hash}</code>],
      ]}
    />
  );
}

function Signed({ content, signed, detached, onAgain }: {
  readonly content: Content;
  readonly signed: Bytes;
  readonly detached: boolean;
  readonly onAgain: () => void;
}) {
  const words = useWords();
  const t = words.use;
  const name = `${content.name}.${detached && content.what !== "challenge" ? "p7s" : "p7m"}`;
  return (
    <Screen
      title={t.doneTitle}
      actions={
        <>
          <Button kind="primary" wide onPress={() => download(name, "application/pkcs7-mime", signed)}>
            {words.backup.save(name)}
          </Button>
          <Button kind="quiet" wide onPress={onAgain}>
            {t.again}
          </Button>
          <Button kind="quiet" wide onPress={() => go("/")}>
            {words.home.toHome}
          </Button>
        </>
      }
    >
      <Notice kind="success" announce>
        <p>{t.done}</p>
      </Notice>
      {detached && content.what !== "challenge" && <p class="soft">{t.detachedText}</p>}
      {content.what === "challenge" && <p class="soft">{t.challengeLater}</p>}
    </Screen>
  );
}

