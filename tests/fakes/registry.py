"""The document registries in memory, under the same contract as the sandbox."""

import re

from dojang.lifecycle.identity_proofing.neighbours import ClaimIncomplete, DocumentClaim, TruthAnswer
from fakes.mishap import Mishaps

_NEEDED = {
    "resident_card": ("rrn", "issued_on"),
    "driver_licence": ("licence_number", "serial"),
    "passport": ("passport_number", "issued_on", "expires_on"),
}


class FakeRegistry:
    """`RegistryGateway` in memory: records are claims that would match."""

    def __init__(self) -> None:
        self.mishaps = Mishaps("registry")
        self.inquiries: set[str] = set()
        self._records: list[tuple[DocumentClaim, bool]] = []

    def enter(self, record: DocumentClaim, *, alive: bool = True) -> None:
        """Enter a document; `alive=False` means lost or cancelled."""
        self._records.append((record, alive))

    def check_document(self, *, inquiry_id: str, claim: DocumentClaim) -> TruthAnswer:
        """Compare a claim with the records."""
        if claim.kind not in _NEEDED:
            raise ValueError("no registry for this kind of document")
        missing = [name for name in _NEEDED[claim.kind] if getattr(claim, name) is None]
        if missing:
            raise ClaimIncomplete(missing=missing)
        if self.mishaps.take() is not None:
            raise self.mishaps.unavailable()
        self.inquiries.add(inquiry_id)
        for record, alive in self._records:
            if _facts(record) == _facts(claim):
                if not alive:
                    return TruthAnswer.LOST_OR_CANCELLED
                return TruthAnswer.MATCH if record.serial == claim.serial else TruthAnswer.SERIAL_MISMATCH
        return TruthAnswer.MISMATCH


def _facts(claim: DocumentClaim) -> tuple[object, ...]:
    licence = re.sub(r"[\s-]", "", claim.licence_number or "")
    dates = (claim.issued_on, claim.expires_on) if claim.kind != "driver_licence" else ()
    return (claim.kind, claim.name, claim.birth_date, claim.rrn, licence, claim.passport_number, dates)
