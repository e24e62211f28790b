"""Web push to a push service on loopback that opens messages with the browser's keys, by another implementation."""

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contracts.notice.test_smtp import certificate
from contracts.sandbox_client import PresentClock, SystemChance
from dojang.adapters.notice.vapid import VapidKey, open_vapid_key
from dojang.adapters.notice.web_push import WebPushNotifier, encrypt
from dojang.adapters.notice.wording import Wording
from dojang.controls.notices.templates import load_templates
from dojang.kernel.neighbour import NeighbourRefusedUs, NeighbourUnavailable
from dojang.kernel.notice import Channel, NoticeAnswer

__all__ = ["certificate"]  # the fixture, of the mail server's suite

AUTH = b"sixteen-bytes-!!"


@dataclass(slots=True)
class PushService:
    """What a push service was given, and how it answers."""

    port: int = 0
    status: int = 201
    location: str = ""
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def service(certificate: Path) -> Iterator[PushService]:
    kept = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(kept.status)
            if kept.location:
                self.send_header("Location", kept.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    kept.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield kept
    server.shutdown()
    server.server_close()


@pytest.fixture
def key(tmp_path: Path) -> VapidKey:
    return open_vapid_key(tmp_path / "push.key")


@pytest.fixture
def browser() -> Any:
    return generate_private_key(SECP256R1())


def b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point_of(browser: Any) -> bytes:
    return bytes(browser.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def subscription(browser: Any, port: int, host: str = "localhost") -> str:
    keys = {"p256dh": b64(point_of(browser)), "auth": b64(AUTH)}
    return json.dumps({"endpoint": f"https://{host}:{port}/push/abc", "keys": keys})


def pusher(key: VapidKey, service: PushService, certificate: Path, *, allow_private: bool = True) -> WebPushNotifier:
    return WebPushNotifier(
        key=key,
        hosts=(f"localhost:{service.port}",),
        contact="mailto:operators@dojang.example",
        wording=Wording(templates=load_templates(), bank="도장은행"),
        clock=PresentClock(),
        chance=SystemChance(),
        timeout_s=5.0,
        tls=ssl.create_default_context(cafile=certificate),
        allow_private=allow_private,
    )


def send(one: WebPushNotifier, to: str, notice_id: str = "n1", channel: Channel = Channel.PUSH) -> NoticeAnswer:
    return one.send(
        notice_id=notice_id,
        channel=channel,
        to=to,
        language="ko",
        template="certificate_revoked",
        params={"number": "4821", "at": "11월 23일 13:05"},
    )


def test_the_browser_alone_reads_a_line_without_anything_personal(
    key: VapidKey, service: PushService, certificate: Path, browser: Any
) -> None:
    assert send(pusher(key, service, certificate), subscription(browser, service.port)) is NoticeAnswer.ACCEPTED
    ((path, headers, body),) = service.requests
    assert (path, headers["content-encoding"], headers["urgency"]) == ("/push/abc", "aes128gcm", "normal")
    plain = http_ece.decrypt(body, private_key=browser, auth_secret=AUTH, version="aes128gcm")
    message = json.loads(plain)
    assert message.keys() == {"title", "body", "tag"}
    assert (message["title"], message["body"]) == ("도장은행", "인증서가 폐지됐어요")
    assert message["tag"] == headers["topic"]
    with pytest.raises(http_ece.ECEException):
        http_ece.decrypt(body, private_key=generate_private_key(SECP256R1()), auth_secret=AUTH, version="aes128gcm")


def test_the_same_notice_replaces_itself_and_another_does_not(
    key: VapidKey, service: PushService, certificate: Path, browser: Any
) -> None:
    one = pusher(key, service, certificate)
    for notice_id in ("n1", "n1", "n2"):
        send(one, subscription(browser, service.port), notice_id)
    first, again, other = (headers["topic"] for _, headers, _ in service.requests)
    assert first == again != other
    assert len(first) <= 32


def test_the_service_can_tell_that_it_is_this_office(
    key: VapidKey, service: PushService, certificate: Path, browser: Any
) -> None:
    send(pusher(key, service, certificate), subscription(browser, service.port))
    scheme, _, rest = service.requests[0][1]["authorization"].partition(" ")
    given = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert scheme == "vapid"
    assert given["k"] == key.public
    signed, _, signature = given["t"].rpartition(".")
    octets = unb64(signature)
    der = encode_dss_signature(int.from_bytes(octets[:32], "big"), int.from_bytes(octets[32:], "big"))
    public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), unb64(given["k"]))
    public.verify(der, signed.encode(), ECDSA(SHA256()))
    header, claims = (json.loads(unb64(part)) for part in signed.split("."))
    assert header == {"typ": "JWT", "alg": "ES256"}
    assert claims["aud"] == f"https://localhost:{service.port}"
    assert 0 < claims["exp"] - PresentClock().now().timestamp() <= 24 * 3600
    assert claims["sub"] == "mailto:operators@dojang.example"


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_undeliverable(
    key: VapidKey, service: PushService, certificate: Path, browser: Any, status: int
) -> None:
    service.status = status
    assert send(pusher(key, service, certificate), subscription(browser, service.port)) is NoticeAnswer.UNDELIVERABLE


@pytest.mark.parametrize(
    ("status", "raised"),
    [(429, NeighbourUnavailable), (503, NeighbourUnavailable), (403, NeighbourRefusedUs), (302, NeighbourUnavailable)],
)
def test_what_may_pass_is_tried_again_and_no_redirect_is_followed(
    key: VapidKey, service: PushService, certificate: Path, browser: Any, status: int, raised: type[Exception]
) -> None:
    service.status, service.location = status, f"https://localhost:{service.port}/elsewhere"
    with pytest.raises(raised):
        send(pusher(key, service, certificate), subscription(browser, service.port))
    assert [path for path, _, _ in service.requests] == ["/push/abc"]


def test_an_address_that_is_not_public_or_not_named_is_never_asked(
    key: VapidKey, service: PushService, certificate: Path, browser: Any
) -> None:
    strict = pusher(key, service, certificate, allow_private=False)
    assert send(strict, subscription(browser, service.port)) is NoticeAnswer.UNDELIVERABLE
    open_one = pusher(key, service, certificate)
    assert send(open_one, subscription(browser, service.port, "127.0.0.1")) is NoticeAnswer.UNDELIVERABLE
    assert send(open_one, "nonsense") is NoticeAnswer.UNDELIVERABLE
    assert service.requests == []


def test_a_service_nobody_vouches_for_gets_nothing(key: VapidKey, service: PushService, browser: Any) -> None:
    one = WebPushNotifier(
        key=key,
        hosts=(f"localhost:{service.port}",),
        contact="mailto:operators@dojang.example",
        wording=Wording(templates=load_templates(), bank="도장은행"),
        clock=PresentClock(),
        chance=SystemChance(),
        allow_private=True,
    )
    with pytest.raises(NeighbourUnavailable):
        send(one, subscription(browser, service.port))
    assert service.requests == []


def test_every_message_has_a_key_of_its_own(browser: Any) -> None:
    sealed = [encrypt(b"m", point_of(browser), AUTH, SystemChance()) for _ in range(2)]
    assert sealed[0][16:86] != sealed[1][16:86]
    opened = {http_ece.decrypt(one, private_key=browser, auth_secret=AUTH, version="aes128gcm") for one in sealed}
    assert opened == {b"m"}


def test_the_offices_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "push.key"
    assert open_vapid_key(path).public == open_vapid_key(path).public
    assert path.stat().st_mode & 0o077 == 0
