"""The practice statement that certificates name (RFC 3647): a file of the operator's, or the sandbox's own."""

from importlib import resources
from pathlib import Path
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault

MEDIA_TYPES = {".html": "text/html; charset=utf-8", ".txt": "text/plain; charset=utf-8", ".pdf": "application/pdf"}


class PracticeStatementUnreadable(DojangError):
    """The file of `authority.cps_file` cannot be read, or is neither HTML, text nor PDF."""

    code = "authority.practice_statement_unreadable"
    fault: ClassVar[Fault] = Fault.OPERATOR


def read_practice_statement(path: Path | None, *, is_production: bool) -> tuple[bytes, str]:
    """Return content and media type; None is the sandbox's own statement, which production does not have.

    Raises `PracticeStatementUnreadable`.
    """
    if path is None and not is_production:
        content = resources.files("dojang.adapters").joinpath("practice_statement.sandbox.html").read_bytes()
        return content, MEDIA_TYPES[".html"]
    if path is None or path.suffix not in MEDIA_TYPES:
        raise PracticeStatementUnreadable()
    try:
        return path.read_bytes(), MEDIA_TYPES[path.suffix]
    except OSError:
        raise PracticeStatementUnreadable() from None
