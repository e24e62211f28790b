"""What the audit log needs of others: the key its heads are signed with, its storage, and its witness."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dojang.controls.audit_log.leaf import Leaf

if TYPE_CHECKING:
    from dojang.controls.audit_log.checkpoint import SignedTreeHead
    from dojang.controls.audit_log.tree import Frontier


class HeadKey(Protocol):
    """The public side of the key that signs tree heads."""

    @property
    def origin(self) -> str:
        """Name of the log and its key, without white space or plus sign."""
        ...

    @property
    def public_key(self) -> bytes:
        """The raw Ed25519 public key, 32 bytes."""
        ...

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` (64 bytes, Ed25519) is this key's over `message`."""
        ...


class HeadSigner(HeadKey, Protocol):
    """The key itself."""

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature, 64 bytes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLeaf:
    """One row of the log as read back: nothing in it is trusted before verification."""

    position: int
    leaf: Leaf
    subtrees: bytes  # hashes of the complete subtrees ending here, 32 bytes each, the leaf's own first


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHead:
    """The head row as read back, not trusted: `frontier` is the packed hashes."""

    size: int
    frontier: bytes


class AuditLogReader(Protocol):
    """Reads one consistent state of the log, in bounded memory."""

    def find_head(self) -> StoredHead | None:
        """Return the head row, None when it is gone."""
        ...

    def leaves(self) -> Iterator[StoredLeaf]:
        """Yield all leaves by ascending position. Raises `ValueError` for a row that is no leaf at all."""
        ...

    def notes(self) -> Iterator[bytes]:
        """Yield all stored checkpoints by ascending size, as stored."""
        ...


class RangeReader(Protocol):
    """Reads a stretch of the log, of one consistent state, in bounded memory."""

    def leaves(self, first: int) -> Iterator[StoredLeaf]:
        """Yield leaves from position `first` on, by ascending position."""
        ...

    def node(self, level: int, index: int) -> bytes:
        """Return the root of a complete subtree. Raises `NoSuchAuditEntry`."""
        ...

    def find_note(self, *, after: int, near: int | None) -> bytes | None:
        """Return a stored checkpoint over more than `after` leaves, or None.

        The largest of at most `near`, else the smallest beyond it; without `near` the largest of all.
        """
        ...


class HeadKeeper(Protocol):
    """Where the head to sign comes from and where signed heads go inside the database."""

    def frontier(self) -> "Frontier":
        """Return the committed frontier. Raises `AuditLogUnwritable` when the head row is gone or damaged."""
        ...

    def keep(self, signed: "SignedTreeHead") -> None:
        """Store a signed head; one of the same size stays as it is."""
        ...


class Witness(Protocol):
    """Holds checkpoints outside the database, where who can change the database cannot change them."""

    def remember(self, signed: "SignedTreeHead") -> None:
        """Append a checkpoint durably. The same size again is left out."""
        ...

    def read(self) -> bytes:
        """Return all checkpoints, one after another; empty when there are none yet."""
        ...
