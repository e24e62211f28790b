"""What a command of the command line leaves behind."""

from collections.abc import Callable
from dataclasses import dataclass

from dojang.kernel.errors import DojangError


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a command left: `refusal` is what `run` would explain, with exit code 1."""

    code: int
    out: str
    err: str
    refusal: DojangError | None


Run = Callable[..., Done]
