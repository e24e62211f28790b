/**
 * What a phone keeps of a hand-off while its tab lives, so that a reload goes on where it was: the QR code's secret until it is
 * redeemed, then the token and the side that is due. Neither signs anybody in; the office ends both after minutes.
 */

import type { ClaimedHandOffView, Side } from "../../api/types.ts";
import { SIDES } from "../machine.ts";

export type Kept =
  | { readonly secret: string }
  | { readonly claimed: ClaimedHandOffView; readonly side: Side };

const KEY = "dojang.handOff";

type Keeper = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Never fails: a browser may refuse storage, and what is there may be anybody's. */
export function keepHandOff(keeper: Keeper, kept: Kept | undefined): void {
  try {
    if (kept) keeper.setItem(KEY, JSON.stringify(kept));
    else keeper.removeItem(KEY);
  } catch {
    // then a reload asks for the QR code again
  }
}

/** Returns what was kept, unless its time is over. */
export function findHandOff(keeper: Keeper, now: Date): Kept | undefined {
  try {
    const found = Object(JSON.parse(keeper.getItem(KEY) ?? "null")) as { secret?: unknown; claimed?: ClaimedHandOffView; side?: Side };
    if (typeof found.secret === "string") return { secret: found.secret };
    const { claimed, side } = found;
    const known = claimed && typeof claimed.token === "string" && side && SIDES[claimed.kind]?.includes(side);
    return known && new Date(claimed.expires_at) > now ? { claimed, side } : undefined;
  } catch {
    return undefined;
  }
}
