"""The ceremony's output, read back: certificates the office publishes and issues under."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault
from dojang.pki.certificate import parse_certificate, parse_certificates_pem, spki_of


class AuthorityMissing(DojangError):
    """There is no finished ceremony here: `artefact` is missing or no certificate. Hold the ceremony first."""

    code: ClassVar[str] = "authority.missing"
    fault: ClassVar[Fault] = Fault.OPERATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityFolder:
    """What a ceremony left behind that everybody may see. `ca_folder` names the CA's folder under NPKI."""

    ca_folder: str
    root_der: bytes = field(repr=False)
    issuing_der: bytes = field(repr=False)
    transport_der: bytes = field(repr=False)
    statement_der: bytes = field(repr=False)
    root_crl_der: bytes = field(repr=False)

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        """The chain above a subscriber's certificate: issuing CA first, root last."""
        return (self.issuing_der, self.root_der)

    @property
    def transport_spki_der(self) -> bytes:
        """The public key R is sealed to."""
        return spki_of(self.transport_der)


def read_authority_folder(directory: Path, *, ca_folder: str) -> AuthorityFolder:
    """Return the certificates below `directory`. Raises `AuthorityMissing`."""
    return AuthorityFolder(
        ca_folder=ca_folder,
        root_der=_certificate(directory, "root.pem"),
        issuing_der=_certificate(directory, "issuing.pem"),
        transport_der=_certificate(directory, "transport.pem"),
        statement_der=_certificate(directory, "statement.pem"),
        root_crl_der=read_root_list(directory),
    )


def read_root_list(directory: Path) -> bytes:
    """Return the root's newest revocation list (ARL), DER: `root.crl`, or the highest `root-<number>.crl`.

    Raises `AuthorityMissing`.
    """
    numbered = {path.stem.removeprefix("root-"): path.name for path in directory.glob("root-*.crl")}
    newest = max((int(number) for number in numbered if number.isascii() and number.isdigit()), default=None)
    return _read(directory, "root.crl" if newest is None else f"root-{newest}.crl")


def _certificate(directory: Path, name: str) -> bytes:
    try:
        (certificate_der,) = parse_certificates_pem(_read(directory, name))
        parse_certificate(certificate_der)
    except (DojangError, ValueError):
        raise AuthorityMissing(artefact=name) from None
    return certificate_der


def _read(directory: Path, name: str) -> bytes:
    try:
        return (directory / name).read_bytes()
    except OSError:
        raise AuthorityMissing(artefact=name) from None
