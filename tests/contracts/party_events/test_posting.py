"""Sending webhooks on both databases: order, pauses, giving up, one sender at a time, and signatures others verify."""

import json
from datetime import timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from contracts.party_events.conftest import CHANCE, NOW, World
from dojang.adapters.clock import SystemClock
from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.engine import Database
from dojang.controls.party_events import feeds, posting, webhooks
from dojang.controls.party_events.model import AlertWebhookDisabled, Reception, SendWebhooks, WebhookMissing
from dojang.controls.relying_parties.model import PartyState
from dojang.controls.relying_parties.usecases import set_party_state

A = "certificate:1"


def happen(world: World, *kinds: str) -> None:
    for kind in kinds:
        world.happen(kind, A, kind)
    world.spread()


@pytest.fixture
def told(world: World) -> World:
    world.watch(world.shop, A)
    return world


def tags(database: Database) -> list[str]:
    with database.reading() as connection:
        return [one.leaf.to_entry().tag for one in AuditLogView(connection).leaves()]


def types(world: World) -> list[str]:
    return [json.loads(body)["type"] for _, body in world.receiver.taken]


def retry(world: World, **later: float) -> None:
    world.now += timedelta(**later)
    posting.queue_due(store=world.store, now=world.now)
    world.send()


def test_events_arrive_in_order_and_once(told: World) -> None:
    happen(told, "suspended", "resumed")
    told.send()
    told.send()
    assert types(told) == ["suspended", "resumed"]
    headers, body = told.receiver.taken[0]
    document = json.loads(body)
    assert document.keys() == {"id", "type", "timestamp", "reference", "sequence", "data"}
    assert document["id"] == headers["webhook-id"]
    assert posting.queue_due(store=told.store, now=told.now) == 0


def test_the_signature_is_verified_by_a_library_of_others(told: World) -> None:
    happen(told, "suspended")
    told.now = SystemClock().now()  # the judge reads the clock
    told.send()
    headers, body = told.receiver.taken[0]
    judge = Webhook(told.secret)
    assert judge.verify(body, dict(headers))["type"] == "suspended"
    forged = [
        (body.replace(b"suspended", b"resumed..", 1), headers),
        (body, {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}),
        (body, {**headers, "webhook-id": "evt_other"}),
    ]
    for altered, beside in forged:
        with pytest.raises(WebhookVerificationError):
            judge.verify(altered, dict(beside))
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 43 + "=").verify(body, dict(headers))


def test_a_secret_is_replaced_without_a_moment_of_silence(told: World) -> None:
    today = SystemClock().now()  # the judge reads the clock
    renewed = webhooks.renew_webhook_secret(
        told.shop, actor="x", store=told.store, chance=CHANCE, policy=told.policy, now=today - timedelta(hours=24)
    )
    told.now = today - timedelta(seconds=1)
    happen(told, "suspended")
    told.send()
    told.now = today
    happen(told, "resumed")
    told.send()
    (early, early_body), (late, late_body) = told.receiver.taken
    for secret in (told.secret, renewed.secret):
        Webhook(secret).verify(early_body, dict(early))
    Webhook(renewed.secret).verify(late_body, dict(late))
    with pytest.raises(WebhookVerificationError):
        Webhook(told.secret).verify(late_body, dict(late))


def test_a_webhook_that_is_away_is_asked_again_after_growing_pauses(told: World) -> None:
    told.receiver.answers = [Reception.AWAY, Reception.AWAY]
    happen(told, "suspended", "resumed")
    told.send()
    assert told.receiver.asked == 1
    retry(told, seconds=9)
    assert told.receiver.asked == 1
    retry(told, seconds=1)
    assert told.receiver.asked == 2
    retry(told, seconds=19)
    assert told.receiver.asked == 2
    retry(told, seconds=1)
    assert types(told) == ["suspended", "resumed"]
    assert told.store.read(lambda tx: tx.party_events.lock_feed(told.shop)).failures == 0


def test_an_event_during_a_pause_waits_its_turn(told: World) -> None:
    told.receiver.answers = [Reception.AWAY]
    happen(told, "suspended")
    told.send()
    happen(told, "resumed")
    told.send()
    assert told.receiver.asked == 1
    retry(told, seconds=10)
    assert types(told) == ["suspended", "resumed"]


