/** Argon2id by WebAssembly. Loaded by `argon2.ts` only. */

import { argon2id } from "hash-wasm";

import { type Argon2Cost } from "./argon2.ts";
import { type Bytes } from "./bytes.ts";

export async function derive(password: Bytes, salt: Bytes, cost: Argon2Cost): Promise<Bytes> {
  const derived = await argon2id({
    password,
    salt,
    parallelism: 1,
    iterations: cost.passes,
    memorySize: cost.memoryKib,
    hashLength: 32,
    outputType: "binary",
  });
  return new Uint8Array(derived);
}
