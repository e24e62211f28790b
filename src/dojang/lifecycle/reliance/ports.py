"""What verification needs: a reader of signatures, sources of status, and the roots the operator trusts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from dojang.lifecycle.reliance.model import SignatureReading, StatusEvidence, VerificationRequest


class SignatureReader(Protocol):
    """Reads signatures out of whatever is given, within bounds of time and memory."""

    def read(self, request: VerificationRequest) -> tuple[SignatureReading, ...]:
        """Return every signature in the request, in the order they were made.

        Raises `SignatureUnreadable`, `SignatureTooDemanding`, `SignedContentNeeded`; never another library's error.
        """
        ...


class StatusSource(Protocol):
    """Somebody who knows whether certificates were revoked."""

    def find_status(self, certificate_der: bytes, issuer_der: bytes, now: datetime) -> StatusEvidence | None:
        """Return what is known now, or None when this source has nothing to say about the certificate."""
        ...


class TrustStore(Protocol):
    """The roots whose certificates are verified."""

    def anchors(self) -> Sequence[bytes]:
        """Return the trust anchors, DER."""
        ...

    def intermediates(self) -> Sequence[bytes]:
        """Return issuers that signers need not send along, DER."""
        ...
