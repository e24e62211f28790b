"""PP-OCRv6 recognition of digits, Latin letters and MRZ lines (its alphabet has no Hangul).

One pass over a crop gives a lattice: for each step the probability of each ASCII character, of the blank and of the
best other character. Decoding under a narrower alphabet reuses the lattice: other characters are just not available.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from dojang.adapters.id_document.line_reader import Alphabet, LineText
from dojang.adapters.id_document.models import Model, get_model_path, open_session
from dojang.adapters.id_document.pixels import Floats, Picture

HEIGHT_PX = 48
_WIDE_HYPHEN = re.compile(r"(?<=\d)[一ー－—–−](?=\d)")
MAX_WIDTH_PX = 2400
_PRINTABLE = [chr(code) for code in range(32, 127)]
_COLUMN = {char: at + 1 for at, char in enumerate(_PRINTABLE)}
_OTHER = len(_PRINTABLE) + 1
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALLOWED = {
    Alphabet.DIGITS: "0123456789-",
    Alphabet.DATE: "0123456789.-/~ ",
    Alphabet.SERIAL: "0123456789" + _UPPER,
    Alphabet.MRZ: "0123456789<" + _UPPER,
    Alphabet.ASCII: "".join(_PRINTABLE),
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Lattice:
    """Probabilities by step: column 0 the blank, then ASCII 32-126, last the best other character (`others`)."""

    steps: Floats
    others: str  # for each step the best character outside ASCII

    def decode(self, alphabet: Alphabet) -> LineText:
        """Return the best path under `alphabet` (greedy CTC)."""
        columns = _columns(alphabet)
        steps = self.steps[:, columns]
        best = steps.argmax(axis=1)
        sums = np.maximum(steps.sum(axis=1), 1e-6)
        text: list[str] = []
        confidences: list[float] = []
        spans: list[list[int]] = []
        previous: tuple[int, str] = (0, "")
        for step, choice in enumerate(best):
            column = int(columns[choice])
            shown = "" if choice == 0 else self.others[step] if column == _OTHER else _PRINTABLE[column - 1]
            if shown:
                sure = float(steps[step, choice] / sums[step])  # the share among what is allowed
                if (column, shown) == previous:
                    confidences[-1] = max(confidences[-1], sure)
                    spans[-1][1] = step
                else:
                    text.append(shown)
                    confidences.append(sure)
                    spans.append([step, step])
            previous = (column, shown)
        positions = tuple((start + end + 1) / 2 / len(best) for start, end in spans)
        # A wide hyphen between digits looks like the Chinese numeral one.
        shown_text = _WIDE_HYPHEN.sub("-", "".join(text))
        return LineText(text=shown_text, confidences=tuple(confidences), positions=positions)


def _columns(alphabet: Alphabet) -> npt.NDArray[np.int64]:
    if alphabet not in ALLOWED:
        return np.arange(_OTHER + 1)
    return np.array([0, *(_COLUMN[char] for char in ALLOWED[alphabet])])


def normalise(crop: Picture) -> Floats:
    """Return the recognition networks' input: (1, 3, height, width) in [-1, 1]."""
    batch = np.empty((1, 3, *crop.shape[:2]), dtype=np.float32)
    np.multiply(crop.transpose(2, 0, 1), np.float32(1 / 127.5), out=batch[0])
    batch -= 1
    return batch


class PpocrReader:
    """A `LineReader` over one PP-OCR recognition model."""

    def __init__(self, model: Path, dictionary: Path) -> None:
        self._session = open_session(model)
        characters = dictionary.read_text(encoding="utf-8").split("\n")
        classes = self._session.get_outputs()[0].shape[-1]
        # Class 0 is the blank, then the dictionary, then the space.
        places = {char: at + 1 for at, char in enumerate(characters[: classes - 2])}
        places[" "] = classes - 1
        self._known = np.array([0, *(places[char] for char in _PRINTABLE)])
        # One character per class: longer or missing entries must not shift the string of a lattice.
        self._characters = ["", *((char or "?")[0] for char in characters[: classes - 2])]

    @classmethod
    def tiny(cls) -> "PpocrReader":
        """The fast model, about 8 ms a line."""
        return cls(get_model_path(Model.READ_TINY), get_model_path(Model.ALPHABET_TINY))

    @classmethod
    def small(cls) -> "PpocrReader":
        """The better model, about four times slower."""
        return cls(get_model_path(Model.READ_SMALL), get_model_path(Model.ALPHABET_SMALL))

    def lattice(self, crop: Picture) -> Lattice:
        """Run the network once over `crop`."""
        height, width = crop.shape[:2]
        target = int(np.clip(round(width * HEIGHT_PX / height), 16, MAX_WIDTH_PX))
        if (height, width) != (HEIGHT_PX, target):
            crop = np.asarray(cv2.resize(crop, (target, HEIGHT_PX), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        steps = self._session.run(None, {"x": normalise(crop)})[0][0]
        known = steps[:, self._known]
        steps[:, self._known] = -1.0  # what remains is the best of thousands: not worth a copy of them
        best = steps.argmax(axis=1)
        shares = np.take_along_axis(steps, best[:, None], axis=1)
        return Lattice(
            steps=np.concatenate([known, shares], axis=1), others="".join(self._characters[at] for at in best)
        )

    def read(self, crop: Picture, alphabet: Alphabet) -> LineText:
        """Read one line; see `LineReader`."""
        return self.lattice(crop).decode(alphabet)
