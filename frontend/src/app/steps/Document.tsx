/** Which document. In a sandbox, an invented one can be handed in without a camera. */

import { useState } from "preact/hooks";

import type { DocumentKind } from "../../api/types.ts";
import { useApp, useAuthority } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { SIDES, findCheck } from "../machine.ts";
import { Neighbours } from "../sandbox/neighbours.ts";
import { useTask } from "../tasks.ts";
import { Button, ErrorSummary, type FieldError, RadioCards, useWords } from "../ui/index.ts";
import { Findings } from "./Findings.tsx";
import type { StepProps } from "./Journey.tsx";
import { formatPhone } from "./formats.ts";

const KINDS: readonly DocumentKind[] = ["resident_card", "driver_licence", "passport"];

export function Document({ application, proofing, step, refresh, visit, leave }: StepProps) {
  const words = useWords();
  const { api, drafts } = useApp();
  const authority = useAuthority();
  const before = drafts.of(application.id).kind ?? proofing?.document?.kind;
  const [kind, setKind] = useState<DocumentKind | undefined>(before);
  const [errors, setErrors] = useState<FieldError[]>([]);
  const task = useTask();
  const t = words.document;

  const chosen = (): DocumentKind | undefined => {
    setErrors(kind ? [] : [{ field: "kind", text: t.kindNeeded }]);
    if (kind) drafts.keep(application.id, { kind });
    return kind;
  };
  const photograph = () => {
    if (chosen()) visit("photograph");
  };
  const handOver = () => {
    if (chosen()) visit("hand_off");
  };
  const useSpecimen = () =>
    task.run(async () => {
      const of = chosen();
      if (!of) return;
      const neighbours = new Neighbours();
      const person = await neighbours.invite();
      drafts.keep(application.id, { phone: formatPhone(person.phone), bankCode: person.bank_code, account: person.account });
      for (const side of SIDES[of]) {
        await api.submitPhotograph(application.id, of, side, await neighbours.photograph(of, side));
      }
      await refresh();
    });
  return (
    <Screen
      title={t.kindTitle}
      lead={t.kindLead}
      {...(step ? { step } : {})}
      onBack={leave}
      actions={
        <>
          <Button kind="primary" wide onPress={photograph}>
            {words.action.takePhoto}
          </Button>
          {offersPhone() && (
            <Button wide onPress={handOver}>
              {words.handOff.offer}
            </Button>
          )}
        </>
      }
    >
      <ErrorSummary errors={kind ? [] : errors} />
      <Failure reason={task.failure} />
      <Findings check={findCheck(proofing, "id_document")} />
      <Findings check={findCheck(proofing, "registry")} />
      <RadioCards
        name="kind"
        legend={t.kindTitle}
        hideLegend
        options={KINDS.map((value) => ({ value, title: words.documentKind[value], text: t.kindText[value] }))}
        value={kind}
        onChange={setKind}
        error={kind ? undefined : errors[0]?.text}
      />
      {authority?.environment === "sandbox" && (
        <div class="sandbox-offer">
          <p>{words.sandbox.specimenText}</p>
          <Button onPress={useSpecimen}>{words.sandbox.useSpecimen}</Button>
        </div>
      )}
    </Screen>
  );
}

/** Where a phone would take the better picture: on a wide screen, or without a camera. */
function offersPhone(): boolean {
  return !navigator.mediaDevices?.getUserMedia || globalThis.matchMedia?.("(min-width: 48rem)").matches === true;
}
