"""What was told to me, where I am told, and what I want to hear of; the link in an e-mail that needs no session."""

import json
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import RedirectResponse

from dojang.controls.notices import contacts, inbox
from dojang.controls.notices.model import Contact, ContactState, Notice, Preferences, Reach, Topic
from dojang.controls.notices.templates import load_templates
from dojang.kernel.notice import Channel
from dojang.web.desk import Line, Now, OfficeDep, RecordId, SubscriberId
from dojang.web.problem import RequestMalformed

router = APIRouter(prefix="/v1/notices", tags=["notices"])

PAGE = 20
SHOWN_PHONE_DIGITS = 4


class NoticeView(BaseModel):
    """One notice, in the language it was told in. `text` is what was sent, `body` says more."""

    id: str
    topic: Topic
    subject: str
    text: str
    body: str
    made_at: datetime
    read: bool


class NoticesView(BaseModel):
    """A page, newest first. `next` is what to ask for as `before`; null on the last page."""

    notices: list[NoticeView]
    unread: int
    next: str | None


class ReadBody(BaseModel):
    """Notices that were looked at."""

    model_config = ConfigDict(extra="forbid")
    ids: Annotated[list[Annotated[Line, Field(max_length=256)]], Field(max_length=100)]


class UnreadView(BaseModel):
    """How many are unread."""

    unread: int


class EmailView(BaseModel):
    """An e-mail address, masked. While it is not `proven`, a code is under way until `code_expires_at` (exclusive)."""

    id: str
    address: str
    proven: bool
    added_at: datetime
    code_expires_at: datetime | None


class PushView(BaseModel):
    """A browser that is told. `service` is the host of its push service."""

    id: str
    service: str
    added_at: datetime


class ChoiceBody(BaseModel):
    """What is wanted: where notices go that need not go everywhere, and which topics are turned off."""

    model_config = ConfigDict(extra="forbid")
    reach: Reach
    muted: Annotated[list[Topic], Field(max_length=8)]


class NoticeSettingsView(BaseModel):
    """Where and of what the caller is told. `phone` is masked; `push_key` is what a browser subscribes with."""

    reach: Reach
    muted: list[Topic]
    optional: list[Topic]
    phone: str | None
    emails: list[EmailView]
    pushes: list[PushView]
    push_key: str


class EmailBody(BaseModel):
    """An e-mail address to be proven."""

    model_config = ConfigDict(extra="forbid")
    address: Annotated[Line, Field(max_length=320)]


class CodeBody(BaseModel):
    """The code that was sent."""

    model_config = ConfigDict(extra="forbid")
    code: Annotated[Line, Field(max_length=16)]


class PushKeysBody(BaseModel):
    """The browser's keys, base64url (RFC 8291)."""

    model_config = ConfigDict(extra="forbid")
    p256dh: Annotated[Line, Field(max_length=128)]
    auth: Annotated[Line, Field(max_length=64)]


class PushBody(BaseModel):
    """A PushSubscription of the browser."""

    model_config = ConfigDict(extra="forbid")
    endpoint: Annotated[Line, Field(max_length=2048)]
    keys: PushKeysBody


class LinkView(BaseModel):
    """What a link turns, or turned, off."""

    topic: Topic


@router.get("")
def list_notices(
    subscriber_id: SubscriberId,
    office: OfficeDep,
    before: Annotated[str, Query(max_length=300, pattern=r"^([0-9]{1,12}~[^\x00-\x1f\x7f]+)?$")] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = PAGE,
) -> NoticesView:
    """List what was told to the caller, newest first."""
    found, unread = inbox.list_notices(subscriber_id, before=_cursor(before), limit=limit + 1, store=office.store)
    page = found[:limit]
    bank = office.settings.neighbours.notice.bank_name
    return NoticesView(
        notices=[_notice_view(one, bank) for one in page],
        unread=unread,
        next=f"{int(page[-1].made_at.timestamp())}~{page[-1].id}" if len(found) > limit else None,
    )


