/**
 * Renewing a certificate that is still valid, with its own password: what happens and for how long, the password, the
 * receipt. Nothing is proven again. Whoever closed the tab in between enters the same password and goes on.
 */

import { useRef, useState } from "preact/hooks";

import type { ConnectionFault, OfficeRefused } from "../../api/problem.ts";
import type { ApplicationView, RenewalView } from "../../api/types.ts";
import { explain } from "../../i18n/words.ts";
import { useApp } from "../App.tsx";
import { CertificatePassword, useCertificatePassword } from "../CertificatePassword.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { isKnownText } from "../apply/Consents.tsx";
import type { Stage } from "../device/enrolment.ts";
import type { HeldCertificate } from "../../vault/port.ts";
import { renewCertificates } from "../device/renewal.ts";
import { isOpen } from "../machine.ts";
import { go } from "../route.ts";
import { Receipt } from "../steps/Receipt.tsx";
import { untilCompleted } from "../steps/completion.ts";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, ErrorSummary, Notice, Working, useWords } from "../ui/index.ts";
import { isEnd } from "../wayOut.ts";
import { type Wish, Terms } from "./Terms.tsx";

const SHARES: Readonly<Record<Stage, number>> = { making: 0.15, wrapping: 0.4, requesting: 0.6, accepting: 0.85, done: 1 };

interface Standing {
  /** The keys of the certificate to be renewed. */
  readonly keys: HeldCertificate | undefined;
  readonly open: RenewalView | undefined;
  /** True when this browser has the keys that the open renewal was signed for. */
  readonly isOrdered: boolean;
}

export function Renew({ serial }: { readonly serial: string }) {
  const words = useWords();
  const { api, vault } = useApp();
  const [wish, setWish] = useState<Wish>();
  const [done, setDone] = useState<ApplicationView>();
  const { value, failure, reload } = useLoaded<Standing>(async (signal) => {
    const [keys, applications] = await Promise.all([vault.findHeld(serial), api.listApplications({ signal })]);
    const mine = applications.find((one) => isOpen(one) && one.kind === "renewal" && one.predecessor_serial === serial);
    if (!mine) return { keys, open: undefined, isOrdered: false };
    const [open, orders] = await Promise.all([api.getRenewal(mine.id, { signal }), vault.listOrders()]);
    return { keys, open, isOrdered: orders.includes(mine.id) };
  }, serial);

  if (done) return <Receipt application={done} leave={() => go("/", { replace: true })} />;
  if (!value) {
    return (
      <Screen title={words.renew.title} onBack={() => go("/")}>
        {failure === undefined && <Working label={words.ui.loading} />}
        <Failure reason={failure} onRetry={reload} />
      </Screen>
    );
  }
  const { keys, open, isOrdered } = value;
  if (open?.state === "proven" && !isOrdered) return <KeysLost renewal={open} onCancelled={reload} />;
  if (!keys) return <NotHere />;
  if (!wish && !open) return <Terms serial={serial} onNext={setWish} />;
  return (
    <Password
      serial={serial}
      wish={wish}
      open={open}
      onBack={() => (wish ? setWish(undefined) : go("/"))}
      onDone={setDone}
    />
  );
}

/** A certificate of another device signs nothing here. */
function NotHere() {
  const words = useWords();
  return (
    <Screen
      title={words.renew.notHereTitle}
      onBack={() => go("/")}
      actions={
        <Button kind="primary" wide onPress={() => go("/move")}>
          {words.action.move}
        </Button>
      }
    >
      <Notice kind="warning">
        <p>{words.renew.notHere}</p>
      </Notice>
      <Button kind="quiet" onPress={() => go("/apply/reissue")}>
        {words.action.reissue}
      </Button>
    </Screen>
  );
}

/** Signed for keys that are not here: another browser, or storage that was cleared. It can only be begun anew. */
function KeysLost({ renewal, onCancelled }: { readonly renewal: RenewalView; readonly onCancelled: () => void }) {
  const words = useWords();
  const { api } = useApp();
  const task = useTask();
  const cancel = () =>
    task.run(async () => {
      await api.cancelApplication(renewal.id);
      onCancelled();
    });
  return (
    <Screen
      title={words.renew.lostTitle}
      onBack={() => go("/")}
      actions={
        <Button kind="primary" wide busy={task.busy} onPress={cancel}>
          {words.renew.startOver}
        </Button>
      }
    >
      <Failure reason={task.failure} />
      <Notice kind="warning">
        <p>{words.renew.lost}</p>
      </Notice>
    </Screen>
  );
}

function Password({ serial, wish, open, onBack, onDone }: {
  readonly serial: string;
  readonly wish: Wish | undefined;
  readonly open: RenewalView | undefined;
  readonly onBack: () => void;
  readonly onDone: (application: ApplicationView) => void;
}) {
  const words = useWords();
  const { api, vault } = useApp();
  const password = useCertificatePassword();
  const [missing, setMissing] = useState(false);
  const [stage, setStage] = useState<Stage>("making");
  const [trouble, setTrouble] = useState<ConnectionFault | OfficeRefused>();
  const stopping = useRef<AbortController>(undefined);
  const task = useTask();
  const t = words.renew;

  const submit = async (event: Event) => {
    event.preventDefault();
    setMissing(password.isMissing);
    if (password.isMissing) return;
    stopping.current = new AbortController();
    const { signal } = stopping.current;
    await task.run(async () => {
      const consents = (wish?.consents ?? []).filter(isKnownText);
      const renewal = open ?? (await api.openRenewal({ serial, years: wish?.years ?? 1, consents }, { signal }));
      await renewCertificates({ api, vault, onStage: setStage, onTrouble: setTrouble, signal }, renewal, password.given);
      await untilCompleted(api, renewal.id, signal);
      password.clear();
      onDone(await api.getApplication(renewal.id, { signal }));
    });
  };
  if (task.busy) {
    return (
      <Screen title={t.workingTitle} lead={words.key.madeHere}>
        <Working label={words.key[stage]} share={SHARES[stage]} />
        <p class="soft">{words.issue.stay}</p>
        {trouble && (
          <Notice kind="warning" title={explain(trouble, words).title} announce>
            <p>{words.journey.goesOn}</p>
          </Notice>
        )}
      </Screen>
    );
  }
  const error = missing && password.isMissing ? words.use.passwordNeeded : undefined;
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Screen
        title={t.passwordTitle}
        lead={t.passwordLead}
        onBack={onBack}
        actions={
          !isEnd(task.failure) && (
            <Button kind="primary" wide type="submit">
              {words.action.renew}
            </Button>
          )
        }
      >
        <ErrorSummary errors={error ? [{ field: "password", text: error }] : []} />
        <Failure reason={task.failure} />
        <CertificatePassword password={password} error={error} />
        <Notice>
          <p>{t.samePassword}</p>
        </Notice>
        <p class="small soft">{words.app.officialDomain(location.host)}</p>
      </Screen>
    </form>
  );
}
