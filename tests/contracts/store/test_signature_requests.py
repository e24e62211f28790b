"""Stored signature requests on both databases: one per key, parts sealed, deleted in time, and who comes first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest
import sqlalchemy as sa

from builders.office import NOW
from builders.sql_office import Outbox
from dojang.adapters.chance import SystemChance
from dojang.adapters.secrecy.field_cipher import RingFieldCipher
from dojang.adapters.secrecy.key_ring import KeyRing
from dojang.adapters.store import audit_log
from dojang.adapters.store.engine import Database
from dojang.adapters.store.store import SqlStore
from dojang.adapters.store.tables.signature_requests import signature_request_part
from dojang.adapters.store.transaction import SqlTransaction
from dojang.controls.access.usecases import sign_up
from dojang.controls.relying_parties.usecases import register_party
from dojang.lifecycle.reliance.signature_request import answering, assembly
from dojang.lifecycle.reliance.signature_request.model import (
    Preparation,
    SignableKind,
    SignatureRequest,
    SignatureRequestState,
    SignatureRequestTaken,
    Terms,
)
from dojang.lifecycle.reliance.signature_request.policy import SignatureRequestPolicy
from fakes.hasher import PlainHasher

CHANCE = SystemChance()
POLICY = SignatureRequestPolicy()
DOCUMENT = "계약: 첼로 1대".encode()
PREPARED = Preparation(
    certificate_der=b"certificate",
    attributes_der=b"attributes",
    before=b"before",
    gap_bytes=10,
    after=b"after",
    prepared_at=NOW,
)
Found = TypeVar("Found")


class Desk:
    """An office's store with a party and two people."""

    def __init__(self, database: Database) -> None:
        self.database = database
        cipher = RingFieldCipher(ring=KeyRing(sealing={1: bytes(32)}, index=bytes(32)), chance=CHANCE)
        self.store = SqlStore(
            database,
            begin=lambda connection: SqlTransaction(connection, cipher),
            append=audit_log.append,
            enqueue=Outbox(),
        )
        self.client_id = register_party(
            "견본 상점", actor="operator:1", store=self.store, chance=CHANCE, now=NOW
        ).party.client_id
        self.gildong, self.somebody = (
            sign_up(name, "a long password", store=self.store, hasher=PlainHasher(), chance=CHANCE, now=NOW).id
            for name in ("gildong", "somebody")
        )

    def request(self, number: int = 1, **changes: object) -> SignatureRequest:
        plain = SignatureRequest(
            id=f"{number:032x}",
            client_id=self.client_id,
            party_name="견본 상점",
            kind=SignableKind.TEXT,
            terms=Terms(purpose="계약", amount_krw=3_200_000, file_name="계약.txt"),
            sha256="0" * 64,
            size_bytes=len(DOCUMENT),
            idempotency_key=f"basket-{number}",
            fingerprint="0" * 64,
            made_at=NOW,
            expires_at=NOW + timedelta(hours=1),
            tries_left=5,
        )
        return replace(plain, **changes)  # type: ignore[arg-type]  # names of fields

    def do(self, work: Callable[[SqlTransaction], Found]) -> Found:
        return self.store.transact(work)

    def parts(self) -> list[bytes]:
        with self.database.reading() as connection:
            return [bytes(one) for one in connection.execute(sa.select(signature_request_part.c.sealed)).scalars()]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_what_is_stored_comes_back_and_lies_sealed(desk: Desk) -> None:
    asked = desk.request()
    assert desk.do(lambda tx: tx.signature_requests.add(asked, DOCUMENT))
    assert desk.store.read(lambda tx: tx.signature_requests.find_request(asked.id)) == asked
    assert desk.store.read(lambda tx: tx.signature_requests.find_document(asked.id)) == DOCUMENT
    for prepared in (PREPARED, replace(PREPARED, signature=b"signature")):
        desk.do(lambda tx, one=prepared: tx.signature_requests.save_preparation(asked.id, one))  # type: ignore[misc]
        assert desk.store.read(lambda tx: tx.signature_requests.find_preparation(asked.id)) == prepared
    desk.do(lambda tx: tx.signature_requests.save_result(asked.id, b"result"))
    assert desk.store.read(lambda tx: tx.signature_requests.find_result(asked.id)) == b"result"
    assert len(desk.parts()) == 4
    assert not any(DOCUMENT in one or b"result" in one or "계약".encode() in one for one in desk.parts())


def test_a_partys_key_is_one_request(desk: Desk) -> None:
    assert desk.do(lambda tx: tx.signature_requests.add(desk.request(), DOCUMENT))
    again = desk.request(2, idempotency_key="basket-1")
    assert not desk.do(lambda tx: tx.signature_requests.add(again, DOCUMENT))
    found = desk.store.read(lambda tx: tx.signature_requests.find_by_key(desk.client_id, "basket-1"))
    assert found is not None
    assert found.id == desk.request().id


def test_of_two_who_open_at_once_one_has_it(desk: Desk) -> None:
    desk.do(lambda tx: tx.signature_requests.add(desk.request(), DOCUMENT))

    def opens(person: str) -> str | None:
        try:
            opened = answering.open_request(
                desk.request().id, person, subject_of=lambda *_: "", store=desk.store, now=NOW
            )
        except SignatureRequestTaken:
            return None
        return opened.subscriber_id

    with ThreadPoolExecutor(2) as pool:
        have = [one for one in pool.map(opens, (desk.gildong, desk.somebody)) if one]
    assert len(have) == 1
    kept = desk.store.read(lambda tx: tx.signature_requests.find_request(desk.request().id))
    assert kept is not None
    assert kept.subscriber_id == have[0]


def test_time_ends_and_erases(desk: Desk) -> None:
    desk.do(lambda tx: tx.signature_requests.add(desk.request(), DOCUMENT))
    desk.do(lambda tx: tx.signature_requests.add(desk.request(2, expires_at=NOW + timedelta(days=5)), DOCUMENT))
    over = NOW + timedelta(hours=1)
    assembly.tidy(store=desk.store, policy=POLICY, now=over - timedelta(seconds=1))
    assert desk.store.read(lambda tx: tx.signature_requests.list_run_out(over, 10)) == [desk.request().id]
    assembly.tidy(store=desk.store, policy=POLICY, now=over)
    assert len(desk.parts()) == 4
    assembly.tidy(store=desk.store, policy=POLICY, now=over + timedelta(hours=72, seconds=1))
    assert len(desk.parts()) == 2  # those of the request that still waits
    ended = desk.store.read(lambda tx: tx.signature_requests.find_request(desk.request().id))
    assert ended is not None
    assert (ended.state, ended.terms, ended.ended_at) == (SignatureRequestState.EXPIRED, None, over)
