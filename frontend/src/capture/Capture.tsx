/**
 * Photographing one side of an ID document: why the camera is needed, the camera with a frame and live hints, a look at
 * the shot; a file instead where there is no camera. The picture never leaves this component but through `onShot`.
 */

import { useEffect, useRef, useState } from "preact/hooks";

import type { DocumentKind, Side } from "../api/types.ts";
import { Button, Card, Explained, Page, type PageProps, classes, useWords } from "../app/ui/index.ts";
import { type CameraPort, CameraTrouble, type CameraTroubleCode, browserCamera } from "./camera.ts";
import "./capture.css";
import { FileChoice } from "./FileChoice.tsx";
import { Finder } from "./Finder.tsx";

export interface CaptureProps {
  readonly kind: DocumentKind;
  readonly side: Side;
  /** Told once per accepted picture: a JPEG without metadata. A returned promise keeps the button busy. */
  readonly onShot: (jpeg: Blob) => unknown;
  readonly onCancel: () => void;
  /** Where in the journey this is; shown above the title. */
  readonly step?: PageProps["step"];
  readonly camera?: CameraPort;
}

type Stage =
  | { readonly name: "why" }
  | { readonly name: "live" }
  | { readonly name: "review"; readonly jpeg: Blob; readonly from: "camera" | "file" }
  | { readonly name: "trouble"; readonly code: CameraTroubleCode };

export function Capture({ kind, side, onShot, onCancel, step, camera = browserCamera }: CaptureProps) {
  const words = useWords();
  const [stage, setStage] = useState<Stage>();
  const what = words.capture.what(words.documentKind[kind], kind === "passport" ? "" : words.side[side]);
  const placed = step ? { step } : {};

  useEffect(() => {
    let current = true;
    void camera.isAllowed().then((allowed) => {
      if (current) setStage(allowed ? { name: "live" } : { name: "why" });
    });
    return () => {
      current = false;
    };
  }, [camera, kind, side]);

  const takeFile = async (file: Blob) => {
    try {
      setStage({ name: "review", jpeg: await camera.fromFile(file), from: "file" });
    } catch (reason) {
      setStage({ name: "trouble", code: reason instanceof CameraTrouble ? reason.code : "CAM-04" });
    }
  };
  const file = <FileChoice label={words.action.chooseFile} onFile={(chosen) => void takeFile(chosen)} />;
  const live = () => setStage({ name: "live" });

  if (!stage) return null;
  if (stage.name === "why") {
    const actions = (
      <>
        <Button kind="primary" wide onPress={live}>
          {words.capture.openCamera}
        </Button>
        {file}
      </>
    );
    return (
      <Page {...placed} title={what} lead={words.capture.whyLead} onBack={onCancel} actions={actions}>
        <Card title={words.capture.tipsTitle}>
          <ul class="capture__tips">
            {words.capture.tips.map((tip) => (
              <li key={tip}>{tip}</li>
            ))}
          </ul>
        </Card>
        <p class="small soft">{words.capture.privacy}</p>
      </Page>
    );
  }
  if (stage.name === "trouble") {
    const { code } = stage;
    const retry = (
      <>
        <Button kind="primary" wide onPress={live}>
          {words.capture.openCamera}
        </Button>
        {file}
      </>
    );
    return (
      <Page {...placed} title={words.capture.troubleTitle} onBack={onCancel} actions={retry}>
        <Explained explanation={{ code, ...words.error[code] }}>
          <p class="small soft">{words.ui.supportCode(code)}</p>
        </Explained>
        {code === "CAM-01" && (
          <Card title={words.capture.settingsTitle}>
            <p>{words.capture.settings[systemOf(navigator.userAgent)]}</p>
          </Card>
        )}
      </Page>
    );
  }
  if (stage.name === "review") {
    return (
      <Review
        {...placed}
        what={what}
        jpeg={stage.jpeg}
        onUse={() => onShot(stage.jpeg)}
        onRetake={stage.from === "camera" ? live : () => setStage({ name: "why" })}
        onBack={onCancel}
      />
    );
  }
  return (
    <Finder
      {...placed}
      kind={kind}
      what={what}
      camera={camera}
      file={file}
      onBack={onCancel}
      onShot={(jpeg) => setStage({ name: "review", jpeg, from: "camera" })}
      onTrouble={(code) => setStage({ name: "trouble", code })}
    />
  );
}

interface ReviewProps extends Pick<PageProps, "step"> {
  readonly what: string;
  readonly jpeg: Blob;
  readonly onUse: () => unknown;
  readonly onRetake: () => void;
  readonly onBack: () => void;
}

function Review({ what, jpeg, onUse, onRetake, onBack, step }: ReviewProps) {
  const words = useWords();
  const image = useRef<HTMLImageElement>(null);
  const [large, setLarge] = useState(false);
  useEffect(() => {
    const address = URL.createObjectURL(jpeg);
    if (image.current) image.current.src = address;
    return () => URL.revokeObjectURL(address);
  }, [jpeg]);
  const actions = (
    <>
      <Button kind="primary" wide onPress={onUse}>
        {words.capture.usePhoto}
      </Button>
      <Button kind="quiet" wide onPress={onRetake}>
        {words.action.retakePhoto}
      </Button>
    </>
  );
  return (
    <Page {...(step ? { step } : {})} title={words.capture.reviewTitle} lead={words.capture.reviewLead} onBack={onBack} actions={actions}>
      <button
        type="button"
        class="capture__shot"
        aria-pressed={large}
        aria-label={words.capture.enlarge}
        onClick={() => setLarge(!large)}
      >
        <img ref={image} class={classes(large && "capture__large")} alt={words.capture.shotAlt(what)} />
      </button>
    </Page>
  );
}

/** Whose settings to describe. */
export function systemOf(userAgent: string): "android" | "apple" | "other" {
  if (/Android/i.test(userAgent)) return "android";
  return /iPhone|iPad|iPod/i.test(userAgent) ? "apple" : "other";
}
