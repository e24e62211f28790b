/** The vault stays separable: what it imports, and through which doors it is imported. */

import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = resolve(import.meta.dirname, "../../src");

/** Each source file of an area with what it imports, by paths below `src`; packages by their names. */
function importsOf(area: string): [string, string[]][] {
  const files = readdirSync(join(SRC, area), { recursive: true, encoding: "utf-8" }).filter((one) => /\.tsx?$/.test(one));
  return files.map((file) => {
    const path = join(SRC, area, file);
    const found = [...readFileSync(path, "utf-8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name]) => name ?? "");
    return [join(area, file), found.map((one) => (one.startsWith(".") ? relative(SRC, resolve(dirname(path), one)) : one))];
  });
}

function imports(area: string, wrong: (imported: string, file: string) => boolean): string[] {
  return importsOf(area).flatMap(([file, found]) => found.filter((one) => wrong(one, file)).map((one) => `${file} imports ${one}`));
}

describe("the vault", () => {
  it("imports itself, the cryptography and passkeys, nothing of the app", () => {
    const own = /^(vault|crypto|passkeys)\//;
    const drawn = /^(styles\/|qr$|paper\/paper\.ts$)/; // drawn as the app is; shows codes, and what another frame drew
    expect(imports("vault", (one, file) => !own.test(one) && !(file.startsWith("vault/page/") && drawn.test(one)))).toEqual([]);
    expect(imports("vault", (one, file) => !file.startsWith("vault/page/") && one.startsWith("vault/page/"))).toEqual([]);
    expect(importsOf("vault").map(([file]) => file)).toContain("vault/port.ts");
  });

  it("rests on cryptography and passkeys that import nothing of the app either", () => {
    expect(imports("crypto", (one) => !/^(crypto\/|@noble\/|hash-wasm)/.test(one))).toEqual([]);
    expect(imports("passkeys", (one) => !/^(passkeys|crypto)\//.test(one))).toEqual([]);
  });

  it("is known to the app by its port alone; where the browser begins, it is chosen", () => {
    expect(imports("app", (one, file) => file !== "app/main.tsx" && one.startsWith("vault/") && one !== "vault/port.ts")).toEqual([]);
    expect(imports("app", (one) => one === "vault/port.ts").length).toBeGreaterThan(5);
  });

  it("has keys to itself: the app imports nothing that opens, wraps or makes one", () => {
    const harmless = ["bytes", "envelope", "fault", "movecode", "oid", "password", "x509"].map((one) => `crypto/${one}.ts`);
    expect(imports("app", (one) => one.startsWith("crypto/") && !harmless.includes(one))).toEqual([]);
  });
});
