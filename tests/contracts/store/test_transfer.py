"""The relay's slots and an account's devices on both databases: one join, one guess, nothing kept, sessions ended."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from builders.office import NOW
from builders.sql_office import Outbox
from dojang.adapters.chance import SystemChance
from dojang.adapters.secrecy.field_cipher import RingFieldCipher
from dojang.adapters.secrecy.key_ring import KeyRing
from dojang.adapters.store import audit_log
from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.engine import Database
from dojang.adapters.store.store import SqlStore
from dojang.adapters.store.tables.access import device as device_table
from dojang.adapters.store.tables.transfer import transfer_message, transfer_slot
from dojang.adapters.store.transaction import SqlTransaction
from dojang.controls.access.devices import usecases as devices
from dojang.controls.access.devices.model import DeviceHello, DeviceNotFound, DeviceType
from dojang.controls.access.model import Account, Role, SessionRequired, SignedIn
from dojang.controls.access.policy import AccessPolicy
from dojang.controls.access.usecases import authenticate, sign_in, sign_up
from dojang.controls.notices.model import NotifySubscriber
from dojang.kernel.errors import DojangError
from dojang.lifecycle.transfer.model import (
    TooManyTransfers,
    TransferMessageTooLarge,
    TransferNotFound,
    TransferOutcome,
    TransferOutOfTurn,
    TransferOver,
    TransferSide,
    TransferSlot,
    TransferState,
    TransferStep,
    TransferToItself,
)
from dojang.lifecycle.transfer.policy import TransferPolicy
from dojang.lifecycle.transfer.usecases import (
    end_transfer,
    get_slot,
    join_slot,
    leave_message,
    open_slot,
    sweep_slots,
)
from fakes.hasher import PlainHasher

PC, PHONE, TABLET = "a" * 64, "b" * 64, "c" * 64
POLICY = TransferPolicy()
CHANCE = SystemChance()
PASSWORD = "a long password"
SHARE, ANSWER, KEYS, RECEIPT = TransferStep


class Relay:
    """The relay of one office, and a person who uses it."""

    def __init__(self, database: Database) -> None:
        self.database, self.outbox = database, Outbox()
        cipher = RingFieldCipher(ring=KeyRing(sealing={1: bytes(32)}, index=bytes(32)), chance=CHANCE)
        self.store = SqlStore(
            database,
            begin=lambda connection: SqlTransaction(connection, cipher),
            append=audit_log.append,
            enqueue=self.outbox,
        )
        self.gildong = self.account("gildong")

    def account(self, name: str) -> Account:
        return sign_up(name, PASSWORD, store=self.store, hasher=PlainHasher(), chance=CHANCE, now=NOW)

    def open(self, after_s: int = 0, person: str | None = None) -> TransferSlot:
        return open_slot(
            person or self.gildong.id,
            PC,
            store=self.store,
            policy=POLICY,
            chance=CHANCE,
            now=NOW + timedelta(seconds=after_s),
        )

    def join(
        self, slot: TransferSlot, device: str = PHONE, after_s: int = 1, person: str | None = None
    ) -> TransferSlot:
        now = NOW + timedelta(seconds=after_s)
        return join_slot(slot.number, person or self.gildong.id, device, store=self.store, now=now)

    def leave(
        self, slot: TransferSlot, step: TransferStep, content: bytes = b"opaque", after_s: int = 2
    ) -> TransferSlot:
        return leave_message(
            slot.id,
            step,
            content,
            subscriber_id=self.gildong.id,
            device=PC if step in (SHARE, KEYS) else PHONE,
            store=self.store,
            policy=POLICY,
            now=NOW + timedelta(seconds=after_s),
        )

    def end(self, slot: TransferSlot, outcome: TransferOutcome, device: str = PC, after_s: int = 3) -> TransferSlot:
        return end_transfer(
            slot.id,
            outcome,
            subscriber_id=self.gildong.id,
            device=device,
            store=self.store,
            now=NOW + timedelta(seconds=after_s),
        )

    def look(self, slot: TransferSlot, device: str, after_s: int = 3, person: str | None = None) -> TransferSlot:
        now = NOW + timedelta(seconds=after_s)
        return get_slot(slot.id, person or self.gildong.id, device, store=self.store, now=now)[0]

    def stored(self) -> tuple[int, int]:
        with self.database.reading() as connection:
            slots, messages = (
                connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                for table in (transfer_slot, transfer_message)
            )
        return slots, messages

    def tags(self) -> list[str]:
        with self.database.reading() as connection:
            return [one.leaf.tag for one in AuditLogView(connection).leaves()]

    def told(self) -> list[str]:
        return [one.template for one in self.outbox.effects if isinstance(one, NotifySubscriber)]


@pytest.fixture
def relay(database: Database) -> Relay:
    return Relay(database)


def test_four_messages_pass_and_nothing_stays(relay: Relay) -> None:
    slot = relay.join(relay.open())
    assert slot.state is TransferState.JOINED
    for step, content in ((SHARE, b"1"), (ANSWER, b"2"), (KEYS, b"3" * 40_000), (RECEIPT, b"4")):
        relay.leave(slot, step, content)
        seen = relay.look(slot, PHONE if step in (SHARE, KEYS) else PC)
        assert seen.messages[step] == content
    assert relay.stored() == (1, 4)
    assert relay.end(slot, TransferOutcome.DONE).state is TransferState.CLOSED
    assert relay.stored() == (1, 0)
    assert relay.told() == ["moved_out", "moved_in"]
    assert [tag for tag in relay.tags() if tag.startswith("transfer:")] == [
        f"transfer:slot:{one}" for one in ("opened", "joined", "offered", "answered", "sent", "received", "closed")
    ]


def test_repeating_a_message_or_a_join_changes_nothing(relay: Relay) -> None:
    slot = relay.join(relay.open())
    assert relay.join(slot) == slot
    first = relay.leave(slot, SHARE, b"share")
    assert relay.leave(slot, SHARE, b"share") == first
    with pytest.raises(TransferOutOfTurn):
        relay.leave(slot, SHARE, b"another share")
    with pytest.raises(TransferOutOfTurn):
        relay.leave(slot, KEYS)
    assert relay.tags().count("transfer:slot:offered") == 1


def test_a_mismatch_burns_the_slot_for_both(relay: Relay) -> None:
    slot = relay.join(relay.open())
    relay.leave(slot, SHARE)
    relay.leave(slot, ANSWER)
    assert relay.end(slot, TransferOutcome.MISMATCH).state is TransferState.BURNED
    assert relay.look(slot, PHONE).state is TransferState.BURNED
    assert relay.stored() == (1, 0)
    assert relay.told() == ["move_refused"]
    for act in (
        lambda: relay.leave(slot, KEYS),
        lambda: relay.leave(slot, RECEIPT),
        lambda: relay.join(slot),
        lambda: relay.join(slot, TABLET),
    ):
        with pytest.raises(TransferOver):
            act()


def test_nobody_else_gets_in(relay: Relay) -> None:
    slot, stranger = relay.open(), relay.account("stranger")
    with pytest.raises(TransferNotFound):
        relay.join(slot, person=stranger.id)
    with pytest.raises(TransferToItself):
        relay.join(slot, PC)
    relay.join(slot)
    with pytest.raises(TransferOver):
        relay.join(slot, TABLET)
    for device, person in ((TABLET, relay.gildong.id), (PHONE, stranger.id)):
        with pytest.raises(TransferNotFound):
            relay.look(slot, device, person=person)


def test_three_minutes_are_exclusive(relay: Relay) -> None:
    slot = relay.open()
    assert relay.look(slot, PC, after_s=POLICY.slot_seconds - 1).state is TransferState.OPEN
    assert relay.look(slot, PC, after_s=POLICY.slot_seconds).state is TransferState.EXPIRED
    with pytest.raises(TransferOver):
        relay.join(slot, after_s=POLICY.slot_seconds)
    assert relay.tags()[-1] == "transfer:slot:expired"
    late = relay.join(relay.open(after_s=200), after_s=201)
    relay.leave(late, SHARE, after_s=202)
    assert relay.stored() == (2, 1)
    assert sweep_slots(store=relay.store, now=NOW + timedelta(seconds=200 + POLICY.slot_seconds)) == 1
    assert relay.stored() == (2, 0)
    assert sweep_slots(store=relay.store, now=NOW + timedelta(days=1, seconds=201)) == 0
    assert relay.stored() == (0, 0)


def test_five_slots_a_day_and_one_at_a_time(relay: Relay) -> None:
    first, second = relay.open(), relay.open(after_s=1)
    assert relay.look(first, PC).state is TransferState.BURNED
    assert relay.look(second, PC).state is TransferState.OPEN
    for after_s in (2, 3, 4):
        relay.open(after_s)
    with pytest.raises(TooManyTransfers) as refused:
        relay.open(5)
    assert refused.value.fields["retry_after_s"] == 86_400 - 5
    assert relay.open(86_400).state is TransferState.OPEN


def test_slots_opened_at_once_are_counted_all(relay: Relay) -> None:
    gate = threading.Barrier(8)

    def ask(_: int) -> str:
        gate.wait()
        try:
            return relay.open().state.value
        except DojangError as refused:
            return refused.code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))
    assert sorted(answers) == ["open"] * 5 + ["transfer.too_many"] * 3


def test_one_of_two_that_join_at_once_gets_in(relay: Relay) -> None:
    slot, gate = relay.open(), threading.Barrier(4)

    def ask(device: str) -> str:
        gate.wait()
        try:
            return relay.join(slot, device).state.value
        except DojangError as refused:
            return refused.code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, [PHONE, TABLET, "d" * 64, "e" * 64]))
    assert sorted(answers) == ["joined"] + ["transfer.over"] * 3


@pytest.mark.parametrize(("step", "size"), [(SHARE, 0), (SHARE, 1025), (KEYS, 65_537)])
def test_messages_are_bounded(relay: Relay, step: TransferStep, size: int) -> None:
    with pytest.raises(TransferMessageTooLarge):
        relay.leave(relay.open(), step, b"x" * size)


def test_the_receiver_cannot_close_nor_the_sender_before_the_receipt(relay: Relay) -> None:
    slot = relay.join(relay.open())
    assert relay.end(slot, TransferOutcome.DONE, PHONE).state is TransferState.JOINED
    with pytest.raises(TransferOutOfTurn):
        relay.end(slot, TransferOutcome.DONE, PC)
    assert get_slot(slot.id, relay.gildong.id, PHONE, store=relay.store, now=NOW)[1] is TransferSide.RECEIVER


# --- devices --------------------------------------------------------------------------------------------------------


def signed_in(relay: Relay, digest: str, name: str = "PC", after_s: int = 0) -> SignedIn:
    return sign_in(
        "gildong",
        PASSWORD,
        device=DeviceHello(digest=digest, kind=DeviceType.COMPUTER, name=name),
        store=relay.store,
        hasher=PlainHasher(),
        policy=AccessPolicy(devices_per_account=3),
        chance=CHANCE,
        now=NOW + timedelta(seconds=after_s),
    )


def test_the_owner_is_told_of_a_new_device_but_not_of_the_first(relay: Relay) -> None:
    signed_in(relay, PC)
    signed_in(relay, PC, after_s=1)
    assert relay.told() == []
    signed_in(relay, PHONE, "홍길동의 휴대폰", after_s=2)
    assert relay.told() == ["device_signed_in"]
    listed = devices.list_devices(relay.gildong.id, store=relay.store)
    assert [one.name for one in listed] == ["홍길동의 휴대폰", "PC"]
    assert (listed[1].first_seen_at, listed[1].last_seen_at) == (NOW, NOW + timedelta(seconds=1))
    with relay.database.reading() as connection:
        sealed = connection.execute(sa.select(device_table.c.sealed_name)).scalars().all()
    assert all("길동".encode() not in bytes(one) for one in sealed)


def test_removing_a_device_ends_its_sessions_and_has_it_wipe_itself(relay: Relay) -> None:
    here, there = signed_in(relay, PC), signed_in(relay, PHONE, "휴대폰")
    phone = next(one for one in devices.list_devices(relay.gildong.id, store=relay.store) if one.digest == PHONE)
    stranger = relay.account("stranger")
    with pytest.raises(DeviceNotFound):
        devices.remove_device(phone.id, account_id=stranger.id, store=relay.store, now=NOW)
    devices.remove_device(phone.id, account_id=relay.gildong.id, store=relay.store, now=NOW)
    policy = AccessPolicy()
    with pytest.raises(SessionRequired):
        authenticate(there.token, store=relay.store, policy=policy, now=NOW)
    assert authenticate(here.token, store=relay.store, policy=policy, now=NOW).account_id == relay.gildong.id
    assert devices.accounts_to_wipe(PHONE, store=relay.store) == (relay.gildong.id,)
    assert devices.accounts_to_wipe(PC, store=relay.store) == ()
    with pytest.raises(DeviceNotFound):
        devices.remove_device(phone.id, account_id=relay.gildong.id, store=relay.store, now=NOW)
    signed_in(relay, PHONE, after_s=5)  # the owner's again
    assert devices.accounts_to_wipe(PHONE, store=relay.store) == ()
    assert relay.told() == ["device_signed_in", "device_removed", "device_signed_in"]


def test_names_are_the_owners_and_the_list_is_bounded(relay: Relay) -> None:
    first = signed_in(relay, "0" * 64)
    (known,) = devices.list_devices(relay.gildong.id, store=relay.store)
    devices.rename_device(known.id, "거실 PC", account_id=relay.gildong.id, store=relay.store, now=NOW)
    signed_in(relay, "0" * 64, "Chrome", after_s=1)
    assert devices.list_devices(relay.gildong.id, store=relay.store)[0].name == "거실 PC"
    for number in range(1, 4):
        signed_in(relay, str(number) * 64, after_s=1 + number)
    listed = devices.list_devices(relay.gildong.id, store=relay.store)
    assert [one.digest[0] for one in listed] == ["3", "2", "1"]
    with pytest.raises(SessionRequired):
        authenticate(first.token, store=relay.store, policy=AccessPolicy(), now=NOW)
    assert relay.gildong.role is Role.SUBSCRIBER
