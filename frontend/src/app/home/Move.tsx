/** Moving to another device: not there yet, and the screen says so, with what works today. */

import { Screen } from "../Screen.tsx";
import { go } from "../route.ts";
import { Button, Notice, useWords } from "../ui/index.ts";

export function Move() {
  const words = useWords();
  return (
    <Screen
      title={words.action.move}
      onBack={() => go("/")}
      actions={
        <Button kind="primary" wide onPress={() => go("/")}>
          {words.home.toHome}
        </Button>
      }
    >
      <Notice kind="warning" title={words.move.notYet}>
        <p>{words.move.text}</p>
      </Notice>
      <ul class="list">
        <li>{words.move.viaBackup}</li>
        <li>{words.move.viaReissue}</li>
      </ul>
    </Screen>
  );
}
