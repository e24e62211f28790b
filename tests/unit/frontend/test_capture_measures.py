"""The camera's measures beside the office's own, on the same drawn documents: a shot good here is good there.

Flaws of light and focus are compared measure by measure; how a document lies (cut off, too small, none, several) by the
camera's hint on its small copy and the office's whole chain on the photograph the app would send of that scene.
"""

import json
import struct
import subprocess
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest

from dojang.adapters.id_document.locate import Candidate
from dojang.adapters.id_document.measure import measure, sharpness
from dojang.adapters.id_document.reader import ExaminingReader
from dojang.adapters.id_document.rectify import Card
from dojang.lifecycle.identity_proofing.id_document.measures import Measure
from dojang.lifecycle.identity_proofing.id_document.model import Decision
from dojang.lifecycle.identity_proofing.id_document.quality import LEAST_CONTRAST, judge_photograph
from dojang.lifecycle.identity_proofing.id_document.thresholds import DEFAULT_THRESHOLDS
from dojang.sandbox.resident import draw_resident
from dojang.sandbox.specimen import light
from dojang.sandbox.specimen.document import Kind
from dojang.sandbox.specimen.scene import Surface, draw_surface

TODAY = date(2026, 11, 23)
COPY_WIDTH, MARGIN, CAMERA_WIDTH = 640, 0.08, 1080
SIGMAS = (0.5, 1.0, 1.5, 2.0)
# What befalls a picture, and what each side says of it: the camera's hint and the office's codes.
TOLD: dict[str, tuple[str, set[str]]] = {
    "sound": ("good", set()),
    "blur": ("blur", {"id_document.blurred"}),
    "motion": ("blur", {"id_document.shaken"}),
    "dark": ("dark", {"id_document.too_dark"}),
    "glare": ("glare", {"id_document.glare"}),
}


def befall(seen: Any, defect: str) -> Any:
    """Return the camera's picture as one of the specimens' defects makes it."""
    middle = (seen.shape[1] / 2, seen.shape[0] / 2)
    if defect == "blur":
        return light.defocus(seen, radius=4.0)
    if defect == "motion":
        return light.shake(seen, length=26, turn=0.3)
    if defect == "dark":
        return cv2.convertScaleAbs(seen, alpha=0.14)
    if defect == "glare":
        return light.add_glare(seen, centre=middle, size=(90, 66), turn=0.4, gain=420)
    return light.defocus(seen, radius=0.5)


def film(kind: Kind, sigma: float, defect: str | None = None) -> tuple[bytes, Any]:
    """Return what the camera's code measures, and the card in the camera's own pixels (BGR)."""
    aspect = 125 / 88 if kind is Kind.PASSPORT else 85.6 / 54
    width = COPY_WIDTH / (1 + 2 * MARGIN)
    margin, height = width * MARGIN, width / aspect
    size = (COPY_WIDTH, round(height + 2 * margin))
    scale = CAMERA_WIDTH / COPY_WIDTH
    left, across, down = round(margin * scale), round(width * scale), round(height * scale)
    seen = np.full((round(size[1] * scale), CAMERA_WIDTH, 3), 60, np.uint8)
    pixels = draw_resident(11, kind, TODAY).front.pixels
    seen[left : left + down, left : left + across] = cv2.resize(pixels, (across, down), interpolation=cv2.INTER_AREA)
    seen = cv2.GaussianBlur(seen, (0, 0), sigma) if defect is None else befall(seen, defect)
    copy = cv2.resize(seen, size, interpolation=cv2.INTER_AREA)
    head = struct.pack("<6f", *size, margin, margin, width, height)
    card = np.ascontiguousarray(seen[left : left + down, left : left + across, ::-1])
    return head + cv2.cvtColor(copy, cv2.COLOR_RGB2RGBA).tobytes(), card


