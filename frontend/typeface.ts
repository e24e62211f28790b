/**
 * The app's typeface, made while building: Pretendard (SIL Open Font License 1.1) in two weights, each cut in two. The first
 * part has every character of the app's own words and is fetched at once; the second has the other syllables of KS X 1001,
 * and a browser fetches it only for a name or an address that needs one. The licence reserves the name Pretendard for
 * unmodified copies, so the parts carry another; the licence stands beside them.
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";
import type { Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const FAMILY = "Dojang Sans";
const SOURCE = here("node_modules/@fontsource/pretendard");
const MADE = here("node_modules/.cache/typeface");
const WORDS = [here("src"), here("../src/dojang/kernel/catalogue"), here("index.html")];
const WEIGHTS = { regular: 400, bold: 700 } as const;
/** Letters that amounts, dates and codes are made of, whatever the words are. */
const ALWAYS = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i)).join("") + "\u00a0·–—‘’“”…₩€×✓○‹›";
/** Kerning, and digits of one width for count-downs. */
const FEATURES = ["kern", "tnum"];

/** Where `@import "dojang:typeface"` leads. */
export const STYLE_SHEET = join(MADE, "typeface.css");

/** Makes the files before anything asks for them, has the page fetch the first ones early, and lays the licence beside. */
export function typeface(): Plugin {
  return {
    name: "dojang-typeface",
    config: makeTypeface,
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "assets/typeface-OFL.txt", source: readFileSync(join(SOURCE, "LICENSE")) });
    },
    transformIndexHtml: {
      order: "post",
      handler: (_page, { bundle }) =>
        Object.keys(bundle ?? {})
          .filter((name) => /typeface-(regular|bold)-first-/.test(name))
          .sort()
          .map((name) => ({
            tag: "link",
            attrs: { rel: "preload", href: `/${name}`, as: "font", type: "font/woff2", crossorigin: true },
            injectTo: "head" as const,
          })),
    },
  };
}

async function makeTypeface(): Promise<void> {
  const first = charactersOf(WORDS);
  const rest = [...koreanStandard()].filter((one) => !first.has(one));
  const parts = { first: sorted(first), rest: rest.sort().join("") };
  const digest = createHash("sha256").update(JSON.stringify(parts)).update(readFileSync(join(SOURCE, "package.json")));
  const stamp = digest.update(readFileSync(here("typeface.ts"))).digest("hex");
  const kept = join(MADE, "stamp");
  if (existsSync(kept) && readFileSync(kept, "utf8") === stamp) return;
  mkdirSync(MADE, { recursive: true });
  const faces: string[] = [];
  for (const [name, weight] of Object.entries(WEIGHTS)) {
    const whole = readFileSync(join(SOURCE, `files/pretendard-latin-${weight}-normal.woff2`));
    // No character is claimed twice: where the first part comes too late for its visit, a browser would fetch the other.
    const others = syllables().filter((one) => !first.has(one));
    for (const [part, claimed] of [["first", parts.first], ["rest", others.join("")]] as const) {
      const file = `typeface-${name}-${part}.woff2`;
      writeFileSync(join(MADE, file), await cut(whole, parts[part]));
      faces.push(face(file, weight, rangesOf(claimed)));
    }
  }
  writeFileSync(STYLE_SHEET, faces.join("\n"));
  writeFileSync(kept, stamp);
}

async function cut(whole: Buffer, characters: string): Promise<Buffer> {
  const plain = await subsetFont(whole, characters, { targetFormat: "truetype", keepFeatures: FEATURES, noHinting: true });
  const fontverter = createRequire(createRequire(import.meta.url).resolve("subset-font"))("fontverter") as Fontverter;
  return fontverter.convert(renamed(plain), "woff2");
}

interface Fontverter {
  convert(font: Buffer, format: "woff2"): Promise<Buffer>;
}

function face(file: string, weight: number, range: string): string {
  return [
    "@font-face {",
    `  font-family: "${FAMILY}";`,
    `  font-weight: ${weight};`,
    "  font-style: normal;",
    "  font-display: optional;", // nothing jumps when it comes late: that visit keeps the system's own
    `  src: url("./${file}") format("woff2");`,
    `  unicode-range: ${range};`,
    "}",
  ].join("\n");
}

function charactersOf(places: readonly string[]): Set<string> {
  const found = new Set(ALWAYS);
  for (const place of places) {
    const files = /\.\w+$/.test(place) ? [place] : readdirSync(place, { recursive: true }).map((name) => join(place, String(name)));
    for (const file of files.filter((name) => /\.(tsx?|toml|html)$/.test(name))) {
      for (const one of readFileSync(file, "utf8")) if (one > "~" && one.codePointAt(0)! < 0x10000) found.add(one);
    }
  }
  return found;
}

