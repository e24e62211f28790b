"""Documents drawn for these tests alone, in layouts that are not the sandbox's: flat scans and simple photographs."""

import io
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pylopdf_fonts_ko
import pytest
from PIL import Image, ImageDraw, ImageFont

from dojang.adapters.id_document.reader import ExaminingReader

_FOLDER = Path(str(pylopdf_fonts_ko.__file__)).parent
Rows = list[tuple[float, float, float, str]]  # left, top, size (shares of width, height, width), text

RESIDENT: Rows = [
    (0.06, 0.06, 0.055, "주민등록증"),
    (0.30, 0.24, 0.030, "이름"), (0.46, 0.23, 0.040, "나다운"),
    (0.30, 0.36, 0.030, "주민등록번호"), (0.52, 0.355, 0.036, "900101-1970127"),
    (0.30, 0.48, 0.030, "주소"), (0.40, 0.48, 0.030, "서울특별시 마포구 월드컵북로 400"),
    (0.40, 0.57, 0.030, "101동 1203호 (상암동)"),
    (0.30, 0.70, 0.030, "발급일"), (0.46, 0.695, 0.034, "2018.03.09"),
    (0.46, 0.84, 0.040, "서울특별시 마포구청장"),
]  # fmt: skip
LICENCE: Rows = [
    (0.05, 0.04, 0.045, "자동차운전면허증"), (0.55, 0.06, 0.028, "Driver's License"),
    (0.36, 0.18, 0.042, "11-18-970452-60"),
    (0.36, 0.28, 0.038, "나다운"),
    (0.36, 0.37, 0.036, "900101-1970127"),
    (0.36, 0.47, 0.028, "부산광역시 해운대구 중동2로 11"),
    (0.36, 0.63, 0.026, "적성검사기간"), (0.36, 0.69, 0.030, "2028.01.01 ~ 2028.12.31"),
    (0.36, 0.79, 0.030, "2018.05.04"),
    (0.36, 0.88, 0.036, "부산지방경찰청장"),
    (0.80, 0.80, 0.030, "7K2M9X"),
]  # fmt: skip


@pytest.fixture(scope="session")
def reader() -> ExaminingReader:
    """One reader for the session: loading takes a second."""
    return ExaminingReader()


@pytest.fixture(scope="session")
def resident() -> Rows:
    """A resident card with labels, portrait on the left."""
    return RESIDENT


@pytest.fixture(scope="session")
def licence() -> Rows:
    """A driver's licence without labels."""
    return LICENCE


@pytest.fixture(scope="session")
def draw() -> Callable[..., Image.Image]:
    """A function drawing rows of text on a pale card with a plain portrait."""

    def card(rows: Rows, *, width: int = 1200, without: str = "") -> Image.Image:
        height = round(width / 1.586)
        image = Image.new("RGB", (width, height), (236, 240, 230))
        pen = ImageDraw.Draw(image)
        left = 0.05 if rows is RESIDENT else 0.06
        pen.rectangle((left * width, 0.24 * height, (left + 0.21) * width, 0.70 * height), fill=(150, 170, 190))
        for x, y, size, text in rows:
            if text == without:
                continue
            font = ImageFont.truetype(str(_FOLDER / "NotoSansKR-Regular.otf"), round(size * width))
            pen.text((x * width, y * height), text, font=font, fill=(25, 25, 25))
        return image

    return card


@pytest.fixture(scope="session")
def shoot() -> Callable[..., bytes]:
    """A function photographing a drawing: tilted a little on a dark table, or the bare scan as a file."""

    def photograph(card: Image.Image, *, kind: str = "JPEG", scan: bool = False, **options: object) -> bytes:
        out = io.BytesIO()
        if scan:
            card.save(out, kind, **options)
            return out.getvalue()
        width, height = card.size
        table = np.full((1200, 1600, 3), (60, 70, 85), dtype=np.uint8)
        table += np.random.default_rng(3).integers(0, 8, table.shape, dtype=np.uint8)
        source = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
        target = np.array([[210, 230], [1390, 260], [1370, 1000], [190, 970]], dtype=np.float32)
        matrix = cv2.getPerspectiveTransform(source, target)
        cv2.warpPerspective(
            np.asarray(card), matrix, (1600, 1200), dst=table, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT
        )
        Image.fromarray(table).save(out, kind, **options)
        return out.getvalue()

    return photograph
