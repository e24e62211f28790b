"""The way to webhooks, against real servers on this machine: what is taken, refused, and never asked."""

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest

from dojang.adapters.guarded_network import is_public
from dojang.adapters.webhook_post import HttpWebhookPost
from dojang.controls.party_events.model import Reception

BODY = b'{"type":"certificate.revoked"}'
HEADERS = {"content-type": "application/json", "webhook-id": "evt_1"}


@dataclass
class Party:
    """A relying party's server. `status` is what it answers."""

    server: ThreadingHTTPServer
    status: int = 204
    location: str = ""
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def uri(self, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}/hook?x=1"


@pytest.fixture
def party() -> Iterator[Party]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            opened.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(opened.status)
            if opened.location:
                self.send_header("Location", opened.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    opened = Party(server=ThreadingHTTPServer(("127.0.0.1", 0), Handler))
    thread = threading.Thread(target=opened.server.serve_forever, daemon=True)
    thread.start()
    yield opened
    opened.server.shutdown()
    opened.server.server_close()
    thread.join()


def way(
    *, sandbox: bool = True, timeout_s: float = 10.0, ca: Path | None = None, **more: tuple[str, ...]
) -> HttpWebhookPost:
    tls = ssl.create_default_context(cafile=ca)
    return HttpWebhookPost(tls=tls, timeout_s=timeout_s, sandbox=sandbox, **more)


def test_what_is_sent_arrives_as_it_is(party: Party) -> None:
    assert way().post(party.uri(), HEADERS, BODY) is Reception.TAKEN
    path, headers, body = party.requests[0]
    assert (path, body) == ("/hook?x=1", BODY)
    assert HEADERS.items() <= headers.items()
    assert headers["host"] == f"127.0.0.1:{party.port}"
    assert "authorization" not in headers
    assert headers["user-agent"].startswith("Dojang")


@pytest.mark.parametrize(
    ("status", "reception"),
    [
        (200, Reception.TAKEN),
        (400, Reception.REFUSED),
        (401, Reception.REFUSED),
        (404, Reception.REFUSED),
        (408, Reception.AWAY),
        (410, Reception.GONE),
        (429, Reception.AWAY),
        (500, Reception.AWAY),
        (503, Reception.AWAY),
    ],
)
def test_what_an_answer_means(party: Party, status: int, reception: Reception) -> None:
    party.status = status
    assert way().post(party.uri(), HEADERS, BODY) is reception


def test_redirects_are_not_followed(party: Party) -> None:
    party.status, party.location = 307, party.uri()
    assert way().post(party.uri(), HEADERS, BODY) is Reception.AWAY
    assert len(party.requests) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "127.1", "0.0.0.0"])  # noqa: S104 - asked for, not bound
def test_in_production_nothing_on_this_machine_is_asked(party: Party, host: str) -> None:
    for scheme in ("http", "https"):
        assert way(sandbox=False).post(party.uri(host, scheme), HEADERS, BODY) is Reception.AWAY
    assert party.requests == []


@pytest.mark.parametrize(
    "uri", ["ftp://127.0.0.1/", "file:///etc/passwd", "https://", "http://[", "gopher://127.0.0.1:1"]
)
def test_only_http_addresses_are_asked(uri: str) -> None:
    assert way().post(uri, HEADERS, BODY) is Reception.AWAY


def test_a_name_that_leads_into_a_private_network_is_asked_when_an_operator_named_it(
    tls_party: tuple[Party, Path],
) -> None:
    party, ca = tls_party
    uri = party.uri("localhost", "https")
    assert way(sandbox=False, ca=ca).post(uri, HEADERS, BODY) is Reception.AWAY
    assert party.requests == []
    assert way(sandbox=False, ca=ca, private_hosts=("LOCALHOST",)).post(uri, HEADERS, BODY) is Reception.TAKEN


def test_a_certificate_for_another_name_or_from_a_stranger_is_refused(tls_party: tuple[Party, Path]) -> None:
    party, ca = tls_party
    assert way(ca=ca).post(party.uri("127.0.0.1", "https"), HEADERS, BODY) is Reception.AWAY
    assert way().post(party.uri("localhost", "https"), HEADERS, BODY) is Reception.AWAY
    assert party.requests == []


@pytest.fixture
def tls_party(party: Party, tmp_path: Path) -> tuple[Party, Path]:
    """The party with a certificate for the name "localhost", and where that certificate lies."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
        " -addext subjectAltName=DNS:localhost"
    )
    subprocess.run([*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    party.server.socket = context.wrap_socket(party.server.socket, server_side=True)
    return party, certificate


@pytest.mark.parametrize("drip", [b"", b"HTTP/1.1 200 OK\r\nX: "], ids=["silent", "dripping"])
def test_a_slow_party_holds_nobody_longer_than_the_time_allowed(drip: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(drip)
                while not stop.wait(0.05):
                    if drip:
                        try:
                            connection.sendall(b"x")
                        except OSError:
                            return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        began = time.monotonic()
        assert way(timeout_s=1.0).post(f"http://127.0.0.1:{server.getsockname()[1]}/", HEADERS, BODY) is Reception.AWAY
        took_s = time.monotonic() - began
        stop.set()
        thread.join()
    assert 0.9 < took_s < 8  # the machine may be busy; without a deadline it would never end


def test_an_endless_answer_is_not_read() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        sent = 0

        def serve() -> None:
            nonlocal sent
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n")
                try:
                    while True:
                        sent += connection.send(b"x" * 65536)
                except OSError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        assert way().post(f"http://127.0.0.1:{server.getsockname()[1]}/", HEADERS, BODY) is Reception.TAKEN
        thread.join(timeout=30)
    assert not thread.is_alive()
    assert sent < 50_000_000


def test_nobody_listening_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert way().post(f"http://127.0.0.1:{port}/", HEADERS, BODY) is Reception.AWAY


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("10.0.0.1", False),
        ("172.16.5.4", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("127.8.8.8", False),
        ("0.0.0.0", False),  # noqa: S104 - looked at, not bound
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::808:808", True),
        ("2002:a00:1::1", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public
