/** The live camera: the frame to lay the document in, what to change, the shutter, the light. */

import type { ComponentChildren } from "preact";
import { useContext, useEffect, useMemo, useRef, useState } from "preact/hooks";

import type { DocumentKind } from "../api/types.ts";
import { Button, HelpContext, Page, type PageProps, classes, useWords } from "../app/ui/index.ts";
import { type CameraPort, CameraTrouble, type CameraTroubleCode, type OpenCamera } from "./camera.ts";
import { type Rect, type Size, aspectOf, placeFrame, toPicture } from "./geometry.ts";
import { BY_HAND_AFTER_MS, type Guided, Guidance } from "./guidance.ts";

export interface FinderProps extends Pick<PageProps, "step"> {
  readonly kind: DocumentKind;
  readonly what: string;
  readonly camera: CameraPort;
  /** Offered beside the shutter; in easy mode below the frame. */
  readonly file: ComponentChildren;
  readonly onShot: (jpeg: Blob) => void;
  readonly onTrouble: (code: CameraTroubleCode) => void;
  readonly onBack: () => void;
}

/** The stage follows the camera's picture, but is never so tall that the shutter leaves the screen. */
const TALLEST = 3 / 4;
/** Easy mode's letters and buttons leave less room; all of the frame must be seen without scrolling. */
const TALLEST_EASY = 4 / 3;
const WIDEST = 16 / 9;
const STAGE_HEIGHT = 1000; // the overlay's own unit

export function Finder({ kind, what, camera, file, onShot, onTrouble, onBack, step }: FinderProps) {
  const words = useWords();
  const help = useContext(HelpContext); // beside the shutter: above the frame it would push it off the screen
  const video = useRef<HTMLVideoElement>(null);
  const [opened, setOpened] = useState<OpenCamera>();
  const [picture, setPicture] = useState<Size>();
  const [guided, setGuided] = useState<Guided>({ said: "none", shoot: false });
  const [late, setLate] = useState(false);
  const [torch, setTorch] = useState(false);
  const taken = useRef(false);

  const aspect = aspectOf(kind);
  const stage = useMemo(() => stageOf(picture), [picture]);
  const frame = useMemo(() => placeFrame(stage, aspect), [stage, aspect]);

  useEffect(() => {
    let wanted = true;
    let mine: OpenCamera | undefined;
    const give = (reason: unknown) => wanted && onTrouble(reason instanceof CameraTrouble ? reason.code : "CAM-03");
    camera.open(() => give(new CameraTrouble("CAM-03"))).then((found) => {
      if (!wanted) return found.close();
      mine = found;
      const shown = video.current!;
      shown.srcObject = found.stream;
      Promise.resolve(shown.play()).catch(() => undefined); // interrupted only when the screen is left
      setOpened(found);
    }, give);
    return () => {
      wanted = false;
      mine?.close();
    };
  }, [camera]);

  useEffect(() => {
    if (!opened) return undefined;
    const timer = setTimeout(() => setLate(true), BY_HAND_AFTER_MS); // also where no frame is looked at
    return () => clearTimeout(timer);
  }, [opened]);

  const shoot = async () => {
    if (taken.current || !picture) return;
    taken.current = true;
    try {
      onShot(await camera.photograph(video.current!, toPicture(frame, stage, picture)));
    } catch (reason) {
      onTrouble(reason instanceof CameraTrouble ? reason.code : "CAM-03");
    }
  };

  useEffect(() => {
    if (!opened || !picture) return undefined;
    const guidance = new Guidance();
    const place = (): Rect => toPicture(frame, stage, picture);
    return camera.watch(video.current!, place, aspect, (hint) => {
      const next = guidance.take(hint, performance.now());
      setGuided((before) => (before.said === next.said ? before : next)); // nothing is drawn anew while nothing changes
      if (next.shoot) void shoot();
    });
  }, [opened, picture, frame]);

  const look = () => {
    const { videoWidth: width, videoHeight: height } = video.current!;
    if (width && height) setPicture({ width, height });
  };
  const switchTorch = async () => {
    await opened!.setTorch(!torch).then(() => setTorch(!torch), () => undefined); // a camera may take its light back
  };
  const ready = opened !== undefined && picture !== undefined;
  const actions = (
    <>
      <Button kind="primary" wide inactive={!ready} onPress={shoot}>
        {words.capture.shutter}
      </Button>
      {help ?? file}
    </>
  );
  return (
    <Page {...(step ? { step } : {})} title={words.capture.liveTitle(what)} onBack={onBack} actions={actions} placesHelp>
      <div class="capture">
        <p class={classes("capture__hint", guided.said === "good" && "capture__hint--good")} role="status">
          {ready ? words.capture.hint[guided.said] : words.capture.opening}
        </p>
        <div class="capture__stage" style={{ "--aspect": `${stage.width / stage.height}` }}>
          <video ref={video} muted playsInline aria-label={words.capture.finder} onLoadedMetadata={look} onResize={look} />
          <Overlay stage={stage} frame={frame} good={guided.said === "good"} />
        </div>
        {help && file}
        {late && <p class="small soft">{words.capture.byHand}</p>}
        {opened?.hasTorch && (
          <Button onPress={switchTorch}>{torch ? words.capture.torchOff : words.capture.torchOn}</Button>
        )}
      </div>
    </Page>
  );
}

function Overlay({ stage, frame, good }: { readonly stage: Size; readonly frame: Rect; readonly good: boolean }) {
  const { x, y, width, height } = frame;
  const box = `M${x} ${y}h${width}v${height}h${-width}z`;
  return (
    <svg class="capture__overlay" viewBox={`0 0 ${stage.width} ${stage.height}`} aria-hidden="true">
      <path class="capture__shade" fill-rule="evenodd" d={`M0 0h${stage.width}v${stage.height}H0z${box}`} />
      <path class="capture__frame capture__frame--under" d={box} />
      <path class={classes("capture__frame", good && "capture__frame--good")} d={box} />
    </svg>
  );
}

function stageOf(picture: Size | undefined): Size {
  const tallest = document.documentElement.hasAttribute("data-easy") ? TALLEST_EASY : TALLEST;
  const aspect = picture ? Math.min(WIDEST, Math.max(tallest, picture.width / picture.height)) : tallest;
  return { width: aspect * STAGE_HEIGHT, height: STAGE_HEIGHT };
}
