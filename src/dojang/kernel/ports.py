"""Ports that more than one step needs: time, chance, secrecy."""

from datetime import datetime
from typing import ClassVar, Protocol

from dojang.kernel.errors import DojangError, Fault


class Clock(Protocol):
    """The only source of the present."""

    def now(self) -> datetime:
        """Return the current time, UTC, truncated to whole seconds."""
        ...


class Chance(Protocol):
    """The only source of randomness and ids."""

    def new_id(self) -> str:
        """Return a fresh, time-ordered id (UUIDv7, canonical text)."""
        ...

    def token_bytes(self, length: int) -> bytes:
        """Return `length` bytes from the operating system's generator."""
        ...

    def below(self, bound: int) -> int:
        """Return a uniform integer in [0, bound)."""
        ...


class SealBroken(DojangError):
    """A sealed field does not open: it was altered or moved, or its key is not in the ring."""

    code = "secrecy.seal_broken"
    fault: ClassVar[Fault] = Fault.OURS


class FieldCipher(Protocol):
    """Encryption at rest for single fields and blobs, and keyed digests for look-ups.

    `context` names the place (table, column, record id): a ciphertext moved elsewhere does not open.
    """

    def seal(self, plaintext: bytes, *, context: str) -> bytes:
        """Return an authenticated ciphertext."""
        ...

    def open(self, sealed: bytes, *, context: str) -> bytes:
        """Return the plaintext. Raises `SealBroken` when the bytes or the context were altered."""
        ...

    def blind_index(self, value: bytes, *, purpose: str) -> str:
        """Return a keyed digest (64 hex digits): equal values of one purpose give equal digests, nothing more."""
        ...
