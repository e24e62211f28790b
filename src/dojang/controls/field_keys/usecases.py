"""Rotate field keys: add, choose, seal anew, retire. Source: NIST SP 800-57 part 1, section 5.3 (cryptoperiods).

The audit entry is committed before the ring's file changes: what cannot be written down is not done, and a crash
between the two leaves an entry of what the same command, given again, does.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from dojang.controls.field_keys.model import (
    FieldKey,
    FieldKeyNotFound,
    FieldKeySeals,
    FieldKeyStillUsed,
    Place,
    ResealedAll,
    ResealedBatch,
)
from dojang.controls.field_keys.ports import FieldKeyTransaction, KeyRingKeeper
from dojang.kernel.audit import AuditEntry
from dojang.kernel.errors import DojangError
from dojang.kernel.transaction import Store


def list_keys(*, ring: KeyRingKeeper, store: Store[FieldKeyTransaction]) -> tuple[FieldKey, ...]:
    """Return the ring's keys by number, and keys it does not have if values are sealed with them."""
    counts = store.read(lambda tx: tx.sealed_values.count_by_key())
    seals = ring.seals()
    numbers = sorted({*ring.numbers(), *counts})
    return tuple(FieldKey(number=one, seals=one == seals, values=counts.get(one, 0)) for one in numbers)


def add_key(*, ring: KeyRingKeeper, actor: str, store: Store[FieldKeyTransaction], now: datetime) -> int:
    """Add a key that opens and does not seal yet, so that it can be carried to every machine first; return its number.

    The number has never stood on anything stored.
    """
    used = store.read(lambda tx: tx.sealed_values.count_by_key())
    number = max((*ring.numbers(), *used)) + 1
    store.transact(lambda tx: tx.record(_entry("added", number, actor, now)))
    ring.add(number)
    return number


def choose_key(
    number: int, *, ring: KeyRingKeeper, actor: str, store: Store[FieldKeyTransaction], now: datetime
) -> None:
    """Have a key of the ring seal from now on. Repeating it changes nothing. Raises `FieldKeyNotFound`."""

    def work(tx: FieldKeyTransaction) -> None:
        _require(number, ring)
        tx.record(_entry("chosen", number, actor, now, before=str(ring.seals())))

    if ring.seals() == number:
        return
    _act(store, work, number, actor, now, what="choose")
    ring.choose(number)


def reseal_all(
    *,
    ring: KeyRingKeeper,
    actor: str,
    store: Store[FieldKeyTransaction],
    now: datetime,
    batch: int = 20,
    told: Callable[[ResealedBatch], None] = lambda _: None,
) -> ResealedAll:
    """Seal anew whatever another key than the sealing one has sealed, `batch` records a transaction; tell of each.

    Stopped anywhere it has lost nothing, and begun again it does what is left. Each batch that changed something is
    audited with its count.
    """
    key = ring.seals()
    values: Counter[str] = Counter()
    unreadable: list[str] = []
    place: Place | None = Place()
    while place is not None:
        done = store.transact(_reseal(place, key, batch, actor, now))
        values[done.table] += done.values
        unreadable += [f"{done.table}:{one}" for one in done.unreadable]
        told(done)
        place = done.following
    return ResealedAll(values={table: count for table, count in values.items() if count}, unreadable=tuple(unreadable))


def retire_key(
    number: int, *, ring: KeyRingKeeper, actor: str, store: Store[FieldKeyTransaction], now: datetime
) -> None:
    """Take a key off the ring that nothing stored is sealed with.

    Raises `FieldKeyNotFound`, `FieldKeySeals`, `FieldKeyStillUsed`; refusals are audited.
    """

    def work(tx: FieldKeyTransaction) -> None:
        _require(number, ring)
        if ring.seals() == number:
            raise FieldKeySeals(number=number)
        values = tx.sealed_values.count_by_key().get(number, 0)
        if values:
            raise FieldKeyStillUsed(number=number, values=values)
        tx.record(_entry("retired", number, actor, now))

    _act(store, work, number, actor, now, what="retire")
    ring.drop(number)


def _reseal(
    place: Place, key: int, batch: int, actor: str, now: datetime
) -> Callable[[FieldKeyTransaction], ResealedBatch]:
    def work(tx: FieldKeyTransaction) -> ResealedBatch:
        done = tx.sealed_values.reseal(place, key=key, limit=batch)
        if done.values or done.unreadable:
            counts = {"values": str(done.values), "unreadable": str(len(done.unreadable))}
            tx.record(_entry("resealed", key, actor, now, table=done.table, **counts))
        return done

    return work


def _act(
    store: Store[FieldKeyTransaction],
    work: Callable[[FieldKeyTransaction], None],
    number: int,
    actor: str,
    now: datetime,
    *,
    what: str,
) -> None:
    """Run `work`; a refusal is audited and raised again."""
    try:
        store.transact(work)
    except DojangError as refusal:
        refused = _entry("refused", number, actor, now, act=what, code=refusal.code)
        store.transact(lambda tx: tx.record(refused))
        raise


def _require(number: int, ring: KeyRingKeeper) -> None:
    if number not in ring.numbers():
        raise FieldKeyNotFound(number=number, numbers=[str(one) for one in ring.numbers()])


def _entry(action: str, number: int, actor: str, now: datetime, **data: str) -> AuditEntry:
    return AuditEntry(tag=f"field_keys:key:{action}", at=now, actor=actor, subject=f"field-key-{number}", data=data)
