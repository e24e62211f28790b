"""Issuance on both databases: exactly once, whoever repeats, races or loses power."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from builders.applicants import (
    HONG,
    ScriptedChance,
    application_of,
    client_keys,
    issuance_request,
)
from builders.office import NOW, office
from builders.sql_office import enter
from builders.world import KIM, World
from dojang.adapters.chance import SystemChance
from dojang.adapters.store.engine import Database
from dojang.adapters.store.tables.issuance import certificate
from dojang.controls.notices.model import NotifySubscriber
from dojang.kernel.errors import DojangError
from dojang.lifecycle.application.model import (
    AdvanceApplication,
    ApplicationClosed,
    ApplicationKind,
    ApplicationNotFound,
    ApplicationOutOfTurn,
    ApplicationState,
    Ration,
    ReissueReason,
    RevokeCertificate,
)
from dojang.lifecycle.identity_proofing.errors import NotVerified, VerificationExpired
from dojang.lifecycle.issuance.model import (
    AlreadyRequested,
    CertificateSet,
    IdempotencyKeyReused,
    IssuanceAbandoned,
    IssuanceRequest,
    KeyCertifiedBefore,
    PredecessorNotTheirs,
    SerialsExhausted,
)
from dojang.lifecycle.issuance.policy import IssuancePolicy
from dojang.lifecycle.issuance.usecases import complete_prepared, issue
from dojang.pki.certificate import parse_certificate
from dojang.pki.lint import LintedCertificate


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def refused(world: World, request: IssuanceRequest, by: type[DojangError]) -> DojangError:
    with pytest.raises(by) as refusal:
        world.issue(request)
    return refusal.value


def test_a_set_is_issued_recorded_audited_and_told(world: World) -> None:
    application = world.identified(application_of())
    issued = world.issue(issuance_request(application, client_keys(0)))
    assert issued.chain_der == office().authority.chain_der
    with world.database.reading() as connection:
        rows = {row.kind: row for row in connection.execute(sa.select(certificate))}
    assert rows["signing"].certificate_der == issued.signing.certificate_der
    assert rows["key_management"].certificate_der == issued.key_management.certificate_der
    assert rows["signing"].tbs_der is None
    assert world.tags() == ["issuance:certificate_set:prepared", "issuance:certificate_set:issued"]
    assert world.outbox.effects == [
        AdvanceApplication(application_id=application.id, event="CertificatesIssued"),
        NotifySubscriber(
            subscriber_id="subscriber-1", template="certificate_issued", reference=str(issued.signing.serial)
        ),
    ]


def test_the_same_request_again_has_the_same_answer(world: World) -> None:
    application = world.identified(application_of())
    request = issuance_request(application, client_keys(0))
    first = world.issue(request)
    world.end(application, ApplicationState.ISSUED)  # even once the application has moved on
    assert world.issue(request) == first
    assert world.certificates() == 2


def test_the_same_key_with_other_content_and_another_key_are_refused(world: World) -> None:
    application = world.identified(application_of())
    request = issuance_request(application, client_keys(0))
    world.issue(request)
    refused(world, replace(request, sealed_r=b"x" * 256), IdempotencyKeyReused)
    refused(world, replace(request, idempotency_key="idempotency-2"), AlreadyRequested)
    other = world.identified(application_of(KIM, id="application-2"), KIM)
    world.issue(issuance_request(other, client_keys(1)))  # somebody else may use the same key
    assert world.certificates() == 4
    assert world.tags().count("issuance:request:refused") == 2


def test_one_idempotency_key_does_not_serve_two_applications(world: World) -> None:
    first = world.identified(application_of())
    world.issue(issuance_request(first, client_keys(0)))
    world.end(first, ApplicationState.COMPLETED)
    second = world.identified(application_of(id="application-2"))
    refused(world, issuance_request(second, client_keys(1)), IdempotencyKeyReused)


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (ApplicationState.PROOFING, ApplicationOutOfTurn),
        (ApplicationState.CANCELLED, ApplicationClosed),
        (ApplicationState.FROZEN, ApplicationClosed),
    ],
)
def test_only_an_identified_application_is_served(
    world: World, state: ApplicationState, error: type[DojangError]
) -> None:
    application = world.identified(application_of(state=state))
    refused(world, issuance_request(application, client_keys(0)), error)
    assert world.certificates() == 0
    assert world.tags() == ["issuance:request:refused"]


def test_unknown_and_foreign_applications_are_not_found_and_leave_no_trace(world: World) -> None:
    application = world.identified(application_of())
    request = issuance_request(application, client_keys(0))
    refused(world, replace(request, subscriber_id="subscriber-2"), ApplicationNotFound)
    refused(world, replace(request, application_id="application-9"), ApplicationNotFound)
    assert world.tags() == []


def test_without_a_fresh_proof_nothing_is_issued(world: World) -> None:
    application = application_of()
    enter(world.database, application, at=NOW)
    refused(world, issuance_request(application, client_keys(0)), NotVerified)
    world.identities.prove(application, at=NOW - timedelta(hours=25))
    refused(world, issuance_request(application, client_keys(0)), VerificationExpired)


@pytest.mark.parametrize("which", ["signing", "key_management"])
def test_a_key_is_certified_once(world: World, which: str) -> None:
    world.issue(issuance_request(world.identified(application_of()), client_keys(0)))
    other = world.identified(application_of(KIM, id="application-2"), KIM)
    reused = replace(client_keys(1), **{which: getattr(client_keys(0), which)})
    refusal = refused(world, issuance_request(other, reused), KeyCertifiedBefore)
    assert refusal.fields == {"kind": which}
    assert world.certificates() == 2


def test_the_name_stays_over_reissue_and_the_predecessor_must_be_theirs(world: World) -> None:
    first = world.identified(application_of())
    old = world.issue(issuance_request(first, client_keys(0)))
    world.end(first, ApplicationState.COMPLETED)
    again = replace(
        application_of(id="application-2", kind=ApplicationKind.REISSUE, reason=ReissueReason.REPLACED),
        predecessor_serial=old.signing.serial,
    )
    world.identified(again)
    new = world.issue(issuance_request(again, client_keys(1), idempotency_key="idempotency-2"))
    subjects = {parse_certificate(one.signing.certificate_der).subject for one in (old, new)}
    assert len(subjects) == 1
    assert new.predecessor_serial == old.signing.serial
    thief = replace(again, id="application-3", subscriber_id=KIM.subscriber_id)
    world.identified(thief, KIM)
    refused(world, issuance_request(thief, client_keys(2)), PredecessorNotTheirs)


def test_serials_and_digits_in_use_are_drawn_again(world: World) -> None:
    # Draws come in this order: sequence of the day, signing serial, key-management serial.
    world.issue(issuance_request(world.identified(application_of()), client_keys(0)), ScriptedChance([41, 6, 7]))
    other = world.identified(application_of(KIM, id="application-2"), KIM)
    chance = ScriptedChance(
        [41, 10, 11, 42, 6, 12, 43, 12, 12, 44, 8, 9]
    )  # digits, serial, each other: taken; then free
    issued = world.issue(issuance_request(other, client_keys(1)), chance)
    assert (issued.signing.serial, issued.key_management.serial) == (9, 10)
    assert world.certificates() == 4


def test_a_broken_generator_is_noticed(world: World) -> None:
    world.issue(issuance_request(world.identified(application_of()), client_keys(0)), ScriptedChance([41, 6, 7]))
    other = world.identified(application_of(KIM, id="application-2"), KIM)
    with pytest.raises(SerialsExhausted):
        world.issue(issuance_request(other, client_keys(1)), ScriptedChance([1, 6, 7] * 5))


def test_twins_racing_get_one_set(world: World) -> None:
    application = world.identified(application_of())
    request = issuance_request(application, client_keys(0))
    gate = threading.Barrier(6)

    def ask() -> CertificateSet:
        gate.wait()
        return world.issue(request)

    with ThreadPoolExecutor(6) as pool:
        answers = [one.result() for one in [pool.submit(ask) for _ in range(6)]]
    assert len({one.signing.serial for one in answers}) == 1
    assert world.certificates() == 2
    assert world.tags() == ["issuance:certificate_set:prepared", "issuance:certificate_set:issued"]


def test_recovery_signs_what_was_prepared_and_only_once(world: World) -> None:
    application = world.identified(application_of())
    world.prepare_only(application, client_keys(0))
    policy = IssuancePolicy(recovery_grace_s=10)
    authority = office().authority

    def recover(after_s: int) -> int:
        return complete_prepared(
            store=world.store, authority=authority, policy=policy, now=NOW + timedelta(seconds=after_s)
        )

    assert recover(9) == 0  # a live request may still be at it
    assert recover(10) == 1
    assert recover(11) == 0
    assert [type(one) for one in world.outbox.effects] == [AdvanceApplication, NotifySubscriber]


def test_recovery_beside_a_live_request_records_first_and_its_bytes_stand(world: World) -> None:
    real = office().authority
    recovered: list[int] = []

    class InterruptedSigner:
        """Signs, but only after a worker's recovery has found the same issuance and finished it."""

        issuer = real.signer.issuer
        algorithm = real.signer.algorithm
        certificate_der = real.signer.certificate_der

        def sign_certificate(self, linted: LintedCertificate) -> bytes:
            if not recovered:
                later = NOW + timedelta(minutes=1)
                policy = IssuancePolicy()
                recovered.append(complete_prepared(store=world.store, authority=real, policy=policy, now=later))
            return real.signer.sign_certificate(linted)

        def sign_crl(self, tbs_der: bytes) -> bytes:
            return real.signer.sign_crl(tbs_der)

        def sign_crl_digest(self, digest: bytes) -> bytes:
            return real.signer.sign_crl_digest(digest)

    application = world.identified(application_of())
    answer = issue(
        issuance_request(application, client_keys(0)),
        store=world.store,
        authority=replace(real, signer=InterruptedSigner()),
        virtual_ids=world.identities,
        policy=IssuancePolicy(),
        ration=Ration(),
        chance=SystemChance(),
        now=NOW,
    )
    assert recovered == [1]
    assert answer.issued_at == NOW + timedelta(minutes=1)
    assert world.certificates() == 2
    assert world.tags() == ["issuance:certificate_set:prepared", "issuance:certificate_set:issued"]


