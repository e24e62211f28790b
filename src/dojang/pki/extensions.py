"""Certificate extensions, each as the Extension element in DER.

One function per extension, parameters in, bytes out. Must not know profiles or which certificate the extension goes
into. Sources: RFC 5280 section 4.2, RFC 6960 section 4.2.2.2.1; userNotice before CPS and BMPString as deployed
(npki.md 1.2).
"""

from dojang.pki import der, oid
from dojang.pki.npki.subject_alt_name import other_name_der
from dojang.pki.npki.virtual_id import encode_identify_data

_URI = 6  # GeneralName choices (RFC 5280 section 4.2.1.6)
_DIRECTORY_NAME = 4


def extension(identifier: str, value_der: bytes, *, critical: bool) -> bytes:
    """Return Extension; `critical` is written only when true, as DER asks of a DEFAULT."""
    return der.sequence(der.oid(identifier), der.TRUE_DER if critical else b"", der.octet_string(value_der))


def authority_key_identifier(key_identifier: bytes, issuer_name_der: bytes, issuer_serial: int) -> bytes:
    """Return the value with all three parts: the issuer's key, *its* issuer's name, and its certificate's serial."""
    return der.sequence(
        der.implicit(0, key_identifier),
        der.explicit(1, der.explicit(_DIRECTORY_NAME, issuer_name_der)),
        der.implicit(2, der.whole(der.integer(issuer_serial), der.INTEGER)),
    )


def authority_key_identifier_short(key_identifier: bytes) -> bytes:
    """Return the value with the key identifier alone, as CRLs carry it."""
    return der.sequence(der.implicit(0, key_identifier))


def subject_key_identifier(key_identifier: bytes) -> bytes:
    """Return the value."""
    return der.octet_string(key_identifier)


def key_usage(bits: frozenset[int]) -> bytes:
    """Return the value for the bit numbers of RFC 5280 section 4.2.1.3."""
    return der.named_bits(bits)


def extended_key_usage(purposes: tuple[str, ...]) -> bytes:
    """Return the value in the order given."""
    return der.sequence(*(der.oid(purpose) for purpose in purposes))


def certificate_policies(policies: tuple[str, ...], *, notice: str | None, cps_uri: str | None) -> bytes:
    """Return the value; every policy carries userNotice (explicitText as BMPString) and then the CPS address."""
    qualifiers = b""
    if notice is not None:
        qualifiers += der.sequence(der.oid(oid.QUALIFIER_USER_NOTICE), der.sequence(der.bmp_string(notice)))
    if cps_uri is not None:
        qualifiers += der.sequence(der.oid(oid.QUALIFIER_CPS), der.ia5_string(cps_uri))
    tail = der.sequence(qualifiers) if qualifiers else b""
    return der.sequence(*(der.sequence(der.oid(policy), tail) for policy in policies))


def basic_constraints(*, path_length: int | None) -> bytes:
    """Return the value for a CA."""
    return der.sequence(der.TRUE_DER, b"" if path_length is None else der.integer(path_length))


def policy_constraints(*, require_explicit_policy: int) -> bytes:
    """Return the value with requireExplicitPolicy alone."""
    return der.sequence(der.implicit(0, der.whole(der.integer(require_explicit_policy), der.INTEGER)))


def distribution_point_name(uri: str) -> bytes:
    """Return DistributionPointName (fullName, one URI) inside its `[0]`, as CRLDP and IDP share it."""
    return der.explicit(0, der.explicit(0, der.implicit(_URI, uri.encode("ascii"))))


def crl_distribution_points(uri: str) -> bytes:
    """Return the value with one fullName URI."""
    return der.sequence(der.sequence(distribution_point_name(uri)))


def authority_info_access(ocsp_uri: str) -> bytes:
    """Return the value with id-ad-ocsp alone."""
    return der.sequence(der.sequence(der.oid(oid.AD_OCSP), der.implicit(_URI, ocsp_uri.encode("ascii"))))


def identity_name(real_name: str, virtual_id_digest: bytes | None = None) -> bytes:
    """Return the otherName identifyData as a GeneralName, cheaply: it is made once per certificate.

    Subscribers have the SHA-256 virtual ID beside the real name, authorities the real name alone (npki.md 1.4 and
    2.1).
    """
    return other_name_der(encode_identify_data(real_name, virtual_id_digest))
