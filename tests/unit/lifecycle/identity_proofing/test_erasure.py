"""Which portion of a case is due, and when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dojang.lifecycle.identity_proofing.erasure.model import KeptCase, Portion
from dojang.lifecycle.identity_proofing.erasure.rules import find_due_portion
from dojang.lifecycle.identity_proofing.model import CaseState
from dojang.lifecycle.identity_proofing.policy import RetentionPolicy

ENDED = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
POLICY = RetentionPolicy(unproven_days=30, pictures_days=100, proven_days=1000)
CASE = KeptCase(
    case_id="case",
    application_id="application",
    state=CaseState.CLOSED,
    window_ended_at=ENDED,
    proven=False,
    last_certificate_ends_at=None,
    disputed=False,
    pictures_erased=False,
    erased=False,
)
PROVEN = replace(CASE, proven=True, last_certificate_ends_at=ENDED + timedelta(days=365))


def due(case: KeptCase, days: int) -> Portion | None:
    return find_due_portion(case, POLICY, ENDED + timedelta(days=days))


def test_the_bounds_are_days_of_the_policy() -> None:
    assert [due(CASE, days) for days in (29, 30)] == [None, Portion.EVERYTHING]
    assert [due(PROVEN, days) for days in (99, 100, 1364, 1365)] == [
        None,
        Portion.PICTURES,
        Portion.PICTURES,
        Portion.EVERYTHING,
    ]
    assert due(replace(PROVEN, pictures_erased=True), 1364) is None


@pytest.mark.parametrize(
    "changes", [{"disputed": True}, {"erased": True}, *({"state": one} for one in CaseState if one != "closed")]
)
def test_what_somebody_needs_stays(changes: dict[str, object]) -> None:
    assert due(replace(CASE, **changes), 10_000) is None  # type: ignore[arg-type]  # of the case's fields
    assert due(replace(PROVEN, **changes), 10_000) is None  # type: ignore[arg-type]  # likewise


def test_a_certificate_that_ended_before_the_window_does_not_shorten_it() -> None:
    early = replace(PROVEN, last_certificate_ends_at=ENDED - timedelta(days=900))
    assert [due(early, days) for days in (999, 1000)] == [Portion.PICTURES, Portion.EVERYTHING]


@pytest.mark.parametrize("name", ["unproven_days", "pictures_days", "proven_days", "cases_per_run"])
def test_no_period_is_nothing(name: str) -> None:
    with pytest.raises(ValueError, match="at least one"):
        RetentionPolicy(**{name: 0})
