"""The protocols on Granian's own interface, on real sockets: every answer is that of the ASGI application."""

import base64
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from cryptography.x509 import ocsp
from granian.constants import Interfaces

from builders.edge import EdgeOffice, founded, open_edge
from builders.served import Served
from builders.status import OpenSsl, appoint, issue, revoke, set_clock
from dojang.authorities import open_authority, open_keystore
from dojang.bootstrap import open_list_maker
from dojang.lifecycle.status.lists import issue_lists
from dojang.pki.ocsp import MAX_REQUEST_BYTES
from dojang.web.app import Audience, create_app, create_protocols
from dojang.web.rsgi import RsgiServer

AS_REQUEST = {"Content-Type": "application/ocsp-request"}
OF_ONE_ANSWER = {"date", "x-request-id"}


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[EdgeOffice]:
    opened = open_edge(founded(tmp_path))
    set_clock(opened)
    appoint(opened)
    yield opened
    opened.close()


@pytest.fixture
def served(edge: EdgeOffice) -> Iterator[httpx.Client]:
    server = RsgiServer(create_protocols(edge.office))
    with (
        Served(server, interface=Interfaces.RSGI) as running,
        httpx.Client(base_url=running.url, trust_env=False) as asking,
    ):
        yield asking


@pytest.fixture
def plain(edge: EdgeOffice) -> Iterator[httpx.Client]:
    """The same office as an ASGI application."""
    with (
        Served(create_app(edge.office, [Audience.PROTOCOLS])) as running,
        httpx.Client(base_url=running.url, trust_env=False) as asking,
    ):
        yield asking


def address_of(request_der: bytes) -> str:
    return f"/ocsp/{quote(base64.b64encode(request_der).decode(), safe='')}"


def told(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    headers = {name: value for name, value in answer.headers.items() if name not in OF_ONE_ANSWER}
    return answer.status_code, headers, answer.content


def in_pieces(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), 1000):
        yield content[start : start + 1000]


