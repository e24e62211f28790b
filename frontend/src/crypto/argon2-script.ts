/** Argon2id in JavaScript, for pages that may not run WebAssembly. Loaded by `argon2.ts` only. */

import { argon2idAsync } from "@noble/hashes/argon2.js";

import { type Argon2Cost } from "./argon2.ts";
import { type Bytes } from "./bytes.ts";

export async function derive(password: Bytes, salt: Bytes, cost: Argon2Cost): Promise<Bytes> {
  return new Uint8Array(await argon2idAsync(password, salt, { t: cost.passes, m: cost.memoryKib, p: 1, dkLen: 32 }));
}
