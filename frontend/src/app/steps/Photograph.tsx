/** The sides of the document, one after the other; each is handed in as soon as it is taken. */

import { useState } from "preact/hooks";

import type { DocumentKind, Side } from "../../api/types.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { later } from "../Later.tsx";
import { Screen } from "../Screen.tsx";
import { SIDES } from "../machine.ts";
import { useTask } from "../tasks.ts";
import { Button, Working, useWords } from "../ui/index.ts";
import { mayAskAgain } from "../wayOut.ts";
import type { StepProps } from "./Journey.tsx";

const fetchCapture = async () => (await import("../../capture/Capture.tsx")).Capture;
const Capture = later(fetchCapture);
void fetchCapture().catch(() => undefined); // beside the first questions to the office, not after them

export function Photograph({ application, proofing, step, refresh, done, visit }: StepProps) {
  const words = useWords();
  const { api, drafts } = useApp();
  const kind: DocumentKind = drafts.of(application.id).kind ?? proofing?.document?.kind ?? "resident_card";
  const [side, setSide] = useState<Side>(() => firstSide(kind, proofing?.document));
  const [shot, setShot] = useState<Blob>();
  const task = useTask();

  const hand = (jpeg: Blob) =>
    task.run(async () => {
      setShot(jpeg);
      await api.submitPhotograph(application.id, kind, side, jpeg);
      setShot(undefined);
      const next = SIDES[kind][SIDES[kind].indexOf(side) + 1];
      if (next) setSide(next);
      else await done();
    });
  const cancel = () => visit("document");
  const title = words.document.sendingTitle(words.documentKind[kind], words.side[side]);
  if (task.busy || task.failure !== undefined) {
    return (
      <Screen
        title={title}
        {...(step ? { step } : {})}
        onBack={cancel}
        actions={
          task.failure !== undefined &&
          mayAskAgain(task.failure) && (
            <Button kind="primary" wide onPress={() => (shot ? hand(shot) : task.run(refresh))}>
              {words.action.retry}
            </Button>
          )
        }
      >
        {task.busy && <Working label={words.document.sending} />}
        <Failure reason={task.failure}>
          <Button
            onPress={() => {
              setShot(undefined);
              task.clear();
            }}
          >
            {words.action.retakePhoto}
          </Button>
        </Failure>
      </Screen>
    );
  }
  return <Capture key={side} kind={kind} side={side} onShot={hand} onCancel={cancel} {...(step ? { step } : {})} />;
}

/** Goes on where a half-photographed document was left. */
function firstSide(kind: DocumentKind, document: { kind: DocumentKind; state: string; sides_missing: Side[] } | null | undefined): Side {
  const missing = document?.kind === kind && document.state === "collecting" ? document.sides_missing : [];
  return SIDES[kind].find((side) => missing.includes(side)) ?? "front";
}
