"""Ids and randomness of the system."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC

import pytest

from dojang.adapters.chance import SystemChance
from dojang.adapters.clock import SystemClock


def test_ids_are_version_7_and_name_the_time() -> None:
    chance = SystemChance()
    before = SystemClock().now().timestamp()
    made = uuid.UUID(chance.new_id())
    after = SystemClock().now().timestamp() + 1
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= (made.int >> 80) / 1000 <= after


def test_ids_are_unique_and_sort_as_they_were_made() -> None:
    chance = SystemChance()
    ids = [chance.new_id() for _ in range(20_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    with ThreadPoolExecutor(4) as pool:
        many = list(pool.map(lambda _: chance.new_id(), range(4_000)))
    assert len({*ids, *many}) == 24_000


def test_draws_stay_below_their_bound() -> None:
    chance = SystemChance()
    assert {chance.below(3) for _ in range(200)} == {0, 1, 2}
    assert len(chance.token_bytes(24)) == 24
    with pytest.raises(ValueError, match="positive"):
        chance.below(0)


def test_the_clock_gives_utc_in_whole_seconds() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert now.microsecond == 0
