"""A policy that cannot hold is refused when it is read, not when money moves."""

import pytest

from dojang.lifecycle.application.model import ApplicationKind
from dojang.lifecycle.identity_proofing.account_deposit.model import DepositFactor
from dojang.lifecycle.identity_proofing.model import Check
from dojang.lifecycle.identity_proofing.policy import CallPolicy, DepositPolicy, ProofingPolicy


def test_every_check_is_required_by_default() -> None:
    assert set(ProofingPolicy().required) == set(ApplicationKind) - {ApplicationKind.RENEWAL}
    assert all(set(checks) == set(Check) for checks in ProofingPolicy().required.values())


def test_both_factors_are_required_by_default() -> None:
    assert DepositPolicy().factors == frozenset(DepositFactor)


@pytest.mark.parametrize(
    "change",
    [
        {"depositor_suffix": "도장도장도장도장"},
        {"factors": frozenset()},
        {"least_amount_krw": 0},
        {"most_amount_krw": 0},
        {"code_digits": 3},
        {"window_minutes": 16},
    ],
)
def test_impossible_deposit_policies_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="deposit"):
        DepositPolicy(**change)  # type: ignore[arg-type]  # each case breaks one field on purpose


def test_the_depositor_text_may_fill_exactly_twenty_bytes() -> None:
    assert DepositPolicy(depositor_suffix="도장도장도장도")


def test_impossible_call_policies_are_refused() -> None:
    with pytest.raises(ValueError, match="calls"):
        CallPolicy(from_hour=9, until_hour=9)
    with pytest.raises(ValueError, match="calls"):
        CallPolicy(number_digits=1)


def test_nobody_is_known_without_document_and_data() -> None:
    with pytest.raises(ValueError, match="always required"):
        ProofingPolicy(required={ApplicationKind.NEW: (Check.ARS_CALL,)})
