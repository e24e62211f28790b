"""Delivery on both databases: download, acceptance by the holder, withdrawal, succession."""

import base64
import json
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from builders.applicants import application_of, client_keys
from builders.office import NOW, office
from builders.world import World
from dojang.adapters.store.engine import Database
from dojang.controls.notices.model import NotifySubscriber
from dojang.controls.party_events.model import SpreadEvents
from dojang.kernel.effects import Effect
from dojang.lifecycle.application.model import (
    AdvanceApplication,
    Application,
    ApplicationKind,
    ApplicationState,
    ReissueReason,
    RevokeCertificate,
)
from dojang.lifecycle.delivery import rules
from dojang.lifecycle.delivery.model import (
    AcceptanceSignatureWrong,
    AcceptanceWindowClosed,
    CertificateSetNotFound,
    DeliveryState,
    NotReadyToAccept,
    StateSuccession,
    SuccessionNotFound,
)
from dojang.lifecycle.delivery.usecases import (
    accept,
    get_certificate_set,
    get_succession,
    state_succession,
    withdraw_unaccepted,
)
from dojang.lifecycle.issuance.model import CertificateSet
from dojang.pki.certificate import certificate_pem

CHAIN = (b"issuing", b"root")


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def fetch(world: World, application_id: str = "application-1", subscriber_id: str = "subscriber-1") -> CertificateSet:
    return get_certificate_set(application_id, subscriber_id, store=world.store, chain_der=CHAIN, now=NOW)


def signed(issued: CertificateSet, index: int = 0) -> bytes:
    return client_keys(index).sign(rules.acceptance_statement(issued))


def reissue(world: World, reason: ReissueReason = ReissueReason.REPLACED) -> tuple[CertificateSet, CertificateSet]:
    """Return an accepted set and the set issued in its place."""
    old = world.issued()
    accept("application-1", "subscriber-1", signed(old), store=world.store, now=NOW)
    world.end(application_of(), ApplicationState.COMPLETED)
    again: Application = replace(
        application_of(id="application-2", kind=ApplicationKind.REISSUE, reason=reason),
        predecessor_serial=old.signing.serial,
    )
    world.outbox.emissions.clear()
    return old, world.issued(again, index=1)


def effects_since(world: World, count: int) -> list[Effect]:
    return world.outbox.effects[count:]


def test_the_holder_fetches_the_set_with_its_chain(world: World) -> None:
    issued = world.issued()
    fetched = fetch(world)
    assert fetched == replace(issued, chain_der=CHAIN)
    fetch(world)
    assert world.tags().count("delivery:certificate_set:downloaded") == 1


def test_somebody_elses_set_and_none_at_all_are_not_found(world: World) -> None:
    world.issued()
    with pytest.raises(CertificateSetNotFound):
        fetch(world, subscriber_id="subscriber-2")
    with pytest.raises(CertificateSetNotFound):
        fetch(world, application_id="application-9")
    with pytest.raises(CertificateSetNotFound):
        accept("application-1", "subscriber-2", b"", store=world.store, now=NOW)


def test_acceptance_is_signed_with_the_new_key_recorded_and_told_once(world: World) -> None:
    issued = world.issued()
    before = len(world.outbox.effects)
    accepted = accept("application-1", "subscriber-1", signed(issued), store=world.store, now=NOW)
    assert accepted.state is DeliveryState.ACCEPTED
    assert accepted.statement == rules.acceptance_statement(issued)
    again = accept("application-1", "subscriber-1", b"anything", store=world.store, now=NOW + timedelta(minutes=1))
    assert again == accepted
    assert effects_since(world, before) == [
        AdvanceApplication(application_id="application-1", event="CertificatesAccepted")
    ]
    assert world.tags().count("delivery:certificate_set:accepted") == 1


def test_a_signature_with_another_key_is_refused_and_audited(world: World) -> None:
    issued = world.issued()
    with pytest.raises(AcceptanceSignatureWrong):
        accept("application-1", "subscriber-1", signed(issued, index=1), store=world.store, now=NOW)
    statement = rules.acceptance_statement(issued) + b" "
    with pytest.raises(AcceptanceSignatureWrong):
        accept("application-1", "subscriber-1", client_keys(0).sign(statement), store=world.store, now=NOW)
    assert world.tags().count("delivery:certificate_set:acceptance_refused") == 2


def test_acceptance_waits_until_the_application_has_heard(world: World) -> None:
    issued = world.issued()
    world.end(application_of(), ApplicationState.IDENTIFIED)
    with pytest.raises(NotReadyToAccept):
        accept("application-1", "subscriber-1", signed(issued), store=world.store, now=NOW)


