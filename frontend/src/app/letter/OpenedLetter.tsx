/** An opened letter: its text as plain text, everything else as files, and how far it can be trusted. */

import { Screen } from "../Screen.tsx";
import { download } from "../device/download.ts";
import { go } from "../route.ts";
import { Button, Notice, useWords } from "../ui/index.ts";
import type { Letter } from "./message.ts";

export interface OpenedLetterProps {
  readonly letter: Letter;
  readonly isAuthenticated: boolean;
  readonly onAgain: () => void;
}

export function OpenedLetter({ letter, isAuthenticated, onAgain }: OpenedLetterProps) {
  const words = useWords();
  const { subject, text, files, isSigned } = letter;
  const t = words.letter;
  return (
    <Screen
      title={subject ?? t.openedTitle}
      actions={
        <>
          <Button kind="primary" wide onPress={() => go("/")}>
            {words.home.toHome}
          </Button>
          <Button kind="quiet" wide onPress={onAgain}>
            {t.another}
          </Button>
        </>
      }
    >
      {text !== undefined && (
        <div class="shown" tabIndex={0} role="region" aria-label={t.content}>
          <pre>{text}</pre>
        </div>
      )}
      {files.map(({ name, data }, i) => (
        <Button key={i} wide onPress={() => download(name, "application/octet-stream", data)}>
          {words.backup.save(name)}
        </Button>
      ))}
      {files.length > 0 && <p class="small soft">{t.filesText}</p>}
      <Notice kind={isAuthenticated ? "info" : "warning"} title={isAuthenticated ? t.unaltered : t.unauthenticated}>
        <p>{isAuthenticated ? t.unalteredText : t.unauthenticatedText}</p>
        {isSigned && <p>{t.signedInside}</p>}
      </Notice>
    </Screen>
  );
}
