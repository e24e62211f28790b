"""What erasure needs of the store. It deletes rows; nothing sealed is opened for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from dojang.kernel.transaction import Transaction
from dojang.lifecycle.identity_proofing.erasure.model import KeptCase, Portion
from dojang.lifecycle.identity_proofing.policy import RetentionPolicy


class KeptEvidence(Protocol):
    """What closed cases still keep."""

    def list_due(self, policy: RetentionPolicy, now: datetime, limit: int) -> Sequence[str]:
        """Return ids of cases of which something seems to be due, those that ended first at the front.

        `rules.find_due_portion` decides of each, under its lock.
        """
        ...

    def find_kept(self, case_id: str) -> KeptCase | None:
        """Return the case, locked until the transaction ends, or None."""
        ...

    def erase(self, case_id: str, portion: Portion, at: datetime) -> Mapping[str, int]:
        """Delete the rows of `portion` and note when; return how many rows went, by table. None is kept sealed."""
        ...


class ErasureTransaction(Transaction, Protocol):
    """A transaction with what erasure needs."""

    @property
    def kept_evidence(self) -> KeptEvidence:
        """What closed cases still keep."""
        ...
