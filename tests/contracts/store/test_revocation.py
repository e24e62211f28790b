"""Revocation and status on both databases: whole sets end, CRLs say so, one per number."""

import json
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from builders.applicants import HONG, application_of
from builders.office import NOW, office
from builders.world import KIM, World
from dojang.adapters.chance import SystemChance
from dojang.adapters.spool import open_spool
from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.engine import Database
from dojang.controls.notices.model import NotifySubscriber
from dojang.controls.party_events.model import SpreadEvents
from dojang.lifecycle.revocation.model import (
    CertificateAlreadyRevoked,
    CertificateNotFound,
    CertificateNotHeld,
    CertificateState,
    IssueCrl,
    RevocationReason,
)
from dojang.lifecycle.revocation.policy import RevocationPolicy
from dojang.lifecycle.revocation.usecases import end_holds, resume, revoke, suspend
from dojang.lifecycle.status.lists import CrlAuthority, ListMaker, issue_scope
from dojang.lifecycle.status.model import ALL, Crl, CrlNotFound, StatusUnknown
from dojang.lifecycle.status.policy import CrlPolicy
from dojang.lifecycle.status.usecases import get_crl, get_status, read_crl
from dojang.pki.certificate import certificate_pem
from dojang.pki.signer import CertificateSigner

ACTOR = "operator:operator-1"
LATER = NOW + timedelta(minutes=5)
POLICY = RevocationPolicy()


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def publish(
    world: World, now: datetime = LATER, last_number: int = 1, signer: CertificateSigner | None = None
) -> Crl | None:
    """Issue the complete list if it is due."""
    maker = ListMaker(
        store=world.store,
        authority=CrlAuthority(signer=signer or office().authority.signer, last_number=last_number),
        policy=CrlPolicy(),
        open_spool=open_spool,
        chance=SystemChance(),
    )
    issued = issue_scope(ALL, maker, now)
    return issued[0] if issued else None


def listed(world: World, crl: Crl) -> dict[int, x509.ReasonFlags | None]:
    reasons: dict[int, x509.ReasonFlags | None] = {}
    for entry in x509.load_der_x509_crl(read_crl(crl, store=world.store)):
        found = [one.value.reason for one in entry.extensions if isinstance(one.value, x509.CRLReason)]
        reasons[entry.serial_number] = found[0] if found else None
    return reasons


@pytest.mark.parametrize("which", ["signing", "key_management"])
def test_either_serial_ends_the_whole_set_once(world: World, which: str) -> None:
    issued = world.issued()
    before = len(world.outbox.effects)
    serial = getattr(issued, which).serial
    first = revoke(serial, "keyCompromise", actor=ACTOR, store=world.store, now=LATER)
    again = revoke(serial, "superseded", actor=ACTOR, store=world.store, now=LATER + timedelta(hours=1))
    assert again == first
    assert (first.state, first.reason, first.since) == (
        CertificateState.REVOKED,
        RevocationReason.KEY_COMPROMISE,
        LATER,
    )
    assert world.outbox.effects[before:] == [
        IssueCrl(),
        SpreadEvents(reference=f"certificate:{issued.signing.serial}"),
        NotifySubscriber(
            subscriber_id="subscriber-1", template="certificate_revoked", reference=str(issued.signing.serial)
        ),
    ]
    assert world.tags().count("revocation:certificate:revoked") == 1
    for one in (issued.signing, issued.key_management):
        status = get_status(one.serial, store=world.store)
        assert (status.state, status.reason, status.since) == (CertificateState.REVOKED, "keyCompromise", LATER)


def test_unknown_and_foreign_serials_are_not_found(world: World) -> None:
    issued = world.issued()
    with pytest.raises(CertificateNotFound):
        revoke(issued.signing.serial + 1, "superseded", actor=ACTOR, store=world.store, now=NOW)
    with pytest.raises(CertificateNotFound):
        revoke(
            issued.signing.serial, "superseded", actor=ACTOR, store=world.store, now=NOW, subscriber_id="subscriber-2"
        )
    with pytest.raises(StatusUnknown):
        get_status(issued.signing.serial + 1, store=world.store)
    assert get_status(issued.signing.serial, store=world.store).state is CertificateState.GOOD


