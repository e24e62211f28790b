/** My certificates, what to do about them, and what one ought to know. */

import { useState } from "preact/hooks";

import { mayPass } from "../../api/poll.ts";
import type { ApplicationView, HeldView } from "../../api/types.ts";
import { daysUntil, formatDate, formatMoment } from "../../i18n/format.ts";
import type { Words } from "../../i18n/words.ts";
import { canUsePasskeys } from "../../passkeys/fault.ts";
import { useApp, useAuthority } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import type { HeldCertificate } from "../../vault/port.ts";
import { dropEndedOrders } from "../device/leftovers.ts";
import { go, pathOf } from "../route.ts";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, ButtonLink, Card, Dialog, Facts, Notice, Working, useSpeech, useWords } from "../ui/index.ts";
import { Tidy } from "./Tidy.tsx";
import { UnreadNotices } from "./Unread.tsx";
import { type HomeNotice, canReissue, findExpired, homeNotices, isHeld, isLive, isRenewable, isUnderWay, mustReissue } from "./notices.ts";

interface Held {
  readonly ledger: readonly HeldView[];
  readonly applications: readonly ApplicationView[];
  readonly here: readonly HeldCertificate[];
}

export function Home() {
  const words = useWords();
  const { api, vault, clock, session, drafts } = useApp();
  const authority = useAuthority();
  const leaving = useTask();
  const { value, failure, reload } = useLoaded<Held>(async (signal) => {
    const [ledger, applications, here] = await Promise.all([
      api.listCertificates({ signal }),
      api.listApplications({ signal }),
      vault.listHeld().catch(() => []), // a browser without storage still shows the ledger
    ]);
    await dropEndedOrders(vault, applications).catch(() => 0); // the next visit tries again
    return { ledger, applications, here };
  }, "home");
  const signOut = () =>
    leaving.run(async () => {
      await api.signOut().catch((reason: unknown) => {
        if (!mayPass(reason)) return;
        throw reason;
      });
      drafts.clear();
      session.closed();
    });
  const now = new Date(clock.now());
  return (
    <Screen title={words.home.title} lead={words.app.officialDomain(location.host)} actions={value && <MainAction held={value} now={now} />}>
      {authority?.environment === "sandbox" && (
        <Notice kind="warning">
          <p>{words.app.environmentNotice}</p>
        </Notice>
      )}
      {!value && failure === undefined && <Working label={words.ui.loading} />}
      <Failure reason={failure} onRetry={reload} />
      {value && <Notices held={value} now={now} />}
      {value && <OpenApplications applications={value.applications} now={now} onCancelled={reload} />}
      {value && <Ledger held={value} now={now} />}
      {value && <Tidy ledger={value.ledger} here={value.here} now={now} onRemoved={reload} />}
      {value && <OtherActions held={value} now={now} />}
      {(value || failure !== undefined) && <Elsewhere onSignOut={signOut} />}
      <Failure reason={leaving.failure} />
    </Screen>
  );
}

function Elsewhere({ onSignOut }: { readonly onSignOut: () => unknown }) {
  const words = useWords();
  return (
    <div class="elsewhere">
      <ButtonLink href="/lock" kind="quiet">
        {words.lock.title}
      </ButtonLink>
      <UnreadNotices />
      <ButtonLink href="/security" kind="quiet">
        {words.security.title}
      </ButtonLink>
      <ButtonLink href="/support" kind="quiet">
        {words.support.mine}
      </ButtonLink>
      <ButtonLink href="/devices" kind="quiet">
        {words.devices.title}
      </ButtonLink>
      <ButtonLink href="/settings" kind="quiet">
        {words.settings.title}
      </ButtonLink>
      <Button kind="quiet" onPress={onSignOut}>
        {words.action.signOut}
      </Button>
    </div>
  );
}

const NEW = pathOf("apply", "new");
const REISSUE = pathOf("apply", "reissue");

/** The one thing to do next: go on, use it, have it re-issued, or get one. */
function mainAction(held: Held, now: Date, words: Words): { text: string; path: string } {
  const open = held.applications.find((one) => isUnderWay(one, now));
  if (open) return { text: words.action.resume, path: pathOf("application", open.id) }; // a renewal goes on from there
  const usable = held.ledger.find((one) => isLive(one, now) && held.here.some(({ serial }) => serial === one.serial));
  if (usable) return { text: words.action.use, path: pathOf("use", usable.serial) };
  if (mustReissue(held.ledger, now) || findExpired(held.ledger, now)) return { text: words.action.reissue, path: REISSUE };
  return { text: words.action.issue, path: NEW };
}

