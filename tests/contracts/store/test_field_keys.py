"""Rotating field keys on both databases: every value of every table is sealed anew, and nothing is lost on the way."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from builders.household import Household
from builders.proofing import HONG, NOW, Person
from contracts.store.test_signature_requests import DOCUMENT, PREPARED, Desk
from dojang.adapters.chance import SystemChance
from dojang.adapters.secrecy.field_cipher import RingFieldCipher
from dojang.adapters.secrecy.key_ring import KeyRing, KeyRingFile, WatchedRing, open_key_ring
from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.engine import Database
from dojang.adapters.store.sealed_values import SEALED
from dojang.adapters.store.tables import METADATA
from dojang.adapters.store.tables.identity_proofing import id_document_image, personal_data
from dojang.controls.access.devices.model import Device, DeviceState, DeviceType
from dojang.controls.field_keys import usecases
from dojang.controls.field_keys.model import FieldKeyNotFound, FieldKeySeals, FieldKeyStillUsed, ResealedBatch
from dojang.controls.notices.model import Contact, ContactState
from dojang.controls.party_events.model import WebhookSecrets
from dojang.controls.step_up.model import Act, Confirmation, ConfirmationState
from dojang.controls.support import usecases as support
from dojang.controls.support.model import DeviceKind, Failure
from dojang.controls.support.policy import SupportPolicy
from dojang.kernel.notice import Channel
from dojang.kernel.ports import SealBroken
from dojang.lifecycle.identity_proofing.document import ImageForm
from dojang.lifecycle.identity_proofing.id_document.model import Side
from fakes.mortal_store import LosesPower, MortalStore

# Columns of bytes that hold nothing secret: certificates, signatures, digests, and what only two devices can open.
OPEN_COLUMNS = {
    "audit_head.frontier",
    "audit_leaf.subtrees",
    "certificate.certificate_der",
    "certificate.tbs_der",
    "revocation_list_chunk.content",
    "delegate.certificate_der",
    "delegate.tbs_der",
    "delivery.signature",
    "delivery.statement",
    "passkey.credential_id",
    "passkey.public_key",
    "renewal.signed_request_der",
    "sign_in_request.statement",
    "succession.statement_der",
    "timestamp.digest",
    "transfer_message.content",
}
WHO = "operator:the-officer"
PEOPLE = tuple(replace(HONG, subscriber_id=f"person-{n}", rrn=f"90010{n + 1}-2978124") for n in range(3))


class House(Household):
    """A household whose every table of sealed values has rows."""

    def __init__(self, database: Database, directory: Path) -> None:
        super().__init__(database, directory)
        self.path = directory / "fields.keys"
        self.cipher = RingFieldCipher(ring=WatchedRing(self.path), chance=SystemChance())
        self.secrecy = self.cipher  # type: ignore[assignment]  # the real one in the fake's place
        self.ring = KeyRingFile(self.path)
        self.mortal = MortalStore(self.store)
        self.prove(HONG)
        self.calling = replace(HONG, subscriber_id="calling", rrn="900105-2978124", phone="01099990009")
        self.know_in_part(self.calling)
        self.desk = Desk(database)
        self.store.transact(self._fill)
        failure = Failure(code="internal", request_id="r", step="account", app_version="1", device=DeviceKind.PHONE)
        report = support.Report(subscriber_id=HONG.subscriber_id, failure=failure, application_id=None, text="글")
        known: dict[str, Any] = {"store": self.store, "policy": SupportPolicy(), "chance": SystemChance(), "now": NOW}
        self.ticket = support.open_ticket(report, **known)

    def know_in_part(self, person: Person) -> None:
        """Leave somebody with a live call and a deposit that nobody sent yet."""
        self.reader.shown[person.front] = self.reader.shown[HONG.front]
        self.apply(person)
        self.photograph(person)

    def _fill(self, tx: Any) -> None:
        case_id = tx.proofing_cases.find_case_of(HONG.application_id).id
        call = tx.ars_calls.find_latest_call(case_id)
        tx.ars_calls.update(replace(call, number="42"))
        deposit = tx.account_deposits.find_latest_deposit(case_id)
        tx.account_deposits.update(replace(deposit, amount_krw=3, depositor_text="123456도장"))
        tx.confirmations.add(
            Confirmation(
                id="confirmation",
                subscriber_id=HONG.subscriber_id,
                act=Act.REVOKE,
                target="1",
                phone_key="k",
                state=ConfirmationState.REQUESTED,
                number="17",
                requested_at=NOW,
                expires_at=NOW + timedelta(minutes=3),
            )
        )
        tx.contacts.put_contact(
            Contact(
                id="contact",
                subscriber_id=HONG.subscriber_id,
                channel=Channel.EMAIL,
                value="garam@dojang.example",
                digest="d",
                state=ContactState.ACTIVE,
                added_at=NOW,
            )
        )
        tx.devices.save_device(
            Device(
                id="device",
                account_id=HONG.subscriber_id,
                digest="d",
                kind=next(iter(DeviceType)),
                name="가람의 폰",
                state=next(iter(DeviceState)),
                first_seen_at=NOW,
                last_seen_at=NOW,
            )
        )
        tx.webhook_secrets.put_secrets(
            WebhookSecrets(client_id=self.desk.client_id, secret=b"s" * 24, previous=b"p" * 24, previous_until=NOW)
        )
        tx.signature_requests.add(self.desk.request(), DOCUMENT)
        tx.signature_requests.save_preparation(self.desk.request().id, PREPARED)
        tx.signature_requests.save_result(self.desk.request().id, b"result")

    def everything(self) -> tuple[Any, ...]:
        """Return all that is sealed, opened by the repositories whose it is."""

        def look(tx: Any) -> tuple[Any, ...]:
            case_id = tx.proofing_cases.find_case_of(HONG.application_id).id
            document = tx.id_documents.find_latest_document(case_id)
            request_id = self.desk.request().id
            return (
                *(tx.id_documents.find_image(document.id, side, form) for side in Side for form in ImageForm),
                tx.id_documents.list_fields(document.id),
                tx.personal_data.find_personal_data(case_id),
                tx.account_deposits.find_latest_deposit(case_id),
                tx.ars_calls.find_latest_call(case_id),
                tx.verifications.find_verification(HONG.application_id),
                tx.confirmations.find_confirmation("confirmation"),
                tx.contacts.list_contacts(HONG.subscriber_id),
                tx.devices.list_devices(HONG.subscriber_id),
                tx.webhook_secrets.find_secrets(self.desk.client_id),
                tx.signature_requests.find_request(request_id),
                tx.signature_requests.find_document(request_id),
                tx.signature_requests.find_preparation(request_id),
                tx.signature_requests.find_result(request_id),
                tx.tickets.find_by_case_id(self.ticket.case_id),
            )

        return self.store.read(look)  # type: ignore[no-any-return]  # the builder's store is of any kind

    def counts(self) -> dict[int, int]:
        return {one.number: one.values for one in usecases.list_keys(ring=self.ring, store=self.store)}

    def rotate(self) -> int:
        """Add a key and have it seal."""
        number = usecases.add_key(**self.officer())
        usecases.choose_key(number, **self.officer())
        return number

    def officer(self) -> dict[str, Any]:
        return {"ring": self.ring, "actor": WHO, "store": self.mortal, "now": NOW}

    def entries(self) -> list[tuple[str, str, dict[str, str]]]:
        with self.database.reading() as connection:
            leaves = [one.leaf for one in AuditLogView(connection).leaves()]
        return [
            (one.tag.rpartition(":")[2], one.subject, json.loads(one.data))
            for one in leaves
            if one.tag.startswith("field_keys:")
        ]


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    return House(database, tmp_path)


def test_every_column_of_bytes_is_known_to_be_sealed_or_open() -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in METADATA.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.LargeBinary)
    }
    sealed = {f"{one.table.name}.{name}" for one in SEALED for name in one.names}
    assert found == sealed | OPEN_COLUMNS
    assert not sealed & OPEN_COLUMNS


def test_the_house_has_something_sealed_in_every_column(house: House) -> None:
    with house.database.reading() as connection:
        for one in SEALED:
            for name in one.names:
                column = one.table.c[name]
                query = sa.select(sa.func.count()).where(column.is_not(None))
                assert connection.execute(query).scalar_one() > 0, column


def test_a_whole_rotation_loses_nothing_and_lets_the_old_key_go(house: House) -> None:
    before, sealed = house.everything(), house.counts()
    assert list(sealed) == [1]
    assert sealed[1] > 30
    assert usecases.add_key(**house.officer()) == 2
    assert house.ring.seals() == 1  # carried to every machine first
    usecases.choose_key(2, **house.officer())
    usecases.choose_key(2, **house.officer())  # again: nothing
    with pytest.raises(FieldKeyStillUsed) as used:
        usecases.retire_key(1, **house.officer())
    assert used.value.fields == {"number": 1, "values": sealed[1]}
    done = usecases.reseal_all(**house.officer(), batch=2)
    assert sum(done.values.values()) == sealed[1]
    assert set(done.values) == {one.table.name for one in SEALED}
    assert done.unreadable == ()
    assert house.counts() == {1: 0, 2: sealed[1]}
    assert house.everything() == before
    usecases.retire_key(1, **house.officer())
    assert list(open_key_ring(house.path).sealing) == [2]
    assert house.everything() == before
    assert usecases.add_key(**house.officer()) == 3
    actions = [action for action, _, _ in house.entries()]
    assert [one for one in actions if one != "resealed"] == ["added", "chosen", "refused", "retired", "added"]
    counted = [int(data["values"]) for action, _, data in house.entries() if action == "resealed"]
    assert sum(counted) == sealed[1]
    assert usecases.reseal_all(**house.officer()).values == {}  # and nothing is entered of nothing
    assert len([one for one in house.entries() if one[0] == "resealed"]) == len(counted)


def test_the_very_rows_change_their_key(house: House) -> None:
    number = house.rotate()
    usecases.reseal_all(**house.officer())
    old = RingFieldCipher(ring=KeyRing(sealing={1: b"x" * 32}, index=b"i" * 32), chance=SystemChance())
    with house.database.reading() as connection:
        row = connection.execute(sa.select(personal_data)).first()
    assert row is not None
    assert bytes(row.sealed_rrn)[:5] == b"\x01" + number.to_bytes(4, "big")
    with pytest.raises(SealBroken):
        old.open(bytes(row.sealed_rrn), context=f"personal_data.rrn:{row.case_id}")


@pytest.mark.parametrize("death", ["before_commit", "after_commit"])
@pytest.mark.parametrize("at", [0, 3, 9])
def test_whoever_is_killed_while_sealing_anew_goes_on(house: House, death: str, at: int) -> None:
    before, total = house.everything(), house.counts()[1]
    house.rotate()
    house.mortal.deaths = ["none"] * at + [death]
    with pytest.raises(LosesPower):
        usecases.reseal_all(**house.officer(), batch=2)
    assert house.everything() == before
    counts = house.counts()
    assert sum(counts.values()) == total
    assert counts[1] > 0
    done = usecases.reseal_all(**house.officer(), batch=2)
    assert sum(done.values.values()) == counts[1]
    assert house.counts() == {1: 0, 2: total}
    assert house.everything() == before


def test_the_office_goes_on_beside_it(house: House) -> None:
    """What is stored between two batches is sealed with the new key and changed by nobody."""
    house.rotate()
    kim = replace(HONG, subscriber_id="late", rrn="900106-2978124")
    stored = []

    def told(_: ResealedBatch) -> None:
        if not stored:
            house.know_in_part(kim)
            stored.append(True)

    usecases.reseal_all(**house.officer(), batch=2, told=told)
    assert house.counts()[1] == 0
    assert house.view(kim).checks


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        (lambda house: usecases.retire_key(1, **house.officer()), FieldKeySeals),
        (lambda house: usecases.retire_key(7, **house.officer()), FieldKeyNotFound),
        (lambda house: usecases.choose_key(7, **house.officer()), FieldKeyNotFound),
    ],
)
def test_refusals_change_nothing_and_are_entered(
    house: House, act: Callable[[House], None], refusal: type[Exception]
) -> None:
    ring = house.path.read_bytes()
    with pytest.raises(refusal):
        act(house)
    assert house.path.read_bytes() == ring
    ((action, _, data),) = house.entries()
    assert (action, data["code"]) == ("refused", getattr(refusal, "code", ""))


def test_what_does_not_open_is_told_left_and_keeps_its_key(house: House) -> None:
    with house.database.writing() as connection:
        row = connection.execute(sa.select(id_document_image)).first()
        assert row is not None
        same = sa.and_(
            id_document_image.c.document_id == row.document_id,
            id_document_image.c.side == row.side,
            id_document_image.c.form == row.form,
        )
        broken = bytes(row.sealed_image)[:-1] + bytes([row.sealed_image[-1] ^ 1])
        connection.execute(id_document_image.update().where(same).values(sealed_image=broken))
    house.rotate()
    done = usecases.reseal_all(**house.officer(), batch=2)
    assert done.unreadable == (f"id_document_image:{row.document_id}:{row.side}:{row.form}",)
    assert house.counts()[1] == 1
    with pytest.raises(FieldKeyStillUsed):
        usecases.retire_key(1, **house.officer())


def test_a_crash_between_entry_and_file_is_mended_by_the_same_command(house: House) -> None:
    house.mortal.deaths = ["after_commit"]
    with pytest.raises(LosesPower):
        usecases.add_key(**house.officer())
    assert house.ring.numbers() == (1,)
    assert usecases.add_key(**house.officer()) == 2
    assert house.ring.numbers() == (1, 2)
