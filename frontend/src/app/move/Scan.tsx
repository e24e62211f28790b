/** Reading a QR code by camera: by the browser's own detector where there is one, by our library elsewhere. */

import decodeQR from "qr/decode.js";
import { useEffect, useRef, useState } from "preact/hooks";

import { CameraTrouble, browserCamera } from "../../capture/camera.ts";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { Button, Working, useWords } from "../ui/index.ts";

const LOOK_EVERY_MS = 250;
const WIDTH = 640; // a code that fills a third of this has more than enough pixels

/** Returns what the frame says, or undefined. */
type Look = (video: HTMLVideoElement) => Promise<string | undefined>;

interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { rawValue: string }[]>;
}

export function Scan({ onFound, onBack }: { onFound: (text: string) => void; onBack: () => void }) {
  const words = useWords();
  const video = useRef<HTMLVideoElement>(null);
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    let over = false;
    let close = () => {};
    const run = async () => {
      const camera = await browserCamera.open(() => setFailure(new CameraTrouble("CAM-03")));
      close = camera.close;
      if (over || !video.current) return camera.close();
      video.current.srcObject = camera.stream;
      await video.current.play();
      const look = await chooseLook();
      while (!over && video.current) {
        const text = await look(video.current);
        if (text !== undefined && !over) return onFound(text);
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    };
    run().catch((reason: unknown) => over || setFailure(reason));
    return () => {
      over = true;
      close();
    };
  }, []);
  return (
    <Screen title={words.move.scanTitle} onBack={onBack} actions={<Button wide onPress={onBack}>{words.move.typeInstead}</Button>}>
      <Failure reason={failure} />
      <video ref={video} class="scan" muted playsInline aria-label={words.move.scanning} />
      {failure === undefined && <Working label={words.move.scanning} />}
    </Screen>
  );
}

async function chooseLook(): Promise<Look> {
  const Native = (globalThis as { BarcodeDetector?: new (options: object) => Detector }).BarcodeDetector;
  const kinds = await (Native as unknown as { getSupportedFormats?: () => Promise<string[]> } | undefined)?.getSupportedFormats?.();
  if (Native && kinds?.includes("qr_code")) {
    const detector = new Native({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  const canvas = document.createElement("canvas");
  const pixels = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    if (!pixels || !video.videoWidth) return undefined;
    canvas.width = WIDTH;
    canvas.height = Math.round((WIDTH * video.videoHeight) / video.videoWidth);
    pixels.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      const found = decodeQR(pixels.getImageData(0, 0, canvas.width, canvas.height));
      return typeof found === "string" ? found : undefined;
    } catch {
      return undefined; // the library throws where it sees none
    }
  };
}