def test_the_retry_signs_what_was_prepared(world: World) -> None:
    application = world.identified(application_of())
    world.prepare_only(application, client_keys(0))
    prepared = world.store.read(lambda tx: tx.issuances.get_prepared("issuance-1"))
    with world.database.reading() as connection:
        digest = connection.execute(sa.text("SELECT request_digest FROM issuance")).scalar_one()
    # The client repeats its bytes; here their digest is put in the place of the bytes that the crash took along.
    request = issuance_request(application, client_keys(0))
    with world.database.writing() as connection:
        connection.execute(sa.text("UPDATE issuance SET request_digest = :d"), {"d": request.digest})
    assert digest != request.digest
    issued = world.issue(request)
    assert issued.signing.serial == prepared.signing.serial
    assert parse_certificate(issued.signing.certificate_der).tbs_certificate_bytes == prepared.signing.tbs_der


@pytest.mark.parametrize("state", [ApplicationState.CANCELLED, ApplicationState.EXPIRED, ApplicationState.FROZEN])
def test_what_was_prepared_for_an_ended_application_is_recorded_and_revoked(
    world: World, state: ApplicationState
) -> None:
    application = world.identified(application_of())
    world.prepare_only(application, client_keys(0))
    world.end(application, state)
    now = NOW + timedelta(minutes=1)
    authority = office().authority
    assert complete_prepared(store=world.store, authority=authority, policy=IssuancePolicy(), now=now) == 1
    issued = world.store.read(lambda tx: tx.issuances.get_certificate_set("issuance-1"))
    assert world.outbox.effects == [
        RevokeCertificate(serial=issued.signing.serial, reason="cessationOfOperation", application_id=application.id)
    ]
    assert world.tags()[-1] == "issuance:certificate_set:abandoned"


def test_a_retry_after_abandonment_says_so(world: World) -> None:
    application = world.identified(application_of())
    world.prepare_only(application, client_keys(0))
    request = issuance_request(application, client_keys(0))
    with world.database.writing() as connection:
        connection.execute(sa.text("UPDATE issuance SET request_digest = :d"), {"d": request.digest})
    world.end(application, ApplicationState.CANCELLED)
    refused(world, request, IssuanceAbandoned)
    refused(world, request, IssuanceAbandoned)
    assert world.certificates() == 2


def test_no_personal_data_in_the_cas_tables_beside_the_certificate(world: World) -> None:
    application = world.identified(application_of())
    world.issue(issuance_request(application, client_keys(0)))
    with world.database.reading() as connection:
        for table in ("issuance", "subject", "audit_leaf"):
            for row in connection.execute(sa.text(f"SELECT * FROM {table}")):  # noqa: S608 - our own names
                assert HONG.rrn not in str(row)
                assert HONG.name not in str(row)
                assert client_keys(0).r.hex() not in str(row)
