"""Masking is proven by reading again: the whole number is gone, or nothing is handed out."""

import re

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from dojang.adapters.id_document.detect import TextDetector
from dojang.adapters.id_document.korean import open_korean_reader
from dojang.adapters.id_document.lines import LineCutter
from dojang.adapters.id_document.mask import Masker, places_to_mask
from dojang.adapters.id_document.picture import PictureLimits, load_picture
from dojang.adapters.id_document.pixels import Picture, Quad
from dojang.adapters.id_document.ppocr import PpocrReader
from dojang.adapters.id_document.rectify import Card
from dojang.lifecycle.identity_proofing.id_document.model import DocumentKind, MaskedImage, Side
from dojang.sandbox.specimen.fonts import SANS, font

RRN = "900101-1970127"
SECRET = RRN[-7:]
ELSEWHERE = np.array([[40, 700], [300, 700], [300, 740], [40, 740]], dtype=np.float32)


@pytest.fixture(scope="module")
def cutter() -> LineCutter:
    return LineCutter(plain=PpocrReader.tiny(), korean=open_korean_reader())


@pytest.fixture(scope="module")
def detector() -> TextDetector:
    return TextDetector()


@pytest.fixture(scope="module")
def masker(detector: TextDetector, cutter: LineCutter) -> Masker:
    return Masker(detector=detector, cutter=cutter)


@pytest.fixture(scope="module")
def card() -> Card:
    """A pale card with the number where resident cards print it."""
    image = Image.new("RGB", (1300, 820), (228, 234, 226))
    pen = ImageDraw.Draw(image)
    for top, size, text in (
        (90, 84, "주민등록증"),
        (240, 64, "나다운"),
        (330, 62, RRN),
        (470, 46, "서울특별시 마포구"),
    ):
        pen.text((120, top), text, font=font(SANS, size), fill=(30, 30, 36))
    pixels = np.asarray(cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR), dtype=np.uint8)
    return Card(picture=pixels, to_photograph=np.eye(3, dtype=np.float32))


def number_quad(card: Card, detector: TextDetector, cutter: LineCutter) -> list[Quad]:
    lines = cutter.read_plain(card.picture, detector.detect(card.picture, long_side_px=832))
    return places_to_mask(lines, None, None, "")


def legible_digits(picture: Picture, detector: TextDetector, cutter: LineCutter) -> str:
    """The digits read in the row of the number, at another size than the masker's own look."""
    lines = cutter.read_plain(picture, detector.detect(picture, long_side_px=1152))
    row = [line.plain.text for line in lines if 320 < line.rect.centre_y < 410]
    return re.sub(r"\D", "", "".join(row))


def opened(masked: MaskedImage) -> list[Picture]:
    return [load_picture(file, limits=PictureLimits()) for file in (masked.original_jpeg, masked.rectified_jpeg)]


def test_the_masked_number_reads_again_as_at_most_seven_digits(
    masker: Masker, card: Card, detector: TextDetector, cutter: LineCutter
) -> None:
    assert legible_digits(card.picture, detector, cutter) == RRN.replace("-", "")
    quads = number_quad(card, detector, cutter)
    masked = masker.mask_side(
        card.picture, card, quads, kind=DocumentKind.RESIDENT_CARD, side=Side.FRONT, secret=SECRET
    )
    assert masked is not None
    for picture in opened(masked):
        left = legible_digits(picture, detector, cutter)
        assert len(left) <= 7
        assert left.startswith("900101")


def test_where_no_number_was_found_its_usual_place_is_painted(
    masker: Masker, card: Card, detector: TextDetector, cutter: LineCutter
) -> None:
    masked = masker.mask_side(card.picture, card, [], kind=DocumentKind.RESIDENT_CARD, side=Side.FRONT, secret=None)
    assert masked is not None
    assert all(legible_digits(picture, detector, cutter) == "" for picture in opened(masked))


def test_a_mask_in_the_wrong_place_is_noticed_and_the_usual_place_painted_too(
    masker: Masker, card: Card, detector: TextDetector, cutter: LineCutter
) -> None:
    beside = ELSEWHERE.copy()
    beside[:, 1] -= 350  # in the number's row, before its digits
    beside[:, 0] = [40, 90, 90, 40]
    masked = masker.mask_side(
        card.picture, card, [beside], kind=DocumentKind.RESIDENT_CARD, side=Side.FRONT, secret=SECRET
    )
    assert masked is not None
    assert all(legible_digits(picture, detector, cutter) == "" for picture in opened(masked))


def test_without_a_place_to_paint_nothing_is_handed_out(masker: Masker, card: Card) -> None:
    assert masker.mask_side(card.picture, card, [], kind=None, side=None, secret=None) is None


def test_what_still_shows_and_has_no_usual_place_is_not_handed_out(masker: Masker, card: Card) -> None:
    wrong = np.array([[40, 340], [90, 340], [90, 380], [40, 380]], dtype=np.float32)
    assert (
        masker.mask_side(card.picture, card, [wrong], kind=DocumentKind.PASSPORT, side=Side.FRONT, secret=SECRET)
        is None
    )


def test_digits_on_both_sides_of_letters_are_no_leak(masker: Masker) -> None:
    """An MRZ row of which the personal number was painted over: ...980 KOR 5607... is not 9805."""
    image = Image.new("RGB", (1300, 120), (236, 240, 238))
    ImageDraw.Draw(image).text((40, 20), "M060803898KOR5607068F290516", font=font(SANS, 52), fill=(20, 20, 24))
    band = np.asarray(cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR), dtype=np.uint8)
    assert not masker.leaks(band, "2980531")
    assert masker.leaks(band, "1290516")
