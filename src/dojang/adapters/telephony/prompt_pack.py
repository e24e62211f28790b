"""The prompt pack: a directory of WAV files, one per `Prompt`, that an operator may replace with studio recordings.

Checked when loaded, so that no call meets a missing or unplayable sentence. Format: RIFF WAVE, 8 kHz, mono, 16-bit
linear PCM (tag 1) or A-law (tag 6, ITU-T G.711).
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from dojang.controls.voice_call.model import Prompt
from dojang.kernel.errors import DojangError, Fault

DEFAULT_PACKS = Path(__file__).parent / "prompts"
_RATE_HZ = 8000
_FORMATS = {(1, 16), (6, 8)}  # (format tag, bits per sample)
_MAX_SECONDS = 60


class PromptMissing(DojangError):
    """The pack lacks the file of a prompt. `prompt` names it."""

    code = "prompts.missing"
    fault: ClassVar[Fault] = Fault.OPERATOR


class PromptUnplayable(DojangError):
    """A prompt's file is not an 8 kHz mono WAV of the right kind. `prompt` names it."""

    code = "prompts.unplayable"
    fault: ClassVar[Fault] = Fault.OPERATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """One checked prompt. `format_tag` 1 is 16-bit linear, 6 is A-law."""

    seconds: float
    format_tag: int
    samples: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptPack:
    """All prompts of one language, checked."""

    sounds: Mapping[Prompt, Sound]

    @classmethod
    def load(cls, directory: Path) -> "PromptPack":
        """Read and check every prompt in `directory`. Raises `PromptMissing`, `PromptUnplayable`."""
        sounds = {}
        for prompt in Prompt:
            try:
                wav = (directory / f"{prompt.value}.wav").read_bytes()
            except OSError as error:
                raise PromptMissing(prompt=prompt.value) from error
            sound = _find_sound(wav)
            if sound is None:
                raise PromptUnplayable(prompt=prompt.value)
            sounds[prompt] = sound
        return cls(sounds=sounds)


def _find_sound(wav: bytes) -> Sound | None:
    """Return the sound of a RIFF WAVE file, or None when it is not one we can play."""
    if len(wav) < 12 or wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        return None
    chunks = _chunks(wav)
    head, samples = chunks.get(b"fmt ", b""), chunks.get(b"data", b"")
    if len(head) < 16 or not samples:
        return None
    tag, channels, rate_hz, _, _, bits = struct.unpack("<HHIIHH", head[:16])
    if (tag, bits) not in _FORMATS or channels != 1 or rate_hz != _RATE_HZ or len(samples) % (bits // 8):
        return None
    seconds = len(samples) / (rate_hz * bits // 8)
    return Sound(seconds=seconds, format_tag=tag, samples=samples) if seconds <= _MAX_SECONDS else None


def _chunks(wav: bytes) -> dict[bytes, bytes]:
    chunks: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(wav):
        name, size = wav[at : at + 4], int.from_bytes(wav[at + 4 : at + 8], "little")
        if at + 8 + size > len(wav):
            break
        chunks.setdefault(name, wav[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    return chunks
