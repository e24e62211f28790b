"""Errors in the words of the protocols that have their own: one table per protocol, and no other file knows them.

What stands in no table is a failure of ours there.
"""

from collections.abc import Mapping

from dojang.kernel.errors import DojangError
from dojang.pki.ocsp import OcspFailure
from dojang.pki.timestamp import TimestampFailure

OCSP: Mapping[str, OcspFailure] = {
    "ocsp.request_malformed": OcspFailure.MALFORMED_REQUEST,
    "ocsp.not_authoritative": OcspFailure.UNAUTHORIZED,
    "request.too_many": OcspFailure.TRY_LATER,
    "delegates.missing": OcspFailure.TRY_LATER,
    "store.unreachable": OcspFailure.TRY_LATER,
}

TSP: Mapping[str, TimestampFailure] = {
    "timestamp.request_malformed": TimestampFailure.BAD_DATA_FORMAT,
    "timestamp.algorithm_refused": TimestampFailure.BAD_ALG,
    "timestamp.extension_refused": TimestampFailure.UNACCEPTED_EXTENSION,
    "timestamp.policy_refused": TimestampFailure.UNACCEPTED_POLICY,
    "request.too_many": TimestampFailure.BAD_REQUEST,
    "relying_party.quota_spent": TimestampFailure.BAD_REQUEST,
}


def ocsp_failure_of(error: DojangError) -> OcspFailure:
    """Return the OCSPResponseStatus of an error (RFC 6960 section 4.2.1)."""
    return OCSP.get(error.code, OcspFailure.INTERNAL_ERROR)


def timestamp_failure_of(error: DojangError) -> TimestampFailure:
    """Return the PKIFailureInfo bit of an error (RFC 3161 section 2.4.2)."""
    return TSP.get(error.code, TimestampFailure.SYSTEM_FAILURE)
