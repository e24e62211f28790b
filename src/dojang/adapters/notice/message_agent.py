"""A Korean message agent (SOLAPI shape) as `Notifier`: Alimtalk by approved template, text messages in our own words.

A text of up to 90 bytes (EUC-KR) goes as SMS, a longer one as LMS. E-mail and push go this way only to the sandbox's
mailbox: real agents carry neither.

Requests are signed with HMAC-SHA256 over date and salt. The notice id travels as idempotency key: with an agent that
honours it a notice arrives once; one that ignores it may deliver twice when its answer is lost.
Source: integrations notes, section 4.
"""

import hashlib
import hmac
import ssl
from collections.abc import Mapping

from dojang.adapters.neighbour_http import NeighbourHttp, Timeouts
from dojang.adapters.notice.wording import Wording
from dojang.controls.notices.templates import is_short
from dojang.kernel.notice import Channel, NoticeAnswer
from dojang.kernel.ports import Chance, Clock

_TYPES = {Channel.ALIMTALK: "ATA", Channel.EMAIL: "EMAIL", Channel.PUSH: "PUSH"}


class MessageAgentNotifier:
    """`Notifier` over a message agent. Safe to share between threads. `sender` is our registered number."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        api_secret: str,
        sender: str,
        wording: Wording,
        clock: Clock,
        chance: Chance,
        channel_id: str = "",
        timeouts: Timeouts | None = None,
        production: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._http = NeighbourHttp("mailbox", base_url, timeouts=timeouts, production=production, tls=tls)
        self._api_key = api_key
        self._api_secret = api_secret
        self._sender = sender
        self._wording = wording
        self._clock = clock
        self._chance = chance
        self._channel_id = channel_id

    def is_sandbox(self) -> bool:
        """Ask the neighbour what it is. Raises `NeighbourUnavailable` when nobody answers."""
        return self._http.find_environment() is not None

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def send(
        self, *, notice_id: str, channel: Channel, to: str, language: str, template: str, params: Mapping[str, str]
    ) -> NoticeAnswer:
        """Carry out the port's send. Raises `NeighbourUnavailable`, `NeighbourRefusedUs`, `TemplateUnknown`."""
        words = self._wording.render(template, language, params)
        message = {
            "to": to,
            "from": self._sender,
            "type": _TYPES.get(channel) or ("SMS" if is_short(words.text) else "LMS"),
            "subject": words.subject,
            "text": words.body if channel is Channel.EMAIL else words.text,
            "kakaoOptions": {
                "pfId": self._channel_id,
                "templateId": template,
                "variables": {**params, "bank": self._wording.bank},
                "disableSms": True,  # falling back to another channel is our decision, not the agent's
            },
            "customFields": {"noticeId": notice_id, "language": language},
        }
        headers = {"Authorization": self._signature(), "Idempotency-Key": notice_id}
        body = {"messages": [message]}
        got = self._http.exchange("POST", "/messages/v4/send-many/detail", headers=headers, json_body=body)
        said = self._http.get_object(got)
        failed, group = said.get("failedMessageList"), said.get("groupInfo")
        if not isinstance(failed, list) or not isinstance(group, dict):
            raise self._http.nonsense()
        return NoticeAnswer.UNDELIVERABLE if failed else NoticeAnswer.ACCEPTED

    def _signature(self) -> str:
        said_at = self._clock.now().isoformat()
        salt = self._chance.token_bytes(16).hex()
        signature = hmac.new(self._api_secret.encode(), (said_at + salt).encode(), hashlib.sha256).hexdigest()
        return f"HMAC-SHA256 apiKey={self._api_key}, date={said_at}, salt={salt}, signature={signature}"
