"""What a Python process under libfaketime needs at its start: a `time.sleep` that sleeps.

CPython sleeps until a moment of the monotonic clock, which libfaketime answers with EINVAL when it leaves that clock
alone; when it does not, every wait with a limit lasts as long as the leap. `select` waits for a duration instead.
Python imports this module by itself where its folder is on PYTHONPATH (see `builders.leap`).
"""

import select
import time


def sleep(seconds: float, /) -> None:
    """Wait as `time.sleep` does. Raises `ValueError` for a negative duration."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    select.select([], [], [], seconds)


time.sleep = sleep
