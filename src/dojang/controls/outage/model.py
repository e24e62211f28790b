"""Breakers: which neighbours there are, where each one's breaker stands, events, the alert, and words for people.

Must not know how any neighbour is asked. Source: the circuit breaker pattern (closed, open, half-open).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dojang.kernel.effects import Effect
from dojang.kernel.errors import FindingCode


class Neighbour(StrEnum):
    """Whoever the office waits for. The reader and the signer are processes of its own, and can be away like others."""

    BANK = "bank"
    TELEPHONY = "telephony"
    REGISTRY = "registry"
    NOTICE = "notice"
    READER = "reader"
    SIGNER = "signer"


class BreakerState(StrEnum):
    """Where a breaker stands, and who acts next."""

    CLOSED = "closed"  # everybody; calls go through
    OPEN = "open"  # nobody until the next probe is due; work waits
    HALF_OPEN = "half_open"  # the one worker that probes; the others wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """One neighbour's breaker. `since` is when the outage began, or when it was over; None when there was none yet.

    `failures` in a row are counted from `counted_since` on. `due_at`: OPEN, when the next probe may begin; HALF_OPEN,
    until when the probe is waited for. `openings` counts probes that failed too. `version` counts changes.
    """

    neighbour: Neighbour
    state: BreakerState = BreakerState.CLOSED
    since: datetime | None = None
    failures: int = 0
    counted_since: datetime | None = None
    openings: int = 0
    due_at: datetime | None = None
    alerted_at: datetime | None = None
    code: str = ""
    version: int = 0

    @property
    def is_closed(self) -> bool:
        """Whether calls go through."""
        return self.state is BreakerState.CLOSED


# --- events ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The neighbour did its part, whatever it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The neighbour did not. `code` is the error's."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeBegan:
    """One worker asks to see whether the neighbour is back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeWasted:
    """The worker that should have probed had nothing to ask after all; `due_at` tells its probe from later ones."""

    due_at: datetime


BreakerEvent = Answered | Failed | ProbeBegan | ProbeWasted


# --- effects --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseOutageAlert(Effect):
    """Tell the office's operators that a neighbour is away. `since` is in seconds since the epoch."""

    neighbour: str
    since: int


# --- words ----------------------------------------------------------------------------------------------------------


class OutageCode(FindingCode):
    """What the status page says of a neighbour that is away; the words are in the catalogue."""

    BANK = "outage.bank"
    TELEPHONY = "outage.telephony"
    REGISTRY = "outage.registry"
    NOTICE = "outage.notice"
    READER = "outage.reader"
    SIGNER = "outage.signer"


CODE_OF: Mapping[Neighbour, OutageCode] = {one: OutageCode[one.name] for one in Neighbour}
