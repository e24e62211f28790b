"""The one error family, and the reason codes that go with it.

Every refusal and failure that a caller may meet is a subclass of `DojangError` with a stable dotted `code`
(`area.what_happened`). This module knows nothing of HTTP, CMP or languages: `dojang.web.problem` maps codes to
RFC 9457 problems, `dojang.kernel.catalogue` holds the words shown to people.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar


class Fault(StrEnum):
    """Whose side the fault is on. Tries are only ever burned by `SUBSCRIBER` faults."""

    SUBSCRIBER = "subscriber"  # the applicant can put it right
    OPERATOR = "operator"  # the bank's people or configuration must
    NEIGHBOUR = "neighbour"  # a bank, registry or telephone network did not do its part; try again later
    OURS = "ours"  # a bug or a broken machine


class FindingCode(StrEnum):
    """Base of the code lists that are shown to people without being raised: flaws, refusals of a check, findings.

    Every value of every subclass is dotted like an error's `code` and has its words in `dojang.kernel.catalogue`.
    """


class DojangError(Exception):
    """Base of every anticipated refusal or failure.

    `code` is stable and dotted; `fields` are the values a caller needs to act (tries left, dates, codes of findings).
    Neither `fields` nor the message ever carries personal data, a secret, or another library's exception text.
    """

    code: ClassVar[str] = "internal"
    fault: ClassVar[Fault] = Fault.OURS

    def __init__(self, **fields: str | int | bool | list[str]) -> None:
        self.fields: Mapping[str, str | int | bool | list[str]] = fields
        super().__init__(self.code)

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value}" for name, value in self.fields.items())
        return f"{self.code} ({details})" if details else self.code
