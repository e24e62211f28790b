"""Requests meant to hurt the responder and the time-stamping authority: refused in the protocol's words, bounded."""

import base64
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography.x509 import ocsp

from builders.edge import Answer, Caller, EdgeOffice, founded, open_edge
from builders.status import appoint, issue
from dojang.authorities import open_responder
from dojang.pki import der, oid
from dojang.pki.ocsp import MAX_CERTIFICATES, MAX_REQUEST_BYTES
from dojang.web.app import Audience

REFUSALS = 40
MALFORMED, TRY_LATER = bytes.fromhex("30030a0101"), bytes.fromhex("30030a0103")
AS_OCSP, AS_TSP = {"Content-Type": "application/ocsp-request"}, {"Content-Type": "application/timestamp-query"}


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[EdgeOffice]:
    opened = open_edge(founded(tmp_path), policy={"access": {"attempts": {"refusals_per_address": REFUSALS}}})
    appoint(opened)
    yield opened
    opened.close()


@pytest.fixture
def caller(edge: EdgeOffice) -> Caller:
    return edge.caller([Audience.PROTOCOLS])


def request_for(edge: EdgeOffice, *serials: int) -> bytes:
    name_hash, key_hash = open_responder(edge.office.settings, edge.office.published).hashes.of(oid.SHA1)
    named = der.sequence(der.oid(oid.SHA1), der.NULL_DER)
    asked = [
        der.sequence(der.sequence(named, der.octet_string(name_hash), der.octet_string(key_hash), der.integer(one)))
        for one in serials
    ]
    return der.sequence(der.sequence(der.sequence(*asked)))


def post(caller: Caller, body: bytes) -> Answer:
    return caller("POST", "/ocsp", content=body, headers=AS_OCSP)


@pytest.mark.section("RFC 6960 4.1.1")
def test_as_many_certificates_as_allowed_and_not_one_more(edge: EdgeOffice, caller: Caller) -> None:
    serial = issue(edge).signing.serial
    fits = post(caller, request_for(edge, *[serial] * MAX_CERTIFICATES))
    assert len(list(ocsp.load_der_ocsp_response(fits.content).responses)) == MAX_CERTIFICATES
    assert post(caller, request_for(edge, *[serial] * (MAX_CERTIFICATES + 1))).content == MALFORMED
    assert post(caller, request_for(edge)).content == MALFORMED


@pytest.mark.section("RFC 6960 2.3")
@pytest.mark.parametrize("size", [MAX_REQUEST_BYTES + 1, 1 << 20])
def test_a_body_too_large_is_malformed_whatever_it_says(edge: EdgeOffice, caller: Caller, size: int) -> None:
    whole = request_for(edge, 1)
    assert post(caller, whole + bytes(size - len(whole))).content == MALFORMED
    assert edge.refusals()[-1] == ("anonymous", "ocsp.request_malformed", "POST /ocsp")


@pytest.mark.section("RFC 6960 2.3")
def test_an_address_too_long_is_malformed(caller: Caller) -> None:
    encoded = quote(base64.b64encode(bytes(MAX_REQUEST_BYTES + 3)).decode(), safe="")
    assert caller("GET", f"/ocsp/{encoded}").content == MALFORMED


@pytest.mark.section("RFC 6960 2.3")
@pytest.mark.parametrize("depth", [30, 1000, 2000])
def test_deep_nesting_is_malformed(caller: Caller, depth: int) -> None:
    nested = b""
    for _ in range(depth):
        nested = der.sequence(nested)
        if len(nested) > MAX_REQUEST_BYTES - 8:
            break
    assert post(caller, nested).content == MALFORMED


@pytest.mark.section("RFC 6960 2.3")
def test_serial_numbers_of_any_length_and_sign_are_unknown(edge: EdgeOffice, caller: Caller) -> None:
    for serial in (0, -1, 2**64, 2**2000, -(2**2000)):
        answered = ocsp.load_der_ocsp_response(post(caller, request_for(edge, serial)).content)
        assert answered.certificate_status is ocsp.OCSPCertStatus.UNKNOWN


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "GET"])
@pytest.mark.parametrize("path", ["/ocsp", "/tsa"])
def test_other_methods_are_not_allowed(caller: Caller, method: str, path: str) -> None:
    answer = caller(method, path)
    assert (answer.status, answer.code) == (405, "request.method_not_allowed")


@pytest.mark.parametrize(
    "sent_as", ["", "text/plain", "application/x-www-form-urlencoded", "application/ocsp-response"]
)
@pytest.mark.parametrize("path", ["/ocsp", "/tsa"])
def test_other_content_types_are_unsupported(caller: Caller, path: str, sent_as: str) -> None:
    answer = caller("POST", path, content=b"0\x00", headers={"Content-Type": sent_as})
    assert (answer.status, answer.code) == (415, "request.unsupported_media_type")


@pytest.mark.section("RFC 6960 2.3")
def test_a_flood_of_junk_is_told_to_come_later_and_fills_no_log(edge: EdgeOffice, caller: Caller) -> None:
    said = [post(caller, b"junk").content for _ in range(REFUSALS + 20)]
    assert said == [MALFORMED] * REFUSALS + [TRY_LATER] * 20
    assert len(edge.refusals()) == REFUSALS
    serial = issue(edge).signing.serial
    good = ocsp.load_der_ocsp_response(post(caller, request_for(edge, serial)).content)
    assert good.certificate_status is ocsp.OCSPCertStatus.GOOD  # who asks properly is answered


@pytest.mark.section("RFC 3161 2.4.2")
@pytest.mark.parametrize("junk", [bytes(1 << 20), b"\x30\x84\xff\xff\xff\xff", der.sequence(*[der.NULL_DER] * 400)])
def test_the_time_stamping_authority_refuses_junk_of_any_size(edge: EdgeOffice, caller: Caller, junk: bytes) -> None:
    answer = caller("POST", "/tsa", content=junk, headers=AS_TSP)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/timestamp-reply")
    assert der.elements(der.elements(der.whole(answer.content, der.SEQUENCE))[0][1])[0][1] == b"\x02"  # rejection
    assert edge.refusals()[-1] == ("anonymous", "timestamp.request_malformed", "POST /tsa")
