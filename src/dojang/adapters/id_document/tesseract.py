"""Korean lines by Tesseract's LSTM, one warm engine per process.

The Korean model lies beside this module (`tessdata/kor.traineddata`; `tessdata/README.md` tells its origin); another
folder may be configured. Tesseract wants dark text on an even light ground about 40 px high.
"""

from pathlib import Path

import cv2
import numpy as np
import tesserocr
from PIL import Image

from dojang.adapters.id_document.line_reader import Alphabet, LineText
from dojang.adapters.id_document.pixels import Grey, Picture
from dojang.lifecycle.identity_proofing.id_document.errors import ReaderBroken

_TEXT_HEIGHT_PX = 44
_MARGIN_PX = 12
_DIGITS = "0123456789-"


def find_tessdata(configured: Path | None) -> Path:
    """Return the folder holding `kor.traineddata`: the configured one, else ours. Raises `ReaderBroken` when absent."""
    folder = configured or Path(__file__).parent / "tessdata"
    if not (folder / "kor.traineddata").is_file():
        raise ReaderBroken(part="kor.traineddata")
    return folder


def even_out(crop: Picture) -> Grey:
    """Return grey text on a white ground: the background (a wide closing) divided out, contrast stretched."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    size = max(15, grey.shape[0] // 2 * 2 + 1)
    background = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((size, size), dtype=np.uint8))
    background = cv2.GaussianBlur(background, (0, 0), size / 4)
    even = np.clip(grey.astype(np.float32) / np.maximum(background, 1) * 255, 0, 255)
    low = float(np.percentile(even, 1))
    stretched = np.clip((even - low) / max(1.0, 250 - low) * 255, 0, 255)
    return np.asarray(stretched, dtype=np.uint8)


class TesseractReader:
    """A `LineReader` for Korean."""

    def __init__(self, tessdata: Path | None = None) -> None:
        try:
            self._engine = tesserocr.PyTessBaseAPI(
                path=str(find_tessdata(tessdata)),
                lang="kor",
                psm=tesserocr.PSM.SINGLE_LINE,
                oem=tesserocr.OEM.LSTM_ONLY,
            )
        except RuntimeError:
            raise ReaderBroken(part="tesseract") from None
        self._engine.SetVariable("debug_file", "/dev/null")
        self._engine.SetVariable("load_system_dawg", "0")
        self._engine.SetVariable("load_freq_dawg", "0")

    def read(self, crop: Picture, alphabet: Alphabet) -> LineText:
        """Read one line; see `LineReader`. Only `DIGITS` narrows the alphabet."""
        self._engine.SetVariable("tessedit_char_whitelist", _DIGITS if alphabet is Alphabet.DIGITS else "")
        height = crop.shape[0]
        grey = even_out(crop)
        factor = _TEXT_HEIGHT_PX / height
        interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        scaled = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=interpolation)
        padded = cv2.copyMakeBorder(
            scaled, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX, cv2.BORDER_CONSTANT, value=(255.0,)
        )
        image = Image.fromarray(np.asarray(padded, dtype=np.uint8))
        text = self._recognise(image, tesserocr.PSM.SINGLE_LINE)
        if text.text:
            return text
        # Layout analysis now and then finds no line at all: a smaller picture helps, else the picture taken as a word.
        text = self._recognise(image.reduce(2), tesserocr.PSM.SINGLE_LINE)
        return text if text.text else self._recognise(image, tesserocr.PSM.SINGLE_WORD)

    def _recognise(self, image: Image.Image, mode: int) -> LineText:
        self._engine.SetPageSegMode(mode)
        self._engine.SetImage(image)
        self._engine.Recognize()
        return self._collect(image.width)

    def _collect(self, width_px: int) -> LineText:
        """Gather the symbols; their places are shares of the crop without its margins."""
        symbols = self._engine.GetIterator()
        text: list[str] = []
        confidences: list[float] = []
        positions: list[float] = []
        if symbols is None:
            return LineText(text="", confidences=())
        for symbol in tesserocr.iterate_level(symbols, tesserocr.RIL.SYMBOL):
            try:
                shown = symbol.GetUTF8Text(tesserocr.RIL.SYMBOL)
                box = symbol.BoundingBox(tesserocr.RIL.SYMBOL)
            except RuntimeError:  # tesserocr's way of saying "nothing here"
                continue
            middle = 0.0 if box is None else ((box[0] + box[2]) / 2 - _MARGIN_PX) / max(1, width_px - 2 * _MARGIN_PX)
            if text and symbol.IsAtBeginningOf(tesserocr.RIL.WORD):
                text.append(" ")
                confidences.append(1.0)
                positions.append(middle)
            sure = symbol.Confidence(tesserocr.RIL.SYMBOL) / 100
            for char in shown:
                text.append(char)
                confidences.append(sure)
                positions.append(middle)
        return LineText(text="".join(text), confidences=tuple(confidences), positions=tuple(positions))
