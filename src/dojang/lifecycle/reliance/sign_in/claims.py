"""What a party learns of who signed in. Pure. Source: OpenID Connect Core section 5.1, RFC 8176."""

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

from cryptography import x509

from dojang.pki.certificate import parse_certificate, validity_of
from dojang.pki.npki.subject_alt_name import find_certificate_identify_data

SCOPES = ("openid", "profile", "certificate")
CLAIMS = ("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "name", "certificate")
ACR = "urn:dojang:acr:joint-certificate"
AMR = ("pop", "swk")


def claims_of(scopes: Sequence[str], certificate_der: bytes | None) -> dict[str, Any]:
    """Return the claims of the scopes: `profile` the real name, `certificate` what stands in the certificate itself.

    The serial number is decimal text; `x5t#S256` is that of RFC 7515; times are seconds since 1970.
    """
    if certificate_der is None:
        return {}
    found: dict[str, Any] = {}
    if "profile" in scopes:
        identity = find_certificate_identify_data(certificate_der)
        if identity is not None:
            found["name"] = identity.real_name
    if "certificate" in scopes:
        certificate = parse_certificate(certificate_der)
        digest = base64.urlsafe_b64encode(hashlib.sha256(certificate_der).digest()).rstrip(b"=").decode()
        found["certificate"] = {
            "serial": str(certificate.serial_number),
            "not_after": int(validity_of(certificate).not_after.timestamp()),
            "policies": _policies(certificate),
            "x5t#S256": digest,
        }
    return found


def _policies(certificate: x509.Certificate) -> list[str]:
    try:
        stated = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except x509.ExtensionNotFound:
        return []
    return [one.policy_identifier.dotted_string for one in stated]
