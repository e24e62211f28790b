"""Korean lines by an operator's own file: a PP-OCR recognition model in ONNX form with its dictionary.

The file comes from elsewhere (PaddleOCR's Korean models, for example `korean_PP-OCRv5_mobile_rec`); Dojang ships none.
It must take `x` [N, 3, 48, W] in [-1, 1] and give, for each step, a probability for the blank, for each line of the
dictionary, and, when it has one class more, for the space.
"""

from pathlib import Path

import cv2
import numpy as np
from onnxruntime.capi import onnxruntime_pybind11_state as onnx_errors

from dojang.adapters.id_document.line_reader import Alphabet, LineText
from dojang.adapters.id_document.models import open_session
from dojang.adapters.id_document.pixels import Floats, Picture
from dojang.adapters.id_document.ppocr import ALLOWED, HEIGHT_PX, MAX_WIDTH_PX, normalise
from dojang.lifecycle.identity_proofing.id_document.errors import ReaderBroken

# ONNX Runtime's errors have no base of their own.
_UNUSABLE = (
    onnx_errors.Fail,
    onnx_errors.InvalidArgument,
    onnx_errors.InvalidGraph,
    onnx_errors.InvalidProtobuf,
    onnx_errors.NoModel,
    onnx_errors.NoSuchFile,
    onnx_errors.NotImplemented,
    onnx_errors.RuntimeException,
    UnicodeDecodeError,
)


class CtcFileReader:
    """A `LineReader` over one model file."""

    def __init__(self, *, model: Path, dictionary: Path) -> None:
        """Load both. Raises `ReaderBroken` when one is absent or they do not belong together."""
        for path in (model, dictionary):
            if not path.is_file():
                raise ReaderBroken(part=path.name)
        try:
            self._session = open_session(model)
            characters = dictionary.read_text(encoding="utf-8").split("\n")
        except _UNUSABLE:
            raise ReaderBroken(part=model.name) from None
        if characters and not characters[-1]:
            characters.pop()
        classes = self._session.get_outputs()[0].shape[-1]
        if not isinstance(classes, int) or classes - len(characters) not in (1, 2):
            raise ReaderBroken(part=dictionary.name)
        spaces = [" "] * (classes - 1 - len(characters))
        # One character per class: a longer entry must not shift the text against its confidences.
        self._characters = ["", *((char or "?")[0] for char in characters), *spaces]
        self._input = self._session.get_inputs()[0].name

    def read(self, crop: Picture, alphabet: Alphabet) -> LineText:
        """Read one line; see `LineReader`. Narrow alphabets are honoured."""
        height, width = crop.shape[:2]
        target = int(np.clip(round(width * HEIGHT_PX / height), 16, MAX_WIDTH_PX))
        if (height, width) != (HEIGHT_PX, target):
            crop = np.asarray(cv2.resize(crop, (target, HEIGHT_PX), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        steps: Floats = self._session.run(None, {self._input: normalise(crop)})[0][0]
        return self._decode(steps, alphabet)

    def _decode(self, steps: Floats, alphabet: Alphabet) -> LineText:
        """The best path (greedy CTC) among the characters allowed."""
        if alphabet in ALLOWED:
            allowed = [at for at, char in enumerate(self._characters) if at == 0 or char in ALLOWED[alphabet]]
            columns = np.array(allowed, dtype=np.int64)
            steps = steps[:, columns]
        else:
            columns = np.arange(steps.shape[1])
        best = steps.argmax(axis=1)
        sums = np.maximum(steps.sum(axis=1), 1e-6)
        text: list[str] = []
        confidences: list[float] = []
        spans: list[list[int]] = []
        previous = 0
        for step, choice in enumerate(best):
            shown = self._characters[int(columns[choice])]
            if shown:
                sure = float(steps[step, choice] / sums[step])
                if choice == previous:
                    confidences[-1] = max(confidences[-1], sure)
                    spans[-1][1] = step
                else:
                    text.append(shown)
                    confidences.append(sure)
                    spans.append([step, step])
            previous = choice
        positions = tuple((start + end + 1) / 2 / len(best) for start, end in spans)
        return LineText(text="".join(text), confidences=tuple(confidences), positions=positions)
