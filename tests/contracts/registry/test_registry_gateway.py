"""What every registry behind `RegistryGateway` keeps: only a match passes, and silence is never an answer."""

import dataclasses
import secrets
from datetime import date
from typing import Any

import pytest

from contracts.registry.worlds import FakeWorld, RegistryWorld, SandboxWorld
from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.lifecycle.identity_proofing.neighbours import ClaimIncomplete, DocumentClaim, TruthAnswer
from fakes.mishap import Mishap

NAME, BORN = "가온누리", date(1990, 1, 2)


@pytest.fixture(params=["fake", "sandbox"])
def world(request: pytest.FixtureRequest) -> RegistryWorld:
    if request.param == "fake":
        return FakeWorld()
    return SandboxWorld(request.getfixturevalue("steering"))


def digits(count: int) -> str:
    return str(secrets.randbelow(10**count)).zfill(count)


def resident_card() -> DocumentClaim:
    rrn = f"900102197{digits(4)}"
    return DocumentClaim(kind="resident_card", name=NAME, birth_date=BORN, rrn=rrn, issued_on=date(2020, 5, 6))


def driver_licence() -> DocumentClaim:
    number = f"11-20-{digits(6)}-10"
    return DocumentClaim(kind="driver_licence", name=NAME, birth_date=BORN, licence_number=number, serial="AB12CD")


def passport() -> DocumentClaim:
    return DocumentClaim(
        kind="passport",
        name=NAME,
        birth_date=BORN,
        passport_number=f"M{digits(8)}",
        issued_on=date(2022, 1, 1),
        expires_on=date(2032, 1, 1),
    )


KINDS = [resident_card, driver_licence, passport]


def check(world: RegistryWorld, claim: DocumentClaim, **changes: Any) -> TruthAnswer:
    changed = dataclasses.replace(claim, **changes)
    return world.gateway.check_document(inquiry_id=secrets.token_hex(8), claim=changed)


@pytest.mark.parametrize("kind", KINDS)
def test_a_true_document_matches(world: RegistryWorld, kind: Any) -> None:
    claim = kind()
    world.enter(claim)
    assert check(world, claim) is TruthAnswer.MATCH


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_nobody_issued_is_a_mismatch(world: RegistryWorld, kind: Any) -> None:
    assert check(world, kind()) is TruthAnswer.MISMATCH


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (resident_card, "name", "나래"),
        (resident_card, "issued_on", date(2020, 5, 7)),
        (driver_licence, "name", "나래"),
        (driver_licence, "birth_date", date(1990, 1, 3)),
        (driver_licence, "licence_number", "서울 20-123456-10"),
        (passport, "name", "나래"),
        (passport, "expires_on", date(2033, 1, 1)),
    ],
)
def test_one_field_that_differs_is_a_mismatch(world: RegistryWorld, kind: Any, field: str, value: object) -> None:
    claim = kind()
    world.enter(claim)
    assert check(world, claim, **{field: value}) is TruthAnswer.MISMATCH


def test_another_serial_is_told_apart(world: RegistryWorld) -> None:
    claim = driver_licence()
    world.enter(claim)
    assert check(world, claim, serial="ZZ99ZZ") is TruthAnswer.SERIAL_MISMATCH


def test_separators_in_a_licence_number_do_not_matter(world: RegistryWorld) -> None:
    claim = driver_licence()
    world.enter(claim)
    bare = str(claim.licence_number).replace("-", "")
    assert check(world, claim, licence_number=bare) is TruthAnswer.MATCH
    assert check(world, claim, licence_number=bare.replace("1120", "11 20 ", 1)) is TruthAnswer.MATCH


@pytest.mark.parametrize("state", ["lost", "cancelled"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_dead_document_is_told(world: RegistryWorld, kind: Any, state: str) -> None:
    claim = kind()
    world.enter(claim, state=state)
    assert check(world, claim) is TruthAnswer.LOST_OR_CANCELLED
    assert check(world, claim, name="나래") is TruthAnswer.MISMATCH, "only its holder is told that it is dead"


@pytest.mark.parametrize("mishap", Mishap)
@pytest.mark.parametrize("kind", KINDS)
def test_silence_is_never_an_answer(world: RegistryWorld, kind: Any, mishap: Mishap) -> None:
    claim = kind()
    world.enter(claim)
    world.meets(mishap)
    with pytest.raises(NeighbourUnavailable):
        check(world, claim)
    assert check(world, claim) is TruthAnswer.MATCH


def test_an_inquiry_repeated_under_its_id_counts_once(world: RegistryWorld) -> None:
    claim = resident_card()
    world.enter(claim)
    before = world.inquiry_count()
    inquiry_id = secrets.token_hex(8)
    answers = {world.gateway.check_document(inquiry_id=inquiry_id, claim=claim) for _ in range(3)}
    assert answers == {TruthAnswer.MATCH}
    assert world.inquiry_count() == before + 1


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (resident_card, "rrn"),
        (resident_card, "issued_on"),
        (driver_licence, "licence_number"),
        (driver_licence, "serial"),
        (passport, "passport_number"),
        (passport, "expires_on"),
    ],
)
def test_a_claim_that_lacks_a_field_is_not_sent(world: RegistryWorld, kind: Any, field: str) -> None:
    before = world.inquiry_count()
    with pytest.raises(ClaimIncomplete) as caught:
        check(world, kind(), **{field: None})
    assert caught.value.fields == {"missing": [field]}
    assert world.inquiry_count() == before


def test_a_kind_without_registry_is_a_programming_error(world: RegistryWorld) -> None:
    with pytest.raises(ValueError, match="registry"):
        check(world, resident_card(), kind="library_card")
