"""The prompt renderer's A-law and WAV, judged by the table of ITU-T G.711 and by reading the file back."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from dojang.adapters.telephony.prompt_pack import _find_sound

SCRIPT = Path(__file__).parents[3] / "tools" / "render_prompts.py"


@pytest.fixture(scope="module")
def renderer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("render_prompts", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def decoded(code: int) -> int:
    """Return the 16-bit value of an A-law code: ITU-T G.711, table 1a, decoder output values."""
    code ^= 0x55
    segment, mantissa = (code >> 4) & 7, code & 0x0F
    magnitude = (mantissa << 4) + 8 if segment == 0 else ((mantissa << 4) + 0x108) << (segment - 1)
    return magnitude if code & 0x80 else -magnitude


def test_every_code_decodes_to_itself(renderer: ModuleType) -> None:
    values = np.array([decoded(code) for code in range(256)], dtype=np.int16)
    assert renderer.a_law(values) == bytes(range(256))


def test_every_sample_takes_the_nearest_code_of_its_segment(renderer: ModuleType) -> None:
    samples = np.arange(-32768, 32768).astype(np.int16)
    back = np.array([decoded(code) for code in renderer.a_law(samples)])
    error = np.abs(back - samples.astype(np.int32))
    assert (error <= np.maximum(np.abs(samples.astype(np.int32)) / 16, 16)).all()
    assert (np.diff(back) >= 0).all(), "A-law is monotonic"


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="audioop left the standard library")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_standard_librarys_encoder_agrees_on_every_sample(renderer: ModuleType) -> None:
    audioop = importlib.import_module("audioop")
    samples = np.arange(-32768, 32768).astype("<i2")
    assert renderer.a_law(samples) == audioop.lin2alaw(samples.tobytes(), 2)


def test_a_rendered_file_is_playable(renderer: ModuleType) -> None:
    second = np.sin(np.arange(22050) * 2 * np.pi * 440 / 22050)
    samples = renderer.resample(second, 22050)
    sound = _find_sound(renderer.wav(renderer.a_law((samples * 32767).astype(np.int16))))
    assert sound is not None
    assert sound.format_tag == 6
    assert sound.seconds == pytest.approx(1.2, abs=0.001)
    spectrum = np.abs(np.fft.rfft([decoded(code) for code in sound.samples]))
    assert np.argmax(spectrum) / sound.seconds == pytest.approx(440, abs=1)
