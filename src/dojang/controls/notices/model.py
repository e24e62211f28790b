"""Notices to subscribers: the effect every step emits when the owner of a certificate must be told something.

Must not know any provider or channel. Source: RFC 3647 section 4.3.2 (notification to the subscriber).
"""

from dataclasses import dataclass

from dojang.kernel.effects import Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySubscriber(Effect):
    """Send the subscriber the notice `template` about `reference` (an id or a serial number)."""

    subscriber_id: str
    template: str
    reference: str
