"""Training: first the head alone on the backbone's features, then the whole net, by time or by steps.

Writes checkpoints (`*.pt`: the running mean of the weights) and one JSON line for each into the folder `--out`.
"""

import argparse
import json
import math
import time
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.evaluate import Validation, draw_validation, score
from training.feed import Batch, Feed
from training.model import Recogniser, load_backbone

_HEAD_RATE = 1.5e-3
_BACKBONE_SHARE = 1 / 6  # of the head's rate
_HEAD_ALONE = 0.10  # of the whole training
_LAST_RATE = 0.02  # of the first
_WARM_STEPS = 200
_MEAN_DECAY = 0.998
_CLIP = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How long to train: minutes of wall-clock time, or steps where given."""

    minutes: float
    steps: int | None

    def progress(self, *, seconds: float, steps: int) -> float:
        """Return the share of the training that is done."""
        return steps / self.steps if self.steps else seconds / (60 * self.minutes)


class RunningMean:
    """An exponential mean of the weights, which reads better than the last of them."""

    def __init__(self, model: nn.Module) -> None:
        self._mean = {name: value.detach().clone() for name, value in model.state_dict().items()}
        self._updates = 0

    def update(self, model: nn.Module) -> None:
        """Move the mean towards the model's weights."""
        self._updates += 1
        share = max(1 - _MEAN_DECAY, 1 / (self._updates + 1))
        with torch.no_grad():
            for name, value in model.state_dict().items():
                self._mean[name].lerp_(value, share)

    def weights(self) -> dict[str, Tensor]:
        """Return the mean."""
        return self._mean


def to_input(batch: Batch) -> Tensor:
    """Return the batch as the network takes it: count x 3 x 48 x width in [-1, 1]."""
    return torch.from_numpy(batch.pixels).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def loss_of(scores: Tensor, labels: list[list[int]]) -> Tensor:
    """Return the CTC loss for each class to be read; lines that CTC cannot place count nothing."""
    logs = scores.float().log_softmax(-1).transpose(0, 1)
    lengths = torch.tensor([len(label) for label in labels])
    targets = torch.tensor([at for label in labels for at in label])
    steps = torch.full((len(labels),), logs.shape[0])
    losses = functional.ctc_loss(logs, targets, steps, lengths, reduction="sum", zero_infinity=True)
    return losses / lengths.sum()


def rate_at(progress: float, *, first: float, head_alone: float, steps: int) -> float:
    """Return the head's learning rate: a short rise, level while the head learns alone, then down a cosine."""
    warm = min(1.0, (steps + 1) / _WARM_STEPS)
    done = max(0.0, (progress - head_alone) / (1 - head_alone))
    return first * warm * (_LAST_RATE + (1 - _LAST_RATE) * (1 + math.cos(math.pi * done)) / 2)


@dataclass(kw_only=True)
class Training:
    """A training under way."""

    model: Recogniser
    feed: Feed
    validation: Validation
    out: Path
    budget: Budget
    head_alone: float
    rate: float
    checkpoint_s: float
    began: float = field(default_factory=time.monotonic)
    steps: int = 0
    losses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.mean = RunningMean(self.model)
        self.optimiser = torch.optim.AdamW(
            [
                {"params": self.model.head.parameters(), "share": 1.0},
                {"params": self.model.backbone.parameters(), "share": _BACKBONE_SHARE},
            ],
            lr=self.rate,
            weight_decay=0.01,
        )

    def run(self) -> None:
        """Train until the budget is spent; the last checkpoint is called `final`."""
        noted = self.began
        while True:
            progress = self.budget.progress(seconds=time.monotonic() - self.began, steps=self.steps)
            if progress >= 1:
                break
            alone = progress < self.head_alone
            if not alone:
                self.feed.set_hardest(1.0)
            rate = rate_at(progress, first=self.rate, head_alone=self.head_alone, steps=self.steps)
            for group in self.optimiser.param_groups:
                group["lr"] = rate * group["share"]
            self.losses.append(self.step(self.feed.next(), backbone_still=alone))
            self.mean.update(self.model)
            self.steps += 1
            if time.monotonic() - noted > self.checkpoint_s:
                noted = time.monotonic()
                self.checkpoint("latest")
        self.checkpoint("final")

    def step(self, batch: Batch, *, backbone_still: bool) -> float:
        """Learn from one batch and return its loss; NaN where it was not finite and nothing was learnt."""
        with torch.autocast("cpu", dtype=torch.bfloat16):
            with torch.set_grad_enabled(not backbone_still):
                features = self.model.backbone(to_input(batch))
            scores = self.model.head(features)
        loss = loss_of(scores, batch.labels)
        self.optimiser.zero_grad(set_to_none=True)
        if not torch.isfinite(loss):
            return math.nan
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), _CLIP)
        self.optimiser.step()
        return float(loss.detach())

    def checkpoint(self, name: str) -> None:
        """Judge the mean of the weights on the validation lines, keep it, and note how things stand."""
        judged = Recogniser()
        judged.load_state_dict(self.mean.weights())
        partial = self.out / f"{name}.part"
        torch.save(self.mean.weights(), partial)
        partial.replace(self.out / f"{name}.pt")
        finite = [loss for loss in self.losses if math.isfinite(loss)]
        self.losses = []
        note = json.dumps(
            {
                "minutes": round((time.monotonic() - self.began) / 60, 1),
                "steps": self.steps,
                "lines_drawn": self.feed.fresh,
                "lines_shown_again": self.feed.repeated,
                "loss": round(sum(finite) / max(1, len(finite)), 4),
                **score(judged, self.validation),
            }
        )
        with (self.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(note + "\n")
        print(note, flush=True)


def train(arguments: argparse.Namespace) -> None:
    """Run the whole training; see the command line."""
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    arguments.out.mkdir(parents=True, exist_ok=True)
    model = Recogniser()
    load_backbone(model.backbone, arguments.backbone)
    if arguments.start:
        model.load_state_dict(torch.load(arguments.start, weights_only=True))
    model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # the stubs lack memory_format
    validation = draw_validation(arguments.fonts, count=arguments.validation)
    feed = Feed(
        arguments.fonts, seed=arguments.seed, drawers=arguments.drawers, niceness=arguments.drawers_nice
    )  # fmt: skip
    try:
        Training(
            model=model,
            feed=feed,
            validation=validation,
            out=arguments.out,
            budget=Budget(minutes=arguments.minutes, steps=arguments.steps),
            head_alone=0.0 if arguments.start else _HEAD_ALONE,
            rate=arguments.rate,
            checkpoint_s=60 * arguments.every_minutes,
        ).run()
    finally:
        feed.close()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--fonts", type=Path, nargs="+", default=[Path("/usr/share/fonts")], metavar="FOLDER")
    parser.add_argument("--backbone", type=Path, required=True, help="rec.onnx of PP-OCRv6 tiny")
    parser.add_argument("--start", type=Path, help="go on from a checkpoint, without the head-only part")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=_HEAD_RATE, help="the head's learning rate at first")
    parser.add_argument("--steps", type=int, help="train this many steps instead of a time")
    parser.add_argument("--every-minutes", type=float, default=4, help="between checkpoints")
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--drawers", type=int, default=1)
    parser.add_argument("--drawers-nice", type=int, default=0, help="how much the drawers yield to the trainer")
    parser.add_argument("--validation", type=int, default=240, help="lines of each kind")
