/** What a renewal leads to, for how long, and the text to agree to: everything before the password. */

import { useState } from "preact/hooks";

import type { ConsentBody, RenewalOfferView } from "../../api/types.ts";
import { formatDate } from "../../i18n/format.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { isKnownText } from "../apply/Consents.tsx";
import { go } from "../route.ts";
import { useLoaded } from "../tasks.ts";
import { Button, Checkbox, ErrorSummary, Facts, Notice, RadioCards, Working, useSpeech } from "../ui/index.ts";

/** What was chosen and agreed to. */
export interface Wish {
  readonly years: number;
  readonly consents: readonly ConsentBody[];
}

export function Terms({ serial, onNext }: { readonly serial: string; readonly onNext: (wish: Wish) => void }) {
  const { words } = useSpeech();
  const { api } = useApp();
  const offer = useLoaded((signal) => api.offerRenewal(serial, { signal }), serial);
  if (offer.value) return <Offered offer={offer.value} onNext={onNext} />;
  return (
    <Screen title={words.renew.title} onBack={() => go("/")}>
      {offer.failure === undefined && <Working label={words.ui.loading} />}
      <Failure reason={offer.failure} onRetry={offer.reload} />
    </Screen>
  );
}

function Offered({ offer, onNext }: { readonly offer: RenewalOfferView; readonly onNext: (wish: Wish) => void }) {
  const { words, language } = useSpeech();
  const [years, setYears] = useState(offer.offers[0]?.years);
  const [agreed, setAgreed] = useState(false);
  const [missing, setMissing] = useState(false);
  const t = words.renew;
  const chosen = offer.offers.find((one) => one.years === years);
  const known = offer.consents.filter(isKnownText);
  const next = () => {
    setMissing(!agreed);
    if (agreed && chosen) onNext({ years: chosen.years, consents: known });
  };
  if (known.length < offer.consents.length) {
    return (
      <Screen
        title={t.title}
        onBack={() => go("/")}
        actions={
          <Button kind="primary" wide onPress={() => location.reload()}>
            {words.apply.reload}
          </Button>
        }
      >
        <Notice kind="warning" title={words.apply.oldAppTitle} announce>
          <p>{words.apply.oldApp}</p>
        </Notice>
      </Screen>
    );
  }
  const error = missing && !agreed ? t.agreeNeeded : undefined;
  return (
    <Screen
      title={t.title}
      lead={t.lead}
      onBack={() => go("/")}
      actions={
        <Button kind="primary" wide onPress={next}>
          {words.action.next}
        </Button>
      }
    >
      <ErrorSummary errors={error ? [{ field: "agreed", text: error }] : []} />
      {offer.offers.length > 1 && (
        <RadioCards
          name="years"
          legend={t.years}
          options={offer.offers.map((one) => ({
            value: String(one.years),
            title: words.apply.yearCount(one.years),
            text: words.certificate.expires(formatDate(one.not_after, language)),
          }))}
          value={years === undefined ? undefined : String(years)}
          onChange={(value) => setYears(Number(value))}
        />
      )}
      <Facts
        facts={[
          [t.now, words.certificate.expires(formatDate(offer.predecessor_not_after, language))],
          ...(chosen ? [[t.then, words.certificate.expires(formatDate(chosen.not_after, language))] as const] : []),
        ]}
      />
      <ul class="list">
        {t.whatHappens.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      <div class="card">
        <Checkbox name="agreed" label={t.agree} text={words.ui.required} checked={agreed} onChange={setAgreed} error={error} />
        {known.map((one) => (
          <details key={one.text_id}>
            <summary>{words.apply.readText(words.consent[one.text_id].title)}</summary>
            <ul class="list small">
              {words.consent[one.text_id].points.map((point) => (
                <li key={point}>{point}</li>
              ))}
            </ul>
            <p class="small soft">{words.apply.version(one.version)}</p>
          </details>
        ))}
      </div>
    </Screen>
  );
}
