"""What is signed to renew: read back as written, refused when anything is missing, double, extra or of another kind."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.lifecycle.issuance.model import ProvenRenewal
from dojang.lifecycle.renewal.model import RequestUnreadable
from dojang.lifecycle.renewal.statement import (
    MAX_REQUEST_BYTES,
    RenewalStatement,
    parse_signed_request,
    parse_statement,
)
from dojang.pki.cms import SignedDataMalformed

SOURCE = Path(__file__).resolve().parents[4] / "src" / "dojang"
STATEMENT = RenewalStatement(
    renewal_id="0192-renewal",
    predecessor_serial="12345",
    years=1,
    not_after=datetime(2028, 11, 23, 14, 59, 59, tzinfo=UTC),
    signing_request_der=b"first",
    key_management_request_der=b"second",
    sealed_r=b"sealed",
)


def changed(**members: object) -> bytes:
    document = {**json.loads(STATEMENT.to_json()), **members}
    return json.dumps({name: value for name, value in document.items() if value is not ...}).encode()


def test_a_statement_is_read_back_as_it_was_written() -> None:
    assert parse_statement(STATEMENT.to_json()) == STATEMENT


@pytest.mark.parametrize(
    "content",
    [
        changed(type="dojang.acceptance.v1"),
        changed(years="1"),
        changed(years=True),
        changed(years=...),
        changed(extra="member"),
        changed(predecessor_serial=12345),
        changed(not_after="tomorrow"),
        changed(sealed_r="not base64!"),
        STATEMENT.to_json()[:-1] + b',"years":3}',
        b"[]",
        b"\xff",
        b"",
        b"[" * 50_000,
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(RequestUnreadable):
        parse_statement(content)


@given(st.binary(max_size=200))
def test_junk_raises_only_ours(junk: bytes) -> None:
    with pytest.raises(RequestUnreadable):
        parse_statement(junk)
    with pytest.raises(SignedDataMalformed):
        parse_signed_request(junk)


def test_a_request_too_long_is_not_read() -> None:
    with pytest.raises(RequestUnreadable):
        parse_signed_request(b"0" * (MAX_REQUEST_BYTES + 1))


def test_only_renewal_rules_may_make_the_proof() -> None:
    naming = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if "RENEWAL_SEAL" in path.read_text("utf-8")
    }
    assert naming == {"lifecycle/issuance/model.py", "lifecycle/renewal/rules.py"}
    with pytest.raises(TypeError):
        ProvenRenewal(
            application_id="a",
            subscriber_id="s",
            person_key="p",
            case_id="c",
            predecessor_serial=1,
            request_digest="",
            subject_der=b"",
            seal=object(),
        )
