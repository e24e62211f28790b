"""From a checkpoint to the ONNX file the reader loads, and the proof that both read alike.

The graph takes `x` (1 x 3 x 48 x W, BGR in [-1, 1]) and gives `lattice` (steps x classes, log probabilities). The
file's SHA-256 is printed: the reader holds it and loads no other.
"""

import argparse
import hashlib
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from training.model import Recogniser

_OPSET = 17
_MOST_BYTES = 6_000_000


class _Reading(nn.Module):
    """The recogniser with its last step, for one line."""

    def __init__(self, recogniser: Recogniser) -> None:
        super().__init__()
        self.recogniser = recogniser

    def forward(self, x: Tensor) -> Tensor:
        return self.recogniser(x)[0].log_softmax(-1)  # type: ignore[no-any-return]


def export(arguments: argparse.Namespace) -> None:
    """Write the file, check it against PyTorch on noise and print its hash. Raises `ValueError` if they differ."""
    recogniser = Recogniser()
    recogniser.load_state_dict(torch.load(arguments.checkpoint, weights_only=True, map_location="cpu"))
    reading = _Reading(recogniser).eval()
    example = torch.zeros(1, 3, 48, 320)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            reading, (example,), str(arguments.out), input_names=["x"], output_names=["lattice"],
            dynamic_axes={"x": {3: "width"}, "lattice": {0: "steps"}}, opset_version=_OPSET, dynamo=False,
        )  # fmt: skip
    model = onnx.load(arguments.out)
    model.producer_name, model.producer_version, model.doc_string = "dojang-training", "", ""
    onnx.checker.check_model(model)
    onnx.save(model, arguments.out)
    _compare(reading, arguments.out)
    data = arguments.out.read_bytes()
    if len(data) > _MOST_BYTES:
        raise ValueError("larger than agreed")
    print(f"{hashlib.sha256(data).hexdigest()}  {arguments.out.name}  {len(data)} bytes")


def _compare(reading: nn.Module, file: Path) -> None:
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    noise = np.random.default_rng(1)
    for width in (64, 321, 800):
        x = noise.uniform(-1, 1, (1, 3, 48, width)).astype(np.float32)
        with torch.no_grad():
            expected = reading(torch.from_numpy(x)).numpy()
        difference = float(np.abs(session.run(None, {"x": x})[0] - expected).max())
        if difference > 1e-2:
            raise ValueError(f"PyTorch and ONNX Runtime differ by {difference}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