def test_what_is_refused_for_long_is_passed_over_and_stays_in_the_feed(told: World, database: Database) -> None:
    happen(told, "suspended", "resumed")
    told.receiver.answers = [Reception.REFUSED, Reception.REFUSED]
    told.send()
    retry(told, hours=12)
    retry(told, hours=1)
    assert types(told) == ["resumed"]
    assert told.told(told.shop) == [("suspended", A), ("resumed", A)]
    assert "party_events:webhook:passed_over" in tags(database)


def test_a_webhook_that_takes_nothing_is_given_up_and_officers_hear_of_it(told: World, database: Database) -> None:
    happen(told, "suspended")
    told.receiver.answers = [Reception.AWAY] * 2
    told.send()
    retry(told, days=3)
    assert [one.client_id for one in told.due(AlertWebhookDisabled)] == [told.shop]
    retry(told, days=1)
    happen(told, "resumed")
    told.send()
    assert told.receiver.asked == 2
    assert {"party_events:webhook:failing", "party_events:webhook:disabled"} <= set(tags(database))
    webhooks.resume_webhook(told.shop, actor="operator:o1", store=told.store, now=told.now)
    told.send()
    assert types(told) == ["suspended", "resumed"]


def test_a_webhook_that_says_it_is_gone_is_given_up_at_once(told: World) -> None:
    happen(told, "suspended")
    told.receiver.answers = [Reception.GONE]
    told.send()
    assert webhooks.get_webhook(told.shop, store=told.store).feed.disabled_at == NOW


def test_one_sender_at_a_time_and_another_takes_over_from_a_dead_one(told: World) -> None:
    happen(told, "suspended")
    effect = SendWebhooks(client_id=told.shop)

    class Dies:
        def post(self, uri: str, headers: object, body: bytes) -> Reception:
            del uri, headers, body
            posting.carry_out_send(effect, store=told.store, way=told.receiver, policy=told.policy, clock=told.clock)
            assert told.receiver.asked == 0
            raise SystemExit

    with pytest.raises(SystemExit):
        posting.carry_out_send(effect, store=told.store, way=Dies(), policy=told.policy, clock=told.clock)
    told.due(SendWebhooks)
    retry(told, seconds=119)
    assert told.receiver.asked == 0
    retry(told, seconds=1)
    assert types(told) == ["suspended"]


def test_a_turn_ends_so_that_others_have_theirs(told: World) -> None:
    happen(told, *(f"e{number}" for number in range(120)))
    first, *_ = told.due(SendWebhooks)
    posting.carry_out_send(first, store=told.store, way=told.receiver, policy=told.policy, clock=told.clock)
    assert told.receiver.asked == told.policy.sent_per_turn
    told.send()
    assert types(told) == [f"e{number}" for number in range(120)]


def test_a_new_address_is_told_what_happens_from_then_on(told: World) -> None:
    happen(told, "suspended")
    known = {"actor": "operator:o1", "store": told.store, "now": NOW}
    webhooks.set_webhook(told.shop, None, **known)
    webhooks.set_webhook(told.shop, "https://party.example/hook", **known)
    happen(told, "resumed")
    told.send()
    assert types(told) == ["resumed"]


def test_nothing_is_sent_without_a_secret_or_to_a_barred_party(told: World) -> None:
    set_party_state(told.shop, PartyState.BARRED, actor="o", store=told.store, now=NOW)
    happen(told, "suspended")
    told.send()
    assert posting.queue_due(store=told.store, now=NOW) == 0
    webhooks.set_webhook(told.cafe, "https://party.example/hook", actor="o", store=told.store, now=NOW)
    told.watch(told.cafe, A)
    happen(told, "resumed")
    told.send()
    assert told.receiver.asked == 0
    webhooks.renew_webhook_secret(told.cafe, actor="o", store=told.store, chance=CHANCE, policy=told.policy, now=NOW)
    told.send()
    assert types(told) == ["resumed"]


def test_a_party_without_a_webhook_has_no_secret(told: World) -> None:
    with pytest.raises(WebhookMissing):
        webhooks.renew_webhook_secret(
            told.cafe, actor="o", store=told.store, chance=CHANCE, policy=told.policy, now=NOW
        )
    with pytest.raises(WebhookMissing):
        webhooks.resume_webhook(told.cafe, actor="o", store=told.store, now=NOW)


def test_forgotten_events_are_not_sent(told: World) -> None:
    happen(told, "suspended")
    told.now = NOW + timedelta(days=31)
    feeds.tidy_events(store=told.store, policy=told.policy, now=told.now)
    told.send()
    assert told.receiver.asked == 0
