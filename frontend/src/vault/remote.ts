/** The vault on a page of its own, in a frame over the app's page that is seen only while the vault asks its person. */

import { CALLS, type CallName } from "./calls.ts";
import { Caller, type Manner, connectVault } from "./channel.ts";
import type { VaultPort } from "./port.ts";

const CONNECT_MS = 20_000;
const QUIET_MS = 60_000;

/** Returns the vault of `origin`; its page is loaded at the first call, and again when it could not be reached. */
export function remoteVault(origin: string, page: Document): VaultPort {
  let connected: Promise<Caller> | undefined;
  const caller = () => (connected ??= connect(origin, page).catch((reason: unknown) => ((connected = undefined), Promise.reject(reason))));
  const calls = Object.keys(CALLS) as CallName[];
  const methods = Object.fromEntries(calls.map((name) => [name, async (...given: unknown[]) => (await caller()).call(name, given)]));
  return { asksItself: true, ...methods } as unknown as VaultPort; // CALLS has every method of the port, as its type says
}

async function connect(origin: string, page: Document): Promise<Caller> {
  const dialog = page.createElement("dialog");
  dialog.className = "vault";
  dialog.addEventListener("cancel", (event) => event.preventDefault()); // the vault's own button says no
  const frame = page.createElement("iframe");
  frame.className = "vault__frame";
  frame.title = "인증서 보관함 · Certificate vault";
  frame.allow = "publickey-credentials-get";
  frame.src = `${origin}/key.html`;
  dialog.append(frame);
  page.body.append(dialog);
  try {
    const port = await connectVault({ frame: frame.contentWindow!, origin, page: window }, CONNECT_MS);
    return new Caller(port, { onAsking: (asking) => show(dialog, frame, asking), manner: () => mannerOf(page), quietMs: QUIET_MS });
  } catch (reason) {
    dialog.remove();
    throw reason;
  }
}

function show(dialog: HTMLDialogElement, frame: HTMLIFrameElement, asking: boolean): void {
  if (asking && !dialog.open) {
    dialog.showModal();
    frame.focus();
  } else if (!asking) dialog.close();
}

/** As the app shows itself: see `showPreferences`. */
function mannerOf({ documentElement: root }: Document): Manner {
  const scheme = root.dataset["scheme"];
  return {
    language: root.lang === "en" ? "en" : "ko",
    easy: root.hasAttribute("data-easy"),
    scheme: scheme === "light" || scheme === "dark" ? scheme : "system",
  };
}
