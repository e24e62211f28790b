/** Passkeys between the office and the browser. */

import type { Api } from "../../api/client.ts";
import type { PasskeyRequestView, PasskeyView, SignedInView } from "../../api/types.ts";
import { fromBase64 } from "../../crypto/bytes.ts";
import { type AskedFor, answerChallenge, makePasskey } from "../../passkeys/webauthn.ts";

/** Signs in with any passkey of this office; no login name is asked for. */
export async function signInWithPasskey(api: Pick<Api, "askForPasskey" | "signInWithPasskey">): Promise<SignedInView> {
  return api.signInWithPasskey(await answerChallenge(askedFor(await api.askForPasskey())));
}

/** Adds a passkey to the account. `password` is needed when the session is not fresh any more. */
export async function registerPasskey(
  api: Pick<Api, "askToAddPasskey" | "addPasskey">,
  name: string,
  password?: string,
): Promise<PasskeyView> {
  const asked = await api.askToAddPasskey(password ? { password } : {});
  const made = await makePasskey({
    ...askedFor(asked),
    userHandle: fromBase64(asked.user_handle),
    userName: asked.user_name,
    known: asked.known.map(fromBase64),
    algorithms: asked.algorithms,
  });
  return api.addPasskey({ name, ...made });
}

function askedFor(asked: PasskeyRequestView): AskedFor {
  return {
    challenge: fromBase64(asked.challenge),
    relyingPartyId: asked.relying_party_id,
    timeoutMs: asked.timeout_s * 1_000,
  };
}
