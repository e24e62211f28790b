"""OpenSSL's command line: `cms` encrypts and verifies, the same on every site whatever it is written in."""

import subprocess
import tempfile
from pathlib import Path

TIMEOUT_S = 20


class OpensslRefused(Exception):
    """OpenSSL did not do it: what it was given does not hold."""


def cms(*options: str, stdin: bytes, **files: bytes) -> bytes:
    """Return what `openssl cms` writes; `{name}` in an option stands for the file of that name.

    Raises `OpensslRefused`.
    """
    with tempfile.TemporaryDirectory() as directory:
        paths = {name: Path(directory) / name for name in files}
        for name, content in files.items():
            paths[name].write_bytes(content)
        command = ["openssl", "cms", *(one.format(**paths) for one in options)]
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=TIMEOUT_S, check=False)  # noqa: S603
    if done.returncode != 0:
        raise OpensslRefused()
    return done.stdout
