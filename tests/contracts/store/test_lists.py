"""Revocation lists on both databases: streamed, delta, per distribution point; judged by OpenSSL and pkilint."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pkilint.bin import lint_crl

from builders.applicants import application_of
from builders.office import NOW, office
from builders.world import KIM, World
from dojang.adapters.chance import SystemChance
from dojang.adapters.spool import open_spool
from dojang.adapters.store.engine import Database
from dojang.lifecycle.revocation.policy import RevocationPolicy
from dojang.lifecycle.revocation.usecases import resume, revoke, suspend
from dojang.lifecycle.status.lists import PIECE_BYTES, CrlAuthority, ListMaker, issue_lists
from dojang.lifecycle.status.model import ALL, Crl, ListKind, ListScope
from dojang.lifecycle.status.policy import CrlPolicy
from dojang.lifecycle.status.usecases import get_crl, read_crl
from dojang.pki.certificate import certificate_pem

ACTOR = "operator:operator-1"
LATER = NOW + timedelta(hours=1)
BASE = "http://ca.dojang.example/crl/issuing"
FULL = CrlPolicy()
LARGE = CrlPolicy(on_change_up_to=-1)  # as if every list were too long to follow each change


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def publish(
    world: World, now: object = LATER, policy: CrlPolicy = FULL, *, piece_bytes: int = PIECE_BYTES
) -> list[tuple[str, str, int]]:
    maker = ListMaker(
        store=world.store,
        authority=CrlAuthority(
            signer=office().authority.signer,
            last_number=1,
            partition_uri=BASE + "/{partition}.crl",
            delta_uri=BASE + ".delta.crl",
            partition_delta_uri=BASE + "/{partition}.delta.crl",
        ),
        policy=policy,
        open_spool=open_spool,
        chance=SystemChance(),
        piece_bytes=piece_bytes,
    )
    return [(one.scope.name, one.kind.value, one.number) for one in issue_lists(maker, now)]  # type: ignore[arg-type]  # a time


def fetch(world: World, kind: ListKind = ListKind.COMPLETE, scope: object = ALL) -> x509.CertificateRevocationList:
    found: Crl = get_crl(store=world.store, kind=kind, scope=scope)  # type: ignore[arg-type]  # a scope
    return x509.load_der_x509_crl(read_crl(found, store=world.store))


def reasons(crl: x509.CertificateRevocationList) -> dict[int, str]:
    return {one.serial_number: one.extensions.get_extension_for_class(x509.CRLReason).value.reason.name for one in crl}


def hold(world: World, serial: int) -> None:
    suspend(serial, actor=ACTOR, store=world.store, policy=RevocationPolicy(), now=LATER)


def test_a_complete_list_says_where_its_deltas_are_and_a_delta_what_it_continues(world: World) -> None:
    issued = world.issued()
    assert publish(world, NOW) == [("all", "complete", 2), ("all", "delta", 2)]
    complete = fetch(world)
    (freshest,) = complete.extensions.get_extension_for_class(x509.FreshestCRL).value
    assert freshest.full_name is not None
    assert freshest.full_name[0].value == f"{BASE}.delta.crl"
    hold(world, issued.signing.serial)
    assert publish(world, LATER, LARGE) == [("all", "delta", 3)]
    delta = fetch(world, ListKind.DELTA)
    indicator = delta.extensions.get_extension_for_class(x509.DeltaCRLIndicator)
    assert (indicator.critical, indicator.value.crl_number) == (True, 2)
    assert set(reasons(delta)) == {issued.signing.serial, issued.key_management.serial}
    assert len(fetch(world)) == 0
    assert publish(world, LATER, LARGE) == []


def test_a_resumed_certificate_is_taken_off_by_the_delta(world: World) -> None:
    issued = world.issued()
    hold(world, issued.signing.serial)
    publish(world, LATER)
    resume(issued.signing.serial, actor=ACTOR, store=world.store, now=LATER + timedelta(minutes=30))
    publish(world, LATER + timedelta(minutes=30), LARGE)
    assert set(reasons(fetch(world)).values()) == {"certificate_hold"}
    assert set(reasons(fetch(world, ListKind.DELTA)).values()) == {"remove_from_crl"}


def test_a_delta_serves_whoever_holds_any_complete_list_that_is_still_valid(world: World) -> None:
    first = world.issued()
    publish(world, NOW)
    revoke(first.signing.serial, "superseded", actor=ACTOR, store=world.store, now=LATER)
    assert publish(world, LATER) == [("all", "complete", 3), ("all", "delta", 3)]
    delta = fetch(world, ListKind.DELTA)
    assert delta.extensions.get_extension_for_class(x509.DeltaCRLIndicator).value.crl_number == 2
    assert set(reasons(delta)) == set(reasons(fetch(world)))
    publish(world, NOW + timedelta(hours=24, minutes=30))
    delta = fetch(world, ListKind.DELTA)
    assert delta.extensions.get_extension_for_class(x509.DeltaCRLIndicator).value.crl_number == 3


def test_openssl_uses_base_and_delta_together(world: World, tmp_path: Path) -> None:
    ended = world.issued()
    lives = world.issued(application_of(KIM, id="application-2"), index=1, applicant=KIM)
    publish(world, NOW)
    revoke(ended.signing.serial, "keyCompromise", actor=ACTOR, store=world.store, now=LATER)
    publish(world, LATER, LARGE)
    both = b"".join(fetch(world, kind).public_bytes(Encoding.PEM) for kind in ListKind)
    files = {
        "root.pem": certificate_pem(office().root_der),
        "issuing.pem": certificate_pem(office().issuing_der),
        "ended.pem": certificate_pem(ended.signing.certificate_der),
        "lives.pem": certificate_pem(lives.signing.certificate_der),
        "lists.pem": both,
        "base.pem": fetch(world).public_bytes(Encoding.PEM),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    def verify(leaf: str, crls: str) -> str:
        command = "openssl verify -crl_check -extended_crl -use_deltas -CAfile root.pem -untrusted issuing.pem -attime"
        arguments = [*command.split(), str(int(LATER.timestamp()) + 60), "-CRLfile", crls, leaf]
        done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    assert "lives.pem: OK" in verify("lives.pem", "lists.pem")
    assert "ended.pem: OK" in verify("ended.pem", "base.pem")
    assert "certificate revoked" in verify("ended.pem", "lists.pem")


def test_each_distribution_point_lists_its_own_whatever_their_number_became(world: World) -> None:
    issued = world.issued()
    world.store.transact(lambda tx: tx.crls.add_partitioning(3))
    world.store.transact(lambda tx: tx.crls.add_partitioning(5))
    revoke(issued.signing.serial, "superseded", actor=ACTOR, store=world.store, now=NOW)
    made = publish(world, NOW, CrlPolicy(partitions=2))
    assert [one for one in made if one[1] == "complete"] == [
        ("all", "complete", 2),
        *((f"p{index}", "complete", 1) for index in range(5)),
    ]
    serials = {issued.signing.serial, issued.key_management.serial}
    for index in range(5):
        crl = fetch(world, scope=ListScope(partition=index))
        point = crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint)
        assert point.critical
        assert point.value.full_name is not None
        assert point.value.full_name[0].value == f"{BASE}/{index}.crl"
        named = {one for one in serials if index in (one % 3, one % 5)}
        assert set(reasons(crl)) == named if named else len(crl) == 0


def test_a_list_longer_than_one_piece_arrives_whole(world: World) -> None:
    issued = world.issued()
    revoke(issued.signing.serial, "superseded", actor=ACTOR, store=world.store, now=NOW)
    publish(world, LATER, piece_bytes=64)
    found = get_crl(store=world.store)
    assert len(read_crl(found, store=world.store)) == found.size_bytes > 8 * 64
    issuing = x509.load_der_x509_certificate(office().issuing_der)
    assert fetch(world).is_signature_valid(issuing.public_key())  # type: ignore[arg-type]  # an RSA key
    assert len(fetch(world)) == 2


def test_old_lists_are_forgotten_and_the_latest_never(world: World) -> None:
    world.issued()
    for days in (0, 1, 40):
        publish(world, NOW + timedelta(days=days))
    numbers = [world.store.read(lambda tx, n=n: tx.crls.find_crl(ALL, ListKind.COMPLETE, n)) for n in (2, 3, 4)]  # type: ignore[misc]  # bound at once
    assert [one is not None for one in numbers] == [False, False, True]
    assert len(fetch(world)) == 0


@pytest.mark.parametrize("kind", list(ListKind))
@pytest.mark.parametrize("scope", [ALL, ListScope(partition=0)], ids=["all", "p0"])
def test_pkilint_finds_nothing_severe(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: ListKind, scope: ListScope
) -> None:
    issued = world.issued()
    world.store.transact(lambda tx: tx.crls.add_partitioning(1))
    hold(world, issued.signing.serial)
    publish(world, LATER)
    resume(issued.signing.serial, actor=ACTOR, store=world.store, now=LATER)
    publish(world, LATER + timedelta(minutes=1), LARGE)
    path = tmp_path / "list.crl"
    path.write_bytes(fetch(world, kind, scope).public_bytes(Encoding.DER))
    capsys.readouterr()
    arguments = ["lint", "-s", "ERROR", "-f", "TEXT", "-t", "CRL", "-p", "PKIX", "--document-format", "DER", str(path)]
    lint_crl.main(arguments)
    assert capsys.readouterr().out.strip() == ""
