"""The camera's measures beside the office's own, on the same drawn documents: a shot good here is good there."""

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

from dojang.adapters.id_document.measure import sharpness
from dojang.lifecycle.identity_proofing.id_document.quality import LEAST_CONTRAST
from dojang.lifecycle.identity_proofing.id_document.thresholds import DEFAULT_THRESHOLDS
from dojang.sandbox.resident import draw_resident
from dojang.sandbox.specimen.document import Kind

TODAY = date(2026, 11, 23)
COPY_WIDTH, MARGIN, CAMERA_WIDTH = 640, 0.08, 1080
SIGMAS = (0.5, 1.0, 1.5, 2.0)


def film(kind: Kind, sigma: float) -> tuple[bytes, Any]:
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
    seen = cv2.GaussianBlur(seen, (0, 0), sigma)
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
    done = subprocess.run(
        [frontend.find_node().program, out / "cross.js"],
        input=b"".join(one for one, _ in films),
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout), [card for _, card in films]


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
