/**
 * CMS SignedData with one signer: a customer's signature over a document or a text. The signed attributes bind content
 * and certificate (CAdES), so that a signature cannot be moved to another certificate.
 * Sources: RFC 5652, RFC 5035.
 */

import { type Bytes, sha256 } from "./bytes.ts";
import { type Sign } from "./csr.ts";
import * as der from "./der.ts";
import * as oid from "./oid.ts";
import { parseCertificate } from "./x509.ts";

export interface SignedDataRequest {
  readonly content: Bytes;
  /** The signer's certificate (DER) and, if wanted, the CA certificates to send along, from the issuing CA up. */
  readonly certificate: Bytes;
  readonly chain?: readonly Bytes[];
  /** The signature of the certificate's key: `keys.signer`. */
  readonly sign: Sign;
  /** The signer's own claim of the time; left out for a PDF signature (PAdES), which says it elsewhere. */
  readonly signedAt?: Date;
  /** True leaves the content out of the message. */
  readonly detached?: boolean;
}

/** Returns ContentInfo with SignedData (DER). */
export async function signedData(request: SignedDataRequest): Promise<Bytes> {
  const { content, certificate, chain = [], sign, signedAt, detached = false } = request;
  const signer = parseCertificate(certificate);
  const digestAlgorithm = der.algorithm(oid.SHA256);
  const attributes = [
    attribute(oid.CONTENT_TYPE, der.oid(oid.DATA)),
    attribute(oid.MESSAGE_DIGEST, der.octetString(await sha256(content))),
    attribute(oid.SIGNING_CERTIFICATE_V2, await signingCertificate(certificate)),
    ...(signedAt ? [attribute(oid.SIGNING_TIME, der.time(signedAt))] : []),
  ];
  // signed as an explicit SET OF, sent with an implicit tag (RFC 5652 section 5.4)
  const signedAttributes = der.setOf(...attributes);
  const signerInfo = der.sequence(
    der.integer(1),
    der.sequence(signer.issuerEncoded, signer.serialEncoded),
    digestAlgorithm,
    der.context(0, der.read(signedAttributes).content),
    der.algorithm(oid.RSA_SHA256, der.nullValue()),
    der.octetString(await sign(signedAttributes)),
  );
  const encapsulated = der.sequence(
    der.oid(oid.DATA),
    ...(detached ? [] : [der.context(0, der.octetString(content))]),
  );
  const certificates = der.context(0, der.read(der.setOf(certificate, ...chain)).content);
  return der.sequence(
    der.oid(oid.SIGNED_DATA),
    der.context(
      0,
      der.sequence(der.integer(1), der.setOf(digestAlgorithm), encapsulated, certificates, der.setOf(signerInfo)),
    ),
  );
}

function attribute(type: string, value: Bytes): Bytes {
  return der.sequence(der.oid(type), der.setOf(value));
}

/** SigningCertificateV2 with one ESSCertIDv2; SHA-256 is the DEFAULT hash and therefore absent. */
async function signingCertificate(certificate: Bytes): Promise<Bytes> {
  return der.sequence(der.sequence(der.sequence(der.octetString(await sha256(certificate)))));
}
