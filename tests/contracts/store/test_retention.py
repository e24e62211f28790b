"""Retention on both databases: what is past the bank's periods is gone from the rows, what somebody needs is not."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from builders.proofing import HONG, NOW, Person, ProofingOffice
from contracts.store.test_identity_proofing import sql_store
from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.engine import Database
from dojang.adapters.store.tables.identity_proofing import (
    account_deposit,
    ars_call,
    id_document_field,
    id_document_image,
    personal_data,
    proofing_case,
    proofing_review,
    verified_identity,
)
from dojang.adapters.store.tables.issuance import certificate, issuance
from dojang.adapters.store.tables.support import support_ticket
from dojang.lifecycle.application.usecases import advance_application
from dojang.lifecycle.identity_proofing import closing
from dojang.lifecycle.identity_proofing.erasure.usecases import erase_overdue
from dojang.lifecycle.identity_proofing.model import CaseState
from dojang.lifecycle.identity_proofing.policy import RetentionPolicy
from fakes.mortal_store import LosesPower, MortalStore

POLICY = RetentionPolicy(unproven_days=30, pictures_days=100, proven_days=1000)
ENDED = NOW + timedelta(hours=24)  # the application's window
CERTIFICATE_ENDS = NOW + timedelta(days=365)
SEALED = (id_document_image, id_document_field, personal_data, account_deposit, ars_call, verified_identity)


class Archive:
    """A proofing office on a database, and what is left in it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.office = ProofingOffice(make_store=sql_store(database))
        self.store = MortalStore(self.office.store)

    def run(self, now: datetime, policy: RetentionPolicy = POLICY) -> int:
        return erase_overdue(store=self.store, policy=policy, now=now)  # type: ignore[arg-type]  # dies on order

    def abandoned(self, person: Person = HONG) -> None:
        """Somebody proves nearly everything and lets the window pass."""
        self.office.know(person)
        self.office.submit_account(person)
        self._close(days=2)

    def certified(self, person: Person = HONG, ends_at: datetime = CERTIFICATE_ENDS) -> None:
        """Somebody proves everything and has a certificate."""
        self.office.prove(person)
        self.issue(person.application_id, person, ends_at=ends_at)
        for event in ("CertificatesIssued", "CertificatesAccepted"):
            advance_application(person.application_id, event, store=self.office.store, now=self.office.clock.now())
        self._close(days=0)

    def issue(self, application_id: str, person: Person, *, ends_at: datetime, number: int = 1) -> None:
        with self.database.writing() as connection:
            connection.execute(
                issuance.insert().values(
                    id=f"issuance-{number}",
                    application_id=application_id,
                    subscriber_id=person.subscriber_id,
                    person_key="a person",
                    idempotency_key=f"key-{number}",
                    request_digest="-",
                    state="issued",
                    prepared_at=NOW,
                    issued_at=NOW,
                )
            )
            connection.execute(
                certificate.insert().values(
                    serial=number,
                    issuance_id=f"issuance-{number}",
                    kind="signing",
                    profile="personal-signing",
                    spki_sha256=f"spki-{number}",
                    not_before=NOW,
                    not_after=ends_at,
                    certificate_der=b"certificate",
                )
            )

    def _close(self, *, days: int) -> None:
        self.office.pass_time(days=days)
        with self.database.writing() as connection:  # what expires applications is another step's
            connection.execute(
                sa.text("UPDATE application SET state = 'expired' WHERE state IN ('proofing', 'identified')")
            )
        assert closing.close_ended_cases(store=self.office.store, now=self.office.clock.now()) == 1

    def count(self, table: sa.Table) -> int:
        with self.database.reading() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())

    def values(self, column: sa.Column[Any]) -> list[Any]:
        with self.database.reading() as connection:
            return list(connection.execute(sa.select(column)).scalars())

    def put(self, statement: Any) -> None:
        with self.database.writing() as connection:
            connection.execute(statement)

    def sealed_bytes(self) -> list[bytes]:
        """Everything sealed that the case still has, in whatever column."""
        with self.database.reading() as connection:
            return [
                bytes(value)
                for table in SEALED
                for row in connection.execute(sa.select(table))
                for name, value in row._asdict().items()
                if name.startswith("sealed_") and value
            ]

    def entries(self) -> list[tuple[str, dict[str, str]]]:
        with self.database.reading() as connection:
            leaves = [one.leaf.to_entry() for one in AuditLogView(connection).leaves()]
        return [(one.tag, dict(one.data)) for one in leaves if one.tag.startswith("identity_proofing:erasure:")]


@pytest.fixture
def archive(database: Database) -> Iterator[Archive]:
    return Archive(database)


def test_what_led_to_no_certificate_goes_after_a_month_and_is_entered(archive: Archive) -> None:
    archive.abandoned()
    assert archive.count(id_document_image) > 0
    assert archive.sealed_bytes()
    assert archive.run(ENDED + timedelta(days=30, seconds=-1)) == 0
    assert archive.entries() == []
    assert archive.run(ENDED + timedelta(days=30)) == 1
    assert archive.sealed_bytes() == []
    for table in (id_document_image, id_document_field, personal_data, ars_call, verified_identity):
        assert archive.count(table) == 0
    assert archive.values(account_deposit.c.sealed_number) == [b""]
    ((tag, data),) = archive.entries()
    assert tag == "identity_proofing:erasure:everything"
    assert data["application"] == HONG.application_id
    assert data["personal_data"] == "1"
    assert archive.run(ENDED + timedelta(days=400)) == 0  # once
    assert len(archive.entries()) == 1


