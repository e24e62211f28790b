/** The vault's passkey slots, with an authenticator of one's own behind `navigator.credentials`. */

import { afterEach, describe, expect, it, vi } from "vitest";

import { openVault, makeDeviceKey, sealVault } from "../../src/crypto/slots.ts";
import { utf8 } from "../../src/crypto/bytes.ts";
import { unlockByPasskey, withPasskeySlot, withoutPasskeySlots } from "../../src/vault/passkeys.ts";
import { PasskeyFault } from "../../src/passkeys/fault.ts";

const CHEAP = { memoryKib: 64, passes: 1 };
const SECRET = utf8("payload");

class FakeCredential {
  readonly rawId: ArrayBuffer;
  private readonly output: Uint8Array<ArrayBuffer> | undefined;

  constructor(id: Uint8Array<ArrayBuffer>, output: Uint8Array<ArrayBuffer> | undefined) {
    this.rawId = id.slice().buffer;
    this.output = output;
  }

  getClientExtensionResults() {
    return { prf: this.output ? { results: { first: this.output } } : {} };
  }
}

/** Derives by hashing its id with the input, as long as it can. */
function plugIn(id: string, { derives = true, fails }: { derives?: boolean; fails?: string } = {}) {
  vi.stubGlobal("location", { hostname: "localhost" });
  vi.stubGlobal("PublicKeyCredential", FakeCredential);
  vi.stubGlobal("navigator", {
    credentials: {
      get: async ({ publicKey }: { publicKey: PublicKeyCredentialRequestOptions }) => {
        if (fails) throw new DOMException("what a browser says", fails);
        const own = utf8(id);
        const key = btoa(id).replace(/=+$/, "");
        const { evalByCredential, eval: any } = publicKey.extensions!.prf!;
        if (evalByCredential && !evalByCredential[key]) throw new DOMException("none of these", "NotAllowedError");
        const input = (evalByCredential?.[key] ?? any)?.first as Uint8Array<ArrayBuffer>;
        const output = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array([...own, ...input])));
        return new FakeCredential(own, derives ? output : undefined);
      },
    },
  });
}

afterEach(() => vi.unstubAllGlobals());

describe("a vault", () => {
  it("opens by the passkey it was given, and by its password all the same", async () => {
    const deviceKey = await makeDeviceKey();
    const sealed = await sealVault(SECRET, utf8("context"), { password: "one", deviceKey }, { cost: CHEAP });
    plugIn("passkey-1");
    const vault = await withPasskeySlot(sealed, { password: "one", deviceKey }, "localhost");
    expect(vault.slots.map(({ kind }) => kind)).toEqual(["password", "passkey"]);
    expect(await openVault(vault, await unlockByPasskey(vault, "localhost"))).toEqual(SECRET);
    expect(await openVault(vault, { password: "one", deviceKey })).toEqual(SECRET);
    plugIn("passkey-2");
    await expect(unlockByPasskey(vault, "localhost")).rejects.toMatchObject({ code: "passkey.cancelled" });
    expect(withoutPasskeySlots(vault)).toEqual(sealed);
  });

  it("says why a passkey does not open it, in its own words", async () => {
    const deviceKey = await makeDeviceKey();
    const sealed = await sealVault(SECRET, utf8("context"), { password: "one", deviceKey }, { cost: CHEAP });
    plugIn("passkey-1", { derives: false });
    await expect(withPasskeySlot(sealed, { password: "one", deviceKey }, "localhost")).rejects.toMatchObject({ code: "passkey.opens_nothing" });
    for (const [fails, code] of [["NotAllowedError", "passkey.cancelled"], ["SecurityError", "passkey.unusable"]] as const) {
      plugIn("passkey-1", { fails });
      const refusal: unknown = await withPasskeySlot(sealed, { password: "one", deviceKey }, "localhost").catch((reason: unknown) => reason);
      expect(refusal).toBeInstanceOf(PasskeyFault);
      expect(refusal).toMatchObject({ code, message: code });
    }
  });
});