/** The 2350 syllables of KS X 1001, which nearly all Korean names and places are written in. */
function koreanStandard(): Set<string> {
  const decoder = new TextDecoder("euc-kr");
  const found = new Set<string>();
  for (let row = 0xb0; row <= 0xc8; row++) {
    for (let cell = 0xa1; cell <= 0xfe; cell++) found.add(decoder.decode(Uint8Array.of(row, cell)));
  }
  return found;
}

/** All 11172 syllables of modern Hangul. */
const syllables = (): string[] => Array.from({ length: 0xd7a4 - 0xac00 }, (_, i) => String.fromCharCode(0xac00 + i));

const sorted = (characters: Iterable<string>): string => [...characters].sort().join("");

function rangesOf(characters: string): string {
  const codes = [...characters].map((one) => one.codePointAt(0)!).sort((a, b) => a - b);
  const found: [number, number][] = [];
  for (const code of codes) {
    const last = found.at(-1);
    if (last && last[1] === code - 1) last[1] = code;
    else found.push([code, code]);
  }
  return found.map(([from, to]) => `U+${from.toString(16)}${to > from ? `-${to.toString(16)}` : ""}`).join(", ");
}

// ---- the name inside the file: OpenType, "Organization of an OpenType Font" and "name"

interface Table {
  readonly tag: string;
  readonly data: Buffer;
}

/** Returns the font under our name; the copyright notice of its authors stays. */
export function renamed(font: Buffer): Buffer {
  const tables = readTables(font).map((one) => (one.tag === "name" ? { tag: "name", data: nameTable(copyrightOf(one.data)) } : one));
  return writeTables(font.readUInt32BE(0), tables);
}

function readTables(font: Buffer): Table[] {
  return Array.from({ length: font.readUInt16BE(4) }, (_, i) => {
    const entry = 12 + i * 16;
    const [offset, length] = [font.readUInt32BE(entry + 8), font.readUInt32BE(entry + 12)];
    return { tag: font.toString("latin1", entry, entry + 4), data: Buffer.from(font.subarray(offset, offset + length)) };
  });
}

function writeTables(version: number, tables: readonly Table[]): Buffer {
  const head = Buffer.alloc(12 + tables.length * 16);
  const power = 2 ** Math.floor(Math.log2(tables.length));
  head.writeUInt32BE(version, 0);
  head.writeUInt16BE(tables.length, 4);
  head.writeUInt16BE(power * 16, 6);
  head.writeUInt16BE(Math.log2(power), 8);
  head.writeUInt16BE((tables.length - power) * 16, 10);
  const bodies: Buffer[] = [];
  let offset = head.length;
  let headAt = 0;
  tables.forEach(({ tag, data }, i) => {
    const entry = 12 + i * 16;
    const padded = Buffer.concat([data, Buffer.alloc(-data.length & 3)]);
    if (tag === "head") {
      padded.writeUInt32BE(0, 8); // the sum of all is taken with this one empty
      headAt = offset;
    }
    head.write(tag, entry, "latin1");
    head.writeUInt32BE(checksum(padded), entry + 4);
    head.writeUInt32BE(offset, entry + 8);
    head.writeUInt32BE(data.length, entry + 12);
    bodies.push(padded);
    offset += padded.length;
  });
  const whole = Buffer.concat([head, ...bodies]);
  whole.writeUInt32BE((0xb1b0afba - checksum(whole)) >>> 0, headAt + 8);
  return whole;
}

function checksum(data: Buffer): number {
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) sum = (sum + data.readUInt32BE(at)) >>> 0;
  return sum;
}

const WINDOWS = 3;

function copyrightOf(name: Buffer): string {
  const strings = name.readUInt16BE(4);
  for (let at = 6; at < 6 + name.readUInt16BE(2) * 12; at += 12) {
    if (name.readUInt16BE(at) !== WINDOWS || name.readUInt16BE(at + 6) !== 0) continue;
    const from = strings + name.readUInt16BE(at + 10);
    return Buffer.from(name.subarray(from, from + name.readUInt16BE(at + 8))).swap16().toString("utf16le");
  }
  return "";
}

function nameTable(copyright: string): Buffer {
  const plain = FAMILY.replaceAll(" ", "");
  const names = [copyright, FAMILY, "Regular", plain, FAMILY, "Version 1", plain].map((text) => Buffer.from(text, "utf16le").swap16());
  const head = Buffer.alloc(6 + names.length * 12);
  head.writeUInt16BE(names.length, 2);
  head.writeUInt16BE(head.length, 4);
  let offset = 0;
  names.forEach((text, id) => {
    [WINDOWS, 1, 0x0409, id, text.length, offset].forEach((value, field) => head.writeUInt16BE(value, 6 + id * 12 + field * 2));
    offset += text.length;
  });
  return Buffer.concat([head, ...names]);
}