def test_pictures_go_first_and_the_rest_when_the_last_certificate_is_long_over(archive: Archive) -> None:
    archive.certified()
    assert archive.run(ENDED + timedelta(days=100, seconds=-1)) == 0
    assert archive.run(ENDED + timedelta(days=100)) == 1
    assert archive.count(id_document_image) == 0
    assert set(archive.values(id_document_field.c.sealed_crop)) == {None}
    assert archive.count(id_document_field) > 0  # the values confirmed stay, as do number and telephone for renewals
    assert archive.count(personal_data) == archive.count(verified_identity) == 1
    assert archive.run(CERTIFICATE_ENDS + timedelta(days=1000, seconds=-1)) == 0
    assert archive.run(CERTIFICATE_ENDS + timedelta(days=1000)) == 1
    assert archive.sealed_bytes() == []
    assert [tag.rpartition(":")[2] for tag, _ in archive.entries()] == ["pictures", "everything"]


def test_a_later_certificate_of_the_account_keeps_what_renewals_rest_on(archive: Archive) -> None:
    archive.certified()
    archive.office.apply(HONG, number="-renewal")
    later = CERTIFICATE_ENDS + timedelta(days=5000)
    archive.issue(f"{HONG.application_id}-renewal", HONG, ends_at=later, number=2)
    assert archive.run(CERTIFICATE_ENDS + timedelta(days=2000)) == 1  # the pictures alone
    assert archive.run(CERTIFICATE_ENDS + timedelta(days=2000)) == 0
    assert archive.count(personal_data) == 1
    assert archive.run(later + timedelta(days=1000)) == 1
    assert archive.count(personal_data) == 0


def test_an_open_review_keeps_everything_until_it_is_decided(archive: Archive) -> None:
    archive.abandoned()
    case_id = archive.values(proofing_case.c.id)[0]
    question = {"id": "r", "case_id": case_id, "subject": "stranded_deposit", "check": "account_deposit"}
    archive.put(proofing_review.insert().values(**question, findings="[]", state="open", opened_at=NOW))
    assert archive.run(ENDED + timedelta(days=4000)) == 0
    assert archive.sealed_bytes()
    archive.put(proofing_review.update().values(state="approved"))
    assert archive.run(ENDED + timedelta(days=4000)) == 1


def test_a_ticket_about_the_application_keeps_everything_until_it_is_closed(archive: Archive) -> None:
    archive.abandoned()
    ticket = {"id": "t", "case_id": "ABCDEF", "application_id": HONG.application_id, "failure": "{}", "situation": "{}"}
    times = {"opened_at": NOW, "changed_at": NOW, "version": 1}
    archive.put(support_ticket.insert().values(**ticket, timeline="[]", state="answered", **times))
    assert archive.run(ENDED + timedelta(days=4000)) == 0
    assert archive.sealed_bytes()
    archive.put(support_ticket.update().values(state="closed"))
    assert archive.run(ENDED + timedelta(days=4000)) == 1


@pytest.mark.parametrize("state", [one for one in CaseState if one is not CaseState.CLOSED])
def test_a_case_that_is_not_closed_keeps_everything(archive: Archive, state: CaseState) -> None:
    archive.abandoned()
    archive.put(proofing_case.update().values(state=state.value))
    assert archive.run(ENDED + timedelta(days=4000)) == 0
    assert archive.sealed_bytes()


def test_a_dispute_that_begins_between_look_and_lock_is_heard(archive: Archive) -> None:
    archive.abandoned()
    now = ENDED + timedelta(days=40)
    due = archive.office.store.read(lambda tx: tx.kept_evidence.list_due(POLICY, now, 10))
    assert len(due) == 1

    class Overtaken(MortalStore):
        def transact(self, work: Any) -> Any:
            question = {"id": "r", "case_id": due[0], "subject": "stranded_deposit", "check": "account_deposit"}
            archive.put(proofing_review.insert().values(**question, findings="[]", state="open", opened_at=NOW))
            return super().transact(work)

    assert erase_overdue(store=Overtaken(archive.office.store), policy=POLICY, now=now) == 0  # type: ignore[arg-type]
    assert archive.sealed_bytes()
    assert archive.entries() == []


@pytest.mark.parametrize("death", ["before_commit", "after_commit"])
def test_a_worker_that_dies_leaves_all_or_nothing(archive: Archive, death: str) -> None:
    archive.abandoned()
    now = ENDED + timedelta(days=31)
    archive.store.deaths = [death]
    with pytest.raises(LosesPower):
        archive.run(now)
    done = death == "after_commit"
    assert (archive.sealed_bytes() == []) is done
    assert len(archive.entries()) == (1 if done else 0)
    archive.run(now)
    assert archive.sealed_bytes() == []
    assert len(archive.entries()) == 1


def test_two_workers_erase_once(archive: Archive) -> None:
    archive.abandoned()
    now, counts = ENDED + timedelta(days=31), []
    threads = [
        threading.Thread(
            target=lambda: counts.append(erase_overdue(store=archive.office.store, policy=POLICY, now=now))
        )
        for _ in range(3)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(counts) == [0, 0, 1]
    assert len(archive.entries()) == 1


def test_sqlite_overwrites_what_was_erased(sqlite_database: Database) -> None:
    """The very ciphertext is nowhere in the file: the key ring would open it."""
    archive = Archive(sqlite_database)
    archive.abandoned()
    sealed = archive.sealed_bytes()
    assert sealed
    archive.run(ENDED + timedelta(days=31))
    with sqlite_database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    left = Path(str(sqlite_database.url.database)).read_bytes()
    assert not [one for one in sealed if one[:32] in left]
