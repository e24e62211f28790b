/**
 * The sandbox's companion: an invented person, their telephone and their bank statement, clearly apart from the app. It is
 * fetched only where the office says that it is a sandbox.
 */

import { useEffect, useMemo, useState } from "preact/hooks";

import { formatWon } from "../../i18n/format.ts";
import { useApp } from "../App.tsx";
import { Button, Facts, useSpeech, useWords } from "../ui/index.ts";
import { Handset } from "./Handset.tsx";
import { Neighbours, type Resident, type StatementLine } from "./neighbours.ts";

const EVERY_MS = 1_000;

export function Companion() {
  const words = useWords();
  const { drafts } = useApp();
  const neighbours = useMemo(() => new Neighbours(), []);
  const [open, setOpen] = useState(false);
  const [person, setPerson] = useState<Resident>();
  const [draft, setDraft] = useState(drafts.latest);
  const [failed, setFailed] = useState(false);
  const [ringing, setRinging] = useState(false);
  const t = words.sandbox;

  const invite = async (another = false) => {
    if (another) neighbours.forget();
    try {
      setPerson(await neighbours.invite());
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  useEffect(() => {
    if (neighbours.seed !== undefined) void invite();
  }, []);
  useEffect(
    () =>
      drafts.subscribe(() => {
        setDraft(drafts.latest);
        if (neighbours.seed !== undefined && neighbours.seed !== person?.seed) void invite();
      }),
    [person],
  );
  const phone = (draft.phone ?? person?.phone ?? "").replace(/\D/g, "");
  const bankCode = draft.bankCode ?? person?.bank_code ?? "";
  const account = (draft.account ?? person?.account ?? "").replace(/\D/g, "");
  return (
    <aside class="companion" aria-label={t.title}>
      <button
        type="button"
        class="companion__handle"
        aria-expanded={open}
        aria-controls="companion"
        onClick={() => setOpen(!open)}
      >
        {t.title}
        {ringing && <strong> · {t.ringing}</strong>}
      </button>
      <div id="companion" class="companion__body" hidden={!open}>
        <p class="small">{t.what}</p>
        {failed && <p role="alert">{t.unreachable}</p>}
        <h2>{t.handset}</h2>
        {phone ? <Handset neighbours={neighbours} number={phone} onRinging={setRinging} /> : <p>{t.noPhone}</p>}
        <h2>{t.statement}</h2>
        {open && account && bankCode ? (
          <Statement neighbours={neighbours} bankCode={bankCode} account={account} />
        ) : (
          <p>{t.noAccount}</p>
        )}
        <h2>{t.person}</h2>
        {person ? <Person person={person} /> : <p>{t.noPerson}</p>}
        <Button onPress={() => invite(!!person)}>{person ? t.anotherPerson : t.invite}</Button>
        {open && ( // the page's first link is the one that leads past everything
          <p>
            <a href="/sandbox-window/shop" target="_blank" rel="noopener">
              {t.shop} <span class="small">({words.ui.opensInNewWindow})</span>
            </a>
          </p>
        )}
      </div>
    </aside>
  );
}

function Person({ person }: { person: Resident }) {
  const words = useWords();
  return (
    <Facts
      facts={[
        [words.field.name, person.name],
        [words.field.birth_date, person.birth_date],
        [words.field.sex, words.sex[person.sex]],
        [words.field.rrn, `${person.rrn.slice(0, 6)}-${person.rrn.slice(6)}`],
        [words.person.phone, person.phone],
        [words.account.bank, (words.bank as Readonly<Record<string, string>>)[person.bank_code] ?? person.bank_name],
        [words.account.number, person.account],
      ]}
    />
  );
}

function Statement({ neighbours, bankCode, account }: { neighbours: Neighbours; bankCode: string; account: string }) {
  const { words, language } = useSpeech();
  const [lines, setLines] = useState<readonly StatementLine[]>();
  const t = words.sandbox;
  useEffect(() => {
    let current = true;
    let timer: ReturnType<typeof setTimeout>;
    const look = async () => {
      const found = await neighbours.findStatement(bankCode, account).catch(() => undefined);
      if (!current) return;
      setLines(found);
      timer = setTimeout(() => void look(), EVERY_MS);
    };
    void look();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [bankCode, account]);
  if (!lines?.length) return <p role="status">{lines ? t.statementEmpty : t.accountUnknown}</p>;
  return (
    <table class="statement">
      <caption class="visually-hidden">{t.statement}</caption>
      <thead>
        <tr>
          <th scope="col">{t.depositor}</th>
          <th scope="col">{t.amount}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ at, text, amount_krw }) => (
          <tr key={`${at}${text}`}>
            <td>{text}</td>
            <td>{formatWon(amount_krw, language)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
