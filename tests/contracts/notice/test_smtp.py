"""Mail over real SMTP on loopback: what arrives, what a server's answers mean, and that nothing goes in the clear."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from builders.served import free_port
from contracts.sandbox_client import PresentClock
from dojang.adapters.notice.smtp_mail import SmtpNotifier, message_id
from dojang.adapters.notice.wording import Wording
from dojang.controls.notices.templates import load_templates
from dojang.kernel.neighbour import NeighbourRefusedUs, NeighbourUnavailable
from dojang.kernel.notice import Channel, NoticeAnswer

SENDER, TO = "no-reply@dojang.example", "gildong@dojang.example"
LINK = "https://dojang.example/v1/notices/unsubscribe/"


class Postbox:
    """What a mail server was given, and how it answers."""

    def __init__(self) -> None:
        self.mails: list[tuple[Envelope, bool]] = []
        self.at_rcpt = "250 OK"
        self.at_data = "250 OK"
        self.loses_the_answer = False

    async def handle_RCPT(  # noqa: N802 - the library's spelling
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.at_rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        assert server.transport is not None
        self.mails.append((envelope, server.transport.get_extra_info("ssl_object") is not None))
        if self.loses_the_answer:
            self.loses_the_answer = False
            server.transport.close()
        return self.at_data

    def newest(self) -> EmailMessage:
        content = self.mails[-1][0].content
        assert isinstance(content, bytes)
        return cast("EmailMessage", message_from_bytes(content, policy=policy.default))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost with its key, in one file."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("mail") / "localhost.pem"
    path.write_bytes(
        built.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


Opener = Callable[..., str]


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def serve(postbox: Postbox, certificate: Path) -> Iterator[Opener]:
    """A function that starts a mail server and returns its URL."""
    running: list[Controller] = []
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    def check(_server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, given: object) -> AuthResult:
        right = isinstance(given, LoginPassword) and (given.login, given.password) == (b"dojang", b"secret")
        return AuthResult(success=right, handled=False)

    def start(*, implicit: bool = False, tls: bool = True, password: bool = False) -> str:
        options: dict[str, Any] = {"authenticator": check, "auth_required": password, "auth_require_tls": True}
        controller = Controller(
            postbox,
            hostname="127.0.0.1",
            port=(port := free_port()),
            ssl_context=context if implicit else None,
            tls_context=context if tls and not implicit else None,
            require_starttls=tls and not implicit,
            **options,
        )
        controller.start()
        running.append(controller)
        return f"{'smtps' if implicit else 'smtp'}://localhost:{port}"

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


def mailer(url: str, tls: ssl.SSLContext, **more: Any) -> SmtpNotifier:
    return SmtpNotifier(
        url=url,
        sender=SENDER,
        wording=Wording(templates=load_templates(), bank="도장은행"),
        clock=PresentClock(),
        link_of=lambda notice_id: f"{LINK}{notice_id}",
        tls=tls,
        **{"timeout_s": 5.0, **more},
    )


def send(
    one: SmtpNotifier, template: str = "certificate_expires_soon", notice_id: str = "n1", **more: Any
) -> NoticeAnswer:
    return one.send(
        **{
            "notice_id": "n1",
            "channel": Channel.EMAIL,
            "to": TO,
            "language": "ko",
            "template": template,
            "params": {"days": "30", "until": "2027년 1월 2일", "number": "4821"},
            **more,
        }
    )


@pytest.mark.parametrize("implicit", [False, True])
def test_a_mail_arrives_over_tls_in_korean_with_its_way_out(
    serve: Opener, postbox: Postbox, trusting: ssl.SSLContext, implicit: bool
) -> None:
    assert send(mailer(serve(implicit=implicit), trusting)) is NoticeAnswer.ACCEPTED
    ((envelope, over_tls),) = postbox.mails
    assert over_tls
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, [TO])
    mail = postbox.newest()
    assert mail["Subject"] == "인증서 기간이 얼마 남지 않았어요"
    assert mail["From"] == f"도장은행 <{SENDER}>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == f"<{LINK}n1>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = mail.get_content()
    assert "30일 남았어요(2027년 1월 2일까지)" in text
    assert f"{LINK}n1" in text


def test_a_security_notice_has_no_way_out(serve: Opener, postbox: Postbox, trusting: ssl.SSLContext) -> None:
    send(mailer(serve(), trusting), "device_signed_in", language="en")
    assert postbox.newest()["List-Unsubscribe"] is None
    assert "unsubscribe" not in postbox.newest().get_content()
    assert postbox.newest()["Content-Language"] == "en"


def test_a_mail_sent_twice_is_the_same_mail(serve: Opener, postbox: Postbox, trusting: ssl.SSLContext) -> None:
    one = mailer(serve(), trusting)
    postbox.loses_the_answer = True
    with pytest.raises(NeighbourUnavailable):
        send(one)
    assert send(one) is NoticeAnswer.ACCEPTED
    ids = {
        message_from_bytes(cast("bytes", envelope.content), policy=policy.default)["Message-ID"]
        for envelope, _ in postbox.mails
    }
    assert len(postbox.mails) == 2
    assert ids == {message_id("n1", SENDER)}
    assert message_id("n2", SENDER) not in ids


def test_five_hundreds_are_final_and_four_hundreds_are_not(
    serve: Opener, postbox: Postbox, trusting: ssl.SSLContext
) -> None:
    one = mailer(serve(), trusting)
    postbox.at_rcpt = "550 No such user here"
    assert send(one) is NoticeAnswer.UNDELIVERABLE
    postbox.at_rcpt = "450 Mailbox busy"
    with pytest.raises(NeighbourUnavailable) as refused:
        send(one)
    assert refused.value.fields == {"neighbour": "email", "reason": "smtp_450"}
    postbox.at_rcpt, postbox.at_data = "250 OK", "554 No thanks"
    assert send(one) is NoticeAnswer.UNDELIVERABLE
    postbox.at_data = "452 Disk full"
    with pytest.raises(NeighbourUnavailable):
        send(one)


def test_the_right_password_lets_us_in_and_a_wrong_one_is_our_fault(
    serve: Opener, postbox: Postbox, trusting: ssl.SSLContext
) -> None:
    url = serve(password=True)
    assert send(mailer(url, trusting, user="dojang", password="secret")) is NoticeAnswer.ACCEPTED
    with pytest.raises(NeighbourRefusedUs):
        send(mailer(url, trusting, user="dojang", password="wrong"))
    with pytest.raises(NeighbourUnavailable):
        send(mailer(url, trusting))
    assert len(postbox.mails) == 1


def test_a_server_nobody_vouches_for_gets_nothing(serve: Opener, postbox: Postbox) -> None:
    for implicit in (False, True):
        with pytest.raises(NeighbourUnavailable):
            send(mailer(serve(implicit=implicit), ssl.create_default_context()))
    assert postbox.mails == []


def test_without_tls_nothing_leaves_but_to_loopback(serve: Opener, postbox: Postbox, trusting: ssl.SSLContext) -> None:
    url = serve(tls=False)
    assert send(mailer(url, trusting)) is NoticeAnswer.ACCEPTED
    elsewhere = url.replace("localhost", "localhost.localdomain")
    with pytest.raises(NeighbourUnavailable):
        send(mailer(elsewhere, trusting))
    assert len(postbox.mails) == 1


def test_a_server_that_says_nothing_is_away_in_time(trusting: ssl.SSLContext) -> None:
    async def silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)

    async def walk() -> None:
        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        one = mailer(f"smtp://localhost:{port}", trusting, timeout_s=0.3)
        with pytest.raises(NeighbourUnavailable):
            await asyncio.get_running_loop().run_in_executor(None, lambda: send(one))
        server.close()

    asyncio.run(walk())
    with pytest.raises(NeighbourUnavailable):
        send(mailer("smtp://localhost:9", trusting))


def test_no_line_of_ours_can_become_a_header(serve: Opener, postbox: Postbox, trusting: ssl.SSLContext) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline|carriage"):
        send(mailer(serve(), trusting), to="a@dojang.example\r\nBcc: b@dojang.example")
    assert postbox.mails == []


def test_what_is_no_mail_is_not_ours(trusting: ssl.SSLContext) -> None:
    assert send(mailer("smtp://localhost:9", trusting), channel=Channel.SMS) is NoticeAnswer.UNDELIVERABLE
