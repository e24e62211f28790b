"""The tables of protocol failures: only codes that exist, and everything else is a failure of ours."""

import pytest

from dojang.controls.delegates.model import DelegateMissing
from dojang.kernel.catalogue import load_catalogue
from dojang.kernel.errors import DojangError
from dojang.pki.ocsp import OcspFailure, OcspNotAuthoritative, OcspRequestMalformed, failure_response
from dojang.pki.signer import SignatureFaulty
from dojang.pki.timestamp import TimestampExtensionRefused, TimestampFailure, TimestampRequestMalformed
from dojang.web import protocol_failures


@pytest.mark.parametrize("code", sorted({*protocol_failures.OCSP, *protocol_failures.TSP}))
def test_every_code_in_the_table_has_words(code: str) -> None:
    assert load_catalogue().get(code, "ko").title


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (OcspRequestMalformed(), OcspFailure.MALFORMED_REQUEST),
        (OcspNotAuthoritative(), OcspFailure.UNAUTHORIZED),
        (DelegateMissing(), OcspFailure.TRY_LATER),
        (SignatureFaulty(), OcspFailure.INTERNAL_ERROR),
    ],
)
def test_what_ocsp_calls_it(error: DojangError, failure: OcspFailure) -> None:
    assert protocol_failures.ocsp_failure_of(error) is failure


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (TimestampRequestMalformed(), TimestampFailure.BAD_DATA_FORMAT),
        (TimestampExtensionRefused(), TimestampFailure.UNACCEPTED_EXTENSION),
        (DelegateMissing(), TimestampFailure.SYSTEM_FAILURE),
    ],
)
def test_what_time_stamping_calls_it(error: DojangError, failure: TimestampFailure) -> None:
    assert protocol_failures.timestamp_failure_of(error) is failure


def test_a_failure_is_one_number_and_nothing_else() -> None:
    assert failure_response(OcspFailure.TRY_LATER) == bytes.fromhex("30030a0103")
