"""Requests that are too large, malformed, of the wrong kind, or plain junk: each has its code, none breaks anything."""

import asyncio
import json
import re
import string
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.edge import Caller, EdgeOffice
from dojang.controls.access.model import Role
from dojang.web.app import OVERHEAD_BYTES

JSON = {"Content-Type": "application/json"}
SIGN_UP = {"login_name": "some.name", "password": "a password of length"}


@pytest.fixture
def subscriber(callers: dict[Role, Caller]) -> Caller:
    return callers[Role.SUBSCRIBER]


def limit_of(edge: EdgeOffice) -> int:
    return edge.office.settings.web.max_photograph_bytes + OVERHEAD_BYTES


async def _chunks(total: int, counted: list[int]) -> AsyncIterator[bytes]:
    for _ in range(0, total, 2**20):
        counted[0] += 2**20
        yield b"\xff" * 2**20


def test_a_body_declared_too_large_is_not_read(edge: EdgeOffice, subscriber: Caller) -> None:
    headers = {"Content-Length": str(limit_of(edge) + 1), "Content-Type": "image/jpeg", "Accept-Language": "en"}
    answer = subscriber("PUT", "/v1/applications/a/photographs/passport/front", content=b"", headers=headers)
    assert (answer.status, answer.code) == (413, "request.too_large")
    assert answer.json["fields"] == {"limit_bytes": limit_of(edge)}
    assert answer.headers["content-language"] == "en"
    assert edge.refusals()[-1][1] == "request.too_large"


def test_a_body_that_grows_too_large_is_read_no_further(edge: EdgeOffice, subscriber: Caller) -> None:
    counted = [0]

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(subscriber.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://office.test") as client:
            return await client.put(
                "/v1/applications/a/photographs/passport/front",
                content=_chunks(4 * limit_of(edge), counted),
                headers={"Authorization": f"Bearer {subscriber.token}", "Content-Type": "image/jpeg"},
            )

    answer = asyncio.run(send())
    assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")
    assert counted[0] <= limit_of(edge) + 2**20


def test_a_body_of_exactly_the_limit_is_read(edge: EdgeOffice, subscriber: Caller) -> None:
    answer = subscriber(
        "PUT",
        "/v1/applications/a/photographs/passport/front",
        content=b"\xff" * limit_of(edge),
        headers={"Content-Type": "image/jpeg"},
    )
    assert answer.code != "request.too_large"


@pytest.mark.parametrize("length", ["abc", "-1", "1e3", "9" * 30, "٣"])
def test_a_nonsensical_length_breaks_nothing(caller: Caller, length: str) -> None:
    headers = [(b"content-length", length.encode()), (b"content-type", b"application/json")]
    answer = caller("POST", "/v1/accounts", content=json.dumps(SIGN_UP).encode(), headers=headers)
    assert answer.status in (201, 400, 409, 413)


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"7",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"login_name": ' + b"9" * 5000 + b"}",
        b'{"login_name": "\\ud800abc", "password": "a password of length"}',
        b'{"login_name": "abc\\u0000def", "password": "a password of length"}',
        b'{"login_name": "abcdef", "password": "a password", "role": "officer"}',
        b'{"login_name": "abcdef", "password": ["a password"]}',
        b'{"login_name": NaN, "password": Infinity}',
    ],
)
def test_malformed_json_is_malformed(caller: Caller, content: bytes) -> None:
    answer = caller("POST", "/v1/accounts", content=content, headers=JSON)
    assert (answer.status, answer.code) == (400, "request.malformed")


@pytest.mark.parametrize("sent_as", ["text/plain", "application/x-www-form-urlencoded", "image/jpeg", "", "nonsense"])
def test_json_sent_as_something_else_is_not_taken(caller: Caller, sent_as: str) -> None:
    answer = caller("POST", "/v1/accounts", content=json.dumps(SIGN_UP), headers={"Content-Type": sent_as})
    assert (answer.status, answer.code) == (415, "request.unsupported_media_type")
    assert answer.json["fields"] == {"accepted": ["application/json"]}


@pytest.mark.parametrize("sent_as", ["application/json", "image/webp", "image/svg+xml", "application/octet-stream", ""])
def test_a_photograph_of_another_kind_is_not_taken(subscriber: Caller, sent_as: str) -> None:
    answer = subscriber(
        "PUT",
        "/v1/applications/a/photographs/passport/front",
        content=b"{}",
        headers={"Content-Type": sent_as},
    )
    assert answer.code in ("request.unsupported_media_type", "request.malformed")
    assert answer.status in (415, 400)