@router.post("/read")
def mark_read(body: ReadBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> UnreadView:
    """Say which notices were looked at."""
    return UnreadView(unread=inbox.mark_read(subscriber_id, body.ids, store=office.store, now=now))


@router.get("/settings")
def show_settings(subscriber_id: SubscriberId, office: OfficeDep) -> NoticeSettingsView:
    """Show where and of what the caller is told."""
    policy = office.settings.policy.notices
    chosen = inbox.get_preferences(subscriber_id, store=office.store, policy=policy)
    phones, known = office.store.read(
        lambda tx: (tx.contacts.list_phones(subscriber_id), tx.contacts.list_contacts(subscriber_id))
    )
    alive = [one for one in known if one.state is not ContactState.ENDED]
    return NoticeSettingsView(
        reach=chosen.reach,
        muted=sorted(chosen.muted),
        optional=[topic for topic in Topic if topic.is_optional],
        phone=next((_masked_phone(one.number) for one in phones if one.until is None), None),
        emails=[_email_view(one) for one in alive if one.channel is Channel.EMAIL],
        pushes=[_push_view(one) for one in alive if one.channel is Channel.PUSH],
        push_key=office.push_key.public,
    )


@router.put("/settings")
def choose(body: ChoiceBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> ChoiceBody:
    """Choose where and of what to be told. Security notices go everywhere and cannot be turned off."""
    wanted = Preferences(reach=body.reach, muted=frozenset(body.muted))
    chosen = inbox.choose(subscriber_id, wanted, store=office.store, now=now)
    return ChoiceBody(reach=chosen.reach, muted=sorted(chosen.muted))


@router.post("/emails", status_code=202)
def add_email(body: EmailBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> EmailView:
    """Have a code sent to an e-mail address, to prove it."""
    contact = contacts.add_email(
        subscriber_id,
        body.address,
        store=office.store,
        cipher=office.cipher,
        policy=office.settings.policy.notices.contacts,
        chance=office.chance,
        now=now,
    )
    return _email_view(contact)


@router.post("/emails/{contact_id}/code", status_code=202)
def send_code_again(contact_id: RecordId, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> EmailView:
    """Have another code sent; the one before it works no longer."""
    contact = contacts.send_code_again(
        contact_id,
        subscriber_id,
        store=office.store,
        cipher=office.cipher,
        policy=office.settings.policy.notices.contacts,
        now=now,
    )
    return _email_view(contact)


@router.post("/emails/{contact_id}/confirmation")
def confirm_email(
    contact_id: RecordId, body: CodeBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> EmailView:
    """Enter the code; the address before this one is told, and is used no longer."""
    contact = contacts.confirm_email(
        contact_id,
        subscriber_id,
        body.code,
        store=office.store,
        cipher=office.cipher,
        policy=office.settings.policy.notices.contacts,
        now=now,
    )
    return _email_view(contact)


@router.post("/pushes", status_code=201)
def add_push(body: PushBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> PushView:
    """Have this browser told; the same browser again changes nothing."""
    contact = contacts.add_push(
        subscriber_id,
        body.model_dump_json(),
        store=office.store,
        cipher=office.cipher,
        policy=office.settings.policy.notices,
        chance=office.chance,
        now=now,
    )
    return _push_view(contact)


@router.delete("/contacts/{contact_id}", status_code=204)
def remove_contact(contact_id: RecordId, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> None:
    """Be told there no longer; for some days security notices still go to a proven address."""
    contacts.remove_contact(contact_id, subscriber_id, store=office.store, now=now)


@router.get("/unsubscribe/{token}", response_model=LinkView)
def look_at_link(token: RecordId, request: Request, office: OfficeDep, now: Now) -> LinkView | Response:
    """Say what the link of an e-mail would turn off, and change nothing. A browser is led to the app."""
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(f"/notify/off/{token}", status_code=303)
    return LinkView(topic=inbox.look_at_link(token, store=office.store, policy=office.settings.policy.notices, now=now))


@router.post("/unsubscribe/{token}")
def unsubscribe(token: RecordId, office: OfficeDep, now: Now) -> LinkView:
    """Turn off what the link of an e-mail is about, without a session, once (RFC 8058)."""
    return LinkView(topic=inbox.unsubscribe(token, store=office.store, policy=office.settings.policy.notices, now=now))


def _cursor(before: str) -> tuple[datetime, str] | None:
    if not before:
        return None
    seconds, _, notice_id = before.partition("~")
    try:
        return datetime.fromtimestamp(int(seconds), UTC), notice_id
    except (ValueError, OverflowError, OSError):
        raise RequestMalformed(where=["query.before"]) from None


def _notice_view(notice: Notice, bank: str) -> NoticeView:
    template = load_templates().find_template(notice.template)
    if template is None:  # told by newer code than this
        return NoticeView(
            id=notice.id,
            topic=Topic.SECURITY,
            subject=notice.template,
            text=notice.template,
            body=notice.template,
            made_at=notice.made_at,
            read=notice.read_at is not None,
        )
    words = template.render(notice.language, {**notice.params, "bank": bank})
    return NoticeView(
        id=notice.id,
        topic=template.topic,
        subject=words.subject,
        text=words.text,
        body=words.body,
        made_at=notice.made_at,
        read=notice.read_at is not None,
    )


def _email_view(contact: Contact) -> EmailView:
    return EmailView(
        id=contact.id,
        address=_masked_email(contact.value),
        proven=contact.state is ContactState.ACTIVE,
        added_at=contact.added_at,
        code_expires_at=contact.code_expires_at,
    )


def _push_view(contact: Contact) -> PushView:
    endpoint = json.loads(contact.value)["endpoint"]
    return PushView(id=contact.id, service=urlsplit(endpoint).hostname or "", added_at=contact.added_at)


def _masked_email(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"


def _masked_phone(number: str) -> str:
    return f"{number[:3]}-****-{number[-SHOWN_PHONE_DIGITS:]}"
