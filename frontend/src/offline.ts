/** Has the browser keep the app's shell, once the page is there and nothing else is waiting. */

import { trustedScript } from "./trusted.ts";

if ("serviceWorker" in navigator && import.meta.env.PROD) {
  addEventListener("load", () => {
    // A browser may refuse (private windows): the app works without, only not offline.
    navigator.serviceWorker.register(trustedScript("/sw.js"), { updateViaCache: "none" }).catch(() => undefined);
  });
}
