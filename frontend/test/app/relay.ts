/** The office's relay in memory, for two devices of one person: as `lifecycle/transfer` has it, and recording all it sees. */

import type { TransferOutcome, TransferState, TransferStep, TransferView } from "../../src/api/types.ts";
import { OfficeRefused } from "../../src/api/problem.ts";
import type { MovingOffice } from "../../src/app/device/moving.ts";

const AFTER: Record<TransferStep, TransferState> = { share: "offered", answer: "answered", keys: "sent", receipt: "received" };

export class FakeRelay {
  state: TransferState = "open";
  readonly seen: string[] = [];
  readonly ends: TransferOutcome[] = [];
  private readonly messages = new Map<TransferStep, string>();
  private readonly serials: string[];

  constructor(...serials: string[]) {
    this.serials = serials;
  }

  /** What one device of the person talks to. */
  device(side: "sender" | "receiver", name: string): MovingOffice {
    const theirs: TransferStep[] = side === "sender" ? ["answer", "receipt"] : ["share", "keys"];
    const view = async (): Promise<TransferView> => ({
      id: "1", number: "0420", sid: "00112233445566778899aabbccddeeff", side, state: this.state,
      expires_at: "2026-11-23T00:03:00Z",
      messages: theirs.flatMap((step) => (this.messages.has(step) ? [{ step, content: this.messages.get(step)! }] : [])),
    });
    return {
      openTransfer: view,
      showTransfer: view,
      joinTransfer: async ({ number }) => {
        this.seen.push(number);
        if (number !== "0420" || this.state !== "open") throw over();
        this.state = "joined";
        return view();
      },
      leaveMessage: async (_, step, { content }) => {
        this.seen.push(content);
        this.messages.set(step, content);
        this.state = AFTER[step];
        return view();
      },
      endTransfer: async (_, { outcome }) => {
        this.ends.push(outcome);
        this.state = outcome === "done" ? "closed" : "burned";
        return view();
      },
      listDevices: async () => [
        { id: "d", kind: "phone", name, first_seen_at: "", last_seen_at: "", is_this: true },
      ],
      listCertificates: async () =>
        this.serials.map((serial) => ({ serial, not_after: "2029-11-23T00:00:00Z", state: "good", succeeded: false }) as never),
    };
  }
}

function over(): OfficeRefused {
  return new OfficeRefused({
    type: "", title: "", status: 410, detail: "", code: "transfer.over", next: "", fields: {}, request_id: "",
  });
}
