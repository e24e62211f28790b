"""Dates of a line, out of what its readers say."""

from datetime import date

import numpy as np
import pytest

from dojang.adapters.id_document.find_numbers import find_printed_dates
from dojang.adapters.id_document.line_reader import LineText
from dojang.adapters.id_document.lines import Line

FIRST, LAST = date(2029, 1, 1), date(2029, 12, 31)
QUAD = np.array([(0, 0), (300, 0), (300, 20), (0, 20)], dtype=np.float32)


def _text(text: str, sure: float) -> LineText:
    return LineText(text=text, confidences=(sure,) * len(text))


@pytest.mark.parametrize(
    ("plain", "korean", "days", "sure"),
    [
        ("2029.01.01~2029.12.31", "2029.01.01~2029.12.31", (FIRST, LAST), 0.9),
        # PP-OCR makes digits of the label: 기간 is 712
        ("型712029.01.01~2029.12.31", "적성검사기간 2029.01.01~2029.12.31", (FIRST, LAST), 0.8),
        # the Korean reading has more dates, but not those of PP-OCR
        ("12029.01.01~2029.12.31", "2029.01.01~2029.12.81 2028.12.31", (LAST,), 0.9),
        ("2029.12.31", "만료일", (LAST,), 0.9),
        ("12 12/ 2029", "발급일 2029년 12월 31일", (LAST,), 0.8),
        ("810721-1982573", "", (), 0.0),
    ],
)
def test_the_reading_with_all_dates_is_taken(plain: str, korean: str, days: tuple[date, ...], sure: float) -> None:
    line = Line(quad=QUAD, plain=_text(plain, 0.9), korean=_text(korean, 0.8))
    found = find_printed_dates([line])
    assert [printed.days for printed in found] == ([days] if days else [])
    assert all(printed.confidence == pytest.approx(sure) for printed in found)
