"""Verifying a signed PDF ourselves, with pyHanko: the office's word is not needed, now or in ten years.

All it needs but the root is in the document: chain, OCSP answers or CRLs, a timestamp (PAdES B-LT).
Source: ETSI EN 319 142-1.
"""

import io
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import core, x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError, ValidationInfoReadingError
from pyhanko_certvalidator.errors import PathError, ValidationError

from dojang.sandbox.shop.registration import Registration

IDENTIFY_DATA = "1.2.410.200004.10.1.1"


class SignatureRefused(Exception):
    """The document is not what we sent with one good signature of our customer under it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedBy:
    """Who signed, with which certificate, and when at the latest, as the timestamp proves."""

    name: str
    serial: str
    proven_at: datetime


class _Opaque(core.Sequence):  # type: ignore[misc]  # asn1crypto ships no types
    """The virtual ID in a Korean certificate's alternative name, which we need not look into."""

    def _parse_children(self, recurse: bool = False) -> None:
        del recurse
        self.children: list[object] = []

    def _set_contents(self, force: bool = False) -> None:
        """Stays as it came, also where asn1crypto encodes anew: it does so by mistake when a length ends in 0x80."""

    @property
    def native(self) -> str:
        return str(self.contents.hex())


def know_virtual_ids() -> None:
    """Have pyHanko pass over the virtual ID: its path validation wants to know every alternative name it meets."""
    x509.AnotherName._oid_pair = ("type_id", "value")
    x509.AnotherName._oid_specs = {IDENTIFY_DATA: _Opaque}


def verify(signed: bytes, contract: bytes, serial: str, registration: Registration) -> SignedBy:
    """Return who signed the contract. Raises `SignatureRefused`.

    1. The signed file begins with the very bytes we sent: signing adds to a PDF and changes nothing.
    2. One signature, over the whole file, that holds; its chain leads to our root, nobody in it revoked.
    3. The certificate is the customer's who was asked.
    """
    if not signed.startswith(contract):
        raise SignatureRefused()
    know_virtual_ids()
    root = x509.Certificate.load(registration.root.public_bytes(Encoding.DER))
    only_what_is_inside = {"trust_roots": [root], "allow_fetching": False, "revocation_mode": "require"}
    try:
        reader = PdfFileReader(io.BytesIO(signed))
        context = DocumentSecurityStore.read_dss(reader).as_validation_context(only_what_is_inside)
        (signature,) = reader.embedded_regular_signatures
        status = validate_pdf_signature(signature, context)
    except (
        PdfError,
        PathError,
        SignatureValidationError,
        ValidationError,
        ValidationInfoReadingError,
        ValueError,
    ):
        raise SignatureRefused() from None
    stamp = status.timestamp_validity
    signer = status.signing_cert
    if not status.bottom_line or stamp is None or str(signer.serial_number) != serial:
        raise SignatureRefused()
    name = str(signer.subject.native["common_name"]).partition("(")[0]  # "이름()digits" in Korean certificates
    return SignedBy(name=name, serial=serial, proven_at=stamp.timestamp)
