"""Delegates on both databases: one certificate per number, whoever dies or comes first, and keys that are forgotten."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography import x509

from builders.office import BANK, NOW, office
from builders.world import World
from dojang.adapters.chance import SystemChance
from dojang.adapters.store.engine import Database
from dojang.controls.delegates.holder import LOOKED_UP_EVERY, DelegateHolder
from dojang.controls.delegates.model import (
    Delegate,
    DelegateKind,
    DelegateMissing,
    DelegateNotFound,
    DelegateReasonRefused,
    DelegateState,
    ReplaceDelegate,
)
from dojang.controls.delegates.policy import DelegatePolicy
from dojang.controls.delegates.revoking import revoke_delegate
from dojang.controls.delegates.usecases import DelegatingAuthority, keep_delegates
from dojang.lifecycle.revocation import usecases as revocation
from dojang.lifecycle.status.model import ALL, ListScope
from dojang.pki.certificate import Issuer
from dojang.pki.crl import ReasonCode
from dojang.pki.keystore import KeyStore, KeyUse
from dojang.pki.profile import OperatorValues
from dojang.pki.public_key import KeyAlgorithm, SignatureAlgorithm
from dojang.pki.signer import CertificateSigner
from fakes.memory_keystore import MemoryKeyStore
from fakes.mortal_store import LosesPower as StoreLosesPower
from fakes.mortal_store import MortalStore

POLICY = DelegatePolicy(key=KeyAlgorithm.EC_P256)
OCSP = DelegateKind.OCSP


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def authority(keystore: KeyStore, signer: CertificateSigner | None = None) -> DelegatingAuthority:
    return DelegatingAuthority(
        signer=signer or office().authority.signer,
        organization_name=BANK,
        operator=OperatorValues(),
        keystore=keystore,
    )


def keep(world: World, by: DelegatingAuthority, after: timedelta = timedelta()) -> list[str]:
    made = keep_delegates(store=world.store, authority=by, policy=POLICY, chance=SystemChance(), now=NOW + after)
    return [one.label for one in made]


def in_office(world: World, after: timedelta = timedelta()) -> Delegate | None:
    return world.store.read(lambda tx: tx.delegates.find_in_office(OCSP, NOW + after))


def test_each_kind_has_one_until_it_nears_its_end(world: World) -> None:
    by = authority(MemoryKeyStore())
    assert keep(world, by) == ["ocsp-1", "tsa-1"]
    assert keep(world, by) == keep(world, by, timedelta(days=19)) == []
    assert keep(world, by, timedelta(days=20)) == ["ocsp-2"]
    assert keep(world, by, timedelta(days=20)) == []
    assert keep(world, by, timedelta(days=1095 - 365)) == ["ocsp-3", "tsa-2"]


def test_the_certificate_says_what_the_key_is_for(world: World) -> None:
    by = authority(MemoryKeyStore())
    keep(world, by)
    found = in_office(world)
    assert found is not None
    assert found.certificate_der is not None
    certificate = x509.load_der_x509_certificate(found.certificate_der)
    usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [x509.ExtendedKeyUsageOID.OCSP_SIGNING]
    assert certificate.not_valid_after_utc == found.not_after
    assert (found.not_after - NOW).days == 29
    standing = world.store.read(lambda tx: tx.statuses.find_standing(found.serial))
    assert standing is not None
    assert standing.state == "good"


class LosesPower(Exception):
    """The machine stops."""


class DyingSigner:
    """Dies with the pen in hand."""

    @property
    def issuer(self) -> Issuer:
        return office().authority.issuer

    @property
    def algorithm(self) -> SignatureAlgorithm:
        return office().authority.signer.algorithm

    @property
    def certificate_der(self) -> bytes | None:
        return None

    def sign_certificate(self, linted: object) -> bytes:
        raise LosesPower

    def sign_crl(self, tbs_der: bytes) -> bytes:
        raise LosesPower

    def sign_crl_digest(self, digest: bytes) -> bytes:
        raise LosesPower


def test_what_was_prepared_and_never_signed_is_finished_with_the_same_bytes(world: World) -> None:
    keystore = MemoryKeyStore()
    with pytest.raises(LosesPower):
        keep(world, authority(keystore, DyingSigner()))
    prepared = world.store.read(lambda tx: tx.delegates.find_newest(OCSP))
    assert prepared is not None
    assert in_office(world) is None
    assert keep(world, authority(keystore)) == ["ocsp-1", "tsa-1"]
    found = in_office(world)
    assert found is not None
    assert (found.serial, found.tbs_der) == (prepared.serial, prepared.tbs_der)


def test_a_key_whose_record_was_lost_is_used(world: World) -> None:
    keystore = MemoryKeyStore()
    spki_der = keystore.generate("ocsp-1", POLICY.key, KeyUse.SIGN)
    keep(world, authority(keystore))
    found = in_office(world)
    assert found is not None
    assert spki_der in found.tbs_der


def test_four_workers_at_once_certify_one_of_each(world: World) -> None:
    by = authority(MemoryKeyStore())
    gate = threading.Barrier(4)

    def work() -> list[str]:
        gate.wait()
        return keep(world, by)

    with ThreadPoolExecutor(4) as pool:
        made = [label for one in [pool.submit(work) for _ in range(4)] for label in one.result()]
    assert sorted(made) == ["ocsp-1", "tsa-1"]
    assert world.tags().count("delegates:delegate:issued") == 2


def test_keys_of_delegates_that_ended_are_forgotten(world: World) -> None:
    keystore = MemoryKeyStore()
    by = authority(keystore)
    keep(world, by)
    keep(world, by, timedelta(days=25))
    assert keystore.labels() == {"ocsp-1", "ocsp-2", "tsa-1"}
    keep(world, by, timedelta(days=31))
    assert keystore.labels() == {"ocsp-2", "tsa-1"}


def test_the_holder_takes_the_successor_and_never_an_ended_one(world: World) -> None:
    keystore = MemoryKeyStore()
    by = authority(keystore)
    holder = DelegateHolder(OCSP, store=world.store, keystore=keystore)
    with pytest.raises(DelegateMissing):
        holder.get(NOW, 0)
    keep(world, by)
    assert holder.get(NOW, 0)[0].label == "ocsp-1"
    later = NOW + timedelta(days=25)
    keep(world, by, timedelta(days=25))
    assert holder.get(later, 0)[0].label == "ocsp-2"
    assert holder.get(later + LOOKED_UP_EVERY, 0)[0].label == "ocsp-2"
    with pytest.raises(DelegateMissing):
        holder.get(NOW + timedelta(days=365), 0)


def test_a_delegate_whose_key_is_elsewhere_is_missing_here(world: World) -> None:
    keep(world, authority(MemoryKeyStore()))
    with pytest.raises(DelegateMissing):
        DelegateHolder(OCSP, store=world.store, keystore=MemoryKeyStore()).get(NOW, 0)


def changes(world: World) -> int:
    return world.store.read(lambda tx: tx.statuses.last_change())


def revoke(
    world: World, label: str = "ocsp-1", reason: str = "keyCompromise", after: timedelta = timedelta()
) -> Delegate:
    return revoke_delegate(label, reason, actor="operator:officer-1", store=world.store, now=NOW + after)


def test_a_revoked_delegate_answers_no_more_and_gets_a_successor_with_another_key(world: World) -> None:
    keystore = MemoryKeyStore()
    by = authority(keystore)
    keep(world, by)
    holder = DelegateHolder(OCSP, store=world.store, keystore=keystore)
    ended = holder.get(NOW, changes(world))[0]
    revoke(world)
    with pytest.raises(DelegateMissing):
        holder.get(NOW, changes(world))
    with pytest.raises(DelegateMissing):
        DelegateHolder(OCSP, store=world.store, keystore=keystore).get(NOW, 0)
    assert keep(world, by) == ["ocsp-2"]
    assert keystore.labels() == {"ocsp-2", "tsa-1"}
    follows = holder.get(NOW, changes(world))[0]
    assert (follows.label, follows.serial == ended.serial) == ("ocsp-2", False)
    assert keep(world, by) == []


def test_revoking_is_said_once_and_audited_once(world: World) -> None:
    keep(world, authority(MemoryKeyStore()))
    first = revoke(world)
    assert revoke(world, reason="superseded", after=timedelta(hours=1)) == first
    assert world.tags().count("delegates:delegate:revoked") == 1
    assert world.outbox.effects.count(ReplaceDelegate(label="ocsp-1")) == 1
    assert (first.revoked_at, first.reason) == (NOW, ReasonCode.KEY_COMPROMISE)


def test_the_responder_and_the_list_of_all_say_so(world: World) -> None:
    keep(world, authority(MemoryKeyStore()))
    ended = revoke(world, "tsa-1", "superseded")
    standing = world.store.read(lambda tx: tx.statuses.find_standing(ended.serial))
    assert (standing.state.value, standing.since, standing.reason) == ("revoked", NOW, ReasonCode.SUPERSEDED)
    listed = world.store.read(lambda tx: [one.serial for one in tx.crls.stream_revoked(ALL, None)])
    changed = world.store.read(lambda tx: [one.serial for one in tx.crls.stream_changes(ALL, NOW)])
    assert listed == changed == [ended.serial]
    part = world.store.read(lambda tx: list(tx.crls.stream_revoked(ListScope(partition=0), None)))
    later = world.store.read(lambda tx: list(tx.crls.stream_revoked(ALL, ended.not_after + timedelta(seconds=1))))
    assert part == later == []


def test_delegates_stand_in_the_list_in_their_order(world: World) -> None:
    keep(world, authority(MemoryKeyStore()))
    customer = world.issued().signing.serial
    revocation.revoke(customer, "superseded", actor="operator:officer-1", store=world.store, now=NOW)
    delegates = [revoke(world, label).serial for label in ("ocsp-1", "tsa-1")]
    listed = world.store.read(lambda tx: [one.serial for one in tx.crls.stream_revoked(ALL, None)])
    assert listed == sorted(listed)
    assert {customer, *delegates} < set(listed)


@pytest.mark.parametrize("label", ["ocsp-9", "issuing", ""])
def test_only_a_certified_delegate_can_be_revoked(world: World, label: str) -> None:
    keep(world, authority(MemoryKeyStore()))
    with pytest.raises(DelegateNotFound):
        revoke(world, label)
    with pytest.raises(DelegateReasonRefused):
        revoke(world, "ocsp-1", "certificateHold")


def test_a_successor_that_lost_power_half_way_is_finished(world: World) -> None:
    keystore = MemoryKeyStore()
    keep(world, authority(keystore))
    revoke(world)
    with pytest.raises(LosesPower):
        keep(world, authority(keystore, DyingSigner()))
    assert in_office(world) is None
    assert keep(world, authority(keystore)) == ["ocsp-2"]
    assert keystore.labels() == {"ocsp-2", "tsa-1"}


@pytest.mark.parametrize("death", ["before_commit", "after_commit"])
def test_power_lost_while_revoking_revokes_wholly_or_not_at_all(world: World, death: str) -> None:
    keep(world, authority(MemoryKeyStore()))
    mortal = MortalStore(world.store)
    mortal.deaths.append(death)
    with pytest.raises(StoreLosesPower):
        revoke_delegate("ocsp-1", "keyCompromise", actor="operator:officer-1", store=mortal, now=NOW)
    done = death == "after_commit"
    for _ in range(2):
        found = world.store.read(lambda tx: tx.delegates.find("ocsp-1"))
        assert found is not None
        assert (found.state is DelegateState.REVOKED) == done
        assert world.tags().count("delegates:delegate:revoked") == done
        assert world.outbox.effects.count(ReplaceDelegate(label="ocsp-1")) == done
        revoke(world)  # said again after the restart
        done = True
