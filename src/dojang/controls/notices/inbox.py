"""What was told, as the person told sees it; what they want to hear of; turning a kind of notice off by its link."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dojang.controls.notices.model import Delivery, LinkSpent, Notice, Preferences, Topic, TopicNotOptional
from dojang.controls.notices.policy import NoticePolicy
from dojang.controls.notices.ports import NoticeTransaction
from dojang.controls.notices.telling import token_digest
from dojang.controls.notices.templates import load_templates
from dojang.kernel.audit import AuditEntry
from dojang.kernel.transaction import Store


def list_notices(
    subscriber_id: str, *, before: tuple[datetime, str] | None, limit: int, store: Store[NoticeTransaction]
) -> tuple[tuple[Notice, ...], int]:
    """Return a page of the person's notices, newest first, and how many of all are unread."""
    return store.read(
        lambda tx: (
            tx.notices.list_notices(subscriber_id, before=before, limit=limit),
            tx.notices.count_unread(subscriber_id),
        )
    )


def mark_read(subscriber_id: str, notice_ids: Sequence[str], *, store: Store[NoticeTransaction], now: datetime) -> int:
    """Mark notices as read; those of others, or unknown ones, are passed over. Return how many are unread now."""

    def work(tx: NoticeTransaction) -> int:
        tx.notices.mark_read(subscriber_id, notice_ids, now)
        return tx.notices.count_unread(subscriber_id)

    return store.transact(work)


def get_preferences(subscriber_id: str, *, store: Store[NoticeTransaction], policy: NoticePolicy) -> Preferences:
    """Return what the person chose, or what holds until they choose."""
    return store.read(lambda tx: _preferences(tx, subscriber_id, policy))


def choose(subscriber_id: str, wanted: Preferences, *, store: Store[NoticeTransaction], now: datetime) -> Preferences:
    """Store what the person wants. Raises `TopicNotOptional` when a topic cannot be turned off."""
    if not all(topic.is_optional for topic in wanted.muted):
        raise TopicNotOptional()

    def work(tx: NoticeTransaction) -> Preferences:
        tx.contacts.put_preferences(subscriber_id, wanted)
        tx.record(_chosen(subscriber_id, wanted, now, actor=f"subscriber:{subscriber_id}"))
        return wanted

    return store.transact(work)


def look_at_link(token: str, *, store: Store[NoticeTransaction], policy: NoticePolicy, now: datetime) -> Topic:
    """Return what the link of an e-mail would turn off, and change nothing. Raises `LinkSpent`."""
    return store.read(lambda tx: _topic_of(tx, token, policy, now)[2])


def unsubscribe(token: str, *, store: Store[NoticeTransaction], policy: NoticePolicy, now: datetime) -> Topic:
    """Turn off what the link of an e-mail is about, once and without a session. Raises `LinkSpent`.

    Source: RFC 8058 (one-click unsubscription).
    """

    def work(tx: NoticeTransaction) -> Topic:
        delivery, notice, topic = _topic_of(tx, token, policy, now)
        tx.notices.spend_unsubscribe(delivery.id)
        chosen = _preferences(tx, notice.subscriber_id, policy)
        wanted = replace(chosen, muted=chosen.muted | {topic})
        tx.contacts.put_preferences(notice.subscriber_id, wanted)
        tx.record(_chosen(notice.subscriber_id, wanted, now, actor="anonymous"))
        return topic

    return store.transact(work)


def _preferences(tx: NoticeTransaction, subscriber_id: str, policy: NoticePolicy) -> Preferences:
    return tx.contacts.find_preferences(subscriber_id) or Preferences(reach=policy.default_reach)


def _topic_of(tx: NoticeTransaction, token: str, policy: NoticePolicy, now: datetime) -> tuple[Delivery, Notice, Topic]:
    delivery = tx.notices.find_delivery_to_unsubscribe(token_digest(token))
    notice = None if delivery is None else tx.notices.find_notice(delivery.notice_id)
    template = None if notice is None else load_templates().find_template(notice.template)
    if delivery is None or notice is None or template is None or not template.is_optional:
        raise LinkSpent()
    if now >= notice.made_at + timedelta(days=policy.unsubscribe_days):
        raise LinkSpent()
    return delivery, notice, template.topic


def _chosen(subscriber_id: str, wanted: Preferences, now: datetime, *, actor: str) -> AuditEntry:
    return AuditEntry(
        tag="notices:preference:chosen",
        at=now,
        actor=actor,
        subject=subscriber_id,
        data={"reach": wanted.reach.value, "muted": ",".join(sorted(wanted.muted))},
    )
