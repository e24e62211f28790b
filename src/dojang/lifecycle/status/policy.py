"""What the bank decides about CRLs and status answers, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlPolicy:
    """A CRL is valid for `valid_hours`, and replaced after `issue_every_hours` even when nothing changed.

    A change has a new complete list at once while the last one had at most `on_change_up_to` entries; beyond that only
    a delta list says it at once. With `partitions`, certificates name the list of their own distribution point beside
    the one for all. Lists are kept for `keep_days`.
    """

    valid_hours: int = 24
    issue_every_hours: int = 6
    on_change_up_to: int = 10_000
    partitions: int = 0
    keep_days: int = 35


@dataclass(frozen=True, slots=True, kw_only=True)
class OcspPolicy:
    """An answer is signed anew every `sign_every_minutes` and good for `valid_minutes`.

    HTTP caches may keep it for `cached_s` seconds: as long as a revocation may stay unseen behind them.
    """

    sign_every_minutes: int = 15
    valid_minutes: int = 60
    cached_s: int = 1