function MainAction({ held, now }: { held: Held; now: Date }) {
  const { text, path } = mainAction(held, now, useWords());
  return (
    <Button kind="primary" wide onPress={() => go(path)}>
      {text}
    </Button>
  );
}

function OtherActions({ held, now }: { held: Held; now: Date }) {
  const words = useWords();
  const main = mainAction(held, now, words);
  const open = held.applications.some((one) => isUnderWay(one, now));
  const bound = mustReissue(held.ledger, now);
  return (
    <nav class="actions" aria-label={words.home.more}>
      {!open && !bound && main.path !== NEW && <ButtonLink href={NEW}>{words.action.issue}</ButtonLink>}
      {!open && canReissue(held.ledger) && main.path !== REISSUE && (
        <ButtonLink href={REISSUE}>{words.action.reissue}</ButtonLink>
      )}
      {held.here.length > 0 && main.text !== words.action.use && <ButtonLink href="/use">{words.action.use}</ButtonLink>}
      {held.here.length > 0 && <ButtonLink href="/letter">{words.letter.title}</ButtonLink>}
      <ButtonLink href="/move">{words.action.move}</ButtonLink>
    </nav>
  );
}

function OpenApplications({ applications, now, onCancelled }: {
  readonly applications: readonly ApplicationView[];
  readonly now: Date;
  readonly onCancelled: () => void;
}) {
  const { words, language } = useSpeech();
  const { api } = useApp();
  const [asking, setAsking] = useState<ApplicationView>();
  const task = useTask();
  const cancel = (application: ApplicationView) =>
    task.run(async () => {
      setAsking(undefined);
      await api.cancelApplication(application.id);
      onCancelled();
    });
  return (
    <>
      <Failure reason={task.failure} />
      {applications.filter((one) => isUnderWay(one, now)).map((one) => (
        <Card key={one.id} title={words.home.underWay(words.applicationKind[one.kind])}>
          <Facts
            facts={[
              [words.home.state, words.applicationState[one.state]],
              [words.home.resumeUntil, formatMoment(one.expires_at, language)],
            ]}
          />
          {one.state !== "issued" && (
            <div class="row">
              <Button kind="quiet" onPress={() => setAsking(one)}>
                {words.home.cancel}
              </Button>
            </div>
          )}
        </Card>
      ))}
      <Dialog
        open={!!asking}
        title={words.home.cancelTitle}
        onClose={() => setAsking(undefined)}
        actions={
          <Button kind="danger" onPress={() => asking && cancel(asking)}>
            {words.home.cancel}
          </Button>
        }
      >
        <p>{words.home.cancelText}</p>
      </Dialog>
    </>
  );
}

function Ledger({ held, now }: { held: Held; now: Date }) {
  const words = useWords();
  if (!held.ledger.length) {
    return (
      <Card title={words.home.none}>
        <p>{words.home.noneText}</p>
      </Card>
    );
  }
  const ordered = [...held.ledger].reverse();
  const live = ordered.filter((one) => isLive(one, now));
  const suspended = ordered.filter((one) => isHeld(one, now));
  const rest = ordered.filter((one) => !live.includes(one) && !suspended.includes(one));
  return (
    <>
      {live.map((one) => (
        <Certificate key={one.serial} certificate={one} keys={held.here.find(({ serial }) => serial === one.serial)} now={now} />
      ))}
      {suspended.map((one) => (
        <Suspended key={one.serial} certificate={one} />
      ))}
      {rest.length > 0 && (
        <details class="card" open={!live.length && !suspended.length}>
          <summary>{words.home.past(rest.length)}</summary>
          {rest.map((one) => (
            <Past key={one.serial} certificate={one} now={now} />
          ))}
        </details>
      )}
    </>
  );
}

