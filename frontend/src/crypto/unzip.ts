/** Reads ZIP archives: stored and deflated files, UTF-8 or plain names, bounded. Source: APPNOTE 6.3. */

import { type Bytes } from "./bytes.ts";
import { CryptoFault } from "./fault.ts";
import type { ZipFile } from "./zip.ts";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const MAX_COMMENT = 65_535;
const MAX_ENTRIES = 1_000;
const MAX_FILE_BYTES = 1_000_000; // a certificate, a key or a chain is a few thousand

/** True for what begins as an archive does. */
export function isZip(data: Bytes): boolean {
  return data.length > 22 && view(data).getUint32(0, true) === LOCAL;
}

/** Returns the archive's files for which `wanted` says yes. Throws `bringing.unknown_file` for a broken or odd one. */
export async function unzip(data: Bytes, wanted: (path: string) => boolean): Promise<ZipFile[]> {
  try {
    const found: ZipFile[] = [];
    for (const entry of entries(data)) {
      if (wanted(entry.path)) found.push({ path: entry.path, data: await content(data, entry) });
    }
    return found;
  } catch (reason) {
    if (reason instanceof RangeError || reason instanceof TypeError) throw new CryptoFault("bringing.unknown_file");
    throw reason;
  }
}

interface Entry {
  readonly path: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

function entries(data: Bytes): Entry[] {
  const bytes = view(data);
  const least = Math.max(0, data.length - 22 - MAX_COMMENT);
  let end = data.length - 22;
  while (end >= least && bytes.getUint32(end, true) !== END) end--;
  if (end < least) throw new CryptoFault("bringing.unknown_file");
  const count = Math.min(bytes.getUint16(end + 10, true), MAX_ENTRIES);
  const found: Entry[] = [];
  let at = bytes.getUint32(end + 16, true);
  for (let i = 0; i < count; i++) {
    if (bytes.getUint32(at, true) !== ENTRY) throw new CryptoFault("bringing.unknown_file");
    const [name, extra, comment] = [28, 30, 32].map((place) => bytes.getUint16(at + place, true)) as [number, number, number];
    found.push({
      path: new TextDecoder().decode(data.subarray(at + 46, at + 46 + name)),
      method: bytes.getUint16(at + 10, true),
      packed: bytes.getUint32(at + 20, true),
      size: bytes.getUint32(at + 24, true),
      offset: bytes.getUint32(at + 42, true),
    });
    at += 46 + name + extra + comment;
  }
  return found;
}

async function content(data: Bytes, { method, packed, size, offset }: Entry): Promise<Bytes> {
  const bytes = view(data);
  if (size > MAX_FILE_BYTES || bytes.getUint32(offset, true) !== LOCAL) throw new CryptoFault("bringing.unknown_file");
  const start = offset + 30 + bytes.getUint16(offset + 26, true) + bytes.getUint16(offset + 28, true);
  const raw = data.slice(start, start + packed);
  if (method === 0) return raw;
  if (method !== 8) throw new CryptoFault("bringing.unknown_file");
  const stream = new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const whole = new Uint8Array(size);
  let at = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    if (at + value.length > size) throw new CryptoFault("bringing.unknown_file"); // it lied about its size
    whole.set(value, at);
    at += value.length;
  }
  return whole.slice(0, at);
}

function view(data: Bytes): DataView {
  return new DataView(data.buffer, data.byteOffset, data.length);
}
