"""Our own certificates' status, read from the register: newer than any list we could publish.

For certificates below the issuing CA; for the issuing CA itself the root's list is asked. Silent about all others.
"""

from datetime import datetime

from dojang.adapters.authority_folder import AuthorityFolder
from dojang.adapters.store.store import SqlStore
from dojang.adapters.store.transaction import SqlTransaction
from dojang.lifecycle.reliance.model import StatusEvidence, StatusState
from dojang.lifecycle.reliance.verification import from_revocation_evidence
from dojang.lifecycle.revocation.model import CertificateState
from dojang.pki.certificate import parse_certificate
from dojang.pki.revocation_evidence import read_crl_evidence

_STATES = {
    CertificateState.GOOD: StatusState.GOOD,
    CertificateState.HELD: StatusState.HELD,
    CertificateState.REVOKED: StatusState.REVOKED,
}


class RegisterStatus:
    """Implements `lifecycle.reliance.ports.StatusSource` for certificates this office issued."""

    def __init__(self, store: SqlStore[SqlTransaction], published: AuthorityFolder) -> None:
        self._store = store
        self._published = published

    def find_status(self, certificate_der: bytes, issuer_der: bytes, now: datetime) -> StatusEvidence | None:
        """See the port. A delegate or a certificate that is not in the register is nothing we vouch for here."""
        if certificate_der == self._published.issuing_der:
            return self._of_the_authority(now)
        if issuer_der != self._published.issuing_der:
            return None
        serial = parse_certificate(certificate_der).serial_number
        known = self._store.read(lambda tx: tx.statuses.find_status(serial))
        if known is None:
            return None
        return StatusEvidence(
            serial=serial,
            state=_STATES[known.state],
            source="register",
            this_update=now,
            since=known.since,
            reason=known.reason,
        )

    def _of_the_authority(self, now: datetime) -> StatusEvidence | None:
        published = self._published
        proven = read_crl_evidence(
            published.root_crl_der,
            certificate_der=published.issuing_der,
            issuer_der=published.root_der,
            at=now,
            now=now,
        )
        return None if proven is None else from_revocation_evidence(proven, "crl")