def test_every_answer_is_that_of_the_application(
    edge: EdgeOffice, served: httpx.Client, plain: httpx.Client, tmp_path: Path
) -> None:
    issued = issue(edge)
    revoke(edge, issued.signing.serial)
    judge = OpenSsl.of(edge, tmp_path)
    asked = judge.request(str(issued.signing.serial))
    large = b"0" * (MAX_REQUEST_BYTES + 1)
    huge = b"0" * (edge.office.settings.web.max_photograph_bytes + 65 * 1024)
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", address_of(asked), {}),
        ("GET", address_of(asked), {"headers": {"If-None-Match": '"other"'}}),
        ("HEAD", address_of(asked), {}),
        ("GET", "/ocsp/not-base64", {}),
        ("GET", "/ocsp/", {}),
        ("GET", "/ocsp", {}),
        ("GET", "/ocspify", {}),
        ("GET", f"/ocsp/{'A' * 12000}", {}),
        ("POST", "/ocsp", {"content": asked, "headers": AS_REQUEST}),
        ("POST", "/ocsp", {"content": asked, "headers": {"Content-Type": "Application/OCSP-Request; v=1"}}),
        ("POST", "/ocsp", {"content": in_pieces(asked), "headers": AS_REQUEST}),
        ("POST", "/ocsp", {"content": b"", "headers": AS_REQUEST}),
        ("POST", "/ocsp", {"content": b"junk", "headers": AS_REQUEST}),
        ("POST", "/ocsp", {"content": large, "headers": AS_REQUEST}),
        ("POST", "/ocsp", {"content": in_pieces(large), "headers": AS_REQUEST}),
        ("POST", "/ocsp", {"content": huge, "headers": AS_REQUEST}),
        ("POST", "/ocsp", {"content": asked, "headers": {"Content-Type": "text/plain"}}),
        ("PUT", "/ocsp", {"content": asked, "headers": AS_REQUEST}),
        ("POST", "/tsa", {"content": b"junk", "headers": {"Content-Type": "application/timestamp-query"}}),
        ("GET", "/ca/issuing.cer", {}),
        ("GET", "/nowhere?a=%20b&c", {"headers": {"Accept-Language": "en"}}),
        ("GET", "/openapi.json", {}),
    ]
    refused = 0
    for method, path, more in requests:
        here, there = dict(more), dict(more)
        if isinstance(more.get("content"), Iterator):
            whole = b"".join(more["content"])
            here["content"], there["content"] = in_pieces(whole), in_pieces(whole)
        one, other = served.request(method, path, **here), plain.request(method, path, **there)
        assert one.status_code == other.status_code, (method, path[:40], one, other)
        if one.content and one.headers["content-type"] == "application/problem+json":
            assert one.json() | {"request_id": ""} == other.json() | {"request_id": ""}
            refused += 1
        else:
            assert told(one) == told(other), (method, path[:40])
    assert refused > 3
    etag = served.get(address_of(asked)).headers["etag"]
    for asking in (served, plain):
        again = asking.get(address_of(asked), headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")
        assert "content-type" not in again.headers


def test_a_nonce_is_answered_at_once_and_what_is_revoked_shows(
    edge: EdgeOffice, served: httpx.Client, tmp_path: Path
) -> None:
    issued = issue(edge)
    judge = OpenSsl.of(edge, tmp_path)
    judge.keep_certificate("leaf", issued.signing.certificate_der)
    url = f"{served.base_url}/ocsp".replace("//ocsp", "/ocsp")
    for _ in range(3):
        said = judge.ask(url, "leaf.pem")
        assert "Response verify OK" in said
        assert "leaf.pem: good" in said
        assert "WARNING: no nonce" not in said
    with_nonce = judge.request(str(issued.signing.serial), options=("-nonce",))
    first, second = (served.post("/ocsp", content=with_nonce, headers=AS_REQUEST) for _ in range(2))
    assert first.headers["cache-control"] == "no-store"
    assert ocsp.load_der_ocsp_response(first.content).certificate_status is ocsp.OCSPCertStatus.GOOD
    revoke(edge, issued.signing.serial)
    for answer in (second, served.post("/ocsp", content=with_nonce, headers=AS_REQUEST)):
        status = ocsp.load_der_ocsp_response(answer.content).certificate_status
        assert (status is ocsp.OCSPCertStatus.REVOKED) is (answer is not second)


def test_a_list_is_streamed_and_asked_for_again(edge: EdgeOffice, served: httpx.Client) -> None:
    assert served.get("/crl/issuing.crl").status_code == 404
    settings = edge.office.settings
    authority = open_authority(settings, edge.office.published, open_keystore(settings))
    issue_lists(open_list_maker(edge.office, authority), edge.clock.now())
    first = served.get("/crl/issuing.crl")
    assert (first.status_code, first.headers["content-type"]) == (200, "application/pkix-crl")
    again = served.get("/crl/issuing.crl", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = served.head("/crl/issuing.crl")
    assert (head.status_code, head.content) in {(200, b""), (405, b"")}


def test_refusals_are_audited_with_the_callers_address(edge: EdgeOffice, served: httpx.Client) -> None:
    served.post("/ocsp", content=b"junk", headers=AS_REQUEST)
    served.get("/ocsp/%%%")
    codes = [one[1] for one in edge.refusals()]
    assert codes == ["ocsp.request_malformed", "ocsp.request_malformed"]


def test_a_caller_who_leaves_in_the_middle_takes_nobody_with_them(edge: EdgeOffice, served: httpx.Client) -> None:
    address = urlsplit(str(served.base_url))
    for path, kind in 10 * (("/ocsp", "application/ocsp-request"), ("/tsa", "application/timestamp-query")):
        with socket.create_connection((str(address.hostname), int(address.port or 0))) as caller:
            head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: 90\r\n\r\n0"
            caller.sendall(head.encode())
    assert served.get("/ca/issuing.cer").status_code == 200
    assert edge.refusals() == [], "half a request was taken for a whole one"
