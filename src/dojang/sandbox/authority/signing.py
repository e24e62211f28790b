"""Signatures of the customers, in every form that is verified, and what may become of them on their way.

pyHanko makes CMS messages and PDF signatures here, so that none of the office's own code stands on both sides.
"""

import asyncio
import io
from datetime import datetime
from typing import Final

from asn1crypto import cms
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from dojang.sandbox.authority.branches import Change, Form
from dojang.sandbox.authority.holders import Holder

CONTENT: Final = "이 문서는 시험용입니다. 1,000원을 보냅니다.\n".encode()
ALTERED_CONTENT: Final = CONTENT.replace(b"1,000", b"9,000")
_TEXT: Final = b"(Transfer 1,000 won)"
_ALTERED_TEXT: Final = b"(Transfer 9,000 won)"
_A4: Final = (0, 0, 595, 842)


def sign(form: Form, change: Change, holder: Holder, stamper: DummyTimeStamper | None) -> bytes:
    """Return a bare signature, a CMS message or a PDF, after what became of it."""
    if form is Form.PKCS1:
        return _broken(holder.holding.sign(CONTENT)) if change is Change.BROKEN else holder.holding.sign(CONTENT)
    if form is Form.PDF:
        return _changed_pdf(change, holder, stamper)
    return _changed_cms(change, holder, stamper, detached=form is Form.CMS_DETACHED)


def stamper_at(at: datetime, holder: Holder) -> DummyTimeStamper:
    """Return a timestamp authority whose clock stands at `at`."""
    return DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(holder.holding.certificate_der),
        tsa_key=asn1_keys.PrivateKeyInfo.load(holder.holding.pkcs8_der),
        certs_to_embed=_above(holder),
        fixed_dt=at,
    )


def _above(holder: Holder) -> SimpleCertificateStore:
    store = SimpleCertificateStore()
    for one in holder.above_der:
        store.register(asn1_x509.Certificate.load(one))
    return store


def _signer(holder: Holder) -> signers.SimpleSigner:
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(holder.holding.certificate_der),
        signing_key=asn1_keys.PrivateKeyInfo.load(holder.holding.pkcs8_der),
        cert_registry=_above(holder),
    )


def _cms(holder: Holder, digest: str, stamper: DummyTimeStamper | None, *, detached: bool) -> bytes:
    signing = _signer(holder).async_sign_general_data(CONTENT, digest, detached=detached, timestamper=stamper)
    message = asyncio.run(signing)
    encoded: bytes = message.dump()
    return encoded


def _changed_cms(change: Change, holder: Holder, stamper: DummyTimeStamper | None, *, detached: bool) -> bytes:
    message = _cms(holder, "sha1" if change is Change.SHA1 else "sha256", stamper, detached=detached)
    match change:
        case Change.ALTERED if not detached:
            return message.replace(CONTENT, ALTERED_CONTENT)
        case Change.BROKEN:
            signature = cms.ContentInfo.load(message)["content"]["signer_infos"][0]["signature"].native
            return message.replace(signature, _broken(signature))
        case Change.NO_CERTIFICATE:
            info = cms.ContentInfo.load(message)
            del info["content"]["certificates"]
            bare: bytes = info.dump(force=True)
            return bare
        case Change.TRUNCATED:
            return message[: len(message) // 2]
        case _:
            return message


def _changed_pdf(change: Change, holder: Holder, stamper: DummyTimeStamper | None) -> bytes:
    if change is Change.UNSIGNED:
        return _contract()
    out = io.BytesIO()
    signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(_contract())),
        signers.PdfSignatureMetadata(
            field_name="Signature1", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
        ),
        signer=_signer(holder),
        timestamper=stamper,
        output=out,
    )
    signed = out.getvalue()
    if change is Change.ALTERED:
        return signed.replace(_TEXT, _ALTERED_TEXT)
    return _repainted(signed) if change is Change.REPAINTED else signed


def _contract() -> bytes:
    """A PDF of one page, its text in clear."""
    writer = PdfFileWriter()
    stream = generic.StreamObject(stream_data=b"BT /F1 12 Tf 72 720 Td " + _TEXT + b" Tj ET")
    box = generic.ArrayObject([generic.NumberObject(one) for one in _A4])
    writer.insert_page(PageObject(contents=writer.add_object(stream), media_box=box))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _repainted(pdf: bytes) -> bytes:
    """The first page drawn anew in an incremental update, as a forger would."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT " + _ALTERED_TEXT + b" Tj ET"))
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _broken(signature: bytes) -> bytes:
    return signature[:-1] + bytes((signature[-1] ^ 1,))