def test_what_is_not_in_the_description_is_refused_by_name(caller: Caller) -> None:
    answer = caller("POST", "/v1/accounts", json={**SIGN_UP, "role": "officer"})
    assert answer.json["fields"] == {"where": ["body.role"]}


def test_oversized_base64_is_malformed(subscriber: Caller) -> None:
    body = {"signing_request": "A" * 16_388, "key_management_request": "AAAA", "sealed_r": "AAAA"}
    headers = {"Idempotency-Key": "12345678"}
    answer = subscriber("POST", "/v1/applications/a/certificates", json=body, headers=headers)
    assert (answer.status, answer.code) == (400, "request.malformed")
    assert answer.json["fields"] == {"where": ["body.signing_request"]}


@pytest.mark.parametrize("text", ["A", "AAA*", "AAAA\n", "한글", "AA==AA==", " AAAA"])
def test_broken_base64_is_malformed_and_named(subscriber: Caller, text: str) -> None:
    body = {"signing_request": "AAAA", "key_management_request": "AAAA", "sealed_r": text}
    headers = {"Idempotency-Key": "12345678"}
    answer = subscriber("POST", "/v1/applications/a/certificates", json=body, headers=headers)
    assert (answer.status, answer.code) == (400, "request.malformed")
    assert answer.json["fields"] == {"where": ["body.sealed_r"]}


@pytest.mark.parametrize("serial", ["0", "-1", "01", "1.0", "1e3", "9" * 17, "٣", "abc", "%00", "1%00"])
def test_a_serial_number_is_a_plain_decimal(caller: Caller, serial: str) -> None:
    assert caller("GET", f"/v1/successions/{serial}").code == "request.malformed"


@pytest.mark.parametrize(
    "given", ["abc", "x" * 65, "with space", "new\x85line", "", "id\u00e9\u00e9\u00e9\u00e9\u00e9"]
)
def test_an_unsuitable_request_id_is_replaced(caller: Caller, given: str) -> None:
    answer = caller("GET", "/healthz", headers=[(b"x-request-id", given.encode("latin-1"))])
    assert answer.headers["x-request-id"] != given
    assert len(answer.headers["x-request-id"]) == 32


def test_security_headers_stand_on_every_answer(caller: Caller) -> None:
    for path in ("/healthz", "/nope", "/v1/applications", "/ca/root.cer", "/openapi.json"):
        headers = caller("GET", path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == (
            "public, max-age=86400, immutable" if path == "/ca/root.cer" else "no-store"
        )
        assert "strict-transport-security" not in headers
        assert "server" not in headers


JUNK_TEXT = st.text(max_size=40) | st.sampled_from(["\x00", "'; DROP TABLE account; --", "\ud800", "9" * 400, "‮"])
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | JUNK_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(JUNK_TEXT, inner, max_size=3),
    max_leaves=6,
)
# Field names of every request body, so that junk gets past "no such field".
FIELDS = re.findall(
    r"\w+",
    "login_name password language kind years reissue_reason predecessor_serial consents text_id version corrections"
    " name birth_date sex phone rrn bank_code number amount_krw code signing_request key_management_request sealed_r"
    " signature reason final",
)
PIECES = st.text(string.printable, min_size=1, max_size=8) | st.sampled_from(["1", "\x00", "passport", "front", "é"])


@st.composite
def junk_bodies(draw: st.DrawFn) -> Any:
    """A body with some of the fields some route wants, of any type."""
    return draw(st.dictionaries(st.sampled_from(FIELDS), JUNK, max_size=6) | JUNK)


@settings(max_examples=60)
@given(data=st.data())
def test_junk_is_never_a_breakdown(
    callers: dict[Role, Caller], operations: tuple[str, ...], data: st.DataObject
) -> None:
    method, _, path = data.draw(st.sampled_from(operations), label="operation").partition(" ")
    path = re.sub(r"\{\w+\}", lambda _: quote(data.draw(PIECES, label="piece"), safe=""), path)
    caller = callers[data.draw(st.sampled_from(sorted(callers)), label="role")]
    content = json.dumps(data.draw(junk_bodies(), label="body")).encode("ascii")
    answer = caller(method, path, content=content, headers={**JSON, "Idempotency-Key": "junk-12345"})
    assert answer.status < 500, answer.content


@pytest.fixture(scope="session")
def operations(edge: EdgeOffice) -> tuple[str, ...]:
    """Every operation described, but signing out."""
    paths = edge.caller()("GET", "/openapi.json").json["paths"]
    described = sorted(f"{method.upper()} {path}" for path, one in paths.items() for method in one)
    return tuple(one for one in described if one != "DELETE /v1/sessions/current")
