"""What a ceremony is to make, as values. Read from YAML by `spec_file`; knows no files and no keys."""

from dataclasses import dataclass
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault
from dojang.pki.name import Name
from dojang.pki.profile import OperatorValues
from dojang.pki.public_key import KeyAlgorithm


class CeremonySpecInvalid(DojangError):
    """The ceremony file cannot be carried out; `field` says where, `reason` why."""

    code: ClassVar[str] = "ceremony.spec_invalid"
    fault: ClassVar[Fault] = Fault.OPERATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Somebody who is present and signs the transcript."""

    name: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSpec:
    """One key pair and its certificate. `label` names both the key in the store and the files."""

    label: str
    profile: str
    key: KeyAlgorithm
    subject: Name
    years: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoritySpec:
    """An authority: its certificate, and where and how often its revocation list comes out.

    `real_name` is the operator's name that the certificate carries as identifyData; a root carries none.
    """

    certificate: CertificateSpec
    real_name: str | None
    crl_uri: str
    crl_hours: int
    ocsp_uri: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CeremonySpec:
    """The whole ceremony: one root, one issuing authority, and the delegates it certifies."""

    title: str
    place: str
    operator: OperatorValues
    witnesses: tuple[Witness, ...]
    root: AuthoritySpec
    issuing: AuthoritySpec
    delegates: tuple[CertificateSpec, ...]
