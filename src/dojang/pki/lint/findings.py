"""What the linter says when it refuses."""

from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class LintFailed(DojangError):
    """The to-be-signed bytes break rules and will not be signed; `findings` lists their codes, `profile` names the
    profile.

    Codes read `source.what_is_wrong`: the first part is the module that holds the rule (`der` for the encoding
    itself).
    """

    code: ClassVar[str] = "pki.lint_failed"
    fault: ClassVar[Fault] = Fault.OURS
