import { describe, expect, it } from "vitest";

import type { ApplicationState } from "../../src/api/types.ts";
import { dropEndedOrders } from "../../src/app/device/leftovers.ts";
import type { Order } from "../../src/vault/keystore.ts";
import { MemoryKeystore } from "./office.ts";

const STATES: readonly ApplicationState[] = ["proofing", "identified", "issued", "completed", "cancelled", "expired", "refused", "frozen"];

describe("orders left over", () => {
  it("go with their applications, and nobody else's goes", async () => {
    const keystore = new MemoryKeystore();
    for (const id of [...STATES, "somebody else's"]) await keystore.saveOrder({ applicationId: id } as Order);
    expect(await dropEndedOrders(keystore, STATES.map((state) => ({ id: state, state })))).toBe(4);
    expect(await keystore.listOrders()).toEqual(["proofing", "identified", "issued", "frozen", "somebody else's"]);
    expect(await dropEndedOrders(keystore, [])).toBe(0);
  });
});
