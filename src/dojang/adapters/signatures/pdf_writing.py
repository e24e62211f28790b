"""A signature field in a PDF, and what proves the signature's status later, as pyHanko writes them.

Both are incremental updates: what was there stays byte for byte. Runs in a worker process with limits; keys and
messages are made elsewhere. Sources: ISO 32000-2 section 12.8, ETSI EN 319 142-1 sections 5.3 and 5.4.
"""

import hashlib
import io
from datetime import datetime
from typing import Final

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.validation.dss import DocumentSecurityStore

from dojang.adapters.signatures.pdf_judging import NOT_A_PDF
from dojang.lifecycle.reliance.signature_request.model import DocumentMalformed
from dojang.lifecycle.reliance.signature_request.ports import PreparedPdf
from dojang.pki.advanced_signature import StatusValues

# Hexadecimal digits for the message: certificates, signature and timestamp take about a third of it.
ROOM_DIGITS: Final = 2 * 16 * 1024
FIELD_NAME: Final = "Signature"


def prepare_pdf(pdf: bytes, reason: str, signed_at: datetime) -> PreparedPdf:
    """Return an invisible signature field for the document's end. Raises `DocumentMalformed`."""
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=True)
        embedding = PdfCMSEmbedder().write_cms(field_name=FIELD_NAME, writer=writer)
        next(embedding)
        placeholder = SignatureObject(
            timestamp=signed_at, subfilter=SigSeedSubFilter.PADES, reason=reason, bytes_reserved=ROOM_DIGITS
        )
        embedding.send(SigObjSetup(sig_placeholder=placeholder))
        prepared, output = embedding.send(SigIOSetup(md_algorithm="sha256"))
        start, end = prepared.reserved_region_start, prepared.reserved_region_end
        written = output.getvalue()
    except NOT_A_PDF:
        raise DocumentMalformed(reason="structure") from None
    if not written.startswith(pdf):
        raise DocumentMalformed(reason="not_appended")
    before, after = written[len(pdf) : start], written[end:]
    digest = hashlib.sha256(b"".join((pdf, before, after))).digest()
    return PreparedPdf(before=before, gap_bytes=end - start, after=after, digest=digest)


def keep_evidence(pdf: bytes, evidence: StatusValues) -> bytes:
    """Return the signed PDF with a document security store (level B-LT)."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=True)
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[asn1_x509.Certificate.load(one) for one in evidence.certificates_der],
        ocsps=[asn1_ocsp.OCSPResponse.load(one) for one in evidence.ocsp_responses_der],
        crls=[asn1_crl.CertificateList.load(one) for one in evidence.crls_der],
    )
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()
