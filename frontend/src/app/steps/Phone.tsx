/** Another telephone for the call, in one's own name. */

import { useState } from "preact/hooks";

import { useApp } from "../App.tsx";
import { Failure, fieldErrors } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { pathOf, go } from "../route.ts";
import { useTask } from "../tasks.ts";
import { Button, ErrorSummary, Field, type FieldError, useWords } from "../ui/index.ts";
import type { StepProps } from "./Journey.tsx";
import { formatPhone, isMobile } from "./formats.ts";

export function Phone({ application, step, done }: StepProps) {
  const words = useWords();
  const { api, drafts } = useApp();
  const [phone, setPhone] = useState(drafts.of(application.id).phone ?? "");
  const [mistakes, setMistakes] = useState<FieldError[]>([]);
  const task = useTask();
  const back = () => go(pathOf("application", application.id), { replace: true });
  const submit = async (event: Event) => {
    event.preventDefault();
    const fits = isMobile(phone);
    setMistakes(fits ? [] : [{ field: "phone", text: words.person.wrong.phone }]);
    if (!fits) return;
    await task.run(async () => {
      await api.changePhone(application.id, { phone });
      drafts.keep(application.id, { phone });
      await done();
    });
  };
  const refused = fieldErrors(task.failure, ["phone"], () => words.person.wrong.phone);
  const errors = mistakes.length ? mistakes : refused;
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Screen
        title={words.call.otherPhone}
        {...(step ? { step } : {})}
        onBack={back}
        actions={
          <Button kind="primary" wide type="submit" busy={task.busy}>
            {words.action.save}
          </Button>
        }
      >
        <ErrorSummary errors={errors} />
        <Failure reason={refused.length ? undefined : task.failure} />
        <Field
          name="phone"
          label={words.person.phone}
          type="tel"
          value={phone}
          onInput={setPhone}
          format={formatPhone}
          inputMode="tel"
          autoComplete="tel-national"
          hint={words.person.phoneHint}
          error={errors[0]?.text}
        />
      </Screen>
    </form>
  );
}
