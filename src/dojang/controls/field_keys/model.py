"""Field keys as officers see them, and why something cannot be done with one. Numbers and counts; never a key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldKey:
    """One key of the ring: whether it is the one that seals, and how many stored values it opens."""

    number: int
    seals: bool
    values: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the walk over sealed values stands: in which table, after which primary key (empty: at its beginning)."""

    table: str = ""
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResealedBatch:
    """What one transaction did: values sealed anew in `table`, and records whose values no key of the ring opens.

    `following` is where the next one goes on, None at the end. `unreadable` are primary keys, ids of ours.
    """

    table: str
    values: int
    unreadable: tuple[str, ...]
    following: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResealedAll:
    """What a whole walk did: values sealed anew by table, and what could not be opened, as `table:primary key`."""

    values: Mapping[str, int]
    unreadable: tuple[str, ...]


class FieldKeyNotFound(DojangError):
    """The ring has no such key; `numbers` are those it has."""

    code = "field_keys.not_found"
    fault: ClassVar[Fault] = Fault.OPERATOR


class FieldKeySeals(DojangError):
    """The key that seals cannot be retired."""

    code = "field_keys.seals"
    fault: ClassVar[Fault] = Fault.OPERATOR


class FieldKeyStillUsed(DojangError):
    """`values` stored values are still sealed with the key: without it they would be lost."""

    code = "field_keys.still_used"
    fault: ClassVar[Fault] = Fault.OPERATOR
