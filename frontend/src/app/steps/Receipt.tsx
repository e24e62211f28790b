/** What one has now, where it is, and how not to lose it. */

import { useEffect, useState } from "preact/hooks";

import { parseCertificate } from "../../crypto/x509.ts";
import { formatDate, formatMoment } from "../../i18n/format.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { calendarFile } from "../device/calendar.ts";
import { download } from "../device/download.ts";
import { install, keepStorage, waysToInstall } from "../device/installing.ts";
import type { HeldCertificate } from "../../vault/port.ts";
import { go, pathOf } from "../route.ts";
import { useLoaded } from "../tasks.ts";
import { Button, ButtonLink, Card, Facts, Notice, Working, useSpeech, useWords } from "../ui/index.ts";
import type { StepProps } from "./Journey.tsx";

export function Receipt({ application, leave }: Pick<StepProps, "application" | "leave">) {
  const words = useWords();
  const { vault } = useApp();
  const { value, failure } = useLoaded(
    async () => ({ held: (await vault.listHeld()).find((one) => one.applicationId === application.id) }),
    application.id,
  );
  const t = words.receipt;
  return (
    <Screen
      title={t.title}
      actions={
        value?.held && !value.held.backedUpAt ? (
          <>
            <Button kind="primary" wide onPress={() => go(pathOf("certificate", value.held!.serial, "backup"))}>
              {words.action.backUp}
            </Button>
            <Button kind="quiet" wide onPress={leave}>
              {words.home.toHome}
            </Button>
          </>
        ) : (
          <Button kind="primary" wide onPress={leave}>
            {words.home.toHome}
          </Button>
        )
      }
    >
      <Failure reason={failure} />
      {!value && failure === undefined && <Working label={words.ui.loading} />}
      {value?.held && <Details held={value.held} />}
      {value?.held && <Install />}
      {value && !value.held && (
        <Notice>
          <p>{t.elsewhere}</p>
        </Notice>
      )}
      {application.predecessor_serial && (
        <Notice>
          <p>{t.predecessor(application.predecessor_serial)}</p>
        </Notice>
      )}
    </Screen>
  );
}

function Details({ held }: { held: HeldCertificate }) {
  const { words, language } = useSpeech();
  const t = words.receipt;
  const certificate = parseCertificate(held.signing);
  const subject = commonName(certificate.subject).replace(/\(.*$/, ""); // the name before the bank's own number
  const issuer = held.chain[0] ? commonName(parseCertificate(held.chain[0]).subject) : "";
  const remember = () => {
    const data = calendarFile({
      uid: `${held.serial}@${location.host}`,
      title: t.calendarTitle,
      text: t.calendarText(held.serial, location.origin),
      notAfter: certificate.notAfter,
      now: new Date(),
    });
    download(`dojang-${held.serial}.ics`, "text/calendar", data);
  };
  return (
    <>
      <Notice kind="success" announce>
        <p>{words.key.done}</p>
      </Notice>
      <Facts
        facts={[
          [t.subject, subject],
          [t.issuer, issuer],
          [words.certificate.serial, held.serial],
          [words.home.validity, words.certificate.expires(formatDate(certificate.notAfter, language))],
          [t.stored, t.thisBrowser],
          [t.receivedAt, formatMoment(held.acceptedAt ?? held.storedAt, language)],
        ]}
      />
      <Notice kind="warning" title={t.backUpTitle}>
        <p>{t.backUpText}</p>
      </Notice>
      <div class="row">
        <Button onPress={remember}>{t.calendar}</Button>
        <ButtonLink href={pathOf("use", held.serial)}>{words.action.use}</ButtonLink>
      </div>
    </>
  );
}

/** A certificate lives in this browser: on the home screen it is found again, and kept longer. */
function Install() {
  const t = useWords().everybody.install;
  const [way, setWay] = useState(waysToInstall);
  useEffect(() => void keepStorage(), []);
  if (!way) return null;
  const add = async () => {
    await install();
    setWay(waysToInstall());
  };
  return (
    <Card title={t.title}>
      <p>{t.text}</p>
      {way === "asked" ? <Button onPress={add}>{t.button}</Button> : <p>{t.apple}</p>}
    </Card>
  );
}

function commonName(subject: readonly (readonly { type: string; value: string }[])[]): string {
  return subject.flat().find(({ type }) => type === "2.5.4.3")?.value ?? "";
}
