"""E-mail over SMTP as `Notifier`: TLS from the first byte (smtps) or STARTTLS, short time limits, one mail a session.

A mail's Message-ID follows from the notice's id: whoever gets one twice, because an answer was lost, has mail programs
that show it once. 5xx for the recipient is final, 4xx and silence are not. No error carries a server's text or an
address. Sources: RFC 5321 section 4.2.1, RFC 3207, RFC 5322 section 3.6.4, RFC 3834, RFC 8058.
"""

import hashlib
import smtplib
import ssl
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from dojang.adapters.notice.wording import Wording
from dojang.kernel.neighbour import NeighbourRefusedUs, NeighbourUnavailable
from dojang.kernel.notice import Channel, NoticeAnswer
from dojang.kernel.ports import Clock

NEIGHBOUR = "email"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SUBMISSION, _SUBMISSIONS = 587, 465
_FOOTER = {
    "ko": "\n\n이 알림을 그만 받으려면: {link}\n이 메일 주소로 보내신 답장은 읽지 못해요.",
    "en": "\n\nTo stop notices of this kind: {link}\nReplies to this address are not read.",
}


class SmtpNotifier:
    """`Notifier` over SMTP for `Channel.EMAIL`. Safe to share between threads: each mail has its own connection.

    `url` is smtp://host[:port] or smtps://host[:port]. STARTTLS is required unless the server is on loopback.
    `link_of` makes an optional notice's unsubscription address from the notice's id.
    """

    def __init__(
        self,
        *,
        url: str,
        sender: str,
        wording: Wording,
        clock: Clock,
        link_of: Callable[[str], str],
        user: str = "",
        password: str = "",
        timeout_s: float = 10.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        parts = urlsplit(url)
        self._implicit_tls = parts.scheme == "smtps"
        self._host = parts.hostname or ""
        self._port = parts.port or (_SUBMISSIONS if self._implicit_tls else _SUBMISSION)
        self._sender = sender
        self._wording = wording
        self._clock = clock
        self._link_of = link_of
        self._user = user
        self._password = password
        self._timeout_s = timeout_s
        self._tls = tls or ssl.create_default_context()

    def send(
        self, *, notice_id: str, channel: Channel, to: str, language: str, template: str, params: Mapping[str, str]
    ) -> NoticeAnswer:
        """Hand one mail over. Raises `NeighbourUnavailable`, `NeighbourRefusedUs`, `TemplateUnknown`."""
        if channel is not Channel.EMAIL:
            return NoticeAnswer.UNDELIVERABLE
        mail = self._mail(notice_id, to, language, template, params)
        try:
            with self._connect() as server:
                if self._user:
                    server.login(self._user, self._password)
                server.send_message(mail, from_addr=self._sender, to_addrs=[to])
        except smtplib.SMTPRecipientsRefused as refused:
            return _undeliverable(max(code for code, _ in refused.recipients.values()))
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused, smtplib.SMTPNotSupportedError):
            raise NeighbourRefusedUs(neighbour=NEIGHBOUR) from None
        except smtplib.SMTPDataError as refused:
            return _undeliverable(refused.smtp_code)
        except smtplib.SMTPResponseException as refused:
            raise NeighbourUnavailable(neighbour=NEIGHBOUR, reason=f"smtp_{refused.smtp_code}") from None
        except (smtplib.SMTPException, OSError):  # connection lost, no answer in time, TLS that does not hold
            raise NeighbourUnavailable(neighbour=NEIGHBOUR, reason="no_answer") from None
        return NoticeAnswer.ACCEPTED

    def _connect(self) -> smtplib.SMTP:
        if self._implicit_tls:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout_s, context=self._tls)
        server = smtplib.SMTP(self._host, self._port, timeout=self._timeout_s)
        try:
            server.ehlo_or_helo_if_needed()
            if self._host not in LOOPBACK or server.has_extn("starttls"):
                server.starttls(context=self._tls)
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
        return server

    def _mail(self, notice_id: str, to: str, language: str, template: str, params: Mapping[str, str]) -> EmailMessage:
        words = self._wording.render(template, language, params)
        body = words.body
        mail = EmailMessage()
        mail["From"] = f"{self._wording.bank} <{self._sender}>"
        mail["To"] = to
        mail["Subject"] = words.subject
        mail["Date"] = format_datetime(self._clock.now())
        mail["Message-ID"] = message_id(notice_id, self._sender)
        mail["Auto-Submitted"] = "auto-generated"
        if self._wording.get_template(template).is_optional:
            link = self._link_of(notice_id)
            mail["List-Unsubscribe"] = f"<{link}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            body += _FOOTER["ko" if language == "ko" else "en"].format(link=link)
        mail.set_content(body, cte="base64")
        mail["Content-Language"] = language  # set_content() clears what is about the content
        return mail


def message_id(notice_id: str, sender: str) -> str:
    """Return the Message-ID of a notice's mail: the same for the same notice, and nothing can be read from it."""
    return f"<{hashlib.sha256(notice_id.encode()).hexdigest()[:40]}@{sender.rpartition('@')[2]}>"


def _undeliverable(code: int) -> NoticeAnswer:
    """Return that a recipient is not there for good (5xx). Raises `NeighbourUnavailable` when it may pass (4xx)."""
    if 500 <= code < 600:
        return NoticeAnswer.UNDELIVERABLE
    raise NeighbourUnavailable(neighbour=NEIGHBOUR, reason=f"smtp_{code}")
