/** How one wants to see the app. */

import { useApp } from "../App.tsx";
import { Screen } from "../Screen.tsx";
import { go } from "../route.ts";
import { Checkbox, RadioCards, useWords } from "../ui/index.ts";

export function Settings() {
  const words = useWords();
  const { preferences, prefer } = useApp();
  return (
    <Screen title={words.settings.title} onBack={() => go("/")}>
      <Checkbox
        name="easy"
        label={words.settings.easyMode}
        text={words.settings.easyModeText}
        checked={preferences.easy}
        onChange={(easy) => prefer({ easy })}
      />
      <RadioCards
        name="language"
        legend={words.settings.language}
        options={(["ko", "en"] as const).map((value) => ({ value, title: words.settings.languages[value] }))}
        value={preferences.language}
        onChange={(language) => prefer({ language })}
      />
      <RadioCards
        name="scheme"
        legend={words.settings.scheme}
        options={(["system", "light", "dark"] as const).map((value) => ({ value, title: words.settings.schemes[value] }))}
        value={preferences.scheme}
        onChange={(scheme) => prefer({ scheme })}
      />
    </Screen>
  );
}
