"""When to try an effect again. Pure: the worker asks, this answers."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Delays grow from `first_delay_s` by `factor` up to `longest_delay_s`.

    A neighbour that is away is asked again until `give_up_after_s` seconds after the first try; anything unexpected is
    tried `unexpected_attempts` times in all.
    """

    first_delay_s: float = 1.0
    factor: float = 2.0
    longest_delay_s: float = 300.0
    give_up_after_s: int = 24 * 3600
    unexpected_attempts: int = 6

    def delay_s(self, attempt: int, effect_id: str) -> float:
        """Return the seconds to wait after the try `attempt` (from 1), spread by up to 15 % either way.

        The spread comes from the effect's id: after an outage not everybody asks again in the same moment.
        """
        # The exponent is bounded because a day of retries would overflow a float otherwise.
        plain = min(self.first_delay_s * self.factor ** min(attempt - 1, 60), self.longest_delay_s)
        digest = hashlib.sha256(f"{effect_id}/{attempt}".encode()).digest()
        return plain * (0.85 + 0.3 * int.from_bytes(digest[:4], "big") / 0xFFFFFFFF)

    def spread_s(self, rest_id: str) -> float:
        """Return up to a second by which one rest is longer than asked for.

        The first effect up is the probe, and another one each time: one that always fails must not stand in the way.
        """
        return int.from_bytes(hashlib.sha256(rest_id.encode()).digest()[:4], "big") / 0xFFFFFFFF

    def after_unavailable(self, attempt: int, effect_id: str, waited_s: int) -> float | None:
        """Return the delay before the next try, None when `waited_s` seconds since the first one are enough."""
        return None if waited_s >= self.give_up_after_s else self.delay_s(attempt, effect_id)

    def after_unexpected(self, attempt: int, effect_id: str) -> float | None:
        """Return the delay before the next try, None when there were enough."""
        return None if attempt >= self.unexpected_attempts else self.delay_s(attempt, effect_id)
