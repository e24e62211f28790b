"""When an effect is tried again."""

from hypothesis import given
from hypothesis import strategies as st

from dojang.adapters.effects.retry import RetryPolicy

POLICY = RetryPolicy()


@given(st.integers(1, 100_000), st.text())
def test_delays_grow_and_are_capped(attempt: int, effect_id: str) -> None:
    plain = min(2.0 ** min(attempt - 1, 60), 300.0)
    assert 0.85 * plain <= POLICY.delay_s(attempt, effect_id) <= 1.15 * plain


def test_different_effects_do_not_ask_again_in_the_same_moment() -> None:
    delays = {round(POLICY.delay_s(9, f"effect-{number}"), 3) for number in range(50)}
    assert len(delays) > 45


def test_an_outage_is_waited_out_for_a_day() -> None:
    waited_s, attempt = 0.0, 1
    while (delay_s := POLICY.after_unavailable(attempt, "effect", int(waited_s))) is not None:
        waited_s += delay_s
        attempt += 1
    assert 24 * 3600 <= waited_s <= 24 * 3600 + 345
    assert attempt < 400


def test_the_unexpected_is_tried_six_times_in_all() -> None:
    answers = [POLICY.after_unexpected(attempt, "effect") is None for attempt in range(1, 8)]
    assert answers == [False] * 5 + [True, True]
