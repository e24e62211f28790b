/** The first screen: whose it is, and how one wants to see it. */

import { useApp } from "./App.tsx";
import { Card, Checkbox, Page, RadioCards, useWords } from "./ui/index.ts";

export function Welcome() {
  const words = useWords();
  const { preferences, prefer } = useApp();
  return (
    <Page title={words.app.purpose} lead={words.app.officialDomain(location.host)}>
      <Card title={words.settings.title}>
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
      </Card>
    </Page>
  );
}
