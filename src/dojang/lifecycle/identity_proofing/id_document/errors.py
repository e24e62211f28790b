"""Refusals that leave nothing to examine: files that are no photographs, readers that ran out of time.

Findings about readable photographs are not errors; see `finding.py`.
"""

from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class UnsupportedFile(DojangError):
    """The bytes are no JPEG or PNG still picture (`reason`: format, animated, damaged, empty)."""

    code = "id_document.unsupported_file"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class FileTooLarge(DojangError):
    """The file has more bytes or pixels than allowed (`limit_bytes` or `limit_pixels`)."""

    code = "id_document.file_too_large"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ImageTooSmall(DojangError):
    """The picture has too few pixels for any document (`minimum_px` on its shorter side)."""

    code = "id_document.image_too_small"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ReaderTimedOut(DojangError):
    """The reader took longer than its limit and was stopped (`timeout_s`)."""

    code = "id_document.reader_timed_out"
    fault: ClassVar[Fault] = Fault.OURS


class ReaderBroken(DojangError):
    """The reader's process died or could not load its models (`part`)."""

    code = "id_document.reader_broken"
    fault: ClassVar[Fault] = Fault.OURS
