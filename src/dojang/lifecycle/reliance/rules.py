"""From what was read and what is known of the certificates to an indication. Pure. Source: EN 319 102-1 section 5."""

from collections.abc import Sequence
from datetime import datetime

from dojang.lifecycle.reliance.model import (
    FAILURES,
    Alteration,
    Indication,
    SignatureReading,
    StatusEvidence,
    StatusState,
    SubIndication,
)
from dojang.pki.certificate import CertificateMalformed
from dojang.pki.path import errors as path_errors
from dojang.pki.validity import Validity

S = SubIndication


def indication_of(sub_indication: SubIndication | None) -> Indication:
    """Return the main indication a sub-indication belongs to; none at all is a pass."""
    if sub_indication is None:
        return Indication.PASSED
    return Indication.FAILED if sub_indication in FAILURES else Indication.INDETERMINATE


def judge_integrity(reading: SignatureReading) -> SubIndication | None:
    """Return what is wrong with the signature itself, before its signer is looked at; None when it holds."""
    if reading.defect is not None:
        return reading.defect
    if reading.certificate_der is None:
        return S.NO_SIGNING_CERTIFICATE_FOUND
    if not reading.digest_matches:
        return S.HASH_FAILURE
    if not reading.holds:
        return S.SIG_CRYPTO_FAILURE
    if reading.alteration is Alteration.SUSPICIOUS:
        return S.FORMAT_FAILURE
    return None if reading.is_algorithm_trusted else S.CRYPTO_CONSTRAINTS_FAILURE


def judge_path_error(error: path_errors.PathInvalid | CertificateMalformed) -> SubIndication:
    """Return the sub-indication of a path that does not hold; expiry is judged by `judge_validity` instead."""
    if isinstance(error, path_errors.IssuerUnknown | path_errors.CertificateForged):
        return S.NO_CERTIFICATE_CHAIN_FOUND
    if isinstance(error, path_errors.SignatureAlgorithmRefused):
        return S.CRYPTO_CONSTRAINTS_FAILURE
    if isinstance(error, path_errors.PathTooComplex | CertificateMalformed):
        return S.CERTIFICATE_CHAIN_GENERAL_FAILURE
    if isinstance(error, path_errors.CertificateExpired | path_errors.CertificateNotYetValid):
        return S.OUT_OF_BOUNDS_NO_POE
    return S.CHAIN_CONSTRAINTS_FAILURE


def judge_validity(validity: Validity, *, best_time: datetime, signed_after: datetime | None) -> SubIndication | None:
    """Return None when the signer's certificate was valid at `best_time`, the earliest moment the signature is proven.

    A proof that the signature was made after the end, or before the beginning, makes the failure final.
    """
    if best_time < validity.not_before:
        return S.NOT_YET_VALID
    if best_time <= validity.not_after:
        return None
    if signed_after is not None and signed_after > validity.not_after:
        return S.EXPIRED
    return S.OUT_OF_BOUNDS_NO_POE


def judge_statuses(
    statuses: Sequence[StatusEvidence], *, best_time: datetime, signed_after: datetime | None
) -> SubIndication | None:
    """Return what the statuses along the path, signer first, do to the signature.

    A revocation after the proven moment of signing does no harm to what was signed before it. A suspension, and a
    status nobody could tell, are reasons to ask again.
    """
    for position, one in enumerate(statuses):
        if one.state is StatusState.REVOKED and not (one.since is not None and best_time < one.since):
            if position > 0:
                return S.REVOKED_CA_NO_POE
            after = signed_after is not None and one.since is not None and signed_after >= one.since
            return S.REVOKED if after else S.REVOKED_NO_POE
        if one.state in (StatusState.HELD, StatusState.UNKNOWN):
            return S.TRY_LATER
    return None
