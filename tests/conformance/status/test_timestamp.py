"""RFC 3161 over HTTP, judged by OpenSSL and by asn1crypto's reading."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from asn1crypto import tsp

from builders.edge import EdgeOffice, founded, open_edge
from builders.served import Served
from builders.status import OpenSsl, appoint, set_clock
from dojang.adapters.store.tables.timestamping import timestamp
from dojang.pki import oid
from dojang.web.app import Audience

ARC = f"{oid.DOCUMENTATION_ARC}.3.1"


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeOffice]:
    opened = open_edge(founded(tmp_path_factory.mktemp("tsa")))
    set_clock(opened)
    appoint(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def url(edge: EdgeOffice) -> Iterator[str]:
    with Served(edge.app([Audience.PROTOCOLS])) as served:
        yield f"{served.url}/tsa"


@pytest.fixture
def openssl(edge: EdgeOffice, tmp_path: Path) -> OpenSsl:
    judge = OpenSsl.of(edge, tmp_path)
    judge.keep("contract.txt", "계약서".encode())
    judge.keep("other.txt", b"another text")
    return judge


def query(openssl: OpenSsl, *options: str) -> bytes:
    openssl("ts", "-query", "-data", "contract.txt", "-out", "query.tsq", *options)
    return (openssl.directory / "query.tsq").read_bytes()


def post(url: str, body: bytes, content_type: str = "application/timestamp-query") -> httpx.Response:
    return httpx.post(url, content=body, headers={"Content-Type": content_type}, trust_env=False)


def stamped(url: str, openssl: OpenSsl, *options: str) -> tsp.TimeStampResp:
    answer = post(url, query(openssl, *options))
    assert answer.headers["content-type"] == "application/timestamp-reply"
    openssl.keep("reply.tsr", answer.content)
    return tsp.TimeStampResp.load(answer.content, strict=True)


def refusal(openssl: OpenSsl, reply_der: bytes) -> tuple[str, str]:
    """Return status and failure as OpenSSL words them; there is no token."""
    openssl.keep("refused.tsr", reply_der)
    said = openssl("ts", "-reply", "-in", "refused.tsr", "-text")
    assert "TST info:\nNot included." in said
    status, failure = (re.search(f"^{name}: (.*)$", said, re.MULTILINE) for name in ("Status", "Failure info"))
    assert status is not None
    assert failure is not None
    return status[1], failure[1]


def info_of(reply: tsp.TimeStampResp) -> tsp.TSTInfo:
    found: tsp.TSTInfo = reply["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
    return found


@pytest.mark.section("RFC 3161 2.4.2")
@pytest.mark.parametrize("name", ["sha256", "sha384", "sha512"])
def test_openssl_verifies_token_and_data(url: str, openssl: OpenSsl, name: str) -> None:
    stamped(url, openssl, f"-{name}", "-cert")
    trusted = ("-CAfile", "root.pem", "-untrusted", "issuing.pem")
    assert "Verification: OK" in openssl("ts", "-verify", "-queryfile", "query.tsq", "-in", "reply.tsr", *trusted)
    assert "Verification: OK" in openssl("ts", "-verify", "-data", "contract.txt", "-in", "reply.tsr", *trusted)
    assert "Verification: FAILED" in openssl("ts", "-verify", "-data", "other.txt", "-in", "reply.tsr", *trusted)


@pytest.mark.section("RFC 3161 2.4.2")
def test_the_token_says_when_under_which_policy_and_how_exactly(edge: EdgeOffice, url: str, openssl: OpenSsl) -> None:
    set_clock(edge)
    info = info_of(stamped(url, openssl, "-sha256", "-cert"))
    assert info["gen_time"].native == edge.clock.now()
    assert info["policy"].native == ARC
    assert info["accuracy"]["seconds"].native == 1
    assert info["nonce"].native is not None
    assert "Ordering: no" in openssl("ts", "-reply", "-in", "reply.tsr", "-text")


@pytest.mark.section("RFC 3161 2.4.1")
def test_certificates_come_along_only_when_asked_for(url: str, openssl: OpenSsl) -> None:
    carried = stamped(url, openssl, "-sha256", "-cert")["time_stamp_token"]["content"]["certificates"]
    assert len(carried) == 2
    assert not stamped(url, openssl, "-sha256")["time_stamp_token"]["content"]["certificates"]


@pytest.mark.section("RFC 3161 2.3")
def test_serial_numbers_are_recorded_audited_and_never_repeated(edge: EdgeOffice, url: str, openssl: OpenSsl) -> None:
    serials = {info_of(stamped(url, openssl, "-sha256"))["serial_number"].native for _ in range(5)}
    assert len(serials) == 5
    with edge.office.database.reading() as connection:
        stored = {row.serial for row in connection.execute(timestamp.select())}
    assert serials <= stored
    audited = {one.subject for one in edge.leaves() if one.tag == "timestamping:timestamp:issued"}
    assert {str(one) for one in serials} <= audited
    last = [json.loads(one.data) for one in edge.leaves() if one.tag == "timestamping:timestamp:issued"][-1]
    assert last == {"delegate": "tsa-1"}


@pytest.mark.section("RFC 3161 2.4.2")
@pytest.mark.parametrize(
    ("options", "failure", "code"),
    [
        (("-sha1",), "unrecognized or unsupported algorithm identifier", "timestamp.algorithm_refused"),
        (
            ("-sha256", "-tspolicy", "1.2.3.4"),
            "the requested TSA policy is not supported by the TSA",
            "timestamp.policy_refused",
        ),
    ],
)
def test_what_is_refused_and_why(
    edge: EdgeOffice, url: str, openssl: OpenSsl, options: tuple[str, ...], failure: str, code: str
) -> None:
    said = refusal(openssl, post(url, query(openssl, *options)).content)
    assert said == ("Rejected.", failure)
    assert edge.refusals()[-1] == ("anonymous", code, "POST /tsa")


def test_the_policy_may_be_named(url: str, openssl: OpenSsl) -> None:
    assert stamped(url, openssl, "-sha256", "-tspolicy", ARC)["status"]["status"].native == "granted"


@pytest.mark.section("RFC 3161 2.4.2")
@pytest.mark.parametrize("junk", [b"", b"0\x00", b"junk", b"\x30\x80\x00\x00", b"x" * 5000])
def test_what_cannot_be_read_is_badly_formatted(url: str, openssl: OpenSsl, junk: bytes) -> None:
    assert refusal(openssl, post(url, junk).content) == ("Rejected.", "the data submitted has the wrong format")


def test_another_content_type_is_refused_by_http(url: str, openssl: OpenSsl) -> None:
    answer = post(url, query(openssl, "-sha256"), "application/octet-stream")
    assert (answer.status_code, answer.json()["code"]) == (415, "request.unsupported_media_type")
