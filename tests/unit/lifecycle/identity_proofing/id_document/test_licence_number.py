"""Licence numbers: present form, regions by name on old cards, and what is none."""

import pytest

from dojang.lifecycle.identity_proofing.id_document.licence_number import (
    find_licence_number,
    is_licence_number,
    is_serial,
)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("11-19-123456-01", "11-19-123456-01"),
        ("111912345601", "11-19-123456-01"),
        ("28 - 23 - 004321 - 99", "28-23-004321-99"),
        ("서울 19-123456-01", "11-19-123456-01"),
        ("경기북부 19-123456-01", "28-19-123456-01"),
        ("27-19-123456-01", None),
        ("10-19-123456-01", None),
        ("11-19-12345-01", None),
        ("", None),
    ],
)
def test_numbers(printed: str, expected: str | None) -> None:
    assert find_licence_number(printed) == expected


def test_only_the_printed_form_counts_as_valid() -> None:
    assert is_licence_number("11-19-123456-01")
    assert not is_licence_number("111912345601")
    assert not is_licence_number("99-19-123456-01")


def test_serials() -> None:
    assert is_serial("1A2B3C")
    assert is_serial("AB3CD")
    assert not is_serial("1a2B3C")
    assert not is_serial("1A2B")
