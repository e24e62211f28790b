"""The proof type: a certificate's to-be-signed bytes that passed the linter.

Signers accept nothing else. Only `dojang.pki.lint.linter` holds the seal that makes one; copies cannot be altered
(`dataclasses.replace` fails) and do not survive pickling: what comes back from a store is linted again.
"""

from dataclasses import InitVar, dataclass, field
from typing import ClassVar, Final, NoReturn

from dojang.kernel.errors import DojangError, Fault


class LintProofForged(DojangError):
    """Something other than the linter tried to make a `LintedCertificate`, or a proof does not fit where it is
    used.
    """

    code: ClassVar[str] = "pki.lint_proof_forged"
    fault: ClassVar[Fault] = Fault.OURS


SEAL: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class LintedCertificate:
    """To-be-signed bytes, the profile and record they were linted for, and the digest that ties the three together.

    `record_id` names the stored record of intent; `lint_digest` is SHA-256 in hexadecimal and equals the digest of
    a later lint of the same bytes for the same profile, issuer and record. Raises `LintProofForged` outside the
    linter.
    """

    tbs_der: bytes = field(repr=False)
    profile: str
    record_id: str
    issuer_key_identifier: bytes
    lint_digest: str
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not SEAL:
            raise LintProofForged()

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied. Raises `LintProofForged`."""
        raise LintProofForged()
