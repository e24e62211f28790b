"""The registration authority's service to issuance: virtual IDs, computed where the RRN is, and nowhere else."""

from dojang.kernel.ports import Clock
from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing.conclusion import (
    compute_subscriber_virtual_id,
    recompute_subscriber_virtual_id,
)
from dojang.lifecycle.identity_proofing.ports import IdentityProofingTransaction


class RegistrationAuthority:
    """Implements `lifecycle.issuance.ports.VirtualIds` on identity proofing's own records."""

    def __init__(self, store: Store[IdentityProofingTransaction], clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def compute(self, case_id: str, r: bytes) -> bytes:
        """See the port."""
        return compute_subscriber_virtual_id(case_id, r, store=self._store, now=self._clock.now())

    def compute_again(self, case_id: str, r: bytes) -> bytes:
        """See the port."""
        return recompute_subscriber_virtual_id(case_id, r, store=self._store, now=self._clock.now())
