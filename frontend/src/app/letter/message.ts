/**
 * Letters as they come in files: a CMS message by itself (DER, PEM, base64) or inside S/MIME mail, and what is inside once it
 * is open. Texts are shown as text only; whatever else there is, is offered as files. Source: RFC 8551.
 */

import PostalMime from "postal-mime";

import { type Bytes, fromBase64, utf8 } from "../../crypto/bytes.ts";
import { CryptoFault } from "../../crypto/fault.ts";
import * as oid from "../../crypto/oid.ts";

/** A file as it was sent along; its name is fit for a file system. */
export interface LetterFile {
  readonly name: string;
  readonly data: Bytes;
}

export interface Letter {
  readonly subject?: string;
  readonly text?: string;
  readonly files: readonly LetterFile[];
  /** True when a signature lies inside, which nobody has verified here. */
  readonly isSigned: boolean;
}

/** Base64 and a mail around it make a message larger by less than half. */
export const LARGEST_FILE_BYTES = 30_000_000;

const LONGEST_TEXT_BYTES = 1_000_000;
const MIME_HEADERS = /^(?:mime-version|content-[a-z-]+|subject|from|to|date|received|message-id):/im;
const PKCS7_TYPE = /^application\/(?:x-)?pkcs7-mime$/;
const BOUNDS = { attachmentEncoding: "arraybuffer", maxNestingDepth: 32, maxHeadersSize: 256 * 1024 } as const;
// direction marks and control characters show something else than was written
const MISLEADING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu;

/** Returns the CMS message in a file. Throws `envelope.unreadable`, `envelope.too_large`. */
export async function findMessage(file: Bytes): Promise<Bytes> {
  if (file.length > LARGEST_FILE_BYTES) throw new CryptoFault("envelope.too_large");
  if (file[0] === 0x30 && file[1] !== undefined && file[1] >= 0x80) return file;
  const text = new TextDecoder("latin1").decode(file);
  const armoured = /-----BEGIN (?:CMS|PKCS7)-----([A-Za-z0-9+/=\s]+)-----END/.exec(text)?.[1];
  const bare = armoured ?? (/^[A-Za-z0-9+/=\s]+$/.test(text) ? text : undefined);
  if (bare !== undefined) return decoded(bare.replace(/\s+/g, ""));
  for (const { mimeType, filename, content } of (await parsed(file))?.attachments ?? []) {
    if (PKCS7_TYPE.test(mimeType) || filename?.toLowerCase().endsWith(".p7m")) return bytesOf(content);
  }
  throw new CryptoFault("envelope.unreadable");
}

/** Returns what an opened letter holds; `name` is that of the file it came in. */
export async function readLetter(content: Bytes, contentType: string, name: string): Promise<Letter> {
  const plainName = fileName(name.replace(/\.(?:p7m|eml|cms|pem|der)$/i, "") || "letter");
  if (contentType !== oid.DATA) {
    return { files: [{ name: `${plainName}.p7m`, data: content }], isSigned: contentType === oid.SIGNED_DATA };
  }
  if (looksLikeMail(content)) {
    const mail = await parsed(content);
    if (mail) {
      const files = mail.attachments.map((one) => ({ name: fileName(one.filename ?? "attachment"), data: bytesOf(one.content), type: one.mimeType }));
      return {
        ...(mail.subject ? { subject: shown(mail.subject) } : {}),
        ...(mail.text ? { text: shown(mail.text) } : {}),
        files: [...files, ...(mail.html ? [{ name: `${plainName}.eml`, data: content }] : [])],
        isSigned: files.some(({ type }) => type.endsWith("pkcs7-signature") || PKCS7_TYPE.test(type)),
      };
    }
  }
  const text = findText(content);
  return text === undefined ? { files: [{ name: plainName, data: content }], isSigned: false } : { text: shown(text), files: [], isSigned: false };
}

async function parsed(mail: Bytes) {
  try {
    return await PostalMime.parse(mail, BOUNDS);
  } catch {
    return undefined; // too deep, or headers without end: a file like any other
  }
}

/** The head of a mail, or of a part of one: S/MIME puts one before what it encrypts. */
function looksLikeMail(content: Bytes): boolean {
  const head = new TextDecoder("latin1").decode(content.subarray(0, 4096)).split(/\r?\n\r?\n/, 1)[0]!;
  return MIME_HEADERS.test(head) && head.split(/\r?\n/).every((line) => /^(?:[!-9;-~]+:|[ \t])/.test(line));
}

function findText(content: Bytes): string | undefined {
  if (content.length > LONGEST_TEXT_BYTES) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(content);
    return text.includes("\u0000") ? undefined : text;
  } catch {
    return undefined;
  }
}

function shown(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(MISLEADING, "").slice(0, LONGEST_TEXT_BYTES);
}

function fileName(name: string): string {
  return name.replace(/[\\/:*?"<>|]/g, "_").replace(MISLEADING, "").replace(/^\.+/, "").slice(0, 120) || "letter";
}

function bytesOf(content: ArrayBuffer | Uint8Array | string): Bytes {
  return typeof content === "string" ? utf8(content) : new Uint8Array(content);
}

function decoded(base64: string): Bytes {
  try {
    return fromBase64(base64);
  } catch {
    throw new CryptoFault("envelope.unreadable");
  }
}
