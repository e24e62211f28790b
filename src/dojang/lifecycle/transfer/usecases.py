"""Open a slot, join it, leave messages, look, end: load, decide, record, emit.

A slot whose time is over is ended by whoever comes upon it first, the sweep at the latest. Audit entries name the slot
and the step, never the content. The owner is told when keys leave (`moved_out`), when they are acknowledged
(`moved_in`), and when somebody signed in as the owner did not know the code (`move_refused`).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from dojang.controls.notices.model import NotifySubscriber
from dojang.kernel.audit import AuditEntry
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store
from dojang.lifecycle.transfer import rules
from dojang.lifecycle.transfer.model import (
    LIVE,
    TransferNotFound,
    TransferOutcome,
    TransferOver,
    TransferSide,
    TransferSlot,
    TransferState,
    TransferStep,
)
from dojang.lifecycle.transfer.policy import TransferPolicy
from dojang.lifecycle.transfer.ports import TransferTransaction

SID_BYTES = 16
SWEEP = 200
TOLD = {TransferStep.KEYS: "moved_out", TransferStep.RECEIPT: "moved_in"}

Work = Callable[[TransferTransaction, TransferSlot, TransferSide], TransferSlot]


def open_slot(
    subscriber_id: str,
    device: str,
    *,
    store: Store[TransferTransaction],
    policy: TransferPolicy,
    chance: Chance,
    now: datetime,
) -> TransferSlot:
    """Open a slot for the device that has the certificate; an older one of the same person is burned.

    `device` is a digest of the device's id. Raises `TooManyTransfers`.
    """
    slot_id, number = chance.new_id(), f"{chance.below(10_000):04d}"
    sid = chance.token_bytes(SID_BYTES).hex()

    def work(tx: TransferTransaction) -> TransferSlot:
        opened = tx.transfers.list_opened_since(subscriber_id, now - rules.COUNTED + timedelta(seconds=1))
        rules.require_room(opened, policy, now)
        before = tx.transfers.find_newest_slot(subscriber_id)
        if before is not None and before.state in LIVE:
            _keep(tx, before, rules.give_up(before), now, reason="replaced")
        slot = TransferSlot(
            id=slot_id,
            number=number,
            sid=sid,
            subscriber_id=subscriber_id,
            state=TransferState.OPEN,
            sender_device=device,
            opened_at=now,
            expires_at=now + timedelta(seconds=policy.slot_seconds),
        )
        tx.transfers.add_slot(slot)
        tx.record(_entry("opened", slot, now))
        return slot

    return store.transact(work)


def join_slot(
    number: str, subscriber_id: str, device: str, *, store: Store[TransferTransaction], now: datetime
) -> TransferSlot:
    """Join the person's live slot of that number from another device, once.

    Raises `TransferNotFound` when there is none, `TransferOver`, `TransferToItself`. Only the person's newest slot
    can be live, so that trying numbers finds nothing but what the same person opened.
    """

    def work(tx: TransferTransaction) -> TransferSlot | None:
        slot = tx.transfers.find_newest_slot(subscriber_id)
        if slot is None or slot.number != number:
            raise TransferNotFound()
        if rules.has_run_out(slot, now):
            _keep(tx, slot, rules.run_out(slot), now)
            return None
        return _keep(tx, slot, rules.join(slot, device), now)

    return _live(store.transact(work))


def leave_message(
    slot_id: str,
    step: TransferStep,
    content: bytes,
    *,
    subscriber_id: str,
    device: str,
    store: Store[TransferTransaction],
    policy: TransferPolicy,
    now: datetime,
) -> TransferSlot:
    """Leave the message of `step`; repeating it changes nothing.

    Raises `TransferMessageTooLarge`, `TransferNotFound`, `TransferOver`, `TransferOutOfTurn`.
    """
    rules.require_size(step, content, policy)

    def act(tx: TransferTransaction, slot: TransferSlot, side: TransferSide) -> TransferSlot:
        after = _keep(tx, slot, rules.leave(slot, side, step, content), now, step=step.value)
        if after is not slot and step in TOLD:
            _tell(tx, slot, TOLD[step])
        return after

    return _within(slot_id, subscriber_id, device, act, store=store, now=now)


def get_slot(
    slot_id: str, subscriber_id: str, device: str, *, store: Store[TransferTransaction], now: datetime
) -> tuple[TransferSlot, TransferSide]:
    """Return the slot as it stands and which side the device is. Raises `TransferNotFound`."""
    slot = store.read(lambda tx: tx.transfers.find_slot(slot_id))
    if slot is None:
        raise TransferNotFound()
    side = rules.side_of(slot, subscriber_id, device)
    return (rules.run_out(slot) if rules.has_run_out(slot, now) else slot), side


def end_transfer(
    slot_id: str,
    outcome: TransferOutcome,
    *,
    subscriber_id: str,
    device: str,
    store: Store[TransferTransaction],
    now: datetime,
) -> TransferSlot:
    """End the transfer for both: closed when the sender has the acknowledgement, burned otherwise.

    Ending what has ended changes nothing. Raises `TransferNotFound`; `TransferOutOfTurn` for `DONE` before its time.
    """

    def act(tx: TransferTransaction, slot: TransferSlot, side: TransferSide) -> TransferSlot:
        if outcome is TransferOutcome.DONE and side is TransferSide.RECEIVER:
            return slot  # the receiver's part ended with its acknowledgement
        decide = rules.finish if outcome is TransferOutcome.DONE else rules.give_up
        after = _keep(tx, slot, decide(slot), now, reason=outcome.value, side=side.value)
        if outcome is TransferOutcome.MISMATCH:
            _tell(tx, slot, "move_refused")
        return after

    def look(tx: TransferTransaction) -> TransferSlot:
        slot = _find(tx, slot_id)
        side = rules.side_of(slot, subscriber_id, device)
        if slot.state not in LIVE:
            return slot
        return _keep(tx, slot, rules.run_out(slot), now) if rules.has_run_out(slot, now) else act(tx, slot, side)

    return store.transact(look)


def sweep_slots(*, store: Store[TransferTransaction], now: datetime) -> int:
    """End the slots whose time is over and forget those too old to be counted; return how many ended."""

    def work(tx: TransferTransaction) -> int:
        over = tx.transfers.list_run_out(now, SWEEP)
        for slot in over:
            _keep(tx, slot, rules.run_out(slot), now)
        tx.transfers.drop_slots_opened_before(now - rules.COUNTED)
        return len(over)

    return store.transact(work)


def _within(
    slot_id: str, subscriber_id: str, device: str, act: Work, *, store: Store[TransferTransaction], now: datetime
) -> TransferSlot:
    def work(tx: TransferTransaction) -> TransferSlot | None:
        slot = _find(tx, slot_id)
        side = rules.side_of(slot, subscriber_id, device)
        if rules.has_run_out(slot, now):
            _keep(tx, slot, rules.run_out(slot), now)
            return None
        return act(tx, slot, side)

    return _live(store.transact(work))


def _find(tx: TransferTransaction, slot_id: str) -> TransferSlot:
    slot = tx.transfers.find_slot(slot_id)
    if slot is None:
        raise TransferNotFound()
    return slot


def _live(slot: TransferSlot | None) -> TransferSlot:
    if slot is None:
        raise TransferOver()
    return slot


def _keep(
    tx: TransferTransaction, before: TransferSlot, after: TransferSlot, now: datetime, **data: str
) -> TransferSlot:
    if after is before:
        return before
    tx.transfers.save_slot(after)
    tx.record(_entry(after.state.value, after, now, **data))
    return after


def _tell(tx: TransferTransaction, slot: TransferSlot, template: str) -> None:
    tx.emit(
        NotifySubscriber(subscriber_id=slot.subscriber_id, template=template, reference=slot.id),
        key=f"{template}:{slot.id}",
    )


def _entry(action: str, slot: TransferSlot, now: datetime, **data: str) -> AuditEntry:
    return AuditEntry(
        tag=f"transfer:slot:{action}",
        at=now,
        actor="system" if action == TransferState.EXPIRED.value else f"subscriber:{slot.subscriber_id}",
        subject=slot.id,
        data=data,
    )
