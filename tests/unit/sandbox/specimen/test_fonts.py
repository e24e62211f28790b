"""Typefaces: the packaged ones everywhere, the system's only when asked for."""

from pathlib import Path

import numpy as np

from dojang.sandbox.specimen.fonts import OCR_B, SANS, SERIF, find_system_typefaces, has_glyphs, packaged_typefaces
from dojang.sandbox.specimen.variant import Variant, vary


def test_the_packaged_typefaces_are_there() -> None:
    assert packaged_typefaces() == (SANS, SERIF)
    for face in (*packaged_typefaces(), OCR_B):
        assert face.path.is_file()


def test_the_zone_s_typeface_has_the_zone_s_characters_and_its_licence_beside_it() -> None:
    assert has_glyphs(OCR_B, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")
    assert "Norbert Schwarz" in (OCR_B.path.parent / "LICENSE-OCRB").read_text(encoding="utf-8")


def test_system_typefaces_are_found_by_name_and_none_is_no_error(tmp_path: Path) -> None:
    assert find_system_typefaces(tmp_path) == ()
    (tmp_path / "nanum").mkdir()
    (tmp_path / "nanum" / "NanumMyeongjo.ttf").write_bytes(b"")
    (tmp_path / "nanum" / "Unrelated.ttf").write_bytes(b"")
    assert [face.name for face in find_system_typefaces(tmp_path)] == ["NanumMyeongjo"]


def test_a_variant_uses_packaged_typefaces_unless_others_are_given() -> None:
    assert Variant().body in packaged_typefaces()
    assert all(vary(np.random.default_rng(seed)).body in packaged_typefaces() for seed in range(20))
    assert vary(np.random.default_rng(1), typefaces=(OCR_B,)).body is OCR_B
