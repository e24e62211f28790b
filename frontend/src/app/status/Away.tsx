/** On a step whose neighbour does not answer: said before anybody wonders, with what happens next. */

import type { Neighbour, ProofingView } from "../../api/types.ts";
import type { Place } from "../machine.ts";
import { Notice, useWords } from "../ui/index.ts";
import { useStatus } from "./useStatus.ts";

const NEEDED_AT: Readonly<Partial<Record<Place, Neighbour>>> = {
  document: "reader",
  photograph: "reader",
  reading: "reader",
  account: "bank",
  deposit: "bank",
  call: "telephony",
  phone: "telephony",
  issue: "signer",
};
const NEEDED_FOR: Readonly<Partial<Record<string, Neighbour>>> = {
  id_document: "reader",
  registry: "registry",
  account_deposit: "bank",
  ars_call: "telephony",
};

/** Returns whom a screen waits for: the one its step needs, and those of checks that are parked. */
export function neededAt(place: Place, proofing: ProofingView | undefined): ReadonlySet<Neighbour> {
  const parked = proofing?.checks.filter(({ state }) => state === "parked").map(({ check }) => NEEDED_FOR[check]) ?? [];
  return new Set([NEEDED_AT[place], ...parked].filter((one) => one !== undefined));
}

export function Away({ place, proofing }: { readonly place: Place; readonly proofing: ProofingView | undefined }) {
  const words = useWords();
  const needed = neededAt(place, proofing);
  const status = useStatus(needed.size > 0);
  const away = status?.components.filter(({ component, state }) => state !== "closed" && needed.has(component)) ?? [];
  if (!away.length) return null;
  return (
    <div class="away">
      {away.map(({ component, title, next }) => (
        <Notice key={component} kind="warning" title={title} announce>
          <p>{next}</p>
          <p class="small">
            <a href="/status">{words.status.more}</a>
          </p>
        </Notice>
      ))}
    </div>
  );
}
