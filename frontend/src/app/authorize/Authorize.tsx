/** A relying party asks: who it is, what it learns, and one signature that signs in there. Nothing else is signed. */

import { useState } from "preact/hooks";

import { OfficeRefused } from "../../api/problem.ts";
import type { Language, SignInRequestView } from "../../api/types.ts";
import { toBase64 } from "../../crypto/bytes.ts";
import { parseCertificate } from "../../crypto/x509.ts";
import { formatDate, formatMoment } from "../../i18n/format.ts";
import type { Words } from "../../i18n/words.ts";
import { canUsePasskeys } from "../../passkeys/fault.ts";
import { useApp } from "../App.tsx";
import { CertificatePassword, useCertificatePassword } from "../CertificatePassword.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import type { HeldCertificate, Unlocking } from "../../vault/port.ts";
import { go } from "../route.ts";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, Facts, Notice, RadioCards, Working, useSpeech, useWords } from "../ui/index.ts";
import { isEnd } from "../wayOut.ts";

export function Authorize({ requestId }: { readonly requestId: string }) {
  const words = useWords();
  const { api, vault } = useApp();
  const { value, failure, reload } = useLoaded(async (signal) => {
    const [request, held] = await Promise.all([
      api.showSignInRequest(requestId, { signal }),
      vault.listHeld().catch(() => []), // a browser without storage is told that nothing is here
    ]);
    return { request, held };
  }, requestId);
  const t = words.authorize;
  if (!value) {
    return (
      <Screen title={t.title}>
        <Failure reason={failure} onRetry={reload} />
        {failure === undefined && <Working label={words.ui.loading} />}
      </Screen>
    );
  }
  return <Signing requestId={requestId} request={value.request} held={value.held} />;
}

interface SigningProps {
  readonly requestId: string;
  readonly request: SignInRequestView;
  readonly held: readonly HeldCertificate[];
}

function Signing({ requestId, request, held }: SigningProps) {
  const { words, language } = useSpeech();
  const { api, vault } = useApp();
  const [serial, setSerial] = useState(held.length === 1 ? held[0]?.serial : undefined);
  const password = useCertificatePassword();
  const [missing, setMissing] = useState(false);
  const [noneChosen, setNoneChosen] = useState(false);
  const task = useTask();
  const t = words.authorize;
  const keys = held.find((one) => one.serial === serial);
  const opensByPasskey = !vault.asksItself && canUsePasskeys() && keys?.opensByPasskey;
  const leave = (address: string) => location.assign(address);
  const sign = (by: Unlocking | undefined) =>
    task.run(async () => {
      if (!keys) return;
      const { statement } = request;
      const signature = await vault.signIn(keys.serial, by, { statement, request: requestId, issuer: location.origin });
      password.clear();
      const back = await api.signSignInRequest(requestId, { signature, certificate: toBase64(keys.signing) });
      leave(back.location);
    });
  const spent = wayBack(task.failure);
  const submit = (event: Event) => {
    event.preventDefault();
    setMissing(password.isMissing);
    setNoneChosen(!keys);
    if (keys && !password.isMissing) void sign(password.given);
  };
  const decline = () => task.run(async () => leave((await api.declineSignInRequest(requestId)).location));
  return (
    <form onSubmit={submit} noValidate>
      <Screen
        title={t.titleOf(request.party)}
        lead={t.lead(request.redirect_host)}
        actions={
          !isEnd(task.failure) && (
            <>
              <Button kind="primary" wide type="submit" busy={task.busy}>
                {t.signIn}
              </Button>
              <Button kind="quiet" wide onPress={decline}>
                {t.decline}
              </Button>
            </>
          )
        }
      >
        <Failure reason={task.failure}>
          {spent !== undefined && (
            <Button onPress={() => leave(spent)}>{t.back(request.party)}</Button>
          )}
        </Failure>
        <Facts
          facts={[
            [t.party, request.party],
            [t.address, request.redirect_host],
            [t.learns, request.scopes.map((one) => t.scope[one as keyof typeof t.scope] ?? one).join(", ")],
            [t.until, formatMoment(new Date(request.expires_at), language)],
          ]}
        />
        <Notice kind="info">
          <p>{t.care}</p>
        </Notice>
        {noneChosen && !keys && held.length > 0 && (
          <Notice kind="warning" announce>
            <p>{words.use.which}</p>
          </Notice>
        )}
        {held.length === 0 && (
          <Notice kind="warning">
            <p>{words.use.notHere}</p>
          </Notice>
        )}
        {held.length > 1 && (
          <RadioCards name="serial" legend={words.use.which} options={optionsOf(held, words, language)} value={serial} onChange={setSerial} />
        )}
        {keys && opensByPasskey && (
          <Button wide busy={task.busy} onPress={() => sign({ passkeyOf: location.hostname })}>
            {words.opening.signWith}
          </Button>
        )}
        {keys && (
          <CertificatePassword password={password} error={missing && password.isMissing ? words.use.passwordNeeded : undefined} />
        )}
        <p class="small soft">{words.app.officialDomain(location.host)}</p>
      </Screen>
    </form>
  );
}

/** The address a customer reaches when a party asked wrongly and cannot be told. */
export function AuthorizeRefused() {
  const words = useWords();
  const t = words.authorize;
  return (
    <Screen
      title={t.refusedTitle}
      actions={
        <Button wide onPress={() => go("/", { replace: true })}>
          {words.home.toHome}
        </Button>
      }
    >
      <Notice kind="warning">
        <p>{t.refused}</p>
      </Notice>
    </Screen>
  );
}

/** Where a refusal leads when no try is left: the party is told there. */
function wayBack(reason: unknown): string | undefined {
  const location = reason instanceof OfficeRefused ? reason.problem.fields["location"] : undefined;
  return typeof location === "string" ? location : undefined;
}

function optionsOf(held: readonly HeldCertificate[], words: Words, language: Language) {
  return held.map(({ serial, signing }) => ({
    value: serial,
    title: `${words.certificate.serial} ${serial}`,
    text: words.certificate.expires(formatDate(parseCertificate(signing).notAfter, language)),
  }));
}
