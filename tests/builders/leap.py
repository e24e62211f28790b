"""Time travel of whole processes with libfaketime: whatever is started inside `leapt` lives at another time.

The monotonic clock stays as it is, so that waits last as long as ever. A running process is never moved: it is stopped
and started again, like an office whose machine was off.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

LIBRARIES = (
    *Path("/usr/lib").glob("*/faketime/libfaketime.so.1"),
    *Path("/usr/lib64").glob("faketime/libfaketime.so.1"),
    *Path("/usr/lib").glob("faketime/libfaketime.so.1"),
)
AT_START = Path(__file__).with_name("leapt")


@contextmanager
def leapt(to: datetime) -> Iterator[None]:
    """Have child processes believe that it is `to` now (whole seconds), and go on from there."""
    offset_s = round((to - datetime.now(UTC)).total_seconds())
    changed = {
        "LD_PRELOAD": str(LIBRARIES[0]),
        "FAKETIME": f"{offset_s:+d}",
        "FAKETIME_DISABLE_SHM": "1",  # nothing of it outlives the process
        "DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(AT_START), os.environ.get("PYTHONPATH")))),
    }
    before = {name: os.environ.get(name) for name in changed}
    os.environ.update(changed)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