def test_a_hold_shows_on_the_crl_and_vanishes_when_lifted(world: World) -> None:
    serial = world.issued().signing.serial
    with pytest.raises(CertificateNotHeld):
        resume(serial, actor=ACTOR, store=world.store, now=NOW)
    suspend(serial, actor=ACTOR, store=world.store, policy=POLICY, now=LATER)
    held = publish(world)
    assert held is not None
    assert listed(world, held)[serial] is x509.ReasonFlags.certificate_hold
    assert get_status(serial, store=world.store).reason == "certificateHold"
    resume(serial, actor=ACTOR, store=world.store, now=LATER)
    resumed = publish(world)
    assert resumed is not None
    assert (resumed.number, listed(world, resumed)) == (held.number + 1, {})
    status = get_status(serial, store=world.store)
    assert (status.state, status.since, status.reason) == (CertificateState.GOOD, None, None)
    revoke(serial, "superseded", actor=ACTOR, store=world.store, now=LATER)
    with pytest.raises(CertificateAlreadyRevoked):
        resume(serial, actor=ACTOR, store=world.store, now=LATER)
    assert world.tags()[-6:] == [
        "revocation:certificate:suspended",
        "status:crl:issued",
        "revocation:certificate:resumed",
        "status:crl:issued",
        "revocation:certificate:revoked",
        "revocation:certificate:refused",
    ]


def notices(world: World) -> list[str]:
    return [one.template for one in world.outbox.effects if isinstance(one, NotifySubscriber)]


def test_a_hold_nobody_lifts_is_told_of_in_time_and_then_becomes_final_once(world: World) -> None:
    serial = world.issued().signing.serial
    held = suspend(
        serial, actor="subscriber:subscriber-1", store=world.store, policy=POLICY, now=NOW, subscriber_id="subscriber-1"
    )
    ends_at = held.hold_ends_at
    assert ends_at is not None
    before = len(notices(world))
    for now, told in [
        (ends_at - timedelta(days=7, seconds=1), []),
        (ends_at - timedelta(days=7), ["hold_ending"]),
        (ends_at - timedelta(days=6), ["hold_ending"]),
        (ends_at - timedelta(seconds=1), ["hold_ending"]),
        (ends_at, ["hold_ending", "certificate_revoked"]),
        (ends_at + timedelta(days=1), ["hold_ending", "certificate_revoked"]),
    ]:
        end_holds(store=world.store, policy=POLICY, now=now)
        assert notices(world)[before:] == told, now
    status = get_status(serial, store=world.store)
    assert (status.state, status.reason, status.since) == (CertificateState.REVOKED, "cessationOfOperation", ends_at)
    assert world.tags()[-2:] == ["revocation:hold:ending_told", "revocation:certificate:revoked"]


def test_a_hold_lifted_in_time_never_ends_and_a_new_one_counts_anew(world: World) -> None:
    serial = world.issued().signing.serial
    first = suspend(serial, actor=ACTOR, store=world.store, policy=POLICY, now=NOW)
    resume(serial, actor=ACTOR, store=world.store, now=LATER)
    assert first.hold_ends_at is not None
    end_holds(store=world.store, policy=POLICY, now=first.hold_ends_at)
    assert get_status(serial, store=world.store).state is CertificateState.GOOD
    again = suspend(serial, actor=ACTOR, store=world.store, policy=POLICY, now=LATER)
    assert again.hold_ends_at == first.hold_ends_at + (LATER - NOW)


def test_one_run_ends_no_more_holds_than_it_may_and_several_workers_end_each_once(world: World) -> None:
    serials = []
    for index, applicant in enumerate((HONG, KIM)):
        application = application_of(applicant, id=f"application-{index}")
        serials.append(world.issued(application, index=index, applicant=applicant).signing.serial)
        suspend(serials[-1], actor=ACTOR, store=world.store, policy=POLICY, now=NOW)
    late = NOW + timedelta(days=200)
    one_each = RevocationPolicy(holds_per_run=1)
    assert end_holds(store=world.store, policy=one_each, now=late) == 1
    states = [get_status(one, store=world.store).state for one in serials]
    assert sorted(states) == [CertificateState.HELD, CertificateState.REVOKED]
    gate = threading.Barrier(3)

    def run() -> None:
        gate.wait()
        end_holds(store=world.store, policy=POLICY, now=late)

    with ThreadPoolExecutor(3) as pool:
        for one in [pool.submit(run) for _ in range(3)]:
            one.result()
    assert world.tags().count("revocation:certificate:revoked") == 2


def test_what_ended_by_itself_is_not_revoked_for_a_hold(world: World) -> None:
    issued = world.issued()
    suspend(issued.signing.serial, actor=ACTOR, store=world.store, policy=POLICY, now=issued.signing.not_after)
    much_later = issued.signing.not_after + timedelta(days=200)
    assert end_holds(store=world.store, policy=POLICY, now=much_later) == 0


def test_a_refusal_is_audited_without_the_askers_own_text(world: World) -> None:
    serial = world.issued().signing.serial
    stranger = "subscriber:subscriber-2"
    with pytest.raises(CertificateNotFound):
        suspend(serial, actor=stranger, store=world.store, policy=POLICY, now=NOW, subscriber_id="subscriber-2")
    with world.database.reading() as connection:
        last = list(AuditLogView(connection).leaves())[-1].leaf
    assert (last.tag, last.actor, last.subject) == ("revocation:certificate:refused", stranger, "")
    assert json.loads(last.data) == {"act": "suspend", "code": "revocation.certificate_not_found"}


