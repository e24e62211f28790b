"""Render the default prompt pack with espeak-ng, at build time only; the WAVs are committed.

espeak-ng (GPL-3+) runs as a separate program; its output is resampled to 8 kHz and stored as A-law WAV (ITU-T G.711).
"""

import shutil
import struct
import subprocess
import tomllib
import wave
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
TARGET = HERE.parent / "src" / "dojang" / "adapters" / "telephony" / "prompts" / "ko"
RATE_HZ = 8000
_WORDS_A_MINUTE = 175
_BAND_HZ = 3600.0  # the telephone band, with room for the filter
_PEAK = 0.6


def speak(text: str) -> tuple[NDArray[np.float64], int]:
    """Return espeak-ng's rendering of Korean `text` as samples in [-1, 1] and their rate in Hz."""
    program = shutil.which("espeak-ng")
    if program is None:
        raise SystemExit("espeak-ng is not installed")
    command = [program, "-v", "ko", "-s", str(_WORDS_A_MINUTE), "--stdout", text]
    spoken = subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603 - fixed program, own text
    with wave.open(BytesIO(spoken), "rb") as sound:
        rate_hz = sound.getframerate()
        frames = sound.readframes(10**9)
    return np.frombuffer(frames, dtype="<i2").astype(np.float64) / 32768, rate_hz


def resample(samples: NDArray[np.float64], rate_hz: int) -> NDArray[np.float64]:
    """Return the samples at 8 kHz, limited to the telephone band and levelled."""
    silence = np.zeros(rate_hz // 5)
    samples = np.concatenate([samples, silence])
    length = round(len(samples) * RATE_HZ / rate_hz)
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / rate_hz)
    spectrum[hertz > _BAND_HZ] = 0
    low = np.fft.irfft(spectrum[: length // 2 + 1], length) * length / len(samples)
    return np.asarray(low * (_PEAK / np.abs(low).max()))


def a_law(samples: NDArray[np.int16]) -> bytes:
    """Encode 16-bit linear samples as A-law (ITU-T G.711, table 1a; even bits inverted)."""
    value = samples.astype(np.int32) >> 3
    negative = value < 0
    magnitude = np.where(negative, -value - 1, value)
    segment = np.zeros_like(magnitude)
    for edge in (32, 64, 128, 256, 512, 1024, 2048):
        segment += magnitude >= edge
    mantissa = np.where(segment < 2, magnitude >> 1, magnitude >> np.maximum(segment, 1)) & 0x0F
    code = (segment << 4) | mantissa
    return (code ^ np.where(negative, 0x55, 0xD5)).astype(np.uint8).tobytes()


def wav(encoded: bytes) -> bytes:
    """Return an A-law WAV file (format tag 6, 8 kHz, mono)."""
    head = struct.pack("<HHIIHHH", 6, 1, RATE_HZ, RATE_HZ, 1, 8, 0)
    fact = struct.pack("<I", len(encoded))
    padded = encoded + b"\xd5" * (len(encoded) % 2)
    chunks = (
        b"fmt " + struct.pack("<I", len(head)) + head + b"fact" + struct.pack("<I", 4) + fact
    ) + b"data" + struct.pack("<I", len(padded)) + padded  # fmt: skip
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def main() -> None:
    """Render every sentence of the table."""
    table = tomllib.loads((HERE / "prompts.ko.toml").read_text(encoding="utf-8"))
    TARGET.mkdir(parents=True, exist_ok=True)
    for stem, sentence in table.items():
        samples, rate_hz = speak(sentence["spoken"])
        linear = np.round(resample(samples, rate_hz) * 32767).astype(np.int16)
        (TARGET / f"{stem}.wav").write_bytes(wav(a_law(linear)))


if __name__ == "__main__":
    main()
