/** Has the browser keep the app's shell, once the page is there and has had the line to itself for a while. */

import { trustedScript } from "./trusted.ts";

const FIRST_SCREEN_MS = 3_000; // on a slow line the shell would take from what the first screen is waiting for

if ("serviceWorker" in navigator && import.meta.env.PROD) {
  addEventListener("load", () => {
    setTimeout(() => {
      // A browser may refuse (private windows): the app works without, only not offline.
      navigator.serviceWorker.register(trustedScript("/sw.js"), { updateViaCache: "none" }).catch(() => undefined);
    }, FIRST_SCREEN_MS);
  });
}
