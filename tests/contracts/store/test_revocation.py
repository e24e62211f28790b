"""Revocation and status on both databases: whole sets end, CRLs say so, one per number."""

import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from builders.applicants import application_of
from builders.office import NOW, office
from builders.world import KIM, World
from dojang.adapters.store.engine import Database
from dojang.controls.notices.model import NotifySubscriber
from dojang.lifecycle.revocation.model import (
    CertificateAlreadyRevoked,
    CertificateNotFound,
    CertificateNotHeld,
    CertificateState,
    IssueCrl,
    RevocationReason,
)
from dojang.lifecycle.revocation.usecases import resume, revoke, suspend
from dojang.lifecycle.status.model import Crl, CrlNotFound, StatusUnknown
from dojang.lifecycle.status.policy import CrlPolicy
from dojang.lifecycle.status.usecases import CrlAuthority, get_crl, get_status, issue_crl
from dojang.pki.certificate import certificate_pem

ACTOR = "operator:operator-1"
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def publish(world: World, now: datetime = LATER, last_number: int = 1) -> Crl | None:
    authority = CrlAuthority(signer=office().authority.signer, last_number=last_number)
    return issue_crl(store=world.store, authority=authority, policy=CrlPolicy(), now=now)


def listed(crl: Crl) -> dict[int, x509.ReasonFlags | None]:
    assert crl.crl_der is not None
    reasons: dict[int, x509.ReasonFlags | None] = {}
    for entry in x509.load_der_x509_crl(crl.crl_der):
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
    suspend(serial, actor=ACTOR, store=world.store, now=LATER)
    held = publish(world)
    assert held is not None
    assert listed(held)[serial] is x509.ReasonFlags.certificate_hold
    assert get_status(serial, store=world.store).reason == "certificateHold"
    resume(serial, actor=ACTOR, store=world.store, now=LATER)
    resumed = publish(world)
    assert resumed is not None
    assert (resumed.number, listed(resumed)) == (held.number + 1, {})
    status = get_status(serial, store=world.store)
    assert (status.state, status.since, status.reason) == (CertificateState.GOOD, None, None)
    revoke(serial, "superseded", actor=ACTOR, store=world.store, now=LATER)
    with pytest.raises(CertificateAlreadyRevoked):
        resume(serial, actor=ACTOR, store=world.store, now=LATER)
    assert world.tags()[-5:] == [
        "revocation:certificate:suspended",
        "status:crl:issued",
        "revocation:certificate:resumed",
        "status:crl:issued",
        "revocation:certificate:revoked",
    ]


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
    assert crl.crl_der is not None
    assert listed(crl) == {
        ended.signing.serial: x509.ReasonFlags.key_compromise,
        ended.key_management.serial: x509.ReasonFlags.key_compromise,
    }
    for name, content in {
        "root.pem": certificate_pem(office().root_der),
        "issuing.pem": certificate_pem(office().issuing_der),
        "ended.pem": certificate_pem(ended.signing.certificate_der),
        "lives.pem": certificate_pem(lives.signing.certificate_der),
        "crl.pem": x509.load_der_x509_crl(crl.crl_der).public_bytes(Encoding.PEM),
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
        assert (serial in listed(crl)) is expected, at


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


def test_a_crl_that_was_prepared_and_never_signed_is_finished_first(world: World) -> None:
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

    with pytest.raises(LosesPower):
        issue_crl(store=world.store, authority=CrlAuthority(signer=DyingSigner()), policy=CrlPolicy(), now=NOW)
    with pytest.raises(CrlNotFound):
        get_crl(store=world.store)
    finished = publish(world, LATER)
    assert finished is not None
    assert (finished.number, finished.this_update) == (1, NOW)
    assert publish(world, LATER) is None