def test_two_revocations_at_once_are_one(world: World) -> None:
    serial = world.issued().signing.serial
    gate = threading.Barrier(4)

    def ask(reason: str) -> str | None:
        gate.wait()
        return revoke(serial, reason, actor=ACTOR, store=world.store, now=LATER).reason

    reasons = ["keyCompromise", "superseded", "unspecified", "privilegeWithdrawn"]
    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(ask, reasons))
    assert len(answers) == 1
    assert world.tags().count("revocation:certificate:revoked") == 1


def test_the_first_crl_follows_the_ceremonys_and_then_only_what_is_new(world: World) -> None:
    with pytest.raises(CrlNotFound):
        get_crl(store=world.store)
    first = publish(world, NOW, last_number=7)
    assert first is not None
    assert (first.number, first.entry_count) == (8, 0)
    assert publish(world, NOW + timedelta(hours=5)) is None
    second = publish(world, NOW + timedelta(hours=6))
    assert second is not None
    assert second.number == 9
    assert get_crl(store=world.store) == second
    assert get_crl(8, store=world.store) == first
    with pytest.raises(CrlNotFound):
        get_crl(7, store=world.store)


def test_openssl_believes_the_crl_and_refuses_the_revoked(world: World, tmp_path: Path) -> None:
    ended = world.issued()
    lives = world.issued(application_of(KIM, id="application-2"), index=1, applicant=KIM)
    revoke(ended.signing.serial, "keyCompromise", actor=ACTOR, store=world.store, now=NOW)
    crl = publish(world)
    assert crl is not None
    assert listed(world, crl) == {
        ended.signing.serial: x509.ReasonFlags.key_compromise,
        ended.key_management.serial: x509.ReasonFlags.key_compromise,
    }
    for name, content in {
        "root.pem": certificate_pem(office().root_der),
        "issuing.pem": certificate_pem(office().issuing_der),
        "ended.pem": certificate_pem(ended.signing.certificate_der),
        "lives.pem": certificate_pem(lives.signing.certificate_der),
        "crl.pem": x509.load_der_x509_crl(read_crl(crl, store=world.store)).public_bytes(Encoding.PEM),
    }.items():
        (tmp_path / name).write_bytes(content)

    def verify(leaf: str) -> subprocess.CompletedProcess[str]:
        command = "openssl verify -crl_check -CRLfile crl.pem -CAfile root.pem -untrusted issuing.pem -attime"
        return subprocess.run(
            [*command.split(), str(int(LATER.timestamp()) + 60), leaf],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert verify("lives.pem").returncode == 0, verify("lives.pem").stderr
    assert "certificate revoked" in verify("ended.pem").stderr


def test_an_entry_appears_on_one_crl_beyond_its_end_and_then_leaves(world: World) -> None:
    issued = world.issued()
    serial = issued.signing.serial
    revoke(serial, "superseded", actor=ACTOR, store=world.store, now=LATER)
    end = issued.signing.not_after
    for at, expected in [
        (LATER, True),
        (end - timedelta(hours=1), True),
        (end + timedelta(hours=6), True),  # the one beyond the end
        (end + timedelta(hours=12), False),
    ]:
        crl = publish(world, at)
        assert crl is not None
        assert (serial in listed(world, crl)) is expected, at


def test_two_workers_at_once_issue_one_crl_per_number(world: World) -> None:
    issued = world.issued()
    revoke(issued.signing.serial, "superseded", actor=ACTOR, store=world.store, now=LATER)
    gate = threading.Barrier(4)

    def work() -> Crl | None:
        gate.wait()
        return publish(world)

    with ThreadPoolExecutor(4) as pool:
        answers = [one.result() for one in [pool.submit(work) for _ in range(4)]]
    published = [one for one in answers if one is not None]
    assert len(published) == 1
    assert get_crl(store=world.store).number == 2
    assert world.tags().count("status:crl:issued") == 1


def test_the_number_of_a_crl_that_was_prepared_and_never_signed_is_used(world: World) -> None:
    class LosesPower(Exception):
        """The machine stops."""

    class DyingSigner:
        issuer = office().authority.issuer
        algorithm = office().authority.signer.algorithm
        certificate_der = None

        def sign_certificate(self, linted: object) -> bytes:
            raise LosesPower

        def sign_crl(self, tbs_der: bytes) -> bytes:
            raise LosesPower

        def sign_crl_digest(self, digest: bytes) -> bytes:
            raise LosesPower

    with pytest.raises(LosesPower):
        publish(world, NOW, last_number=0, signer=DyingSigner())
    with pytest.raises(CrlNotFound):
        get_crl(store=world.store)
    finished = publish(world, LATER)
    assert finished is not None
    assert (finished.number, finished.this_update) == (1, LATER)
    assert publish(world, LATER) is None
