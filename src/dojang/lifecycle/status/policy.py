"""What the bank decides about CRLs, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlPolicy:
    """A CRL is valid for `valid_hours`, and replaced after `issue_every_hours` even when nothing changed."""

    valid_hours: int = 24
    issue_every_hours: int = 6
