// @vitest-environment happy-dom

import { type ComponentChildren, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { DocumentKind } from "../../src/api/types.ts";
import { HelpContext, SpeechProvider } from "../../src/app/ui/index.ts";
import { Capture, systemOf } from "../../src/capture/Capture.tsx";
import { type CameraPort, CameraTrouble, type CameraTroubleCode, troubleOf } from "../../src/capture/camera.ts";
import { BY_HAND_AFTER_MS } from "../../src/capture/guidance.ts";
import type { Rect } from "../../src/capture/geometry.ts";
import type { Hint } from "../../src/capture/quality.ts";
import { ko } from "../../src/i18n/ko.ts";
import { checkScriptAddress } from "../../src/trusted.ts";

/** A camera of which tests say what it sees. */
class FakeCamera implements CameraPort {
  allowed = false;
  refuses: CameraTroubleCode | undefined;
  hasTorch = false;
  opened = 0;
  closed = 0;
  torch = false;
  photographs: Rect[] = [];
  see: (hint: Hint) => void = () => undefined;
  takeAway: () => void = () => undefined;

  isAllowed = async () => this.allowed;
  open: CameraPort["open"] = async (onEnd) => {
    if (this.refuses) throw new CameraTrouble(this.refuses);
    this.opened++;
    this.takeAway = onEnd;
    return {
      stream: new MediaStream(),
      hasTorch: this.hasTorch,
      setTorch: async (on) => void (this.torch = on),
      close: () => void this.closed++,
    };
  };
  watch: CameraPort["watch"] = (_video, _frame, _aspect, onHint) => {
    this.see = onHint;
    return () => (this.see = () => undefined);
  };
  photograph: CameraPort["photograph"] = async (_video, frame) => {
    this.photographs.push(frame);
    return new Blob([`shot ${this.photographs.length}`], { type: "image/jpeg" });
  };
  fromFile: CameraPort["fromFile"] = async (file) => {
    if (file.size === 0) throw new CameraTrouble("CAM-04");
    return new Blob(["from file"], { type: "image/jpeg" });
  };
}

let root: HTMLElement;
let camera: FakeCamera;
let shots: Blob[];
let cancelled: number;

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  [camera, shots, cancelled] = [new FakeCamera(), [], 0];
});

afterEach(() => {
  render(null, root);
  root.remove();
});

/** Does it and lets everything that follows from it happen. */
const doing = async (action: () => unknown) => {
  await act(async () => void action());
  await act(() => new Promise<void>((done) => setTimeout(done)));
  await act(() => undefined);
};
const show = (kind: DocumentKind = "resident_card", help?: ComponentChildren) =>
  doing(() => {
    render(
      <SpeechProvider speech={{ words: ko, language: "ko" }}>
        <HelpContext.Provider value={help}>
          <Capture
            kind={kind}
            side="front"
            camera={camera}
            onShot={(jpeg) => void shots.push(jpeg)}
            onCancel={() => void cancelled++}
          />
        </HelpContext.Provider>
      </SpeechProvider>,
      root,
    );
  });
const button = (text: string): HTMLButtonElement => {
  const found = [...root.querySelectorAll("button")].find((one) => one.textContent?.includes(text));
  if (!found) throw new Error(`no button ${text} in ${root.textContent}`);
  return found;
};
const press = (text: string) => doing(() => button(text).click());
const heading = () => root.querySelector("h1")?.textContent;
const seePicture = () =>
  doing(() => {
    const video = root.querySelector("video")!;
    Object.defineProperties(video, { videoWidth: { value: 1080 }, videoHeight: { value: 1920 } });
    video.dispatchEvent(new Event("loadedmetadata"));
  });
