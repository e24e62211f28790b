"""No typeface that judges the recogniser is one it was trained on."""

import tomllib
from pathlib import Path

import pytest

from dojang.sandbox.specimen.fonts import SANS, SERIF, packaged_typefaces
from training.lines import typefaces
from training.lines.typefaces import HeldOut, held_out_families, is_held_out, open_typeface, training_typecase

_TRAINING = Path(typefaces.__file__).parents[1]


def test_every_hangul_typeface_of_the_specimens_is_held_out() -> None:
    for typeface in packaged_typefaces():
        assert is_held_out([typeface.name])
        with pytest.raises(HeldOut):
            open_typeface(typeface.path)


@pytest.mark.parametrize(
    "family", ["NotoSansKR", "noto sans kr medium", "나눔바른고딕", "Nanum Barun Gothic", "UnBatang Bold"]
)
def test_a_held_out_family_is_known_by_any_spelling(family: str) -> None:
    assert is_held_out(["Regular", family])


@pytest.mark.parametrize("family", ["Gowun Batang", "NanumGothic", "UnDotum", "Baekmuk Batang"])
def test_families_that_only_sound_alike_are_not(family: str) -> None:
    assert not is_held_out([family])


def test_a_held_out_typeface_opens_for_evaluation_and_knows_its_characters() -> None:
    typeface = open_typeface(SERIF.path, for_training=False)
    assert typeface.can_draw("가 힣")
    assert not typeface.can_draw("\U0001f600")


def test_nothing_listed_for_training_is_listed_for_validation() -> None:
    listed = tomllib.loads((_TRAINING / "typefaces.toml").read_text(encoding="utf-8"))["package"]
    judges = tomllib.loads((_TRAINING / "held_out.toml").read_text(encoding="utf-8"))["validation_files"]
    files = [name for package in listed for name in package["files"]]
    assert len(files) == len(set(files))
    assert not set(files) & set(judges)
    assert all(package["licence"] and package["source"] in {"Debian", "npm"} for package in listed)
    assert not any(is_held_out([Path(name).stem]) for name in files)


def test_folders_without_a_listed_typeface_are_refused() -> None:
    with pytest.raises(LookupError):
        training_typecase([SANS.path.parent])


def test_the_families_are_named_once() -> None:
    assert len(held_out_families()) == len(set(held_out_families()))
