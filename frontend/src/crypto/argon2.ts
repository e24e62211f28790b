/**
 * Argon2id, loaded when first needed: WebAssembly where the page may run it, else JavaScript (some ten times slower).
 * Source: RFC 9106.
 */

import { type Bytes } from "./bytes.ts";
import { CryptoFault } from "./fault.ts";

export interface Argon2Cost {
  readonly memoryKib: number;
  readonly passes: number;
}

/** 64 MiB, three passes (RFC 9106 section 4, second choice, one lane): 0.7 s on a laptop. */
export const ARGON2_COST: Argon2Cost = { memoryKib: 65_536, passes: 3 };

const MAX: Argon2Cost = { memoryKib: 262_144, passes: 16 };

/** Returns 32 bytes. Throws `npki.iteration_count_refused` when a stored cost is absurd. */
export async function argon2id(password: Bytes, salt: Bytes, cost: Argon2Cost): Promise<Bytes> {
  if (!(cost.memoryKib >= 8 && cost.memoryKib <= MAX.memoryKib && cost.passes >= 1 && cost.passes <= MAX.passes)) {
    throw new CryptoFault("npki.iteration_count_refused", "argon2id");
  }
  const { derive } = canRunWebAssembly() ? await import("./argon2-wasm.ts") : await import("./argon2-script.ts");
  return derive(password, salt, cost);
}

/** False without WebAssembly, and where the page's policy forbids compiling it. */
function canRunWebAssembly(): boolean {
  try {
    // the smallest module there is: magic number and version
    return new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)) instanceof WebAssembly.Module;
  } catch {
    return false;
  }
}
