"""Verify signatures: read, build and check the signer's path, ask for statuses, conclude."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from dojang.lifecycle.reliance import rules
from dojang.lifecycle.reliance.model import (
    SignatureReading,
    Signer,
    StatusEvidence,
    StatusState,
    SubIndication,
    TimestampReading,
    Verification,
    VerificationRequest,
)
from dojang.lifecycle.reliance.ports import SignatureReader, StatusSource, TrustStore
from dojang.pki import oid
from dojang.pki.certificate import CertificateMalformed, parse_certificate, validity_of
from dojang.pki.der import DerMalformed
from dojang.pki.name import display_name
from dojang.pki.path.errors import CertificateExpired, KeyUsageRefused, PathInvalid
from dojang.pki.path.policies import PolicyInputs
from dojang.pki.path.verification import VerifiedPath, verify_path
from dojang.pki.revocation_evidence import RevocationEvidence, read_crl_evidence, read_ocsp_evidence
from dojang.pki.validity import ValidityInvalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Statements about revocation that came with a signature, DER each."""

    ocsp_responses_der: tuple[bytes, ...] = ()
    crls_der: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """What a verification works with."""

    reader: SignatureReader
    trust: TrustStore
    sources: Sequence[StatusSource]


def verify(request: VerificationRequest, *, verifier: Verifier, now: datetime) -> tuple[Verification, ...]:
    """Return one report for each signature in the request, in the order the signatures were made.

    1. Signatures are read, in bounds of time and memory; what is wrong with one itself ends its verification.
    2. Timestamps over it are verified like any signature; the earliest that holds proves when it existed at the latest.
    3. The path to a trusted root is built and checked at that moment (now, without a timestamp).
    4. The status of every certificate of the path is asked of the sources, then sought in what came with the signature.
    5. The rules conclude (EN 319 102-1).

    Raises the errors of `SignatureReader`; everything about the signer ends in a report.
    """
    return judge(verifier.reader.read(request), request, verifier=verifier, now=now)


def judge(
    readings: Sequence[SignatureReading], request: VerificationRequest, *, verifier: Verifier, now: datetime
) -> tuple[Verification, ...]:
    """Return the reports on signatures that were read already: steps 2 to 5 of `verify`."""
    return tuple(_verify_one(one, request, verifier, now) for one in readings)


