"""The prompt pack: what ships is complete and small; what an operator puts there is checked, each flaw by its code."""

import tomllib
import wave
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.adapters.telephony.prompt_pack import (
    DEFAULT_PACKS,
    PromptMissing,
    PromptPack,
    PromptUnplayable,
    _find_sound,
)
from dojang.controls.voice_call.model import Prompt

ROOT = Path(__file__).parents[4]


def wav(rate_hz: int = 8000, channels: int = 1, bytes_a_sample: int = 2, frames: int = 80) -> bytes:
    out = BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setframerate(rate_hz)
        sound.setnchannels(channels)
        sound.setsampwidth(bytes_a_sample)
        sound.writeframes(b"\x01" * frames * channels * bytes_a_sample)
    return out.getvalue()


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    for prompt in Prompt:
        (tmp_path / f"{prompt.value}.wav").write_bytes(wav())
    return tmp_path


def test_the_korean_pack_that_ships_is_complete_small_and_audible() -> None:
    sounds = PromptPack.load(DEFAULT_PACKS / "ko").sounds
    assert set(sounds) == set(Prompt)
    for prompt, sound in sounds.items():
        assert (DEFAULT_PACKS / "ko" / f"{prompt.value}.wav").stat().st_size < 120_000
        assert 1.0 < sound.seconds < 13.0
        assert len(set(sound.samples)) > 50, "silence has few levels"


def test_every_sentence_has_its_text() -> None:
    table = tomllib.loads((ROOT / "tools" / "prompts.ko.toml").read_text(encoding="utf-8"))
    assert set(table) == {prompt.value for prompt in Prompt}
    assert all(sentence["text"] and sentence["spoken"] for sentence in table.values())
    assert "은행 직원은" in table["greeting"]["text"], "the call must warn of voice phishing"


def test_sixteen_bit_recordings_may_replace_it(pack: Path) -> None:
    sounds = PromptPack.load(pack).sounds
    assert {(sound.seconds, sound.format_tag) for sound in sounds.values()} == {(0.01, 1)}


def test_a_missing_prompt_is_named(pack: Path) -> None:
    (pack / "try_again.wav").unlink()
    with pytest.raises(PromptMissing) as caught:
        PromptPack.load(pack)
    assert caught.value.fields == {"prompt": "try_again"}


@pytest.mark.parametrize(
    "flawed",
    [
        b"",
        b"RIFF",
        b"ID3 an mp3 file",
        wav(rate_hz=16000),
        wav(channels=2),
        wav(bytes_a_sample=1),
        wav(bytes_a_sample=3),
        wav(frames=0),
        wav(frames=61 * 8000),
        wav()[:-1],
        wav()[:20],
    ],
)
def test_what_cannot_be_played_is_named(pack: Path, flawed: bytes) -> None:
    (pack / "greeting.wav").write_bytes(flawed)
    with pytest.raises(PromptUnplayable) as caught:
        PromptPack.load(pack)
    assert caught.value.fields == {"prompt": "greeting"}


@given(st.binary(max_size=200), st.integers(0, 60))
def test_junk_is_no_sound_and_no_crash(junk: bytes, at: int) -> None:
    sound = _find_sound(wav()[:at] + junk)
    assert sound is None or 0 < sound.seconds <= 0.01
