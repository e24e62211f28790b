/** What the holder signs in order to accept certificates: looked at before it is signed, so that nothing else is signed. */

import { type Bytes, sha256, toHex } from "./bytes.ts";
import { CryptoFault } from "./fault.ts";
import { parseCertificate } from "./x509.ts";

/**
 * Returns the statement once it names exactly this application and these two certificates (DER).
 * Throws `acceptance.statement_unexpected`.
 */
export async function requireStatement(
  statement: Bytes,
  expected: { applicationId: string; signing: Bytes; keyManagement: Bytes },
): Promise<Bytes> {
  const wanted: Record<string, string> = {
    type: "dojang.acceptance.v1",
    application: expected.applicationId,
    signing_serial: parseCertificate(expected.signing).serial,
    signing_sha256: toHex(await sha256(expected.signing)),
    key_management_serial: parseCertificate(expected.keyManagement).serial,
    key_management_sha256: toHex(await sha256(expected.keyManagement)),
  };
  const named = parsed(statement);
  const same = Object.keys(named).length === Object.keys(wanted).length;
  if (!same || Object.entries(wanted).some(([key, value]) => named[key] !== value)) {
    throw new CryptoFault("acceptance.statement_unexpected");
  }
  return statement;
}

function parsed(statement: Bytes): Record<string, unknown> {
  try {
    return Object(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(statement))) as Record<string, unknown>;
  } catch {
    throw new CryptoFault("acceptance.statement_unexpected");
  }
}
