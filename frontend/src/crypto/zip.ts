/** A ZIP archive of stored (uncompressed) files with UTF-8 names. Knows nothing of what is in them. Source: APPNOTE 6.3. */

import { type Bytes, concat, utf8 } from "./bytes.ts";

export interface ZipFile {
  /** Path with forward slashes, relative. */
  readonly path: string;
  readonly data: Uint8Array;
}

const UTF8_NAMES = 0x0800;
const UNIX = 3 << 8;
const VERSION = 20;

/** Returns the archive. `modified` is written in local time, as the format has it, to two seconds. */
export function zip(files: readonly ZipFile[], modified: Date): Bytes {
  const locals: Bytes[] = [];
  const entries: Bytes[] = [];
  let offset = 0;
  for (const { path, data } of files) {
    const name = utf8(path);
    const [date, time] = dosMoment(modified);
    const common = [
      u16(UTF8_NAMES), u16(0), u16(time), u16(date), u32(crc32(data)), u32(data.length), u32(data.length),
      u16(name.length), u16(0),
    ];
    const local = concat(u32(0x04034b50), u16(VERSION), ...common, name, data);
    const attributes = u32(0o100600 * 0x10000); // a private regular file
    const where = [u16(0), u16(0), u16(0), attributes, u32(offset)];
    entries.push(concat(u32(0x02014b50), u16(UNIX | VERSION), u16(VERSION), ...common, ...where, name));
    locals.push(local);
    offset += local.length;
  }
  const directory = concat(...entries);
  const count = u16(files.length);
  const end = [u32(0x06054b50), u16(0), u16(0), count, count, u32(directory.length), u32(offset), u16(0)];
  return concat(...locals, directory, ...end);
}

function dosMoment(moment: Date): [number, number] {
  const year = Math.max(moment.getFullYear() - 1980, 0);
  const date = (year << 9) | ((moment.getMonth() + 1) << 5) | moment.getDate();
  const time = (moment.getHours() << 11) | (moment.getMinutes() << 5) | (moment.getSeconds() >> 1);
  return [date, time];
}

function crc32(data: Uint8Array): number {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

const u16 = (value: number): Bytes => Uint8Array.of(value & 0xff, (value >>> 8) & 0xff);
const u32 = (value: number): Bytes => concat(u16(value & 0xffff), u16(value >>> 16));
