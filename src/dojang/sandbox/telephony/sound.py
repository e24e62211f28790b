"""How long a prompt's WAV file takes to hear. Formats beyond Python's `wave` (A-law) included."""

from pathlib import Path


def seconds(file: Path) -> float:
    """Return the playing time of a RIFF WAVE file; 0.0 for a file that is missing or no such thing."""
    try:
        wav = file.read_bytes()
    except OSError:
        return 0.0
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        return 0.0
    bytes_a_second, at = 0, 12
    while at + 8 <= len(wav):
        name, size = wav[at : at + 4], int.from_bytes(wav[at + 4 : at + 8], "little")
        if name == b"fmt ":
            bytes_a_second = int.from_bytes(wav[at + 16 : at + 20], "little")
        if name == b"data":
            return min(size, len(wav) - at - 8) / bytes_a_second if bytes_a_second else 0.0
        at += 8 + size + size % 2
    return 0.0
