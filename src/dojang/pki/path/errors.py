"""Every reason to distrust a certification path. Source: RFC 5280 section 6.1."""

from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class PathInvalid(DojangError):
    """Base of every reason to distrust a certification path; `depth` counts from the leaf (0) upwards."""

    code: ClassVar[str] = "pki.path_invalid"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class IssuerUnknown(PathInvalid):
    """No trust anchor was reached: nobody we trust issued this certificate."""

    code: ClassVar[str] = "pki.issuer_unknown"


class CertificateNotYetValid(PathInvalid):
    """A certificate of the path is not valid yet at that moment."""

    code: ClassVar[str] = "pki.certificate_not_yet_valid"


class CertificateExpired(PathInvalid):
    """A certificate of the path is no longer valid at that moment."""

    code: ClassVar[str] = "pki.certificate_expired"


class CertificateForged(PathInvalid):
    """A signature in the path does not verify under its issuer's key."""

    code: ClassVar[str] = "pki.certificate_forged"


class SignatureAlgorithmRefused(PathInvalid):
    """A certificate of the path is signed with an algorithm or key too weak to be trusted."""

    code: ClassVar[str] = "pki.signature_algorithm_refused"


class IssuerNotAuthorized(PathInvalid):
    """An issuer in the path may not issue certificates, or not at this depth."""

    code: ClassVar[str] = "pki.issuer_not_authorized"


class KeyUsageRefused(PathInvalid):
    """The certificate's key must not be used for this purpose."""

    code: ClassVar[str] = "pki.key_usage_refused"


class PolicyNotAccepted(PathInvalid):
    """The path is not valid for any policy the relying party accepts, or a policy mapping names anyPolicy."""

    code: ClassVar[str] = "pki.policy_not_accepted"


class NameNotPermitted(PathInvalid):
    """A certificate of the path names somebody its issuers were not allowed to name."""

    code: ClassVar[str] = "pki.name_not_permitted"


class CriticalExtensionUnknown(PathInvalid):
    """A certificate of the path has a critical extension that is not understood here, or one that cannot be read."""

    code: ClassVar[str] = "pki.critical_extension_unknown"


class PathTooComplex(PathInvalid):
    """The certificates given would take more work to judge than any honest hierarchy asks for."""

    code: ClassVar[str] = "pki.path_too_complex"
