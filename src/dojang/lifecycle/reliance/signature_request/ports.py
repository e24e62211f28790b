"""What signature requests need: the store, somebody who knows PDF, timestamps, and proof of a certificate's status."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from dojang.controls.party_events.ports import PublishingTransaction
from dojang.lifecycle.reliance.acquaintance import AcquaintanceRepository
from dojang.lifecycle.reliance.signature_request.model import Preparation, SignatureRequest
from dojang.pki.advanced_signature import StatusValues


class SignatureRequestRepository(Protocol):
    """Stored signature requests and their documents. Those found are locked until the transaction ends."""

    def find_request(self, request_id: str) -> SignatureRequest | None:
        """Return the request, or None."""
        ...

    def find_by_key(self, client_id: str, idempotency_key: str) -> SignatureRequest | None:
        """Return the request a party's idempotency key stands for, or None."""
        ...

    def add(self, request: SignatureRequest, document: bytes | None) -> bool:
        """Store a new request; return False when its party used the idempotency key before."""
        ...

    def update(self, request: SignatureRequest) -> None:
        """Store a changed request; its terms stay as they are."""
        ...

    def find_document(self, request_id: str) -> bytes | None:
        """Return the document as it was handed in, or None."""
        ...

    def find_preparation(self, request_id: str) -> Preparation | None:
        """Return what was prepared last, or None."""
        ...

    def save_preparation(self, request_id: str, preparation: Preparation) -> None:
        """Keep what was prepared, in the place of what was before."""
        ...

    def find_result(self, request_id: str) -> bytes | None:
        """Return the finished signature, or None."""
        ...

    def save_result(self, request_id: str, result: bytes) -> None:
        """Keep the finished signature."""
        ...

    def list_run_out(self, now: datetime, limit: int) -> Sequence[str]:
        """Return ids of requests that still wait for their customer and have run out."""
        ...

    def list_signed_before(self, moment: datetime, limit: int) -> Sequence[str]:
        """Return ids of requests that were signed before then and are not put together."""
        ...

    def erase_ended_before(self, moment: datetime, limit: int) -> Sequence[str]:
        """Delete documents, results and terms of requests that ended before then; return the requests' ids."""
        ...


class OwnerView(Protocol):
    """Whose certificate a serial number is."""

    def find_owner(self, serial: int) -> str | None:
        """Return the subscriber's id, or None for a serial number nobody was given."""
        ...


class SignatureRequestTransaction(PublishingTransaction, Protocol):
    """A transaction with signature requests."""

    @property
    def signature_requests(self) -> SignatureRequestRepository:
        """Signature requests."""
        ...

    @property
    def owners(self) -> OwnerView:
        """Whose certificate is whose."""
        ...

    @property
    def acquaintances(self) -> AcquaintanceRepository:
        """Whom a party knows."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPdf:
    """A PDF with room for a signature: see `Preparation`. `digest` is SHA-256 over the byte range."""

    before: bytes = field(repr=False)
    gap_bytes: int
    after: bytes = field(repr=False)
    digest: bytes = field(repr=False)


class PdfWorkshop(Protocol):
    """Somebody who knows PDF, within bounds of time and memory. Raises our errors only."""

    def inspect(self, pdf: bytes) -> int:
        """Return the number of pages of a PDF that may be signed.

        Raises `DocumentMalformed`, `DocumentEncrypted`, `DocumentActive`, `DocumentSignedBefore`,
        `DocumentTooDemanding`.
        """
        ...

    def prepare(self, pdf: bytes, *, reason: str, signed_at: datetime) -> PreparedPdf:
        """Add a signature field to a PDF that was inspected, with room for the signature; `signed_at` is UTC."""
        ...

    def keep_evidence(self, pdf: bytes, evidence: StatusValues) -> bytes:
        """Return a signed PDF with certificates, OCSP responses and CRLs in its security store."""
        ...


class Stamper(Protocol):
    """A timestamp authority."""

    def stamp(self, signature: bytes, now: datetime) -> bytes:
        """Return a token (DER) over SHA-256 of the signature, with the authority's certificate inside."""
        ...


class StatusProver(Protocol):
    """Somebody who can prove that certificates of ours are good."""

    def prove(self, certificate_der: bytes, timestamp_der: bytes, now: datetime) -> StatusValues:
        """Return chain, OCSP responses and CRLs for a signer's certificate and for a timestamp's authority.

        Raises `StatusWithheld` when one of them is not good.
        """
        ...
