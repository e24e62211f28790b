/** One act that needs a further proof: a signature made before, the certificate's password, or a call. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import type { Act, ProofBody } from "../../api/types.ts";
import { useApp } from "../App.tsx";
import { CertificatePassword, useCertificatePassword } from "../CertificatePassword.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import type { HeldCertificate } from "../../vault/port.ts";
import { useTask } from "../tasks.ts";
import { Button, useWords } from "../ui/index.ts";
import { isEnd } from "../wayOut.ts";
import { CallProof } from "./CallProof.tsx";

export interface ProveProps {
  readonly act: Act;
  readonly target: string;
  readonly title: string;
  readonly lead?: string;
  /** What the button says. */
  readonly does: string;
  readonly kind?: "primary" | "danger";
  /** The certificate on this device that can prove it; without one there is the call. */
  readonly keys: HeldCertificate | undefined;
  /** True where the signature made at acceptance is enough. */
  readonly prepared?: boolean;
  /** Fetches what is to be signed, in base64. */
  readonly statement: () => Promise<string>;
  readonly onBack: () => void;
  /** Does the act; what it throws is shown. */
  readonly onProof: (proof: ProofBody) => Promise<void>;
  readonly children?: ComponentChildren;
}

export function Prove(props: ProveProps) {
  const { act, target, title, lead, keys, onBack, onProof, children } = props;
  const words = useWords();
  const [byCall, setByCall] = useState(false);
  if (keys && !byCall) return <Signing {...props} keys={keys} onCall={() => setByCall(true)} />;
  return (
    <CallProof
      act={act}
      target={target}
      title={title}
      {...(lead === undefined ? {} : { lead })}
      onBack={onBack}
      onConfirmed={(confirmation) => onProof({ confirmation })}
      otherwise={
        keys && (
          <Button kind="quiet" wide onPress={() => setByCall(false)}>
            {words.confirm.withPassword}
          </Button>
        )
      }
    >
      {children}
    </CallProof>
  );
}

function Signing(props: ProveProps & { keys: HeldCertificate; onCall: () => void }) {
  const { act, target, title, lead, does, kind = "primary", keys, prepared, statement, onBack, onProof, onCall, children } = props;
  const words = useWords();
  const { vault } = useApp();
  const password = useCertificatePassword();
  const [missing, setMissing] = useState(false);
  const task = useTask();
  const ready = prepared && keys.isRevocable;
  const submit = async (event: Event) => {
    event.preventDefault();
    setMissing(!ready && password.isMissing);
    if (!ready && password.isMissing) return;
    await task.run(async () => {
      const signature = ready
        ? await vault.revocationOf(keys.serial)
        : await vault.signAct(keys.serial, password.given, { statement: await statement(), act, target });
      password.clear();
      await onProof({ signature });
    });
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Screen
        title={title}
        {...(lead === undefined ? {} : { lead })}
        onBack={onBack}
        actions={
          !isEnd(task.failure) && (
            <>
              <Button kind={kind} wide type="submit" busy={task.busy}>
                {does}
              </Button>
              <Button kind="quiet" wide onPress={onCall}>
                {words.confirm.withCall}
              </Button>
            </>
          )
        }
      >
        <Failure reason={task.failure} />
        {children}
        {!ready && (
          <CertificatePassword password={password} error={missing && password.isMissing ? words.use.passwordNeeded : undefined} />
        )}
      </Screen>
    </form>
  );
}
