/** The deposit on its way, watched; then what the statement shows is entered, in time and with the tries left in sight. */

import { useState } from "preact/hooks";

import type { DepositStateView } from "../../api/types.ts";
import { useApp, useAuthority } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { findCheck } from "../machine.ts";
import { useTask } from "../tasks.ts";
import { Button, ErrorSummary, Facts, Field, type FieldError, Timer, Working, useToast, useWords } from "../ui/index.ts";
import { Findings, TriesLeft } from "./Findings.tsx";
import type { StepProps } from "./Journey.tsx";

export function Deposit(props: StepProps) {
  const words = useWords();
  const { proofing, step, visit, leave } = props;
  const deposit = proofing?.deposit;
  const check = findCheck(proofing, "account_deposit");
  if (deposit && check?.state === "confirming") return <Confirmation {...props} deposit={deposit} />;
  return (
    <Screen title={words.deposit.sendingTitle} lead={words.deposit.sendingLead} {...(step ? { step } : {})} onBack={leave}>
      <Working label={deposit ? words.depositState[deposit.state] : words.ui.loading} />
      {deposit && <Where deposit={deposit} />}
      <Findings check={check} />
      {deposit?.state === "refused" && <Button onPress={() => visit("account")}>{words.deposit.otherAccount}</Button>}
    </Screen>
  );
}

function Where({ deposit }: { deposit: DepositStateView }) {
  const words = useWords();
  const banks: Readonly<Record<string, string>> = words.bank;
  return (
    <Facts
      facts={[
        [words.account.bank, banks[deposit.bank_code] ?? deposit.bank_code],
        [words.account.number, deposit.account],
      ]}
    />
  );
}

/** The way into the bank's own app, where the office knows one. */
function BankApp({ bankCode }: { bankCode: string }) {
  const words = useWords();
  const banks: Readonly<Record<string, string>> = words.bank;
  const address = useAuthority()?.bank_apps[bankCode];
  if (!address?.startsWith("https://")) return null;
  return (
    <a class="button" href={address} target="_blank" rel="noreferrer">
      {words.everybody.bankApp(banks[bankCode] ?? bankCode)}
      <span class="visually-hidden"> {words.ui.opensInNewWindow}</span>
    </a>
  );
}

function Confirmation({ application, deposit, step, refresh, visit, leave }: StepProps & { deposit: DepositStateView }) {
  const words = useWords();
  const toast = useToast();
  const { api, clock } = useApp();
  const [amount, setAmount] = useState("");
  const [code, setCode] = useState("");
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [isOver, setIsOver] = useState(deposit.state === "expired");
  const task = useTask();
  const t = words.deposit;
  const asks = { amount: deposit.factors.includes("amount"), code: deposit.factors.includes("code") };

  const submit = async (event: Event) => {
    event.preventDefault();
    const digits = code.replace(/\D/g, "");
    const found: FieldError[] = [];
    if (asks.amount && !/^\d{1,4}$/.test(amount)) found.push({ field: "amount_krw", text: t.amountNeeded });
    if (asks.code && digits.length < 4) found.push({ field: "code", text: t.codeNeeded });
    setErrors(found);
    if (found.length) return;
    await task.run(async () => {
      try {
        await api.confirmDeposit(application.id, {
          ...(asks.amount ? { amount_krw: Number(amount) } : {}),
          ...(asks.code ? { code } : {}),
        });
        toast(t.confirmed);
      } finally {
        await refresh(); // the tries left, or where a refusal leads, are shown with the refusal
      }
    });
  };
  const error = (field: string) => errors.find((one) => one.field === field)?.text;
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Screen
        title={t.confirmTitle}
        lead={t.confirmLead}
        {...(step ? { step } : {})}
        onBack={leave}
        actions={
          isOver ? (
            <Button kind="primary" wide onPress={() => visit("account")}>
              {t.again}
            </Button>
          ) : (
            <>
              <Button kind="primary" wide type="submit" busy={task.busy}>
                {words.action.confirm}
              </Button>
              <Button kind="quiet" wide onPress={() => visit("account")}>
                {t.otherAccount}
              </Button>
            </>
          )
        }
      >
        <ErrorSummary errors={errors} />
        <Failure reason={task.failure} />
        <Where deposit={deposit} />
        {deposit.expires_at && <Timer endsAt={deposit.expires_at} now={clock.now} onEnd={() => setIsOver(true)} />}
        <p class="soft">{t.whereToLook}</p>
        <BankApp bankCode={deposit.bank_code} />
        {asks.amount && (
          <Field
            name="amount_krw"
            label={t.amount}
            value={amount}
            onInput={setAmount}
            format={(typed) => typed.replace(/\D/g, "")}
            inputMode="numeric"
            autoComplete="off"
            maxLength={4}
            after={<span>{t.won}</span>}
            error={error("amount_krw")}
          />
        )}
        {asks.code && (
          <Field
            name="code"
            label={t.code}
            value={code}
            onInput={setCode}
            inputMode="numeric"
            autoComplete="off"
            maxLength={40}
            hint={t.codeHint}
            error={error("code")}
          />
        )}
        <TriesLeft count={deposit.tries_left} />
        <p class="small soft">{words.app.officialDomain(location.host)}</p>
      </Screen>
    </form>
  );
}
