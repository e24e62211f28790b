"""Korean lines by our own recogniser: a small convolutional network whose CTC head emits jamo.

The file lies beside this module (`korean_model/jamo.onnx`; `training/` tells how it was made and measured). Only the
file with the expected hash is loaded.
"""

import hashlib
from pathlib import Path

import cv2
import numpy as np

from dojang.adapters.id_document.jamo import SYMBOLS
from dojang.adapters.id_document.jamo_lattice import decode
from dojang.adapters.id_document.line_reader import Alphabet, LineText
from dojang.adapters.id_document.models import open_session
from dojang.adapters.id_document.pixels import Floats, Picture
from dojang.lifecycle.identity_proofing.id_document.errors import ReaderBroken

MODEL_PATH = Path(__file__).parent / "korean_model" / "jamo.onnx"
MODEL_SHA256 = "281e8dbe9490d5f36a1365e697661938c6a381d201a095d4d4e2cdc42211903b"
_HEIGHT_PX = 48
_NARROWEST_PX, _WIDEST_PX = 32, 2400


class JamoReader:
    """A `LineReader` for Korean."""

    def __init__(self, model: Path = MODEL_PATH, *, sha256: str = MODEL_SHA256) -> None:
        """Load the model. Raises `ReaderBroken` when the file is absent, is another one, or does not fit."""
        try:
            data = model.read_bytes()
        except OSError:
            raise ReaderBroken(part=model.name) from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ReaderBroken(part=model.name)
        self._session = open_session(model)
        if self._session.get_outputs()[0].shape[-1] != len(SYMBOLS):
            raise ReaderBroken(part=model.name)

    def lattice(self, crop: Picture) -> Floats:
        """Run the network once over `crop`: steps of 4 pixels x classes, log probabilities."""
        height, width = crop.shape[:2]
        if not height or not width:
            return np.zeros((0, len(SYMBOLS)), dtype=np.float32)
        target = int(np.clip(round(width * _HEIGHT_PX / height), _NARROWEST_PX, _WIDEST_PX))
        if (height, width) != (_HEIGHT_PX, target):
            method = cv2.INTER_AREA if height > _HEIGHT_PX else cv2.INTER_CUBIC
            crop = np.asarray(cv2.resize(crop, (target, _HEIGHT_PX), interpolation=method), dtype=np.uint8)
        batch = (crop.astype(np.float32) / 127.5 - 1).transpose(2, 0, 1)[None]
        return np.asarray(self._session.run(None, {"x": batch})[0], dtype=np.float32)

    def read(self, crop: Picture, alphabet: Alphabet) -> LineText:
        """Read one line; see `LineReader`. Hanja are recognised as such and left out."""
        return decode(self.lattice(crop), alphabet)
