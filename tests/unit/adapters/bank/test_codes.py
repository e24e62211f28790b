"""The hub's result codes: only what is listed as definite is definite."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.adapters.bank.codes import deposit_answer, find_ownership
from dojang.lifecycle.identity_proofing.neighbours import DepositAnswer, OwnershipAnswer


@given(st.text(max_size=5), st.text(max_size=3))
def test_only_both_successes_are_a_success_and_nothing_unlisted_is_definite(rsp: str, bank: str) -> None:
    assert deposit_answer(rsp, bank) is DepositAnswer.UNKNOWN or (rsp, bank) == ("A0000", "000")
    assert find_ownership(rsp, bank) is not OwnershipAnswer.MATCH


@pytest.mark.parametrize(
    ("rsp", "bank", "answer"),
    [
        ("A0000", "000", DepositAnswer.SENT),
        ("A0000", "", DepositAnswer.UNKNOWN),
        ("A0002", "000", DepositAnswer.UNKNOWN),
        ("A0000", "815", DepositAnswer.REFUSED),
        ("A0002", "420", DepositAnswer.REFUSED),
        ("A0312", "", DepositAnswer.REFUSED),
        ("A0326", "000", DepositAnswer.UNKNOWN),
        ("A0002", "804", DepositAnswer.UNKNOWN),
        ("A0007", "412", DepositAnswer.UNKNOWN),
    ],
)
def test_deposit_codes(rsp: str, bank: str, answer: DepositAnswer) -> None:
    assert deposit_answer(rsp, bank) is answer


@pytest.mark.parametrize(
    ("rsp", "bank", "answer"),
    [
        ("A0002", "412", OwnershipAnswer.NO_SUCH_ACCOUNT),
        ("A0002", "490", OwnershipAnswer.SAFE_BLOCKED),
        ("A0002", "463", OwnershipAnswer.MISMATCH),
        ("A0312", "", OwnershipAnswer.MISMATCH),
        ("A0002", "467", OwnershipAnswer.ACCOUNT_UNUSABLE),
        ("A0007", "", None),
        ("A0000", "", None),
    ],
)
def test_inquiry_codes(rsp: str, bank: str, answer: OwnershipAnswer | None) -> None:
    assert find_ownership(rsp, bank) is answer
