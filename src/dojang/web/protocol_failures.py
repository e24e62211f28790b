"""Errors in the words of the protocols that have their own: one table per protocol, and no other file knows them.

What stands in no table is a failure of ours there.
"""

from collections.abc import Mapping

from dojang.kernel.errors import DojangError
from dojang.pki.ocsp import OcspFailure

OCSP: Mapping[str, OcspFailure] = {
    "ocsp.request_malformed": OcspFailure.MALFORMED_REQUEST,
    "ocsp.not_authoritative": OcspFailure.UNAUTHORIZED,
    "request.too_many": OcspFailure.TRY_LATER,
    "delegates.missing": OcspFailure.TRY_LATER,
    "store.unreachable": OcspFailure.TRY_LATER,
}


def ocsp_failure_of(error: DojangError) -> OcspFailure:
    """Return the OCSPResponseStatus of an error (RFC 6960 section 4.2.1)."""
    return OCSP.get(error.code, OcspFailure.INTERNAL_ERROR)