function Certificate({ certificate, keys, now }: { certificate: HeldView; keys: HeldCertificate | undefined; now: Date }) {
  const { words, language } = useSpeech();
  const { serial, not_after, state } = certificate;
  const days = daysUntil(not_after, now);
  const renewable = isRenewable(certificate, now);
  return (
    <section class="card certificate" aria-label={words.home.certificate}>
      <div class="certificate__head">
        <h2>{words.home.certificate}</h2>
        <p class="certificate__days">
          <span aria-hidden="true">{words.certificate.dDay(days)}</span>
          <span class="visually-hidden">{words.certificate.daysLeft(days)}</span>
        </p>
      </div>
      <Facts
        facts={[
          [words.home.state, words.certificateState[state]],
          [words.home.validity, words.certificate.expires(formatDate(not_after, language))],
          [words.certificate.serial, serial],
          [words.home.where, keys ? words.certificate.keptHere : words.certificate.notHere],
        ]}
      />
      {renewable && <p>{words.renew.ready}</p>}
      <div class="row">
        {renewable && <ButtonLink href={pathOf("renew", serial)}>{words.action.renew}</ButtonLink>}
        {keys && <ButtonLink href={pathOf("certificate", serial, "backup")}>{words.action.backUp}</ButtonLink>}
        {keys && <ButtonLink href={pathOf("certificate", serial, "password")}>{words.action.changePassword}</ButtonLink>}
        {keys && canUsePasskeys() && (
          <ButtonLink href={pathOf("certificate", serial, "passkey")}>{words.opening.title}</ButtonLink>
        )}
        <ButtonLink href={pathOf("certificate", serial, "suspend")} kind="quiet">
          {words.hold.suspend}
        </ButtonLink>
        <ButtonLink href={pathOf("certificate", serial, "end")} kind="quiet">
          {words.action.revoke}
        </ButtonLink>
      </div>
    </section>
  );
}

function Suspended({ certificate }: { certificate: HeldView }) {
  const { words, language } = useSpeech();
  const { serial, state, held_by, hold_ends_at } = certificate;
  return (
    <Card title={words.hold.heldTitle}>
      <Facts
        facts={[
          [words.certificate.serial, serial],
          [words.home.state, words.certificateState[state]],
          ...(hold_ends_at ? [[words.hold.resumeUntil, formatDate(hold_ends_at, language)] as const] : []),
        ]}
      />
      {held_by === "office" && <p>{words.hold.heldByOffice}</p>}
      <div class="row">
        {held_by !== "office" && <ButtonLink href={pathOf("certificate", serial, "resume")}>{words.hold.resume}</ButtonLink>}
        <ButtonLink href={pathOf("certificate", serial, "end")} kind="quiet">
          {words.action.revoke}
        </ButtonLink>
      </div>
    </Card>
  );
}

function Past({ certificate, now }: { certificate: HeldView; now: Date }) {
  const { words, language } = useSpeech();
  const { serial, not_after, state, succeeded } = certificate;
  const over = state === "good" && new Date(not_after) < now;
  const standing = over ? words.certificate.dDay(-1) : words.certificateState[state];
  return (
    <div class="past">
      <Facts
        facts={[
          [words.certificate.serial, serial],
          [words.home.state, succeeded ? `${standing} · ${words.home.succeeded}` : standing],
          [words.home.validity, words.certificate.expires(formatDate(not_after, language))],
        ]}
      />
      {state !== "revoked" && !over && (
        <ButtonLink href={pathOf("certificate", serial, "end")} kind="quiet">
          {words.action.revoke}
        </ButtonLink>
      )}
    </div>
  );
}

function Notices({ held, now }: { held: Held; now: Date }) {
  const notices = homeNotices(held.ledger, held.applications, held.here, now);
  return (
    <>
      {notices.map((one, i) => (
        <OneNotice key={i} notice={one} />
      ))}
    </>
  );
}

function OneNotice({ notice }: { notice: HomeNotice }) {
  const words = useWords();
  const t = words.homeNotice;
  switch (notice.kind) {
    case "unaccepted":
      return <Notice kind="warning" title={t.unacceptedTitle}><p>{t.unaccepted}</p></Notice>;
    case "frozen":
      return <Notice kind="danger" title={t.frozenTitle}><p>{t.frozen}</p></Notice>;
    case "ends_soon":
      return <Notice kind="warning" title={words.certificate.daysLeft(notice.days)}><p>{t.endsSoon}</p><p><a href={pathOf("renew", notice.serial)}>{words.action.renew}</a></p></Notice>;
    case "ended":
      return <Notice kind="warning" title={t.endedTitle}><p>{t.ended}</p></Notice>;
    case "not_here":
      return (
        <Notice title={t.notHereTitle}>
          <p>{t.notHere}</p>
          <p>
            <a href={pathOf("move")}>{words.action.move}</a>
          </p>
        </Notice>
      );
    case "not_backed_up":
      return (
        <Notice title={t.notBackedUpTitle}>
          <p>{t.notBackedUp}</p>
          <p>
            <a href={pathOf("certificate", notice.serial, "backup")}>{words.action.backUp}</a>
          </p>
        </Notice>
      );
  }
}
