/**
 * The one way a script's address becomes trusted (Trusted Types): workers of our own build, and the service worker.
 * The page's policy allows no other policy than this one, so nothing else in the app can load a script by its address.
 */

interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL: (address: string) => string }): {
    createScriptURL(address: string): unknown;
  };
}

const OURS = /^\/(?:assets\/[\w.-]+\.js|sw\.js)$/;

/** Returns the address if it is our own script's. Throws `TypeError` for any other. */
export function checkScriptAddress(address: string, base: string): string {
  const url = new URL(address, base);
  if (url.origin !== new URL(base).origin || !OURS.test(url.pathname) || url.search || url.hash) {
    throw new TypeError("not a script of ours");
  }
  return url.href;
}

const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
const check = (address: string) => checkScriptAddress(address, location.href);
const policy = factory?.createPolicy("dojang-worker", { createScriptURL: check });

/** Returns what `new Worker` and `serviceWorker.register` accept. Throws `TypeError` for an address not ours. */
export function trustedScript(address: string): string {
  return policy ? (policy.createScriptURL(address) as string) : check(address);
}
