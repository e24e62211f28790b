"""Whoever said "I did not ask for this" is safe from everybody's further tries, on both databases, until it is cleared.

The block is the person's: other accounts, other documents of the same number, meet it too.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from builders.household import Household
from builders.proofing import HONG, KIM, Person, examination_of
from dojang.adapters.store.engine import Database
from dojang.kernel.errors import DojangError
from dojang.lifecycle.application.model import ApplicationState
from dojang.lifecycle.identity_proofing.errors import (
    CaseNotFrozen,
    PersonAlreadyApplying,
    PersonFrozen,
    ReviewOfOneself,
)
from dojang.lifecycle.identity_proofing.model import CaseState, Check, CheckState
from dojang.lifecycle.identity_proofing.review import freezes

THIEF = replace(HONG, subscriber_id="the-thief")  # somebody with a picture of Hong's card
ACCOMPLICE = replace(HONG, subscriber_id="the-accomplice")


class Again(Person):
    """The same account's next application."""

    @property
    def application_id(self) -> str:
        return f"next-{super().application_id}"


def again(person: Person) -> Person:
    return Again(**{name: getattr(person, name) for name in person.__dataclass_fields__})


@pytest.fixture
def home(database: Database, tmp_path: Path) -> Household:
    """A thief got as far as the call, and Hong pressed 0#."""
    opened = Household(database, tmp_path)
    opened.know(THIEF)
    opened.submit_account(THIEF)
    opened.confirm_deposit(THIEF, *opened.statement(THIEF))
    opened.answer_call(THIEF, presses=("0#",))
    assert opened.case_state(THIEF) is CaseState.FROZEN
    assert opened.application_state(THIEF) is ApplicationState.FROZEN
    opened.pass_time(minutes=30)
    return opened


def shows_document(home: Household, person: Person) -> None:
    home.reader.shown[person.front] = examination_of(person)
    home.apply(person)
    home.photograph(person)
    home.confirm(person)


def tries(home: Household, person: Person) -> DojangError | None:
    """Apply as far as the data; return the refusal."""
    shows_document(home, person)
    return enters(home, person)


def enters(home: Household, person: Person) -> DojangError | None:
    try:
        home.enter(person)
    except DojangError as refusal:
        return refusal
    return None


def lift(home: Household, operator_id: str = "the-reviewer") -> None:
    (frozen,) = freezes.list_frozen(store=home.store)
    freezes.lift_freeze(frozen.id, operator_id=operator_id, store=home.store, now=home.clock.now())


def test_another_account_meets_the_block_and_hears_what_any_second_application_hears(home: Household) -> None:
    assert isinstance(tries(home, ACCOMPLICE), PersonAlreadyApplying)
    assert home.state(ACCOMPLICE, Check.PERSONAL_DATA) is CheckState.REFUSED
    assert home.findings(ACCOMPLICE, Check.PERSONAL_DATA) == ["identity_proofing.person_already_applying"]
    with pytest.raises(DojangError):
        home.request_call(ACCOMPLICE)  # the telephone does not ring again


def test_to_a_stranger_it_looks_like_an_application_under_way(database: Database, tmp_path: Path) -> None:
    """The oracle's test: of a frozen person and of one who is just applying, a stranger sees the very same."""
    home, seen = Household(database, tmp_path), list[Any]()
    for number, frozen in enumerate((True, False)):
        person = replace(
            KIM, subscriber_id=f"owner-{number}", rrn=f"85050{number + 5}-1979123", phone=f"0109999100{number}"
        )
        person = replace(person, birth_date=person.birth_date.replace(day=number + 5))
        home.know(person)
        if frozen:
            home.submit_account(person)
            home.confirm_deposit(person, *home.statement(person))
            home.answer_call(person, presses=("0#",))
        stranger = replace(person, subscriber_id=f"stranger-{number}")
        refusal = tries(home, stranger)
        assert refusal is not None
        view = home.view(stranger)
        checks = [(one.check, one.state, [found.code for found in one.findings], one.tries_left) for one in view.checks]
        seen.append((refusal.code, refusal.fields, view.state, checks, view.next_check, view.person))
    assert seen[0] == seen[1]


def test_a_stranger_has_few_tries(home: Household) -> None:
    shows_document(home, ACCOMPLICE)
    refusals = [enters(home, ACCOMPLICE) for _ in range(home.policy.personal_data_tries)]
    assert {type(one) for one in refusals} == {PersonAlreadyApplying}
    assert home.case_state(ACCOMPLICE) is CaseState.REFUSED


def test_the_account_it_happened_to_hears_why(home: Household) -> None:
    assert isinstance(tries(home, again(THIEF)), PersonFrozen)


def test_the_persons_own_account_hears_why(database: Database, tmp_path: Path) -> None:
    home = Household(database, tmp_path)
    home.prove(HONG)  # bound: this account is Hong's
    with home.database.writing() as connection:
        connection.exec_driver_sql("UPDATE proofing_case SET state = 'closed'")
        connection.exec_driver_sql("UPDATE application SET state = 'completed'")
    home.pass_time(hours=25)
    home.know(THIEF)
    home.submit_account(THIEF)
    home.confirm_deposit(THIEF, *home.statement(THIEF))
    home.answer_call(THIEF, presses=("0#",))
    home.pass_time(minutes=30)
    assert isinstance(tries(home, again(HONG)), PersonFrozen)


def test_every_try_is_entered_beside_the_frozen_case(home: Household) -> None:
    (frozen,) = freezes.list_frozen(store=home.store)
    tries(home, ACCOMPLICE)
    leaf = next(one for one in home.leaves() if one.tag == "identity_proofing:case:tried_again")
    assert (leaf.subject, leaf.actor) == (frozen.id, f"subscriber:{ACCOMPLICE.subscriber_id}")
    assert ACCOMPLICE.application_id in leaf.data


def test_time_alone_lifts_nothing(home: Household) -> None:
    home.clock.time += timedelta(days=400)
    assert isinstance(tries(home, ACCOMPLICE), PersonAlreadyApplying)


def test_others_are_not_held_up(home: Household) -> None:
    home.know(KIM)
    assert home.state(KIM, Check.PERSONAL_DATA) is CheckState.PASSED


def test_an_operator_lifts_it_once_and_the_person_goes_on(home: Household) -> None:
    assert isinstance(tries(home, ACCOMPLICE), PersonAlreadyApplying)
    lift(home)
    assert freezes.list_frozen(store=home.store) == ()
    assert home.case_state(THIEF) is CaseState.CLOSED
    assert home.application_state(THIEF) is ApplicationState.FROZEN  # that application stays ended
    assert enters(home, ACCOMPLICE) is None
    assert "identity_proofing:case:freeze_lifted" in home.tags()
    with pytest.raises(CaseNotFrozen):
        freezes.lift_freeze("unknown", operator_id="o", store=home.store, now=home.clock.now())
    refused = [one for one in home.leaves() if one.tag == "identity_proofing:freeze:refused"]
    assert [one.subject for one in refused] == [""]


def test_nobody_lifts_their_own(home: Household) -> None:
    with pytest.raises(ReviewOfOneself):
        lift(home, THIEF.subscriber_id)
    assert len(freezes.list_frozen(store=home.store)) == 1