@pytest.fixture(scope="module")
def measured(frontend: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[Any]]:
    """The camera's limits and results, and the office's pictures, of every document at every blur."""
    out: Path = tmp_path_factory.mktemp("measure")
    frontend.bundle(frontend.FRONTEND / "test" / "capture" / "cross.ts", out)
    films = [film(kind, sigma) for kind in Kind for sigma in SIGMAS]
    return run_camera(frontend, out, [one for one, _ in films]), [card for _, card in films]


def run_camera(frontend: ModuleType, out: Path, films: list[bytes]) -> dict[str, Any]:
    """Return what the camera's code, bundled in `out`, says of the films."""
    program = [frontend.find_node().program, out / "cross.js"]
    done = subprocess.run(program, input=b"".join(films), capture_output=True, check=True)
    answered: dict[str, Any] = json.loads(done.stdout)
    return answered


def office_codes(card: Any) -> set[str]:
    """Return what the office says of the same picture, the card's place being known."""
    height, width = card.shape[:2]
    quad = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    straight = Card(picture=card, to_photograph=np.eye(3, dtype=np.float32))
    place = Candidate(quad=quad, score=1.0, outside=0.0, is_outline=True)
    text = {Measure.TEXT_LINES: 9.0, Measure.TEXT_PX: 60.0, Measure.TEXT_SPAN_PX: 0.8 * width}
    measures = {**measure(card, straight, place, [], second=0.0), **text}
    found = judge_photograph(measures, side="front", reading_suffered=True, thresholds=DEFAULT_THRESHOLDS)
    return {finding.code.value for finding in found}


def test_the_limits_are_the_offices_soft_ones(measured: tuple[dict[str, Any], list[Any]]) -> None:
    limits = measured[0]["limits"]
    assert limits["sharpness"] == DEFAULT_THRESHOLDS.sharpness.soft
    assert limits["brightness"] == DEFAULT_THRESHOLDS.brightness.soft
    assert limits["glare"] == DEFAULT_THRESHOLDS.glare.soft
    assert limits["contrast"] == LEAST_CONTRAST


def test_both_measure_alike(measured: tuple[dict[str, Any], list[Any]]) -> None:
    answered, cards = measured
    for result, card in zip(answered["results"], cards, strict=True):
        assert result["sharpness"] == pytest.approx(sharpness(card), abs=0.04)
        grey = cv2.cvtColor(card, cv2.COLOR_BGR2GRAY)
        assert result["brightness"] == pytest.approx(float(np.median(grey)), abs=4)


def test_documents_lying_right_are_good_until_they_blur(measured: tuple[dict[str, Any], list[Any]]) -> None:
    hints = [one["hint"] for one in measured[0]["results"]]
    for start in range(0, len(hints), len(SIGMAS)):
        assert hints[start] == "good"
        assert hints[start + len(SIGMAS) - 1] == "blur"


