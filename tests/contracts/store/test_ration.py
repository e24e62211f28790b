"""What one person may hold and have issued, on both databases: counted by person, whatever accounts they have."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from builders.applicants import HONG, application_of, client_keys, issuance_request
from builders.office import NOW, office
from builders.world import KIM, World
from dojang.adapters.chance import SystemChance
from dojang.adapters.store.engine import Database
from dojang.adapters.store.tables.identity_proofing import person_binding
from dojang.kernel.errors import DojangError
from dojang.lifecycle.application.model import (
    Application,
    ApplicationKind,
    ApplicationState,
    CertificateAlreadyHeld,
    HeldUnderAnotherAccount,
    Ration,
    ReissueReason,
    TooManyIssues,
)
from dojang.lifecycle.application.policy import ApplicationPolicy
from dojang.lifecycle.application.usecases import ApplicationRequest, quote_terms
from dojang.lifecycle.issuance.model import CertificateSet
from dojang.lifecycle.issuance.policy import IssuancePolicy
from dojang.lifecycle.issuance.usecases import issue
from dojang.lifecycle.revocation.usecases import revoke

AGAIN = replace(HONG, subscriber_id="subscriber-9")  # the same person under another account


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def issuing(
    world: World, application: Application, index: int, ration: Ration | None = None
) -> Callable[[], CertificateSet]:
    """Return what issues for an identified application."""
    request = issuance_request(application, client_keys(index), idempotency_key=f"idempotency-{index}")

    def act() -> CertificateSet:
        return issue(
            request,
            store=world.store,
            authority=office().authority,
            virtual_ids=world.identities,
            policy=IssuancePolicy(),
            ration=ration or Ration(),
            chance=SystemChance(),
            now=NOW,
        )

    return act


def bind(world: World, *subscriber_ids: str) -> None:
    """Bind accounts to the person, as identity proofing does once a case is verified."""
    with world.database.writing() as connection:
        for one in subscriber_ids:
            values = {"subscriber_id": one, "person_key": HONG.person_key, "bound_at": NOW}
            connection.execute(person_binding.insert().values(**values))


def asked(kind: ApplicationKind = ApplicationKind.NEW) -> ApplicationRequest:
    return ApplicationRequest(subscriber_id=AGAIN.subscriber_id, kind=kind, years=1, consents=())


def test_another_account_of_the_same_person_gets_no_second_certificate(world: World) -> None:
    first = world.issued()
    second = world.identified(application_of(AGAIN, id="application-2"), AGAIN)
    with pytest.raises(CertificateAlreadyHeld):
        issuing(world, second, 1)()
    assert world.certificates() == 2
    assert "issuance:request:refused" in world.tags()
    revoke(first.signing.serial, "unspecified", actor="operator:1", store=world.store, now=NOW)
    assert issuing(world, second, 1)().person_key == HONG.person_key


def test_a_policy_may_allow_two(world: World) -> None:
    world.issued()
    second = world.identified(application_of(AGAIN, id="application-2"), AGAIN)
    assert issuing(world, second, 1, Ration(live_per_person=2))().person_key == HONG.person_key


def test_somebody_else_is_not_counted(world: World) -> None:
    world.issued()
    other = world.identified(application_of(KIM, id="application-2"), KIM)
    assert issuing(world, other, 1)().person_key == KIM.person_key


def test_a_live_predecessor_makes_room_for_its_successor(world: World) -> None:
    first = world.issued()
    world.end(application_of(), ApplicationState.COMPLETED)
    again = application_of(
        id="application-2",
        kind=ApplicationKind.REISSUE,
        reason=ReissueReason.REPLACED,
        predecessor_serial=first.signing.serial,
    )
    assert issuing(world, world.identified(again), 1)().predecessor_serial == first.signing.serial


def test_issues_of_a_period_are_counted_over_accounts(world: World) -> None:
    first = world.issued()
    revoke(first.signing.serial, "unspecified", actor="operator:1", store=world.store, now=NOW)
    second = world.identified(application_of(AGAIN, id="application-2"), AGAIN)
    with pytest.raises(TooManyIssues) as refused:
        issuing(world, second, 1, Ration(issues_per_period=1))()
    assert refused.value.fields == {"limit": 1, "days": 90}


def test_two_accounts_at_once_get_one_certificate(world: World) -> None:
    applications = [
        world.identified(application_of(replace(HONG, subscriber_id=f"subscriber-{n}"), id=f"application-{n}"))
        for n in range(1, 5)
    ]
    acts = [issuing(world, one, index) for index, one in enumerate(applications)]

    def outcome(act: Callable[[], CertificateSet]) -> str:
        try:
            act()
        except DojangError as refusal:
            return refusal.code
        return "issued"

    with ThreadPoolExecutor(len(acts)) as pool:
        outcomes = sorted(pool.map(outcome, acts))
    assert outcomes == ["application.certificate_already_held"] * 3 + ["issued"]
    assert world.certificates() == 2


def test_an_account_known_to_be_the_same_persons_is_told_before_anything_is_proven(world: World) -> None:
    first = world.issued()

    def quote(now_after: timedelta = timedelta()) -> object:
        return quote_terms(asked(), store=world.store, policy=ApplicationPolicy(), now=NOW + now_after)

    assert quote() is not None  # nobody knows yet whose account it is
    bind(world, "subscriber-1", AGAIN.subscriber_id)
    with pytest.raises(HeldUnderAnotherAccount):
        quote()
    assert quote(timedelta(days=400)) is not None  # it ran out
    revoke(first.signing.serial, "unspecified", actor="operator:1", store=world.store, now=NOW)
    assert quote() is not None
    counted = world.store.read(lambda tx: tx.holdings.count_issued_since(AGAIN.subscriber_id, NOW))
    assert counted == 1
