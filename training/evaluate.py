"""How well a network reads lines in held-out typefaces: whole lines right, and the jamo error rate.

Two kinds of lines from fixed seeds: `plain` (uniformly random common syllables, which nothing can guess) and `mixed`
(what cards say, as in training but other seeds). During training a few of them judge the checkpoints; the command reads
many, from seeds of its own, by the exported file and the product's own decoder.
"""

import argparse
import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch

from dojang.adapters.id_document.jamo import BLANK, is_hanja, spell
from dojang.adapters.id_document.jamo_reader import JamoReader
from dojang.adapters.id_document.line_reader import Alphabet
from training.lines.line import HEIGHT_PX, DrawnLine, LineDrawer
from training.lines.typefaces import validation_typecase
from training.model import Recogniser

_JUDGING_SEEDS = {"plain": 7, "mixed": 8}
_REPORTING_SEEDS = {"plain": 1007, "mixed": 1008}
_SPACE = spell(" ")[0]
Scores = dict[str, float]
Validation = dict[str, list[DrawnLine]]


def draw_validation(
    fonts: Sequence[Path], *, count: int, seeds: dict[str, int] | None = None, hardest: float = 1.0
) -> Validation:
    """Return `count` lines of each kind in held-out typefaces."""
    lines = {}
    for kind, seed in (seeds or _JUDGING_SEEDS).items():
        drawer = LineDrawer(validation_typecase(fonts), seed=seed, widest_px=800, plain=kind == "plain")
        lines[kind] = [drawer.next(hardest=hardest) for _ in range(count)]
    return lines


def read_classes(model: Recogniser, line: DrawnLine) -> list[int]:
    """Return the classes on the best path (greedy CTC)."""
    width = max(16, line.pixels.shape[1])
    pixels = cv2.resize(line.pixels, (width, HEIGHT_PX)) if width != line.pixels.shape[1] else line.pixels
    x = torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None].float() / 127.5 - 1
    with torch.no_grad():
        best = model(x)[0].argmax(-1).tolist()
    return [at for at, before in zip(best, [BLANK, *best[:-1]], strict=True) if at not in (BLANK, before)]


def score(model: Recogniser, validation: Validation) -> Scores:
    """Return `<kind>_exact` (spaces do not count) and `<kind>_jamo_errors` for each kind of line."""
    return tally(lambda line: (read_classes(model, line), spell(line.text)), validation)


def tally(read: Callable[[DrawnLine], tuple[list[int], list[int]]], validation: Validation) -> Scores:
    """Count how often what `read` returns (classes read, classes that stand there) agrees, spaces left out."""
    scores: Scores = {}
    for kind, lines in validation.items():
        exact, errors, total = 0, 0, 0
        for line in lines:
            got, truth = ([at for at in classes if at != _SPACE] for classes in read(line))
            exact += truth == got
            errors += distance(truth, got)
            total += len(truth)
        scores[f"{kind}_exact"] = round(exact / len(lines), 4)
        scores[f"{kind}_jamo_errors"] = round(errors / total, 4)
    return scores


def distance(first: Sequence[int], second: Sequence[int]) -> int:
    """Return the Levenshtein distance."""
    row = list(range(len(second) + 1))
    for at, symbol in enumerate(first, start=1):
        diagonal, row[0] = row[0], at
        for to, other in enumerate(second, start=1):
            diagonal, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, diagonal + (symbol != other))
    return row[-1]


def evaluate(arguments: argparse.Namespace) -> None:
    """Print the scores of an exported file at three hardnesses, and the CPU time of a line."""
    reader = JamoReader(arguments.model, sha256=hashlib.sha256(arguments.model.read_bytes()).hexdigest())

    def read(line: DrawnLine) -> tuple[list[int], list[int]]:
        truth = "".join(char for char in line.text if not is_hanja(char))  # the reader leaves Hanja out
        return spell(reader.read(line.pixels, Alphabet.ANY).text), spell(truth)

    for name, hardest in (("clean", 0.25), ("moderate", 0.6), ("hard", 1.0)):
        lines = draw_validation(arguments.fonts, count=arguments.count, seeds=_REPORTING_SEEDS, hardest=hardest)
        began = time.process_time()
        scores = tally(read, lines)
        spent_ms = 1000 * (time.process_time() - began) / (2 * arguments.count)
        print(name, scores, f"{spent_ms:.1f} ms a line")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--fonts", type=Path, nargs="+", default=[Path("/usr/share/fonts")], metavar="FOLDER")
    parser.add_argument("--model", type=Path, required=True, help="the exported ONNX file")
    parser.add_argument("--count", type=int, default=500, help="lines of each kind and hardness")
