"""Notices to subscribers: the effect every step emits when the owner of a certificate must be told something.

Must not know any provider or channel. Source: RFC 3647 section 4.3.2 (notification to the subscriber).
"""

from dataclasses import dataclass
from enum import StrEnum

from dojang.kernel.effects import Effect


class Topic(StrEnum):
    """What a notice is about: what a person may turn off, and what not."""

    SECURITY = "security"  # something happened to a certificate or an account: everywhere, always
    EXPIRY = "expiry"  # reminders before and at the end of a certificate
    SUPPORT = "support"  # an answer to a question
    PROOF = "proof"  # a code that proves a contact; no notice
    OFFICE = "office"  # to operators, or to somebody who is no subscriber

    @property
    def is_optional(self) -> bool:
        """Whether a person may turn these off."""
        return self in (Topic.EXPIRY, Topic.SUPPORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySubscriber(Effect):
    """Send the subscriber the notice `template` about `reference` (an id or a serial number)."""

    subscriber_id: str
    template: str
    reference: str
