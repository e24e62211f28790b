/**
 * The NPKI folder as a list of files: `NPKI/<CA>/USER/<subject>/signCert.der` and its neighbours. A browser cannot write
 * into a computer's NPKI folder; the holder unpacks a ZIP there. Names follow `dojang.pki.npki.folder_name` on the server,
 * held to it by a test. Source: KCAC.TS.UI.
 */

import { type Bytes, utf8 } from "./bytes.ts";
import * as der from "./der.ts";
import { CryptoFault } from "./fault.ts";
import { type Certificate, parseCertificate } from "./x509.ts";
import { type ZipFile } from "./zip.ts";

export interface FolderContent {
  readonly signCertificate: Bytes;
  /** Encrypted: the output of `encryptPrivateKey`. */
  readonly signKey: Bytes;
  readonly keyManagementCertificate?: Bytes;
  readonly keyManagementKey?: Bytes;
  /** From the issuing CA to the root, as the server delivers it; `CaPubs` has the root first. */
  readonly chain: readonly Bytes[];
}

const MAX_COMPONENT_BYTES = 255;
const KEYWORDS = new Map([
  ["2.5.4.3", "cn"],
  ["2.5.4.5", "serialnumber"],
  ["2.5.4.6", "c"],
  ["2.5.4.7", "l"],
  ["2.5.4.8", "st"],
  ["2.5.4.10", "o"],
  ["2.5.4.11", "ou"],
  ["0.9.2342.19200300.100.1.25", "dc"],
  ["1.2.840.113549.1.9.1", "email"],
]);

/** Returns the folder's files, ready for `zip`. Throws `npki_folder.name_unusable`, `npki.malformed`. */
export function npkiFolder(caFolder: string, content: FolderContent): ZipFile[] {
  const name = subjectFolderName(parseCertificate(content.signCertificate));
  const base = `NPKI/${whole(escape(caFolder, '/\\:*?"<>|%'))}/USER/${name}`;
  const files: [string, Bytes | undefined][] = [
    ["signCert.der", content.signCertificate],
    ["signPri.key", content.signKey],
    ["kmCert.der", content.keyManagementCertificate],
    ["kmPri.key", content.keyManagementKey],
    ["CaPubs", content.chain.length ? der.sequence(...[...content.chain].reverse()) : undefined],
  ];
  return files.flatMap(([file, data]) => (data ? [{ path: `${base}/${file}`, data }] : []));
}

/** `cn=…,ou=…,o=…,c=kr`: the relative names in reverse order, keywords in lower case, NFC. */
export function subjectFolderName(certificate: Certificate): string {
  const names = [...certificate.subject].reverse().map((rdn) =>
    rdn.map(({ type, value }) => `${KEYWORDS.get(type) ?? type}=${escape(value, '/\\:*?"<>|%,+')}`).join("+"),
  );
  return whole(names.join(","));
}

function escape(value: string, unsafe: string): string {
  return [...value.normalize("NFC")]
    .map((character) => (unsafe.includes(character) || /\p{C}/u.test(character) ? percent(character) : character))
    .join("");
}

function percent(character: string): string {
  return Array.from(utf8(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}

/** Windows drops a trailing dot or blank; "." and ".." lead elsewhere; a leading dot hides the folder. */
function whole(name: string): string {
  let safe = name;
  if (/[. ]$/.test(safe)) safe = safe.slice(0, -1) + percent(safe.slice(-1));
  if (safe.startsWith(".")) safe = percent(".") + safe.slice(1);
  if (!safe || utf8(safe).length > MAX_COMPONENT_BYTES) throw new CryptoFault("npki_folder.name_unusable");
  return safe;
}
