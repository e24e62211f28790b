"""The notice provider's API, simulated in the shape of a Korean message agent (SOLAPI), and the boxes it fills.

Requests are signed: HMAC-SHA256 over date and salt. Source: integrations notes, section 4.
"""

import hashlib
import hmac
import html
import re
from dataclasses import asdict
from datetime import datetime

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from dojang.sandbox.answer import SandboxJSON, page
from dojang.sandbox.clock import now
from dojang.sandbox.mailbox.box import Mailbox

API_KEY = "sandbox-notice-key"
API_SECRET = "sandbox-only"  # noqa: S105 - the simulator's published password
_AUTHORIZATION = re.compile(
    r"HMAC-SHA256 apiKey=([^,]+), date=([^,]+), salt=([0-9a-f]{12,64}), signature=([0-9a-f]{64})"
)
_DATE_WINDOW_S = 900


class KakaoOptions(BaseModel):
    """The Alimtalk part: channel, approved template, its variables."""

    pfId: str = ""  # noqa: N815 - the provider's spelling
    templateId: str = Field(min_length=1, max_length=80)  # noqa: N815
    variables: dict[str, str] = Field(default_factory=dict)
    disableSms: bool = True  # noqa: N815


class MessageIn(BaseModel):
    """One message."""

    to: str = Field(min_length=1, max_length=254)
    sender: str = Field(alias="from")
    type: str = Field(pattern=r"^(ATA|SMS|LMS|EMAIL|PUSH)$")
    subject: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=2000)
    kakaoOptions: KakaoOptions  # noqa: N815
    customFields: dict[str, str]  # noqa: N815


class SendIn(BaseModel):
    """Up to a hundred messages."""

    messages: list[MessageIn] = Field(min_length=1, max_length=100)


class Unreachable(BaseModel):
    """A recipient that a channel cannot reach."""

    channel: str = Field(pattern=r"^(alimtalk|sms|email|push)$")
    to: str


class TemplateIn(BaseModel):
    """An approved template."""

    template: str
    language: str = Field(pattern=r"^[a-z]{2}$")
    text: str


_CHANNELS = {"ATA": "alimtalk", "SMS": "sms", "LMS": "sms", "EMAIL": "email", "PUSH": "push"}


def _is_signed(header: str) -> bool:
    match = _AUTHORIZATION.fullmatch(header)
    if match is None:
        return False
    api_key, date, salt, signature = match.groups()
    try:
        said = datetime.fromisoformat(date)
    except ValueError:
        return False
    if said.tzinfo is None or abs((said - now()).total_seconds()) > _DATE_WINDOW_S:
        return False
    right = hmac.new(API_SECRET.encode(), (date + salt).encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(api_key, API_KEY) and hmac.compare_digest(signature, right)


def provider_router(mailbox: Mailbox) -> APIRouter:
    """Return the provider's own API."""
    router = APIRouter()

    @router.post("/messages/v4/send-many/detail")
    async def send_many(asked: SendIn, request: Request) -> Response:
        if not _is_signed(request.headers.get("authorization", "")):
            raise HTTPException(403, "SignatureDoesNotMatch")
        failed = []
        for message in asked.messages:
            custom = message.customFields
            reached = mailbox.accept(
                notice_id=custom["noticeId"],
                channel=_CHANNELS[message.type],
                recipient=message.to,
                language=custom.get("language", "ko"),
                template=message.kakaoOptions.templateId,
                params=message.kakaoOptions.variables,
                text=message.text,
            )
            if not reached:
                failed.append({"customFields": custom, "statusCode": "3104", "statusMessage": "수신 불가"})
        total = len(asked.messages)
        count = {"total": total, "registeredSuccess": total - len(failed), "registeredFailed": len(failed)}
        return SandboxJSON({"groupInfo": {"count": count}, "failedMessageList": failed})

    return router


def box_router(mailbox: Mailbox) -> APIRouter:
    """Return the boxes: `/{recipient}` and `/{recipient}.json`, and a list at `/`."""
    router = APIRouter()

    @router.get("/")
    def recipients_page() -> Response:
        names = [html.escape(name) for name in mailbox.recipients()]
        rows = "".join(f'<li><a href="/mailbox/box/{name}">{name}</a></li>' for name in names)
        return page("모의 알림함", f"<ul>{rows}</ul>" if rows else "<p>받은 알림이 없어요.</p>")

    @router.get("/box/{recipient}.json")
    def box_json(recipient: str) -> Response:
        return SandboxJSON({"messages": [asdict(message) for message in mailbox.messages(recipient)]})

    @router.get("/box/{recipient}")
    def box_page(recipient: str) -> Response:
        rows = "".join(
            f"<tr><td>{html.escape(one.at)}</td><td>{html.escape(one.channel)}</td>"
            f"<td>{html.escape(one.text or f'{one.template} {one.params}')}</td></tr>"
            for one in mailbox.messages(recipient)
        )
        head = "<table><thead><tr><th>받은 때</th><th>방법</th><th>내용</th></tr></thead><tbody>"
        return page(f"모의 알림함 {recipient}", f"{head}{rows}</tbody></table>")

    return router


def admin_router(mailbox: Mailbox) -> APIRouter:
    """Return the endpoints below `/sandbox/mailbox`."""
    router = APIRouter()

    @router.post("/unreachable")
    def set_unreachable(asked: Unreachable) -> Response:
        mailbox.set_unreachable(asked.channel, asked.to)
        return SandboxJSON({}, status_code=201)

    @router.post("/templates")
    def put_template(asked: TemplateIn) -> Response:
        mailbox.put_template(asked.template, asked.language, asked.text)
        return SandboxJSON({}, status_code=201)

    return router
