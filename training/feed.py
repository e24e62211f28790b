"""Batches of lines drawn ahead by processes of their own, through shared memory.

A batch holds lines of one width (each stretched a little to its bucket's), so nothing is padded. When the trainer is
faster than the drawers, recent batches are shown again, each at most `_MOST_USES` times.
"""

import os
import queue
import random
from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.shared_memory import SharedMemory
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from dojang.adapters.id_document.jamo import spell
from training.lines.line import HEIGHT_PX, DrawnLine, LineDrawer
from training.lines.typefaces import training_typecase

WIDEST_PX = 800
_BUCKETS = (*range(32, 128, 16), *range(128, WIDEST_PX + 1, 32))
_BATCH_WIDTH_PX = 4096  # lines x width of one batch
_MOST_LINES = 32
_SLOT_BYTES = _BATCH_WIDTH_PX * HEIGHT_PX * 3
_SLOTS = 96
_KEPT = 40
_MOST_USES = 3


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Batch:
    """Lines of one width (count x 48 x width x 3, uint8, BGR) and the classes of each."""

    pixels: npt.NDArray[np.uint8]
    labels: list[list[int]]


def lines_per_batch(width_px: int) -> int:
    """Return how many lines of a width make one batch."""
    return min(_MOST_LINES, _BATCH_WIDTH_PX // width_px)


def bucket_of(width_px: int) -> int:
    """Return the width a line of `width_px` is stretched to."""
    return int(min(_BUCKETS, key=lambda bucket: abs(bucket - width_px)))


def fits(label: list[int], width_px: int) -> bool:
    """Tell whether CTC can place the classes in the steps of that width (a repeated class needs a blank between)."""
    repeats = sum(first == second for first, second in pairwise(label))
    return len(label) + repeats <= width_px // 4


class Feed:
    """Starts the drawers; `next` gives batches until `close`."""

    def __init__(self, fonts: list[Path], *, seed: int, drawers: int, niceness: int = 0) -> None:
        context = get_context("spawn")
        self._memory = SharedMemory(create=True, size=_SLOT_BYTES * _SLOTS)
        self._free: Any = context.Queue()
        self._full: Any = context.Queue()
        self._stop = context.Event()
        self._hardest = context.Value("d", 0.5)
        self._kept: deque[list[Any]] = deque()  # [slot, shape, labels, uses]
        self._draw = random.Random(seed)
        self.fresh, self.repeated = 0, 0
        for slot in range(_SLOTS):
            self._free.put(slot)
        self._drawers = [
            context.Process(
                target=_draw_forever,
                args=(
                    self._memory.name,
                    self._free,
                    self._full,
                    self._stop,
                    self._hardest,
                    fonts,
                    seed * 1000 + at,
                    niceness,
                ),
                daemon=True,
            )
            for at in range(drawers)
        ]
        for drawer in self._drawers:
            drawer.start()

    def set_hardest(self, hardest: float) -> None:
        """Bound how bad photographs may be from now on."""
        self._hardest.value = hardest

    def next(self) -> Batch:
        """Return a new batch, or a recent one again. Raises `RuntimeError` when the drawers have died."""
        entry = self._take()
        slot, shape, labels, uses = entry
        pixels = np.ndarray(shape, dtype=np.uint8, buffer=self._memory.buf, offset=slot * _SLOT_BYTES).copy()
        entry[3] = uses + 1
        if uses:
            self.repeated += len(labels)
            gain, lift = self._draw.uniform(0.8, 1.15), self._draw.uniform(-20, 20)
            pixels = np.asarray(cv2.convertScaleAbs(pixels, alpha=gain, beta=max(0.0, lift)), dtype=np.uint8)
            pixels = pixels.reshape(shape)
        else:
            self.fresh += len(labels)
        if entry[3] < _MOST_USES:
            self._kept.append(entry)
        else:
            self._free.put(slot)
        while len(self._kept) > _KEPT:
            self._free.put(self._kept.popleft()[0])
        return Batch(pixels=pixels, labels=labels)

    def _take(self) -> list[Any]:
        try:
            return [*self._full.get_nowait(), 0]
        except queue.Empty:
            pass
        if len(self._kept) > _KEPT // 2:
            at = self._draw.randrange(len(self._kept))
            entry = self._kept[at]
            del self._kept[at]
            return entry
        while True:
            try:
                return [*self._full.get(timeout=5), 0]
            except queue.Empty:
                if not any(drawer.is_alive() for drawer in self._drawers):
                    raise RuntimeError("the drawers have died") from None

    def close(self) -> None:
        """Stop the drawers and give the memory back."""
        self._stop.set()
        for drawer in self._drawers:
            drawer.terminate()
            drawer.join()
        self._memory.close()
        self._memory.unlink()


def _draw_forever(
    memory_name: str, free: Any, full: Any, stop: Event, hardest: Any, fonts: list[Path], seed: int, niceness: int
) -> None:
    os.nice(niceness)
    cv2.setNumThreads(1)
    memory = SharedMemory(name=memory_name)
    drawer = LineDrawer(training_typecase(fonts), seed=seed, widest_px=WIDEST_PX)
    waiting: dict[int, list[tuple[npt.NDArray[np.uint8], list[int]]]] = {}
    while not stop.is_set():
        line = drawer.next(hardest=hardest.value)
        bucket, pixels = _stretch(line)
        label = spell(line.text)
        if not fits(label, bucket):
            continue
        lines = waiting.setdefault(bucket, [])
        lines.append((pixels, label))
        if len(lines) == lines_per_batch(bucket):
            slot = free.get()
            shape = (len(lines), HEIGHT_PX, bucket, 3)
            target = np.ndarray(shape, dtype=np.uint8, buffer=memory.buf, offset=slot * _SLOT_BYTES)
            for at, (drawn, _) in enumerate(lines):
                target[at] = drawn
            full.put((slot, shape, [label for _, label in lines]))
            waiting[bucket] = []


def _stretch(line: DrawnLine) -> tuple[int, npt.NDArray[np.uint8]]:
    bucket = bucket_of(line.pixels.shape[1])
    stretched = cv2.resize(line.pixels, (bucket, HEIGHT_PX), interpolation=cv2.INTER_LINEAR)
    return bucket, np.asarray(stretched, dtype=np.uint8)
