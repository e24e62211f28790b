"""What a device finds out by itself while a certificate moves; the browser has the same codes."""

from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class CodeMistyped(DojangError):
    """The twelve digits do not go with their check digit. Nothing was sent; the slot is not burned."""

    code: ClassVar[str] = "transfer.code_mistyped"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CodeWrong(DojangError):
    """The other device does not know the code, or is at another site; the slot is burned."""

    code: ClassVar[str] = "transfer.code_wrong"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class Unintelligible(DojangError):
    """The other device's message is not what the protocol says."""

    code: ClassVar[str] = "transfer.unintelligible"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
