/** The camera alone on a page, for tests in a real browser: `?kind=passport&side=front`; what was shot is named below. */

import { render } from "preact";
import { useState } from "preact/hooks";

import type { DocumentKind, Side } from "../../../src/api/types.ts";
import { SpeechProvider } from "../../../src/app/ui/index.ts";
import { Capture } from "../../../src/capture/Capture.tsx";
import { ko } from "../../../src/i18n/ko.ts";
import "../../../src/styles/tokens.css";
import "../../../src/styles/base.css";
import "../../../src/styles/components.css";

const asked = new URLSearchParams(location.search);
const kind = (asked.get("kind") ?? "resident_card") as DocumentKind;
const side = (asked.get("side") ?? "front") as Side;

function CapturePage() {
  const [taken, setTaken] = useState<string>();
  const keep = async (jpeg: Blob) => {
    const bytes = new Uint8Array(await jpeg.arrayBuffer());
    setTaken([...bytes].map((one) => one.toString(16).padStart(2, "0")).join(""));
  };
  if (taken) return <output id="taken">{taken}</output>;
  return <Capture kind={kind} side={side} onShot={keep} onCancel={() => setTaken("cancelled")} />;
}

render(
  <SpeechProvider speech={{ words: ko, language: "ko" }}>
    <CapturePage />
  </SpeechProvider>,
  document.getElementById("app")!,
);
