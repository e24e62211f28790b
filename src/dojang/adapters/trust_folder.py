"""Whom verifications trust: our own root, and the roots an operator puts into a folder (PEM, one or more a file)."""

from pathlib import Path
from typing import ClassVar

from dojang.adapters.authority_folder import AuthorityFolder
from dojang.kernel.errors import DojangError, Fault
from dojang.pki.certificate import CertificateMalformed, parse_certificate, parse_certificates_pem


class TrustUnreadable(DojangError):
    """A file among the trusted roots holds no certificate that can be read; `file` names it."""

    code: ClassVar[str] = "reliance.trust_unreadable"
    fault: ClassVar[Fault] = Fault.OPERATOR


class TrustFolder:
    """Implements `lifecycle.reliance.ports.TrustStore`. Files are read once. Raises `TrustUnreadable`."""

    def __init__(self, published: AuthorityFolder, folder: Path | None) -> None:
        others = [] if folder is None else sorted(folder.glob("*.pem"))
        self._anchors = (published.root_der, *(one for file in others for one in _read(file)))
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
