"""What verification of the audit log can find, and the errors of the log itself."""

from dataclasses import dataclass
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault, FindingCode


class AuditFindingCode(FindingCode):
    """What is wrong with a log. Each means that somebody or something changed what must never change."""

    ENTRY_MISSING = "audit.entry_missing"  # a position is absent between others
    ENTRY_ALTERED = "audit.entry_altered"  # an entry does not have the hash it was stored with
    ENTRIES_REORDERED = "audit.entries_reordered"  # every entry fits its hash, but not its place in the tree
    LOG_TRUNCATED = "audit.log_truncated"  # the head, or a signed head, covers more entries than there are
    LOG_FORKED = "audit.log_forked"  # a validly signed head has another root than these entries
    HEAD_BROKEN = "audit.head_broken"  # the head row is gone or does not fit the entries
    SIGNATURE_INVALID = "audit.signature_invalid"  # a checkpoint is not signed by the log's key
    CHECKPOINT_UNREADABLE = "audit.checkpoint_unreadable"  # a stored or witnessed checkpoint has not the exact form


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong. `position` is the leaf, or for heads the size, it was found at; None where there is no place."""

    code: AuditFindingCode
    position: int | None = None

    def __str__(self) -> str:
        return self.code.value if self.position is None else f"{self.code.value}@{self.position}"


class AuditLogBroken(DojangError):
    """Verification found something. `findings` lists the first of them; the field carries them as `code@position`."""

    code = "audit.log_broken"
    fault: ClassVar[Fault] = Fault.OPERATOR

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(findings=[str(one) for one in findings])


class AuditLogUnwritable(DojangError):
    """The head row is gone or damaged, so no entry can be appended and nothing that needs one may happen."""

    code = "audit.log_unwritable"
    fault: ClassVar[Fault] = Fault.OURS


class NoSuchAuditEntry(DojangError):
    """The log has no entry at this position, or had not at this size."""

    code = "audit.no_such_entry"
    fault: ClassVar[Fault] = Fault.OPERATOR


class NothingSigned(DojangError):
    """No head beyond this position has been signed yet."""

    code = "audit.nothing_signed"
    fault: ClassVar[Fault] = Fault.OPERATOR


class AuditRangeUnreadable(DojangError):
    """The file is no exported range of an audit log; `line` is the first that is wrong."""

    code = "audit.range_unreadable"
    fault: ClassVar[Fault] = Fault.OPERATOR


class AuditRangeTooLong(DojangError):
    """No head is signed near enough: the range would have more `entries` than are handed out at once."""

    code = "audit.range_too_long"
    fault: ClassVar[Fault] = Fault.OPERATOR


class AuditRangeApart(DojangError):
    """The range does not begin where the earlier one ended."""

    code = "audit.range_apart"
    fault: ClassVar[Fault] = Fault.OPERATOR


class AuditKeyUnreadable(DojangError):
    """What was given as the log's public key is none."""

    code = "audit.key_unreadable"
    fault: ClassVar[Fault] = Fault.OPERATOR
