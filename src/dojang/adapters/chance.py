"""Randomness and ids from the operating system's generator. Source: RFC 9562 section 5.7 (UUIDv7)."""

import secrets
import threading
import time
import uuid

_VERSION = 7 << 76
_VARIANT = 0b10 << 62
_COUNTER_BITS = 12


class SystemChance:
    """Implements `kernel.ports.Chance`; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def new_id(self) -> str:
        """Return a fresh UUIDv7: ids made later in this process sort after all made before.

        The 12 bits after the millisecond are a sub-millisecond fraction (RFC 9562 6.2 method 3), raised by one where
        the clock stands still or steps back; 62 random bits follow.
        """
        now_ns = time.time_ns()
        milliseconds, rest_ns = divmod(now_ns, 1_000_000)
        fraction = (rest_ns << _COUNTER_BITS) // 1_000_000
        with self._lock:
            self._last = max(self._last + 1, milliseconds << _COUNTER_BITS | fraction)
            stamp = self._last
        milliseconds, fraction = stamp >> _COUNTER_BITS, stamp & ((1 << _COUNTER_BITS) - 1)
        value = (milliseconds & ((1 << 48) - 1)) << 80 | _VERSION | fraction << 64 | _VARIANT | secrets.randbits(62)
        return str(uuid.UUID(int=value))

    def token_bytes(self, length: int) -> bytes:
        """Return `length` random bytes."""
        return secrets.token_bytes(length)

    def below(self, bound: int) -> int:
        """Return a uniform integer in [0, bound). Raises `ValueError` unless `bound` is positive."""
        return secrets.randbelow(bound)
