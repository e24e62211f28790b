"""Decoding lattices written by hand, and the grammar's search against trying every path."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dojang.adapters.id_document import jamo_lattice
from dojang.adapters.id_document.jamo import BLANK, SYMBOLS, is_legal, spell
from dojang.adapters.id_document.jamo_lattice import decode
from dojang.adapters.id_document.line_reader import Alphabet
from dojang.adapters.id_document.pixels import Floats


def _lattice(steps: list[dict[int, float]]) -> Floats:
    """Log probabilities from {class: probability}; what is left goes to all classes alike."""
    rows = []
    for step in steps:
        rest = (1 - sum(step.values())) / len(SYMBOLS)
        row = np.full(len(SYMBOLS), max(rest, 1e-7))
        for symbol, probability in step.items():
            row[symbol] += probability
        rows.append(np.log(row / row.sum()))
    return np.array(rows, dtype=np.float32)


def _of(text: str, sure: float = 0.9) -> Floats:
    steps: list[dict[int, float]] = []
    for symbol in spell(text):
        steps += [{symbol: sure}, {symbol: sure}, {BLANK: sure}]
    return _lattice(steps)


@pytest.mark.parametrize("text", ["홍길동", "서울특별시 가온로 12-3", "1종보통", "A동 101호", "(가, 나)"])
def test_a_clear_lattice_is_read_as_it_stands(text: str) -> None:
    read = decode(_of(text), Alphabet.KOREAN)
    assert read.text == text
    assert len(read.confidences) == len(read.positions) == len(text)
    assert read.confidence > 0.9
    assert list(read.positions) == sorted(read.positions)


def test_hanja_are_left_out_and_what_stands_around_stays() -> None:
    read = decode(_of("김가온(金佳溫)"), Alphabet.KOREAN)
    assert read.text == "김가온()"
    assert len(read.confidences) == len(read.text)


def test_digits_are_chosen_where_only_digits_may_stand() -> None:
    letter, digit = spell("O")[0], spell("0")[0]
    lattice = _lattice([{letter: 0.6, digit: 0.3}, {BLANK: 0.9}, {spell("7")[0]: 0.8}])
    assert decode(lattice, Alphabet.KOREAN).text == "O7"
    assert decode(lattice, Alphabet.DIGITS).text == "07"
    assert decode(lattice, Alphabet.DATE).text == "07"


def test_no_alphabet_shows_what_it_forbids() -> None:
    lattice = _of("가A1-2.c 金")
    assert decode(lattice, Alphabet.ASCII).text.isascii()
    assert set(decode(lattice, Alphabet.DIGITS).text) <= set("0123456789-")
    assert set(decode(lattice, Alphabet.SERIAL).text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def test_a_doubtful_jamo_lowers_its_syllable_only() -> None:
    first, second = spell("가"), spell("나")
    lattice = _lattice([{first[0]: 0.9}, {first[1]: 0.9}, {second[0]: 0.9}, {second[1]: 0.4}])
    read = decode(lattice, Alphabet.KOREAN)
    assert read.text == "가나"
    assert read.confidences[0] > 0.8 > 0.5 > read.confidences[1]


def test_where_the_likeliest_jamo_do_not_compose_the_best_that_do_are_taken() -> None:
    initial, medial, final = spell("각")
    # The medial is hidden behind a blank: greedy would give an initial and a final with nothing between.
    lattice = _lattice([{initial: 0.9}, {BLANK: 0.5, medial: 0.4}, {final: 0.9}])
    assert decode(lattice, Alphabet.KOREAN).text == "각"


def test_an_empty_lattice_is_an_empty_line() -> None:
    assert decode(np.zeros((0, len(SYMBOLS)), dtype=np.float32), Alphabet.KOREAN).text == ""


def _collapse(path: tuple[int, ...]) -> list[int]:
    return [symbol for symbol, _ in itertools.groupby(path) if symbol != BLANK]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_search_finds_what_trying_every_path_finds(seed: int) -> None:
    noise = np.random.default_rng(seed)
    few = [BLANK, *spell("각"), *spell("나")[:1], *spell("1"), *spell("2")]
    logs = np.full((5, len(SYMBOLS)), -50.0, dtype=np.float32)
    logs[:, few] = noise.normal(0, 2, (5, len(few)))
    paths = [path for path in itertools.product(few, repeat=5) if is_legal(_collapse(path))]
    scores = {path: float(sum(logs[step, symbol] for step, symbol in enumerate(path))) for path in paths}
    found = tuple(jamo_lattice._best_legal_path(logs).tolist())
    assert is_legal(_collapse(found))
    assert scores[found] == pytest.approx(max(scores.values()), abs=1e-3)
