"""Whom a party may write to, on both databases: people it knows, under the certificate in force."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from builders.applicants import application_of, client_keys
from builders.office import NOW
from builders.world import World
from dojang.adapters.store.engine import Database
from dojang.controls.relying_parties.model import RelyingParty
from dojang.lifecycle.application.model import Application, ApplicationKind, ApplicationState, ReissueReason
from dojang.lifecycle.delivery import rules as delivery
from dojang.lifecycle.delivery.usecases import accept
from dojang.lifecycle.issuance.model import CertificateSet
from dojang.lifecycle.reliance.acquaintance import Acquaintance, AcquaintanceSource
from dojang.lifecycle.reliance.model import Indication, Signer, Verification
from dojang.lifecycle.reliance.recipient.model import Recipient, RecipientUnknown, RecipientUnreachable
from dojang.lifecycle.reliance.recipient.policy import RecipientPolicy
from dojang.lifecycle.reliance.recipient.usecases import find_recipient, remember_signers
from dojang.lifecycle.revocation.usecases import revoke

POLICY = RecipientPolicy(known_days=10)
SHOP = "shop"


@pytest.fixture
def world(database: Database) -> World:
    world = World(database)
    for client_id in (SHOP, "other"):
        party = RelyingParty(client_id=client_id, name=client_id, secret_digest="0", registered_at=NOW)
        world.store.transact(lambda tx, party=party: tx.parties.add(party))
    return world


def accepted(world: World, application: Application | None = None, index: int = 0) -> CertificateSet:
    issued = world.issued(application, index=index) if application else world.issued()
    signature = client_keys(index).sign(delivery.acceptance_statement(issued))
    accept(issued.application_id, "subscriber-1", signature, store=world.store, now=NOW)
    return issued


def meet(world: World, client_id: str = SHOP) -> None:
    known = Acquaintance(
        client_id=client_id, subscriber_id="subscriber-1", source=AcquaintanceSource.SIGN_IN, seen_at=NOW
    )
    world.store.transact(lambda tx: tx.acquaintances.remember(known))


def ask(world: World, serial: int, client_id: str = SHOP, **later: int) -> Recipient:
    return find_recipient(serial, client_id, store=world.store, policy=POLICY, now=NOW + timedelta(**later))


def report(
    issued: CertificateSet, *, indication: Indication = Indication.PASSED, der: bytes | None = None
) -> Verification:
    signer = Signer(
        common_name="", subject="", issuer="", serial=issued.signing.serial, policies=(),
        certificate_der=der or issued.signing.certificate_der,
    )  # fmt: skip
    return Verification(indication=indication, sub_indication=None, name="", checked_at=NOW, signer=signer)


def test_the_certificate_is_one_to_encrypt_under(world: World) -> None:
    issued = accepted(world)
    meet(world)
    found = ask(world, issued.signing.serial)
    assert (found.serial, found.key_management_der) == (issued.signing.serial, issued.key_management.certificate_der)
    usage = x509.load_der_x509_certificate(found.key_management_der).extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.value.key_encipherment
    assert not usage.value.digital_signature
    assert world.tags().count("reliance:recipient:told") == 1


def test_strangers_and_serials_of_nobody_get_the_same_answer(world: World) -> None:
    issued = accepted(world)
    meet(world, "other")
    for serial in (issued.signing.serial, issued.key_management.serial, 4711, 0, 2**80):
        with pytest.raises(RecipientUnknown):
            ask(world, serial)
    assert "reliance:recipient:told" not in world.tags()


def test_a_set_nobody_accepted_is_not_handed_out(world: World) -> None:
    issued = world.issued()
    meet(world)
    with pytest.raises(RecipientUnknown):
        ask(world, issued.signing.serial)


def test_an_acquaintance_fades_and_is_renewed_by_meeting_again(world: World) -> None:
    issued = accepted(world)
    meet(world)
    ask(world, issued.signing.serial, days=9)
    with pytest.raises(RecipientUnknown):
        ask(world, issued.signing.serial, days=10)
    later = NOW + timedelta(days=9)
    world.store.transact(lambda tx: remember_signers(tx, SHOP, [report(issued)], now=later))
    assert ask(world, issued.signing.serial, days=18).serial == issued.signing.serial


def test_whoever_signed_is_known_unless_the_signature_or_the_certificate_is_another(world: World) -> None:
    issued = accepted(world)
    wrong = [report(issued, indication=Indication.FAILED), report(issued, der=issued.key_management.certificate_der)]
    world.store.transact(lambda tx: remember_signers(tx, SHOP, wrong, now=NOW))
    with pytest.raises(RecipientUnknown):
        ask(world, issued.signing.serial)
    world.store.transact(lambda tx: remember_signers(tx, SHOP, [report(issued)], now=NOW))
    assert ask(world, issued.signing.serial)


def test_who_was_reissued_is_reached_under_the_new_key(world: World) -> None:
    old = accepted(world)
    meet(world)
    world.end(application_of(), ApplicationState.COMPLETED)
    again = application_of(id="application-2", kind=ApplicationKind.REISSUE, reason=ReissueReason.REPLACED)
    new = accepted(world, replace(again, predecessor_serial=old.signing.serial), index=1)
    for serial in (old.signing.serial, new.signing.serial):
        found = ask(world, serial)
        assert (found.serial, found.key_management_der) == (new.signing.serial, new.key_management.certificate_der)


def test_nobody_is_written_to_under_a_certificate_that_is_not_in_force(world: World) -> None:
    issued = accepted(world)
    meet(world)
    found = ask(world, issued.signing.serial)
    always = RecipientPolicy(known_days=10_000)
    with pytest.raises(RecipientUnreachable) as expired:
        find_recipient(found.serial, SHOP, store=world.store, policy=always, now=found.not_after + timedelta(seconds=1))
    assert expired.value.fields == {"state": "expired"}
    revoke(issued.signing.serial, "superseded", actor="operator:1", store=world.store, now=NOW)
    with pytest.raises(RecipientUnreachable) as revoked:
        ask(world, issued.signing.serial)
    assert revoked.value.fields == {"state": "revoked"}
