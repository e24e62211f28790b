/** Certificates for tests, made by pkijs: another implementation than the one tested. */

import * as asn1js from "asn1js";
import * as pkijs from "pkijs";

import { type Bytes } from "../../src/crypto/bytes.ts";
import { importSigningKey } from "../../src/crypto/keys.ts";

export async function certificateFor(
  spki: Bytes,
  pkcs8: Bytes,
  options: { serial?: number; keyManagement?: boolean; commonName?: string; ca?: boolean } = {},
): Promise<Bytes> {
  const { serial = 0x7fffffff, keyManagement = false, ca = false, commonName = "도장이()0099041202601010000001" } = options;
  const certificate = new pkijs.Certificate();
  certificate.version = 2;
  certificate.serialNumber = new asn1js.Integer({ value: serial });
  const rdn = (type: string, value: string) =>
    new pkijs.AttributeTypeAndValue({ type, value: new asn1js.Utf8String({ value }) });
  certificate.issuer.typesAndValues.push(rdn("2.5.4.6", "kr"), rdn("2.5.4.3", "dojangCA Test"));
  certificate.subject.typesAndValues.push(rdn("2.5.4.6", "kr"), ...(ca ? [] : [rdn("2.5.4.10", "dojang")]), rdn("2.5.4.3", commonName));
  certificate.notBefore.value = new Date(Date.UTC(2026, 0, 1));
  certificate.notAfter.value = new Date(Date.UTC(2026, 11, 31, 23, 59, 59));
  const bits = Uint8Array.of(keyManagement ? 0x20 : 0xc0);
  const usage = new asn1js.BitString({ valueHex: bits.buffer, unusedBits: keyManagement ? 5 : 6 });
  certificate.extensions = [
    new pkijs.Extension({ extnID: "2.5.29.15", critical: true, extnValue: usage.toBER(false), parsedValue: usage }),
  ];
  const publicKey = await crypto.subtle.importKey("spki", spki, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, true, ["verify"]);
  await certificate.subjectPublicKeyInfo.importKey(publicKey);
  await certificate.sign(await importSigningKey(pkcs8), "SHA-256");
  return new Uint8Array(certificate.toSchema(true).toBER(false));
}
