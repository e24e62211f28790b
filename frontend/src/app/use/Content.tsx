/** What to sign: a text, a file, or a challenge somebody else's site gave. */

import { useRef, useState } from "preact/hooks";

import { type Bytes, utf8 } from "../../crypto/bytes.ts";
import { Screen } from "../Screen.tsx";
import { Button, ErrorSummary, Field, type FieldError, RadioCards, useWords } from "../ui/index.ts";

export type What = "text" | "file" | "challenge";

export interface Content {
  readonly what: What;
  /** Of the signature file, without its ending. */
  readonly name: string;
  readonly type: string;
  /** What is signed; of a challenge, what is shown. */
  readonly data: Bytes;
  readonly text?: string;
  /** A challenge's asker. */
  readonly audience?: string;
}

export interface ContentChoiceProps {
  readonly what: What;
  readonly onWhat: (what: What) => void;
  /** What was chosen before: going back loses nothing. */
  readonly content: Content | undefined;
  readonly onNext: (content: Content) => void;
  readonly onBack: () => void;
}

const WHATS: readonly What[] = ["text", "file", "challenge"];
const LARGEST_BYTES = 20_000_000; // it is held in memory several times over

export function ContentChoice({ what, onWhat, content, onNext, onBack }: ContentChoiceProps) {
  const words = useWords();
  const [text, setText] = useState(content?.what === "text" ? (content.text ?? "") : "");
  const [challenge, setChallenge] = useState(content?.what === "challenge" ? (content.text ?? "") : "");
  const [audience, setAudience] = useState(content?.audience ?? "");
  const [file, setFile] = useState<File>();
  const [errors, setErrors] = useState<FieldError[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const t = words.use;

  const next = async () => {
    const found = mistakes();
    setErrors(found);
    if (found.length) return;
    if (what === "text") return onNext({ what, name: "text.txt", type: "text/plain", data: utf8(text), text });
    if (what === "challenge") {
      return onNext({ what, name: "challenge", type: "text/plain", data: utf8(challenge), text: challenge.trim(), audience: audience.trim() });
    }
    if (file) onNext({ what, name: file.name, type: file.type, data: new Uint8Array(await file.arrayBuffer()) });
    else if (content?.what === "file") onNext(content);
  };
  const mistakes = (): FieldError[] => {
    if (what === "text") return text.trim() ? [] : [{ field: "text", text: t.textNeeded }];
    if (what === "file") {
      if (!file && content?.what !== "file") return [{ field: "file", text: t.fileNeeded }];
      return file && file.size > LARGEST_BYTES ? [{ field: "file", text: t.fileTooLarge }] : [];
    }
    return [
      ...(audience.trim() ? [] : [{ field: "audience", text: t.audienceNeeded }]),
      ...(challenge.trim() ? [] : [{ field: "challenge", text: t.challengeNeeded }]),
    ];
  };
  const error = (field: string) => errors.find((one) => one.field === field)?.text;
  return (
    <Screen
      title={t.title}
      onBack={onBack}
      actions={
        <Button kind="primary" wide onPress={next}>
          {words.action.next}
        </Button>
      }
    >
      <ErrorSummary errors={errors} />
      <RadioCards
        name="what"
        legend={t.what}
        options={WHATS.map((value) => ({ value, title: t.whats[value] }))}
        value={what}
        onChange={(value) => {
          setErrors([]);
          onWhat(value);
        }}
      />
      {what === "text" && (
        <div class={error("text") ? "field field--wrong" : "field"}>
          <label class="field__label" for="text">
            {t.text}
          </label>
          <div class="field__box">
            <textarea
              class="field__input"
              id="text"
              rows={6}
              value={text}
              aria-invalid={error("text") ? "true" : undefined}
              aria-describedby={error("text") ? "text-error" : undefined}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </div>
          {error("text") && (
            <p class="field__error" id="text-error">
              {error("text")}
            </p>
          )}
        </div>
      )}
      {what === "file" && (
        <div class="field">
          <label class="field__label" for="file">
            {t.file}
          </label>
          <input
            ref={input}
            id="file"
            type="file"
            aria-invalid={error("file") ? "true" : undefined}
            aria-describedby={error("file") ? "file-error" : undefined}
            onChange={() => setFile(input.current?.files?.[0])}
          />
          {!file && content?.what === "file" && <p class="soft">{content.name}</p>}
          {error("file") && (
            <p class="field__error" id="file-error">
              {error("file")}
            </p>
          )}
        </div>
      )}
      {what === "challenge" && (
        <>
          <Field name="audience" label={t.audience} value={audience} onInput={setAudience} hint={t.audienceHint} maxLength={200} error={error("audience")} />
          <Field name="challenge" label={t.challenge} value={challenge} onInput={setChallenge} hint={t.challengeHint} maxLength={1000} error={error("challenge")} />
        </>
      )}
    </Screen>
  );
}
