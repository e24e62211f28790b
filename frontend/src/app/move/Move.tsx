/** Moving a certificate: sending it from here, receiving it here, bringing it in from a file. */

import { Screen } from "../Screen.tsx";
import { go, pathOf } from "../route.ts";
import { ButtonLink, Card, useWords } from "../ui/index.ts";
import { BringIn } from "./BringIn.tsx";
import { Receive } from "./Receive.tsx";
import { Send } from "./Send.tsx";

const WAYS = ["send", "receive", "file"] as const;

export function Move({ way }: { readonly way?: string }) {
  const words = useWords();
  const t = words.move;
  if (way === "send") return <Send />;
  if (way === "file") return <BringIn />;
  if (way === "receive" || location.hash) return <Receive />; // a QR code leads here with the code behind "#"
  return (
    <Screen title={words.action.move} lead={t.lead} onBack={() => go("/")}>
      {WAYS.map((one) => (
        <Card key={one} title={t[one].title}>
          <p>{t[one].text}</p>
          <ButtonLink href={pathOf("move", one)}>{t[one].title}</ButtonLink>
        </Card>
      ))}
    </Screen>
  );
}

