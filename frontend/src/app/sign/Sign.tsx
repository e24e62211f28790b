/** A document to be signed: who asks, what for, all of it on the screen, and one signature made on this device. */

import { useState } from "preact/hooks";

import { poll } from "../../api/poll.ts";
import type { Language, SigningView } from "../../api/types.ts";
import { type Bytes, fromBase64, fromHex, sha256, toBase64, toHex } from "../../crypto/bytes.ts";
import { CryptoFault } from "../../crypto/fault.ts";
import { parseCertificate } from "../../crypto/x509.ts";
import { formatDate, formatMoment, formatWon } from "../../i18n/format.ts";
import type { Words } from "../../i18n/words.ts";
import { canUsePasskeys } from "../../passkeys/fault.ts";
import type { HeldCertificate, Unlocking } from "../../vault/port.ts";
import { useApp } from "../App.tsx";
import { CertificatePassword, useCertificatePassword } from "../CertificatePassword.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, Checkbox, Facts, Notice, RadioCards, Working, useSpeech, useWords } from "../ui/index.ts";
import { Shown } from "../use/Shown.tsx";
import { isEnd } from "../wayOut.ts";
import { Outcome, isOver } from "./Outcome.tsx";

interface SignProps {
  readonly requestId: string;
  /** True on the phone that saw another screen's code: that screen goes back to the party. */
  readonly scanned?: boolean;
}

export function Sign({ requestId, scanned = false }: SignProps) {
  const words = useWords();
  const { api, vault } = useApp();
  const { value, failure, reload } = useLoaded(async (signal) => {
    const view = await api.openSigning(requestId, { signal });
    const held = await vault.listHeld().catch(() => []); // a browser without storage is told that nothing is here
    const waits = view.state === "bound" && view.kind !== "digest";
    const document = waits ? await api.getSigningDocument(requestId, { signal }) : undefined;
    if (document && toHex(await sha256(document)) !== view.sha256) throw new CryptoFault("acceptance.statement_unexpected");
    return { view, held, document };
  }, requestId);
  const [ended, setEnded] = useState<SigningView>();
  const view = ended ?? value?.view;
  if (view && isOver(view.state)) {
    return <Outcome party={view.party} state={view.state} location={view.location} leaves={!scanned} />;
  }
  if (!value || view?.state === "signed") {
    return (
      <Screen title={words.sign.title}>
        <Failure reason={failure} onRetry={reload} />
        {failure === undefined && <Working label={value ? words.sign.completing : words.ui.loading} />}
      </Screen>
    );
  }
  return <Signing {...value} requestId={requestId} onChange={setEnded} />;
}

interface SigningProps {
  readonly requestId: string;
  readonly view: SigningView;
  readonly held: readonly HeldCertificate[];
  readonly document: Bytes | undefined;
  readonly onChange: (view: SigningView) => void;
}

function Signing({ requestId, view, held, document, onChange }: SigningProps) {
  const { words, language } = useSpeech();
  const { api, vault } = useApp();
  const [serial, setSerial] = useState(held.length === 1 ? held[0]?.serial : undefined);
  const password = useCertificatePassword();
  const [read, setRead] = useState(false);
  const [asked, setAsked] = useState(false);
  const task = useTask();
  const t = words.sign;
  const keys = held.find((one) => one.serial === serial);
  const opensByPasskey = !vault.asksItself && canUsePasskeys() && keys?.opensByPasskey;
  const sign = (by: Unlocking | undefined) =>
    task.run(async () => {
      if (!keys) return;
      const prepared = await api.prepareSigning(requestId, { certificate: toBase64(keys.signing) });
      const signature = await vault.signDocument(keys.serial, by, {
        kind: view.kind,
        ...(document ? { document } : {}),
        digest: fromHex(view.sha256),
        before: fromBase64(prepared.before),
        after: fromBase64(prepared.after),
        attributes: fromBase64(prepared.attributes),
        description: view.description ?? "",
        party: view.party,
        name: nameOf(view, words),
      });
      password.clear();
      onChange(await api.signSigning(requestId, { signature }));
      onChange(await poll(() => api.showSigning(requestId), { until: ({ state }) => isOver(state) }));
    });
  const submit = (event: Event) => {
    event.preventDefault();
    setAsked(true);
    if (keys && read && !password.isMissing) void sign(password.given);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Screen
        title={t.titleOf(view.party)}
        lead={view.purpose ?? ""}
        actions={
          !isEnd(task.failure) && (
            <>
              <Button kind="primary" wide type="submit" busy={task.busy}>
                {t.sign}
              </Button>
              <Button kind="quiet" wide onPress={() => task.run(async () => onChange(await api.declineSigning(requestId)))}>
                {t.decline}
              </Button>
            </>
          )
        }
      >
        <Failure reason={task.failure} />
        <Facts facts={factsOf(view, words, language)} />
        <Paper view={view} document={document} />
        <Notice kind="info">
          <p>{t.care}</p>
        </Notice>
        <Checkbox
          name="read"
          label={view.kind === "digest" ? t.compared : t.read}
          checked={read}
          onChange={setRead}
          {...(asked && !read ? { error: t.readFirst } : {})}
        />
        {held.length === 0 && (
          <Notice kind="warning">
            <p>{words.use.notHere}</p>
          </Notice>
        )}
        {asked && !keys && held.length > 0 && (
          <Notice kind="warning" announce>
            <p>{words.use.which}</p>
          </Notice>
        )}
        {held.length > 1 && (
          <RadioCards name="serial" legend={words.use.which} options={optionsOf(held, words, language)} value={serial} onChange={setSerial} />
        )}
        {keys && opensByPasskey && (
          <Button wide busy={task.busy} onPress={() => (setAsked(true), read && void sign({ passkeyOf: location.hostname }))}>
            {words.opening.signWith}
          </Button>
        )}
        {keys && <CertificatePassword password={password} error={asked && password.isMissing ? words.use.passwordNeeded : undefined} />}
        <p class="small soft">{words.app.officialDomain(location.host)}</p>
      </Screen>
    </form>
  );
}

/** All of the document, as far as a browser can show it safely. */
function Paper({ view, document }: { readonly view: SigningView; readonly document: Bytes | undefined }) {
  const words = useWords();
  if (!document) {
    return (
      <Notice kind="warning" title={words.sign.notHereTitle}>
        <p>{words.sign.notHere(view.party)}</p>
        <p class="digest">{view.sha256}</p>
      </Notice>
    );
  }
  const type = view.kind === "pdf" ? "application/pdf" : "text/plain";
  return <Shown content={{ what: "file", name: nameOf(view, words), type, data: document }} />;
}

function nameOf(view: SigningView, words: Words): string {
  return view.file_name ?? words.sign.unnamed[view.kind];
}

function factsOf(view: SigningView, words: Words, language: Language): [string, string][] {
  const t = words.sign;
  const facts: [string, string][] = [
    [t.party, view.party],
    [t.purpose, view.purpose ?? ""],
  ];
  if (view.amount_krw !== null) facts.push([t.amount, formatWon(view.amount_krw, language)]);
  facts.push([t.document, nameOf(view, words)]);
  if (view.pages !== null) facts.push([t.pages, t.pagesOf(view.pages)]);
  facts.push([t.digest, view.sha256], [t.until, formatMoment(new Date(view.expires_at), language)]);
  return facts;
}

function optionsOf(held: readonly HeldCertificate[], words: Words, language: Language) {
  return held.map(({ serial, signing }) => ({
    value: serial,
    title: `${words.certificate.serial} ${serial}`,
    text: words.certificate.expires(formatDate(parseCertificate(signing).notAfter, language)),
  }));
}
