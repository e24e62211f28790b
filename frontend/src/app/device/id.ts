/** The id this browser tells the office, chosen by itself and used for limits only. */

const KEPT = "dojang.device";

type Keeper = Pick<Storage, "getItem" | "setItem">;

/** A fresh device id. Keep it for as long as the browser keeps anything. */
export function newDeviceId(): string {
  return `web-${crypto.randomUUID()}`;
}

/** Returns the kept id, or keeps a fresh one. Never fails: where nothing is kept, it is another one each time. */
export function deviceId(keeper: Keeper): string {
  try {
    const kept = keeper.getItem(KEPT) ?? newDeviceId();
    keeper.setItem(KEPT, kept);
    return kept;
  } catch {
    return newDeviceId();
  }
}
