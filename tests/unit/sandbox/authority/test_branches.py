"""The table of misbehaving customers leaves no verdict out, and says nothing the verifier cannot say."""

import inspect

import pytest

from dojang.adapters.signatures import bare_reading, cms_reading, pdf_reading
from dojang.lifecycle.reliance import model, rules, verification
from dojang.lifecycle.reliance.model import Indication, SubIndication
from dojang.pki.npki.password import find_password_findings
from dojang.sandbox.authority.branches import (
    CUSTOMERS,
    NEVER_GIVEN,
    PASSWORD,
    Change,
    Flaw,
    Form,
    Question,
    Verdict,
    questions,
)

JUDGES = (rules, verification, bare_reading, cms_reading, pdf_reading)


def unexercised(asked: list[Question]) -> set[SubIndication | None]:
    """Sub-indications (None: a pass) that no question leads to and no reason excuses."""
    exercised = {one.verdict.sub_indication for one in asked if one.verdict.error is None}
    return {one for one in (None, *SubIndication) if one not in exercised and one not in NEVER_GIVEN}


def test_every_verdict_there_is_has_somebody_who_gets_it() -> None:
    assert unexercised(list(questions())) == set()


@pytest.mark.parametrize("left_out", [one for one in SubIndication if one not in NEVER_GIVEN])
def test_a_verdict_without_anybody_is_noticed(left_out: SubIndication) -> None:
    fewer = [one for one in questions() if one.verdict.sub_indication != left_out]
    assert unexercised(fewer) == {left_out}


@pytest.mark.parametrize("name", NEVER_GIVEN)
def test_what_is_never_given_is_named_by_no_judge(name: str) -> None:
    assert name in SubIndication.__members__
    assert not [judge.__name__ for judge in JUDGES if name in inspect.getsource(judge)]


def test_indications_are_those_their_sub_indications_belong_to() -> None:
    for one in questions():
        if one.verdict.error is None:
            sub = None if one.verdict.sub_indication is None else SubIndication(one.verdict.sub_indication)
            assert rules.indication_of(sub) == one.verdict.indication
    assert {one.verdict.indication for one in questions()} == {None, *Indication}


def test_every_refusal_of_the_reader_but_its_time_limit_has_a_question() -> None:
    refused = {one.verdict.error for one in questions()} - {None}
    codes = {model.SignatureUnreadable.code, model.SignedContentNeeded.code}
    assert refused == codes  # SignatureTooDemanding: tests/contracts/reliance make readings that take too long


def test_each_flaw_has_one_customer_in_every_form_and_names_are_unique() -> None:
    assert [one.flaw for one in CUSTOMERS] == list(Flaw)
    asked = list(questions())
    names = [(one.customer.flaw, one.name) for one in asked]
    assert len(set(names)) == len(names)
    for flaw in Flaw:
        assert {one.form for one in asked if one.customer.flaw is flaw} == set(Form)
    assert {one.change for one in asked} == set(Change)
    assert len({one.real_name for one in CUSTOMERS}) == len(CUSTOMERS)
    assert Verdict(indication="PASSED") in [one.verdict for one in asked]


def test_the_published_password_may_close_a_certificate() -> None:
    assert find_password_findings(PASSWORD) == ()