const choose = (file: Blob) =>
  doing(() => {
    const input = root.querySelector<HTMLInputElement>("input[type=file]")!;
    Object.defineProperty(input, "files", { value: [file], configurable: true });
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

describe("photographing", () => {
  it("says why before it asks for the camera", async () => {
    await show();
    expect(heading()).toBe("주민등록증 앞면");
    expect(camera.opened).toBe(0);
    await press(ko.capture.openCamera);
    expect(camera.opened).toBe(1);
    expect(heading()).toBe("주민등록증 앞면을 틀에 맞춰 주세요");
  });

  it("has easy mode's help beside the shutter, and the file below the frame", async () => {
    camera.allowed = true;
    await show("passport", <b id="help">help</b>);
    expect(root.querySelector(".page__actions #help")).not.toBeNull();
    expect(root.querySelector(".page__actions")?.textContent).not.toContain(ko.action.chooseFile);
    expect(root.querySelector("main")?.textContent).toContain(ko.action.chooseFile);
    await show("passport");
    expect(root.querySelector(".page__actions")?.textContent).toContain(ko.action.chooseFile);
    expect(root.querySelector("main")?.textContent).not.toContain(ko.action.chooseFile);
  });

  it("asks no second time", async () => {
    camera.allowed = true;
    await show("passport");
    expect(heading()).toBe("여권을 틀에 맞춰 주세요");
  });

  it("shoots by itself, shows the shot, and hands it over when accepted", async () => {
    camera.allowed = true;
    await show();
    await seePicture();
    for (const hint of ["blur", "good", "good", "good"] as const) await doing(() => camera.see(hint));
    expect(heading()).toBe(ko.capture.reviewTitle);
    expect(camera.closed).toBe(1);
    expect(camera.photographs).toHaveLength(1);
    expect(camera.photographs[0]!.width / camera.photographs[0]!.height).toBeCloseTo(85.6 / 54);
    expect(shots).toEqual([]);
    expect(root.querySelector("img")!.alt).toContain("주민등록증 앞면");
    await press(ko.capture.usePhoto);
    expect(await shots[0]!.text()).toBe("shot 1");
  });

  it("says what to change, aloud", async () => {
    camera.allowed = true;
    await show();
    await seePicture();
    await doing(() => camera.see("glare"));
    expect(root.querySelector("[role=status]")!.textContent).toBe(ko.capture.hint.glare);
  });

  it("shoots by hand, once however often pressed, and again after a bad shot", async () => {
    camera.allowed = true;
    await show();
    expect(button(ko.capture.shutter).getAttribute("aria-disabled")).toBe("true");
    await seePicture();
    const shutter = button(ko.capture.shutter);
    await doing(() => {
      shutter.click();
      shutter.click();
    });
    expect(camera.photographs).toHaveLength(1);
    await press(ko.action.retakePhoto);
    expect(camera.opened).toBe(2);
    expect(shots).toEqual([]);
  });

  it("points to the shutter after a while without a shot, also where no frame is looked at", async () => {
    vi.useFakeTimers();
    try {
      camera.allowed = true;
      const shown = show();
      const pass = (ms: number) => act(async () => void (await vi.advanceTimersByTimeAsync(ms)));
      await pass(1);
      await shown;
      await pass(BY_HAND_AFTER_MS - 1_000);
      expect(root.textContent).not.toContain(ko.capture.byHand);
      await pass(2_000);
      expect(root.textContent).toContain(ko.capture.byHand);
    } finally {
      vi.useRealTimers();
    }
  });

  it("switches the light where there is one", async () => {
    camera.allowed = true;
    await show();
    expect(root.textContent).not.toContain(ko.capture.torchOn);
    await doing(() => render(null, root));
    expect(camera.closed).toBe(1);
    camera.hasTorch = true;
    await show();
    await press(ko.capture.torchOn);
    expect(camera.torch).toBe(true);
    await press(ko.capture.torchOff);
    expect(camera.torch).toBe(false);
  });
});

describe("without the camera", () => {
  it.each(["CAM-01", "CAM-02", "CAM-03"] as const)("%s says what happened and offers a file", async (code) => {
    camera.refuses = code;
    await show();
    await press(ko.capture.openCamera);
    expect(heading()).toBe(ko.capture.troubleTitle);
    for (const text of [ko.error[code].title, ko.error[code].cause, ko.error[code].next, code]) {
      expect(root.textContent).toContain(text);
    }
    expect(root.textContent?.includes(ko.capture.settingsTitle)).toBe(code === "CAM-01");
    camera.refuses = undefined;
    await press(ko.capture.openCamera);
    expect(camera.opened).toBe(1);
  });

  it("a camera taken away is told", async () => {
    camera.allowed = true;
    await show();
    await doing(() => camera.takeAway());
    expect(root.textContent).toContain(ko.error["CAM-03"].title);
  });

  it("a file goes the same way, and one that is no picture is refused", async () => {
    await show();
    await choose(new Blob([]));
    expect(root.textContent).toContain(ko.error["CAM-04"].title);
    await choose(new Blob(["anything"]));
    expect(heading()).toBe(ko.capture.reviewTitle);
    await press(ko.capture.usePhoto);
    expect(await shots[0]!.text()).toBe("from file");
  });

  it("one can go back", async () => {
    await show();
    await press(ko.action.back);
    expect(cancelled).toBe(1);
  });
});

describe("what the browser answers", () => {
  it("has a code", () => {
    const named = (name: string) => troubleOf(Object.assign(new Error(), { name }));
    expect(named("NotAllowedError")).toBe("CAM-01");
    expect(named("NotFoundError")).toBe("CAM-02");
    expect(named("NotReadableError")).toBe("CAM-03");
    expect(troubleOf("anything else")).toBe("CAM-03");
  });

  it("names the system whose settings matter", () => {
    expect(systemOf("Mozilla/5.0 (Linux; Android 16; SM-S931N)")).toBe("android");
    expect(systemOf("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)")).toBe("apple");
    expect(systemOf("Mozilla/5.0 (X11; Linux x86_64)")).toBe("other");
  });
});

describe("a trusted script", () => {
  const base = "https://bank.example/apply";
  it("is one of our own", () => {
    expect(checkScriptAddress("/sw.js", base)).toBe("https://bank.example/sw.js");
    expect(checkScriptAddress("/assets/worker-Cx1_-.js", base)).toBe("https://bank.example/assets/worker-Cx1_-.js");
  });
  it.each(["https://evil.example/sw.js", "/sw.js?x", "/assets/../v1/x.js", "data:text/javascript,1", "blob:x", "/v1/a.js"])(
    "is not %s",
    (address) => {
      expect(() => checkScriptAddress(address, base)).toThrow(TypeError);
    },
  );
});
