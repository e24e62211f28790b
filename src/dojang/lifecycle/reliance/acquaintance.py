"""Whom a relying party knows: people who signed in there and let their certificate be seen, or whose signature it has.

The purpose is one: who gave a party a certificate may be written to under it, so that nobody else reads the letter.
Nobody else's certificate is handed out to it. Must not know what else parties ask for.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class AcquaintanceSource(StrEnum):
    """How a party came to know a person."""

    SIGN_IN = "sign_in"  # signed in there, and agreed to the certificate being seen
    SIGNATURE = "signature"  # the party has a signature of theirs that it had verified, or asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquaintance:
    """A party knows a person. `seen_at` is the last time."""

    client_id: str
    subscriber_id: str
    source: AcquaintanceSource
    seen_at: datetime


class AcquaintanceRepository(Protocol):
    """Which party knows whom."""

    def find_acquaintance(self, client_id: str, subscriber_id: str) -> Acquaintance | None:
        """Return what the party knows of the person, or None."""
        ...

    def remember(self, new: Acquaintance) -> None:
        """Store an acquaintance in place of the earlier one of the two."""
        ...
