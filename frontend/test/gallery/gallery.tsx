/** Every component on one page, to look at: `npx vite`, then /test/gallery/. Not part of the app. */

import { render } from "preact";
import { useState } from "preact/hooks";

import "../../src/styles/tokens.css";
import "../../src/styles/base.css";
import "../../src/styles/components.css";
import * as ui from "../../src/app/ui/index.ts";
import { en } from "../../src/i18n/en.ts";
import { ko } from "../../src/i18n/ko.ts";
import { explain } from "../../src/i18n/words.ts";
import { ConnectionFault } from "../../src/api/problem.ts";

const query = new URLSearchParams(location.search);
const words = query.has("en") ? en : ko;
document.documentElement.toggleAttribute("data-easy", query.has("easy"));
document.documentElement.dataset["scheme"] = query.has("dark") ? "dark" : "light";
document.documentElement.lang = query.has("en") ? "en" : "ko";

function Gallery() {
  const [kind, setKind] = useState<"resident_card" | "driver_licence" | "passport">("resident_card");
  const [bank, setBank] = useState<"097" | "098">();
  const [password, setPassword] = useState("Dojang!9x");
  const [agreed, setAgreed] = useState(true);
  const [asking, setAsking] = useState(query.has("dialog"));
  const toast = ui.useToast();
  const next = (
    <ui.Button kind="primary" wide onPress={() => toast(words.action.copied)}>
      {words.action.next}
    </ui.Button>
  );
  return (
    <ui.Page
      title={words.password.label}
      lead={words.key.madeHere}
      step={{ current: 3, total: 7, name: words.check.id_document }}
      onBack={() => undefined}
      actions={next}
      corner={<ui.Button kind="quiet">{words.settings.easyMode}</ui.Button>}
    >
      <ui.ErrorSummary errors={[{ field: "phone", text: words.password.mismatch }]} />
      <ui.RadioCards
        name="kind"
        legend={words.check.id_document}
        options={(["resident_card", "driver_licence", "passport"] as const).map((value) => ({
          value,
          title: words.documentKind[value],
          ...(value === "passport" ? { text: words.side.front, inactive: true } : {}),
        }))}
        value={kind}
        onChange={setKind}
      />
      <ui.Field name="phone" label="010" value="010-0000-0000" onInput={() => undefined} error={words.password.mismatch} />
      <ui.PasswordField name="password" label={words.password.label} value={password} onInput={setPassword} />
      <ui.PasswordRules password={password} />
      <ui.Select
        name="bank"
        legend={words.check.account_deposit}
        prompt={words.action.change}
        options={[{ value: "097", title: "097" }, { value: "098", title: "098" }]}
        value={bank}
        onChange={setBank}
      />
      <ui.Checkbox name="agree" label={words.settings.easyMode} text={words.settings.easyModeText} checked={agreed} onChange={setAgreed} />
      <ui.Card title={words.app.purpose}>
        <p class="figures">1234 5678</p>
        <ui.Facts facts={[[words.certificate.serial, "1001"], [words.field.expires_on, words.certificate.dDay(30)]]} />
        <ui.Timer endsAt={new Date(Date.now() + 65_000)} />
        <ui.Working label={words.key.making} />
        <ui.Button kind="danger" onPress={() => setAsking(true)}>
          {words.action.revoke}
        </ui.Button>
      </ui.Card>
      {(["info", "success", "warning"] as const).map((tone) => (
        <ui.Notice key={tone} kind={tone} title={words.app.name}>
          <p>{words.password.unrecoverable}</p>
        </ui.Notice>
      ))}
      <ui.Explained explanation={explain(new ConnectionFault("network.offline"), words)} />
      <ui.Dialog
        open={asking}
        title={words.action.revoke}
        onClose={() => setAsking(false)}
        actions={<ui.Button kind="danger">{words.action.confirm}</ui.Button>}
      >
        <p>{words.password.unrecoverable}</p>
      </ui.Dialog>
    </ui.Page>
  );
}

render(
  <ui.SpeechProvider speech={{ words, language: query.has("en") ? "en" : "ko" }}>
    <ui.ToastProvider>
      <Gallery />
    </ui.ToastProvider>
  </ui.SpeechProvider>,
  document.getElementById("app")!,
);
