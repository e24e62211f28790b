/** Notices on this browser: whether it can, whether it may, and its subscription. The browser asks only after a tap. */

import type { PushBody } from "../../api/types.ts";

export type PushOutcome = "denied" | "unsupported" | "failed";

export function canPush(): boolean {
  return "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;
}

/** The endpoint this browser is told at, if it is. Never asks for anything. */
export async function findEndpoint(): Promise<string | undefined> {
  if (!canPush() || Notification.permission !== "granted") return undefined;
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription())?.endpoint;
}

/** Asks the person, then subscribes with the office's key. Returns what to send to the office, or why there is nothing. */
export async function subscribe(key: string): Promise<PushBody | PushOutcome> {
  if (!canPush()) return "unsupported";
  const registration = await navigator.serviceWorker.getRegistration();
  if (!registration) return "unsupported";
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  try {
    const kept = await registration.pushManager.getSubscription();
    const made = kept ?? (await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
    const { endpoint, keys } = made.toJSON();
    if (!endpoint || !keys?.["p256dh"] || !keys["auth"]) return "failed";
    return { endpoint, keys: { p256dh: keys["p256dh"], auth: keys["auth"] } };
  } catch (reason) {
    if (reason instanceof DOMException) return reason.name === "NotAllowedError" ? "denied" : "failed";
    throw reason;
  }
}

/** Gives this browser's subscription back. */
export async function unsubscribe(): Promise<void> {
  if (!canPush()) return;
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}
