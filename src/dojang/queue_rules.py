"""How much of each queue's work one worker takes on at a time, and how often it looks."""

from collections.abc import Mapping

from dojang.adapters.effects.settings import QueueRules
from dojang.config import Settings

NOTICE_POLL_S = 0.5  # nobody waits at a screen for a text message


def queue_rules(settings: Settings) -> Mapping[str, QueueRules]:
    """Return how much of each neighbour's work one worker takes on at a time.

    Documents: as many as there are reader processes, more would only wait inside. Calls hold their place for as long as
    somebody listens, so there are many. Bank and registry contracts allow a few requests a second over all workers.
    CRLs and successions are signed one after the other; customers' signatures are put together by as many as may read.
    A webhook holds its place for as long as its party is slow, so there are many.
    """
    return {
        "steps": QueueRules(concurrency=4),
        "reader": QueueRules(concurrency=settings.reader.processes),
        "registry": QueueRules(concurrency=4, rate_limit=20),
        "bank": QueueRules(concurrency=4, rate_limit=20),
        "telephony": QueueRules(concurrency=16),
        "signing": QueueRules(concurrency=1),
        "assembly": QueueRules(concurrency=settings.policy.reliance.readers),
        "notice": QueueRules(concurrency=2, rate_limit=20, poll_s=max(settings.queue_poll_s, NOTICE_POLL_S)),
        "events": QueueRules(concurrency=4),
        "webhooks": QueueRules(concurrency=16),
    }
