"""The telephone network, as whoever calls somebody needs it.

Every call carries an id of ours as idempotency key: the same id never rings twice. A network that cannot answer raises
`NeighbourUnavailable`; an answer is never guessed.
"""

from datetime import date
from typing import Protocol

from dojang.controls.voice_call.model import CallProgress, Prompt


class LiveCall(Protocol):
    """An answered call. Methods raise `HungUp` when the callee is gone."""

    def play(self, prompt: Prompt) -> None:
        """Play one prompt; returns when it is done or a key was pressed (barge-in)."""
        ...

    def read_digits(self, *, max_digits: int, timeout_s: float) -> str:
        """Collect keys until '#', `max_digits` or the timeout; the '#' is not part of the answer, '' means silence."""
        ...

    def hang_up(self) -> None:
        """End the call; never raises."""
        ...


class VoiceGateway(Protocol):
    """The telephone network."""

    def owner_matches(self, *, inquiry_id: str, number: str, name: str, birth_date: date) -> bool:
        """Ask the carrier whether the line `number` (digits only) is this person's."""
        ...

    def place_call(self, *, call_id: str, number: str, ring_timeout_s: float) -> LiveCall | CallProgress:
        """Ring `number`; return the live call once answered, or why there is none. A call_id never rings twice."""
        ...
