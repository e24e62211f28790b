"""A spool on disk: what is too long for memory, in a temporary file that has no name and dies with its opener."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

PIECE_BYTES = 1 << 20


class FileSpool:
    """Implements `lifecycle.status.ports.Spool`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, content: bytes) -> None:
        """See the port."""
        self._file.write(content)

    def read(self) -> Iterator[bytes]:
        """See the port."""
        self._file.seek(0)
        while piece := self._file.read(PIECE_BYTES):
            yield piece


@contextmanager
def open_spool() -> Iterator[FileSpool]:
    """Open an empty spool; small ones never touch the disk."""
    with tempfile.SpooledTemporaryFile(max_size=4 * PIECE_BYTES) as file:
        yield FileSpool(file)  # type: ignore[arg-type]  # a binary file in all but its declared type
