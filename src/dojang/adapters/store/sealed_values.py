"""Every sealed value of the store, to be counted by key and sealed anew; which columns those are stands here once.

A test finds a column of bytes that is neither here nor known to be open. A value's place is the context it was sealed
with: `table.name:primary key`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dojang.adapters.secrecy.field_cipher import header_of
from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.access import device
from dojang.adapters.store.tables.identity_proofing import (
    account_deposit,
    ars_call,
    id_document_field,
    id_document_image,
    personal_data,
    verified_identity,
)
from dojang.adapters.store.tables.notices import contact
from dojang.adapters.store.tables.party_events import webhook_secret
from dojang.adapters.store.tables.signature_requests import signature_request_part
from dojang.adapters.store.tables.step_up import confirmation
from dojang.adapters.store.tables.support import support_message
from dojang.controls.field_keys.model import Place, ResealedBatch
from dojang.kernel.ports import FieldCipher, SealBroken

_HEADER_LENGTH = 5


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table and its sealed columns, each with the name it has in the context."""

    table: sa.Table
    names: Mapping[str, str]

    @property
    def key(self) -> tuple[sa.Column[Any], ...]:
        """The primary key's columns, in order."""
        return tuple(self.table.primary_key.columns)

    def context(self, column: str, key: Sequence[str]) -> str:
        """Return the context a value was sealed with."""
        return f"{self.table.name}.{self.names[column]}:{':'.join(key)}"


def _table(table: sa.Table, *columns: str) -> SealedTable:
    return SealedTable(table, {column: column.removeprefix("sealed_") for column in columns})


SEALED: tuple[SealedTable, ...] = (
    _table(id_document_image, "sealed_image"),
    _table(id_document_field, "sealed_value", "sealed_read_value", "sealed_crop"),
    _table(personal_data, "sealed_name", "sealed_birth_date", "sealed_sex", "sealed_phone", "sealed_rrn"),
    _table(account_deposit, "sealed_number", "sealed_amount", "sealed_depositor_text"),
    _table(ars_call, "sealed_number"),
    _table(verified_identity, "sealed_name"),
    _table(confirmation, "sealed_number"),
    _table(contact, "value"),
    _table(device, "sealed_name"),
    _table(signature_request_part, "sealed"),
    _table(webhook_secret, "secret", "previous"),
    SealedTable(support_message, {"sealed_text": "sealed_text"}),
)


class SqlSealedValues:
    """Implements `controls.field_keys.ports.SealedValues` on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._connection = connection
        self._cipher = cipher

    def count_by_key(self) -> Mapping[int, int]:
        """See the port."""
        counts: Counter[int] = Counter()
        for one in SEALED:
            for name in one.names:
                column = one.table.c[name]
                header = sa.func.substr(column, 1, _HEADER_LENGTH)
                query = sa.select(header, sa.func.count()).where(_is_sealed(column)).group_by(header)
                for found, count in self._connection.execute(query):
                    counts[int.from_bytes(bytes(found)[1:], "big")] += count
        return counts

    def reseal(self, place: Place, *, key: int, limit: int) -> ResealedBatch:
        """See the port. Raises `RuntimeError` when the cipher seals with another key: the ring changed meanwhile."""
        position = next((n for n, one in enumerate(SEALED) if one.table.name == place.table), 0)
        one = SEALED[position]
        rows = self._stale_rows(one, place.after, key, limit)
        values, unreadable = 0, []
        for row in rows:
            record = tuple(str(getattr(row, column.name)) for column in one.key)
            changes, broken = self._sealed_anew(one, row, record, key)
            if broken:
                unreadable.append(":".join(record))
            if changes:
                same = sa.and_(*(column == value for column, value in zip(one.key, record, strict=True)))
                self._connection.execute(one.table.update().where(same).values(**changes))
                values += len(changes)
        following: Place | None = None
        if len(rows) == limit:
            following = Place(table=one.table.name, after=tuple(str(getattr(rows[-1], c.name)) for c in one.key))
        elif position + 1 < len(SEALED):
            following = Place(table=SEALED[position + 1].table.name)
        return ResealedBatch(table=one.table.name, values=values, unreadable=tuple(unreadable), following=following)

    def _stale_rows(self, one: SealedTable, after: tuple[str, ...], key: int, limit: int) -> Sequence[sa.Row[Any]]:
        columns = [one.table.c[name] for name in one.names]
        query = sa.select(*one.key, *columns).where(sa.or_(*(_is_stale(column, key) for column in columns)))
        if after:
            query = query.where(sa.tuple_(*one.key) > sa.tuple_(*after))
        query = query.order_by(*one.key).limit(limit)
        return self._connection.execute(for_update(query, self._connection)).all()

    def _sealed_anew(
        self, one: SealedTable, row: sa.Row[Any], record: tuple[str, ...], key: int
    ) -> tuple[dict[str, bytes], bool]:
        """Return the values of a row that another key sealed, sealed anew, and whether one of them does not open."""
        changes, broken = {}, False
        for name in one.names:
            sealed = getattr(row, name)
            if not sealed or bytes(sealed).startswith(header_of(key)):
                continue
            context = one.context(name, record)
            try:
                plaintext = self._cipher.open(bytes(sealed), context=context)
            except SealBroken:
                broken = True
                continue
            changes[name] = self._cipher.seal(plaintext, context=context)
            if not changes[name].startswith(header_of(key)):
                raise RuntimeError("the key that seals changed while values were sealed anew")
        return changes, broken


def _is_sealed(column: sa.Column[Any]) -> sa.ColumnElement[bool]:
    """Whether there is something: neither null nor blank, as retention leaves some columns."""
    return sa.and_(column.is_not(None), sa.func.length(column) > 0)


def _is_stale(column: sa.Column[Any], key: int) -> sa.ColumnElement[bool]:
    return sa.and_(_is_sealed(column), sa.func.substr(column, 1, _HEADER_LENGTH) != sa.literal(header_of(key)))
