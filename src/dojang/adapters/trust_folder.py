"""Whom verifications trust: our own root, and the roots an operator puts into a folder (PEM, one or more a file)."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from dojang.adapters.authority_folder import AuthorityFolder
from dojang.kernel.errors import DojangError, Fault
from dojang.pki.certificate import CertificateMalformed, parse_certificate, parse_certificates_pem
from dojang.pki.name import display_name
from dojang.pki.profile import TEST_ROOT_MARK


class TrustUnreadable(DojangError):
    """A file among the trusted roots holds no certificate that can be read; `file` names it."""

    code: ClassVar[str] = "reliance.trust_unreadable"
    fault: ClassVar[Fault] = Fault.OPERATOR


class RootForTests(DojangError):
    """A root made for tests lies among the trusted roots of a production office; `file` names it."""

    code: ClassVar[str] = "reliance.root_for_tests"
    fault: ClassVar[Fault] = Fault.OPERATOR


class TrustFolder:
    """Implements `lifecycle.reliance.ports.TrustStore`. Files are read once; `more` are files beside the folder's.

    Raises `TrustUnreadable`, and `RootForTests` in production for a root whose name says it is for tests.
    """

    def __init__(
        self, published: AuthorityFolder, folder: Path | None, *, more: Sequence[Path] = (), production: bool = False
    ) -> None:
        others = [*([] if folder is None else sorted(folder.glob("*.pem"))), *more]
        roots = [(file, one) for file in others for one in _read(file)]
        for file, one in roots:
            if production and TEST_ROOT_MARK in display_name(parse_certificate(one).subject.public_bytes()):
                raise RootForTests(file=file.name)
        self._anchors = (published.root_der, *(one for _, one in roots))
        self._intermediates = (published.issuing_der,)

    def anchors(self) -> tuple[bytes, ...]:
        """See the port."""
        return self._anchors

    def intermediates(self) -> tuple[bytes, ...]:
        """See the port."""
        return self._intermediates


def _read(file: Path) -> tuple[bytes, ...]:
    try:
        found = parse_certificates_pem(file.read_bytes())
        for one in found:
            parse_certificate(one)
    except (OSError, ValueError, CertificateMalformed):
        raise TrustUnreadable(file=file.name) from None
    if not found:
        raise TrustUnreadable(file=file.name)
    return found