def _verify_one(
    reading: SignatureReading, request: VerificationRequest, verifier: Verifier, now: datetime
) -> Verification:
    report = Verification(
        indication=rules.indication_of(None),
        sub_indication=None,
        name=reading.name,
        checked_at=now,
        claimed_at=reading.claimed_at,
        alteration=reading.alteration,
    )
    fault = rules.judge_integrity(reading)
    certificate_der = reading.certificate_der
    if certificate_der is not None:
        report = replace(report, signer=_signer(certificate_der, ()))
    if fault is not None or certificate_der is None:
        return _concluded(report, fault or SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
    evidence = Evidence(
        ocsp_responses_der=(*request.ocsp_responses_der, *reading.ocsp_responses_der),
        crls_der=(*request.crls_der, *reading.crls_der),
    )
    proven_at = _proven_at(reading, evidence, verifier, now)
    report = replace(report, proven_at=proven_at)
    best_time = proven_at or now
    try:
        path = _path(certificate_der, reading, request, verifier, best_time)
    except (PathInvalid, CertificateMalformed) as error:
        return _concluded(_with_detail(report, error), _judge_path(error, certificate_der, request, best_time))
    if not _may_sign(path.leaf):
        return _concluded(replace(report, detail=KeyUsageRefused.code), SubIndication.CHAIN_CONSTRAINTS_FAILURE)
    statuses = statuses_of(path, evidence, verifier.sources, at=best_time, now=now)
    report = replace(
        report,
        signer=_signer(certificate_der, tuple(sorted(path.policies))),
        chain_der=_chain(path),
        statuses=statuses,
    )
    return _concluded(report, rules.judge_statuses(statuses, best_time=best_time, signed_after=request.signed_after))


def _concluded(report: Verification, fault: SubIndication | None) -> Verification:
    return replace(report, indication=rules.indication_of(fault), sub_indication=fault)


def _with_detail(report: Verification, error: PathInvalid | CertificateMalformed) -> Verification:
    return replace(report, detail=error.code)


def _judge_path(
    error: PathInvalid | CertificateMalformed, certificate_der: bytes, request: VerificationRequest, best_time: datetime
) -> SubIndication:
    """The signer's own validity has rules of its own; everything else about a path is judged by its error."""
    if isinstance(error, PathInvalid) and error.fields.get("depth") == 0:
        try:
            validity = validity_of(parse_certificate(certificate_der))
        except (CertificateMalformed, ValidityInvalid):
            return SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE
        fault = rules.judge_validity(validity, best_time=best_time, signed_after=request.signed_after)
        if fault is not None and (fault is SubIndication.NOT_YET_VALID or isinstance(error, CertificateExpired)):
            return fault
    return rules.judge_path_error(error)


def _path(
    certificate_der: bytes,
    reading: SignatureReading,
    request: VerificationRequest,
    verifier: Verifier,
    at: datetime,
) -> VerifiedPath:
    accepted = request.accepted_policies
    return verify_path(
        certificate_der,
        intermediates_der=(*verifier.trust.intermediates(), *reading.certificates_der, *request.certificates_der),
        anchors_der=tuple(verifier.trust.anchors()),
        at=at,
        policies=PolicyInputs(accepted=accepted, explicit_policy=accepted is not None),
    )


def _proven_at(reading: SignatureReading, evidence: Evidence, verifier: Verifier, now: datetime) -> datetime | None:
    """Return the earliest moment a trusted timestamp proves, or None."""
    proven = [one.at for one in reading.timestamps if _is_trusted(one, reading, evidence, verifier, now)]
    return min(proven, default=None)


def _is_trusted(
    token: TimestampReading, reading: SignatureReading, evidence: Evidence, verifier: Verifier, now: datetime
) -> bool:
    """Whether the token holds, is not from the future, and its authority was entitled to stamp at that moment."""
    if not token.holds or token.at > now:
        return False
    try:
        path = verify_path(
            token.certificate_der,
            intermediates_der=(
                *verifier.trust.intermediates(),
                *token.certificates_der,
                *reading.certificates_der,
            ),
            anchors_der=tuple(verifier.trust.anchors()),
            at=token.at,
        )
    except (PathInvalid, CertificateMalformed):
        return False
    if not _may_stamp(path.leaf):
        return False
    statuses = statuses_of(path, evidence, verifier.sources, at=token.at, now=now)
    return rules.judge_statuses(statuses, best_time=token.at, signed_after=None) is None


def _may_sign(certificate: x509.Certificate) -> bool:
    """Key usage, where it is stated, must allow signing (RFC 5280 section 4.2.1.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _may_stamp(certificate: x509.Certificate) -> bool:
    """RFC 3161 section 2.3: extended key usage timeStamping alone, critical."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, ValueError):
        return False
    return found.critical and [one.dotted_string for one in found.value] == [oid.EKU_TIME_STAMPING]


def statuses_of(
    path: VerifiedPath, evidence: Evidence, sources: Sequence[StatusSource], *, at: datetime, now: datetime
) -> tuple[StatusEvidence, ...]:
    """Return the status of each certificate below the anchor, the leaf's first.

    `at` is the moment to be vouched for, `now` that of the verification.
    """
    return tuple(
        _status(certificate_der, issuer_der, evidence, sources, at, now)
        for certificate_der, issuer_der in pairwise(_chain(path))
    )


def _status(
    certificate_der: bytes,
    issuer_der: bytes,
    evidence: Evidence,
    sources: Sequence[StatusSource],
    at: datetime,
    now: datetime,
) -> StatusEvidence:
    for source in sources:
        found = source.find_status(certificate_der, issuer_der, now)
        if found is not None:
            return found
    pair = {"certificate_der": certificate_der, "issuer_der": issuer_der}
    for ocsp_der in evidence.ocsp_responses_der:
        proven = read_ocsp_evidence(ocsp_der, **pair, at=at, now=now)
        if proven is not None:
            return from_revocation_evidence(proven, "ocsp")
    for crl_der in evidence.crls_der:
        proven = read_crl_evidence(crl_der, **pair, at=at, now=now)
        if proven is not None:
            return from_revocation_evidence(proven, "crl")
    return StatusEvidence(serial=parse_certificate(certificate_der).serial_number, state=StatusState.UNKNOWN)


def from_revocation_evidence(proven: RevocationEvidence, source: str) -> StatusEvidence:
    """Return what OCSP or CRL evidence says, in the words of a status."""
    state = StatusState.GOOD
    if proven.revoked_at is not None:
        state = StatusState.HELD if proven.is_hold else StatusState.REVOKED
    return StatusEvidence(
        serial=proven.serial,
        state=state,
        source=source,
        this_update=proven.this_update,
        since=proven.revoked_at,
        reason=proven.reason,
        evidence_der=proven.evidence_der,
    )


def _chain(path: VerifiedPath) -> tuple[bytes, ...]:
    return tuple(one.public_bytes(Encoding.DER) for one in path.certificates)


def _signer(certificate_der: bytes, policies: tuple[str, ...]) -> Signer | None:
    """Who the certificate names; None when it cannot be read."""
    try:
        certificate = parse_certificate(certificate_der)
        subject_der = certificate.subject.public_bytes()
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return Signer(
            common_name=str(names[0].value) if names else "",
            subject=display_name(subject_der),
            issuer=display_name(certificate.issuer.public_bytes()),
            serial=certificate.serial_number,
            policies=policies,
            certificate_der=certificate_der,
        )
    except (CertificateMalformed, DerMalformed, ValueError):
        return None
