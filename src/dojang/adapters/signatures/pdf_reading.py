"""Signatures inside a PDF document, as pyHanko reads them: coverage, later revisions, the security store, timestamps.

Nobody is trusted here. The reader is strict: hybrid references and broken structures are refused, because other viewers
may show something else than what was signed. Sources: ISO 32000-2 section 12.8, ETSI EN 319 142-1.
"""

import io
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, cast

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError, ValidationInfoReadingError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from dojang.adapters.signatures.cms_reading import MALFORMED, read_signer, read_timestamp
from dojang.lifecycle.reliance.model import (
    Alteration,
    SignatureReading,
    SignatureUnreadable,
    SubIndication,
    TimestampReading,
    VerificationRequest,
)

MAX_SIGNATURES: Final = 32
_MALFORMED: Final = (*MALFORMED, PdfError, OSError, EOFError, UnicodeError, ValidationInfoReadingError)
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # it logs what it reads


def read_pdf(request: VerificationRequest) -> tuple[SignatureReading, ...]:
    """Return the signatures of a PDF in the order they were made. Raises `SignatureUnreadable`, also for none."""
    try:
        reader = PdfFileReader(io.BytesIO(request.signature), strict=True)
        if reader.encrypted:
            raise SignatureUnreadable()
        signatures, stamps = reader.embedded_regular_signatures, reader.embedded_timestamp_signatures
        evidence = _evidence(reader)
    except _MALFORMED:
        raise SignatureUnreadable() from None
    if not 1 <= len(signatures) + len(stamps) <= MAX_SIGNATURES or not signatures:
        raise SignatureUnreadable()
    return tuple(
        replace(
            one,
            certificates_der=(*one.certificates_der, *evidence.certificates_der),
            ocsp_responses_der=(*one.ocsp_responses_der, *evidence.ocsp_responses_der),
            crls_der=(*one.crls_der, *evidence.crls_der),
        )
        for one in _readings(signatures, stamps)
    )


def _readings(signatures: list[EmbeddedPdfSignature], stamps: list[EmbeddedPdfSignature]) -> Iterator[SignatureReading]:
    read_stamps = [(stamp, _document_stamp(stamp)) for stamp in stamps]
    for embedded in signatures:
        reading = _read(embedded)
        later = [read for stamp, read in read_stamps if read and stamp.signed_revision >= embedded.signed_revision]
        yield replace(reading, timestamps=(*reading.timestamps, *later))


def _read(embedded: EmbeddedPdfSignature) -> SignatureReading:
    """One signature. A digest over another range than the document's, or a structure pyHanko refuses, is a defect."""
    name = str(embedded.field_name)
    try:
        embedded.compute_integrity_info()
        digest = embedded.compute_digest()
        alteration = _alteration(embedded)
        claimed = embedded.self_reported_timestamp
    except _MALFORMED:
        return SignatureReading(name=name, defect=SubIndication.FORMAT_FAILURE)
    reading = read_signer(embedded.signed_data, None, digest=digest)
    if reading.claimed_at is None and claimed is not None and claimed.tzinfo is not None:
        reading = replace(reading, claimed_at=claimed)
    return replace(reading, name=name, alteration=alteration)


def _alteration(embedded: EmbeddedPdfSignature) -> Alteration:
    summary = embedded.summarise_integrity_info()
    if not isinstance(cast("object", embedded.diff_result), DiffResult) or not summary["docmdp_ok"]:
        return Alteration.SUSPICIOUS
    return Alteration.NONE if summary["coverage"] is SignatureCoverageLevel.ENTIRE_FILE else Alteration.PERMITTED


def _document_stamp(embedded: EmbeddedPdfSignature) -> TimestampReading | None:
    """A document timestamp proves everything in its revision, so also the signatures before it."""
    try:
        embedded.compute_integrity_info()
        digests = {embedded.external_md_algorithm: embedded.compute_digest()}
        if _alteration(embedded) is Alteration.SUSPICIOUS:
            return None
    except _MALFORMED:
        return None
    return read_timestamp(embedded.signed_data, None, digests=digests)


def _evidence(reader: PdfFileReader) -> SignatureReading:
    """The document security store: certificates, OCSP responses and CRLs for all signatures (EN 319 142-1 5.4.2)."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
        return SignatureReading(
            certificates_der=tuple(one.dump() for one in store.load_certs()),
            ocsp_responses_der=tuple(one.get_object().data for one in store.ocsps),
            crls_der=tuple(one.get_object().data for one in store.crls),
        )
    except NoDSSFoundError:
        return SignatureReading()