def test_what_is_not_accepted_in_time_is_revoked(world: World) -> None:
    issued = world.issued()
    before = len(world.outbox.effects)
    end = application_of().expires_at
    withdraw_unaccepted("application-1", store=world.store, now=end - timedelta(seconds=1))
    assert effects_since(world, before) == []
    withdraw_unaccepted("application-1", store=world.store, now=end)
    withdraw_unaccepted("application-1", store=world.store, now=end)
    assert effects_since(world, before) == [
        RevokeCertificate(serial=issued.signing.serial, reason="cessationOfOperation", application_id="application-1")
    ]
    with pytest.raises(AcceptanceWindowClosed):
        accept("application-1", "subscriber-1", signed(issued), store=world.store, now=end)


def test_an_accepted_set_is_never_withdrawn(world: World) -> None:
    issued = world.issued()
    accept("application-1", "subscriber-1", signed(issued), store=world.store, now=NOW)
    before = len(world.outbox.effects)
    withdraw_unaccepted("application-1", store=world.store, now=NOW + timedelta(days=2))
    withdraw_unaccepted("application-9", store=world.store, now=NOW)
    assert effects_since(world, before) == []


@pytest.mark.parametrize(
    ("reason", "ends_for"),
    [(ReissueReason.REPLACED, "superseded"), (ReissueReason.LEAKED, "keyCompromise")],
)
def test_accepting_a_reissue_ends_its_predecessor(world: World, reason: ReissueReason, ends_for: str) -> None:
    old, new = reissue(world, reason)
    before = len(world.outbox.effects)
    accept("application-2", "subscriber-1", signed(new, 1), store=world.store, now=NOW)
    assert effects_since(world, before) == [
        AdvanceApplication(application_id="application-2", event="CertificatesAccepted"),
        RevokeCertificate(serial=old.signing.serial, reason=ends_for, application_id="application-2"),
        StateSuccession(application_id="application-2"),
        NotifySubscriber(
            subscriber_id="subscriber-1", template="certificate_succeeded", reference=str(new.signing.serial)
        ),
    ]
    held = world.store.read(lambda tx: tx.holdings.list_held("subscriber-1"))
    assert {one.serial: (one.succeeded, one.state) for one in held} == {
        old.signing.serial: (True, "good"),
        new.signing.serial: (False, "good"),
    }
    assert world.store.read(lambda tx: tx.holdings.count_issued_since("subscriber-1", NOW)) == 2


def test_the_succession_is_stated_once_and_openssl_believes_it(world: World, tmp_path: Path) -> None:
    old, new = reissue(world)
    signer = office().statement_signer

    def state(at: int) -> None:
        now = NOW + timedelta(seconds=at)
        state_succession("application-2", store=world.store, signer=signer, issuer_name="cn=Issuing CA", now=now)

    state(0)  # nothing accepted yet
    with pytest.raises(SuccessionNotFound):
        get_succession(new.signing.serial, store=world.store)
    accept("application-2", "subscriber-1", signed(new, 1), store=world.store, now=NOW)
    state(1)
    state(2)
    found = get_succession(new.signing.serial, store=world.store)
    assert found == get_succession(old.signing.serial, store=world.store)
    assert found.signed_at == NOW + timedelta(seconds=1)
    assert world.tags().count("delivery:certificate_set:succession_stated") == 1

    (event,) = world.store.read(lambda tx: tx.party_events.list_events_of(f"certificate:{old.signing.serial}", 0, 10))
    assert (event.type, event.leads_to) == ("certificate.reissued", f"certificate:{new.signing.serial}")
    assert json.loads(event.data_json) == {
        "serial": str(old.signing.serial),
        "successor_serial": str(new.signing.serial),
        "statement": base64.b64encode(found.statement_der).decode(),
    }
    assert SpreadEvents(reference=event.reference) in world.outbox.effects

    (tmp_path / "statement.der").write_bytes(found.statement_der)
    (tmp_path / "root.pem").write_bytes(certificate_pem(office().root_der))
    command = "openssl cms -verify -inform der -in statement.der -CAfile root.pem -binary -purpose any -attime"
    verified = subprocess.run(
        [*command.split(), str(int(NOW.timestamp()))],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stderr
    assert json.loads(verified.stdout) == {
        "type": "dojang.succession.v1",
        "predecessor_serial": old.signing.serial,
        "successor_serial": new.signing.serial,
        "subject": json.loads(verified.stdout)["subject"],
        "issuer": "cn=Issuing CA",
        "accepted_at": "2026-11-23T01:00:00Z",
    }
    assert json.loads(verified.stdout)["subject"].startswith("cn=홍가람()")
