"""What an OCSP response or a CRL proves about one certificate. Silence is an answer: None means "proves nothing".

Reads what others signed, so every flaw makes the evidence worthless instead of raising: it must never turn a revoked
certificate into a good one, nor stop a verification. Must not know where evidence comes from. Sources: RFC 6960 section
4.2.2.2, RFC 5280 section 6.3.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from dojang.pki import der, oid
from dojang.pki.certificate import CertificateMalformed, spki_of
from dojang.pki.path.errors import PathInvalid
from dojang.pki.path.member import Member, comparable_name, read_member
from dojang.pki.path.signatures import check_signature
from dojang.pki.public_key import key_identifier

MAX_EVIDENCE_BYTES: Final = 32 * 1024 * 1024
CLOCK_SKEW: Final = timedelta(minutes=5)
_WORTHLESS = (ValueError, TypeError, UnsupportedAlgorithm, der.DerMalformed, CertificateMalformed, PathInvalid)
_DIGESTS = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationEvidence:
    """What was proven. `revoked_at` and `reason` (RFC 5280 name) are None while the certificate is good."""

    serial: int
    this_update: datetime
    revoked_at: datetime | None = None
    reason: str | None = None
    evidence_der: bytes = field(repr=False)

    @property
    def is_hold(self) -> bool:
        """Whether the certificate is suspended rather than revoked."""
        return self.reason == x509.ReasonFlags.certificate_hold.value


def read_ocsp_evidence(
    response_der: bytes, *, certificate_der: bytes, issuer_der: bytes, at: datetime, now: datetime
) -> RevocationEvidence | None:
    """Return what an OCSPResponse in DER proves about the certificate at the moment `at`, or None.

    The response must be signed by the issuer itself or by a delegate that the issuer certified for it, must not be from
    the future, and must speak for `at` or later.
    """
    if len(response_der) > MAX_EVIDENCE_BYTES:
        return None
    try:
        response = ocsp.load_der_ocsp_response(response_der)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return None
        certificate, issuer = read_member(certificate_der), read_member(issuer_der)
        if not _is_authentic(response, issuer, at):
            return None
        for single in response.responses:
            if _is_about(single, certificate, issuer):
                return _ocsp_finding(single, response_der, at, now)
    except _WORTHLESS:
        return None
    return None


def read_crl_evidence(
    crl_der: bytes, *, certificate_der: bytes, issuer_der: bytes, at: datetime, now: datetime
) -> RevocationEvidence | None:
    """Return what a complete CRL in DER proves about the certificate at the moment `at`, or None.

    Indirect lists, lists for some reasons only and deltas prove nothing here; a partition proves what it covers.
    """
    if len(crl_der) > MAX_EVIDENCE_BYTES:
        return None
    try:
        crl = x509.load_der_x509_crl(crl_der)
        certificate, issuer = read_member(certificate_der), read_member(issuer_der)
        if comparable_name(crl.issuer.public_bytes()) != issuer.subject or not _may_sign_crls(issuer):
            return None
        if not _holds(crl.tbs_certlist_bytes, crl.signature, crl.signature_hash_algorithm, issuer):
            return None
        if not _covers(crl, certificate):
            return None
        this_update, next_update = crl.last_update_utc, crl.next_update_utc
        if not _is_timely(this_update, next_update, at, now):
            return None
        return _crl_finding(crl, certificate, this_update, crl_der)
    except _WORTHLESS:
        return None


def _is_timely(this_update: datetime, next_update: datetime | None, at: datetime, now: datetime) -> bool:
    if this_update > now + CLOCK_SKEW:
        return False
    return this_update >= at or (next_update is not None and next_update >= at)


# --- OCSP -----------------------------------------------------------------------------------------------------------


def _is_about(single: ocsp.OCSPSingleResponse, certificate: Member, issuer: Member) -> bool:
    if single.serial_number != certificate.certificate.serial_number:
        return False
    digest = hashes.Hash(single.hash_algorithm)
    digest.update(issuer.certificate.subject.public_bytes())
    key_digest = hashes.Hash(single.hash_algorithm)
    key_digest.update(_key_bits(issuer))
    return single.issuer_name_hash == digest.finalize() and single.issuer_key_hash == key_digest.finalize()


def _key_bits(member: Member) -> bytes:
    """The content of the subjectPublicKey bit string, without the count of unused bits (RFC 6960 section 4.1.1)."""
    parts = der.elements(der.whole(member.spki_der, der.SEQUENCE))
    return parts[1][1][1:]


def _is_authentic(response: ocsp.OCSPResponse, issuer: Member, at: datetime) -> bool:
    signers = [issuer, *(read_member(one.public_bytes(Encoding.DER)) for one in response.certificates[:4])]
    for signer in signers:
        if not _is_responder(response, signer):
            continue
        if signer is not issuer and not _is_delegate(signer, issuer, at):
            continue
        if _holds(response.tbs_response_bytes, response.signature, response.signature_hash_algorithm, signer):
            return True
    return False


def _is_responder(response: ocsp.OCSPResponse, signer: Member) -> bool:
    name, key_hash = response.responder_name, response.responder_key_hash
    if name is not None:
        return comparable_name(name.public_bytes()) == signer.subject
    return key_hash == key_identifier(spki_of(signer.der))


def _is_delegate(signer: Member, issuer: Member, at: datetime) -> bool:
    """Certified by the issuer itself, for signing OCSP answers, at the moment it vouches for."""
    usage = signer.find(x509.ExtendedKeyUsage)
    if usage is None or oid.EKU_OCSP_SIGNING not in [one.dotted_string for one in usage]:
        return False
    if signer.issuer != issuer.subject:
        return False
    check_signature(signer.certificate, issuer.certificate, 0)
    return signer.certificate.not_valid_before_utc <= at + CLOCK_SKEW and at <= signer.certificate.not_valid_after_utc


def _ocsp_finding(
    single: ocsp.OCSPSingleResponse, response_der: bytes, at: datetime, now: datetime
) -> RevocationEvidence | None:
    if not _is_timely(single.this_update_utc, single.next_update_utc, at, now):
        return None
    if single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        return None
    reason = single.revocation_reason.value if single.revocation_reason else None
    revoked = single.certificate_status is ocsp.OCSPCertStatus.REVOKED
    return RevocationEvidence(
        serial=single.serial_number,
        this_update=single.this_update_utc,
        revoked_at=single.revocation_time_utc if revoked else None,
        reason=(reason or "unspecified") if revoked else None,
        evidence_der=response_der,
    )


# --- CRL ------------------------------------------------------------------------------------------------------------

_CRL_UNDERSTOOD = frozenset({oid.ISSUING_DISTRIBUTION_POINT, oid.AUTHORITY_KEY_IDENTIFIER, oid.CRL_NUMBER})


def _may_sign_crls(issuer: Member) -> bool:
    usage = issuer.find(x509.KeyUsage)
    return usage is None or usage.crl_sign


def _covers(crl: x509.CertificateRevocationList, certificate: Member) -> bool:
    """Whether the list speaks for this certificate and for every reason (6.3.3 b)."""
    if any(one.critical and one.oid.dotted_string not in _CRL_UNDERSTOOD for one in crl.extensions):
        return False
    if any(one.oid.dotted_string == oid.DELTA_CRL_INDICATOR for one in crl.extensions):
        return False
    try:
        point = crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return True
    constraints = certificate.find(x509.BasicConstraints)
    is_authority = constraints is not None and constraints.ca
    if point.indirect_crl or point.only_some_reasons or point.only_contains_attribute_certs:
        return False
    if (point.only_contains_user_certs and is_authority) or (point.only_contains_ca_certs and not is_authority):
        return False
    return (point.full_name is None and point.relative_name is None) or _names_point(certificate, point)


def _names_point(certificate: Member, point: x509.IssuingDistributionPoint) -> bool:
    """Whether one of the certificate's distribution points has a name of the list's."""
    points = certificate.find(x509.CRLDistributionPoints)
    names = {name for one in points or () for name in one.full_name or () if not one.crl_issuer and not one.reasons}
    return any(name in names for name in point.full_name or ())


def _crl_finding(
    crl: x509.CertificateRevocationList, certificate: Member, this_update: datetime, crl_der: bytes
) -> RevocationEvidence | None:
    serial = certificate.certificate.serial_number
    entry = crl.get_revoked_certificate_by_serial_number(serial)
    if entry is None:
        return RevocationEvidence(serial=serial, this_update=this_update, evidence_der=crl_der)
    if any(one.critical and one.oid.dotted_string != oid.CRL_REASON for one in entry.extensions):
        return None
    reason = "unspecified"
    for one in entry.extensions:
        if isinstance(one.value, x509.CRLReason):
            reason = one.value.reason.value
    return RevocationEvidence(
        serial=serial,
        this_update=this_update,
        revoked_at=entry.revocation_date_utc,
        reason=reason,
        evidence_der=crl_der,
    )


def _holds(data: bytes, signature: bytes, digest: hashes.HashAlgorithm | None, signer: Member) -> bool:
    key = signer.certificate.public_key()
    if not isinstance(digest, _DIGESTS):
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
            key.verify(signature, data, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(digest))
        else:
            return False
    except InvalidSignature:
        return False
    return True