def test_both_refuse_the_same_pictures(frontend: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One table says what each side calls a defect; the same pictures go through the camera's code and the office's."""
    out: Path = tmp_path_factory.mktemp("refuse")
    frontend.bundle(frontend.FRONTEND / "test" / "capture" / "cross.ts", out)
    shown = [(kind, defect) for kind in Kind for defect in TOLD]
    films = [film(kind, 0.0, defect) for kind, defect in shown]
    answered = run_camera(frontend, out, [one for one, _ in films])["results"]
    said = [(kind, defect, one["hint"]) for (kind, defect), one in zip(shown, answered, strict=True)]
    assert said == [(kind, defect, TOLD[defect][0]) for kind, defect in shown]
    codes = [(kind, defect, office_codes(card)) for (kind, defect), (_, card) in zip(shown, films, strict=True)]
    assert codes == [(kind, defect, TOLD[defect][1]) for kind, defect in shown]


# How documents lie in the frame: the camera's hints that keep the shutter closed, and the office's code.
LYING: dict[str, tuple[set[str], str]] = {
    "cut_off": ({"place"}, "id_document.cut_off"),
    "too_small": ({"none", "place", "closer"}, "id_document.too_small"),
    "no_document": ({"none", "place"}, "id_document.no_document"),  # the planks of a table have edges
    "several": ({"none", "place"}, "id_document.several_documents"),
}
SENT_MARGIN = 0.14  # of the frame's width, as geometry.ts has it


def scene(kind: Kind, lying: str) -> tuple[bytes, bytes]:
    """Return what the camera's code measures of a scene, and the JPEG that the app would send of it."""
    aspect = 125 / 88 if kind is Kind.PASSPORT else 85.6 / 54
    width = 1500
    margin, height = round(width * SENT_MARGIN), round(width / aspect)
    table = draw_surface(
        Surface.WOOD, np.random.default_rng(4), width=width + 2 * margin, height=height + 2 * margin
    ).astype(np.uint8)
    seen = light.defocus(_lay(table, kind, lying, frame=(margin, margin, width, height)), radius=0.5)
    seen = light.add_noise(seen, np.random.default_rng(9), sigma=1.5)  # every sensor has some
    spare = round(width * (SENT_MARGIN - MARGIN))
    near = seen[spare : seen.shape[0] - spare, spare : seen.shape[1] - spare]
    size = (COPY_WIDTH, round(near.shape[0] * COPY_WIDTH / near.shape[1]))
    copy = cv2.resize(near, size, interpolation=cv2.INTER_AREA)
    scale = COPY_WIDTH / near.shape[1]
    head = struct.pack("<6f", *size, *(scale * length for length in (width * MARGIN, width * MARGIN, width, height)))
    sent = cv2.imencode(".jpg", np.ascontiguousarray(seen[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()
    return head + cv2.cvtColor(copy, cv2.COLOR_RGB2RGBA).tobytes(), sent


def _lay(table: Any, kind: Kind, lying: str, *, frame: tuple[int, int, int, int]) -> Any:
    left, top, width, height = frame
    if lying == "no_document":
        return table
    pixels = draw_resident(11, kind, TODAY).front.pixels
    if lying == "several":
        other = draw_resident(12, Kind.RESIDENT_CARD, TODAY).front.pixels
        half = round(0.52 * table.shape[0] * 85.6 / 54 * 0.86)
        _put(table, pixels, left=left, top=30, width=half)
        return _put(table, other, left=left + 60, top=table.shape[0] // 2 + 20, width=half)
    if lying == "too_small":
        return _put(table, pixels, left=left + width // 3, top=top + height // 3, width=round(0.3 * width))
    return _put(table, pixels, left=left + round(0.42 * width), top=top, width=round(0.985 * width))


def _put(table: Any, pixels: Any, *, left: int, top: int, width: int) -> Any:
    """Lay a document on the table; what overhangs it is cut."""
    height = round(width * pixels.shape[0] / pixels.shape[1])
    laid = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    place = table[top : top + height, left : left + width]
    place[:] = laid[: place.shape[0], : place.shape[1]]
    return table


def test_both_refuse_documents_that_lie_wrongly(frontend: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The camera keeps its shutter closed where the office would ask for another photograph, and says why."""
    out: Path = tmp_path_factory.mktemp("lying")
    frontend.bundle(frontend.FRONTEND / "test" / "capture" / "cross.ts", out)
    shown = [(kind, lying) for kind in Kind for lying in LYING]
    scenes = [scene(kind, lying) for kind, lying in shown]
    answered = run_camera(frontend, out, [film for film, _ in scenes])["results"]
    reader = ExaminingReader()
    for (kind, lying), result, (_, sent) in zip(shown, answered, scenes, strict=True):
        hints, code = LYING[lying]
        told = reader.read_document(sent, None, today=TODAY, expected=None)
        assert (kind, lying, told.decision, told.reasons[:1]) == (kind, lying, Decision.RETAKE, (code,))
        assert result["hint"] in hints, (kind, lying, result["hint"])
