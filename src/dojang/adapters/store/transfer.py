"""Stored transfer slots and their messages."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.access import account
from dojang.adapters.store.tables.transfer import transfer_message, transfer_slot
from dojang.lifecycle.transfer.model import LIVE, TransferSlot, TransferState, TransferStep

_LIVE = sorted(one.value for one in LIVE)


class SqlTransfers:
    """Implements `lifecycle.transfer.ports.TransferRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add_slot(self, slot: TransferSlot) -> None:
        """See the port."""
        self._connection.execute(transfer_slot.insert().values(**_row(slot)))

    def save_slot(self, slot: TransferSlot) -> None:
        """See the port. Raises `RuntimeError` when the stored version is not the one before: slots are locked."""
        done = self._connection.execute(
            transfer_slot.update()
            .where(transfer_slot.c.id == slot.id, transfer_slot.c.version == slot.version - 1)
            .values(**_row(slot))
        )
        if done.rowcount != 1:
            raise RuntimeError(f"transfer {slot.id} was not at version {slot.version - 1}")
        self._connection.execute(transfer_message.delete().where(transfer_message.c.slot_id == slot.id))
        if slot.messages:
            rows = [{"slot_id": slot.id, "step": step.value, "content": one} for step, one in slot.messages.items()]
            self._connection.execute(transfer_message.insert(), rows)

    def find_slot(self, slot_id: str) -> TransferSlot | None:
        """See the port."""
        return self._find(sa.select(transfer_slot).where(transfer_slot.c.id == slot_id))

    def find_newest_slot(self, subscriber_id: str) -> TransferSlot | None:
        """See the port."""
        query = sa.select(transfer_slot).where(transfer_slot.c.subscriber_id == subscriber_id)
        return self._find(query.order_by(transfer_slot.c.opened_at.desc(), transfer_slot.c.id.desc()).limit(1))

    def list_opened_since(self, subscriber_id: str, since: datetime) -> tuple[datetime, ...]:
        """See the port. The account's row is what is locked: a person's first slot has no row of its own yet."""
        self._connection.execute(
            for_update(sa.select(account.c.id).where(account.c.id == subscriber_id), self._connection)
        )
        query = sa.select(transfer_slot.c.opened_at).where(
            transfer_slot.c.subscriber_id == subscriber_id, transfer_slot.c.opened_at >= since
        )
        return tuple(self._connection.execute(query.order_by(transfer_slot.c.opened_at)).scalars())

    def list_run_out(self, now: datetime, limit: int) -> tuple[TransferSlot, ...]:
        """See the port."""
        query = sa.select(transfer_slot).where(transfer_slot.c.state.in_(_LIVE), transfer_slot.c.expires_at <= now)
        query = query.order_by(transfer_slot.c.expires_at).limit(limit)
        return tuple(map(self._slot, self._connection.execute(for_update(query, self._connection)).all()))

    def drop_slots_opened_before(self, moment: datetime) -> int:
        """See the port."""
        old = sa.select(transfer_slot.c.id).where(transfer_slot.c.opened_at < moment)
        self._connection.execute(transfer_message.delete().where(transfer_message.c.slot_id.in_(old)))
        return self._connection.execute(transfer_slot.delete().where(transfer_slot.c.opened_at < moment)).rowcount

    def _find(self, query: sa.Select[Any]) -> TransferSlot | None:
        row = self._connection.execute(for_update(query, self._connection)).one_or_none()
        return None if row is None else self._slot(row)

    def _slot(self, row: sa.Row[Any]) -> TransferSlot:
        query = sa.select(transfer_message.c.step, transfer_message.c.content).where(
            transfer_message.c.slot_id == row.id
        )
        messages = {TransferStep(one.step): bytes(one.content) for one in self._connection.execute(query)}
        return TransferSlot(**row._asdict() | {"state": TransferState(row.state), "messages": messages})


def _row(slot: TransferSlot) -> dict[str, object]:
    return {
        "id": slot.id,
        "number": slot.number,
        "sid": slot.sid,
        "subscriber_id": slot.subscriber_id,
        "state": slot.state.value,
        "sender_device": slot.sender_device,
        "receiver_device": slot.receiver_device,
        "opened_at": slot.opened_at,
        "expires_at": slot.expires_at,
        "version": slot.version,
    }
