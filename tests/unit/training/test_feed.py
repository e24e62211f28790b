"""How lines are put into batches."""

import pytest

from training.feed import WIDEST_PX, bucket_of, fits, lines_per_batch


@pytest.mark.parametrize("width", [12, 40, 100, 130, 333, 799, 800])
def test_a_line_is_stretched_only_a_little(width: int) -> None:
    bucket = bucket_of(width)
    assert bucket <= WIDEST_PX
    assert abs(bucket - width) <= 16 or width < 32


def test_every_batch_has_lines() -> None:
    assert all(lines_per_batch(bucket_of(width)) >= 4 for width in range(12, WIDEST_PX + 1, 7))


def test_a_label_must_have_room_for_its_classes_and_the_blanks_between_equal_ones() -> None:
    assert fits([1, 20, 41], 12)
    assert not fits([1, 20, 41], 8)
    assert fits([70, 71], 8)
    assert not fits([70, 70], 8)
