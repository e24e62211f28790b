"""A notice provider in memory, under the same contract as the sandbox."""

from collections.abc import Mapping
from dataclasses import dataclass

from dojang.kernel.notice import Channel, NoticeAnswer
from fakes.mishap import Mishap, Mishaps


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One notice as delivered."""

    channel: Channel
    to: str
    language: str
    template: str
    params: dict[str, str]


class FakeMailbox:
    """`Notifier` in memory."""

    def __init__(self) -> None:
        self.mishaps = Mishaps("mailbox")
        self._delivered: dict[str, Delivered] = {}
        self._unreachable: set[tuple[Channel, str]] = set()

    def set_unreachable(self, channel: Channel, to: str) -> None:
        """Let nothing reach `to` on this channel."""
        self._unreachable.add((channel, to))

    def delivered_to(self, to: str) -> list[Delivered]:
        """Return what `to` got, newest first."""
        return [one for one in self._delivered.values() if one.to == to][::-1]

    def send(
        self, *, notice_id: str, channel: Channel, to: str, language: str, template: str, params: Mapping[str, str]
    ) -> NoticeAnswer:
        """Deliver once per notice id."""
        mishap = self.mishaps.take()
        if mishap in (Mishap.DOWN, Mishap.REQUEST_LOST):
            raise self.mishaps.unavailable()
        if notice_id not in self._delivered:
            if (channel, to) in self._unreachable:
                return NoticeAnswer.UNDELIVERABLE
            self._delivered[notice_id] = Delivered(
                channel=channel, to=to, language=language, template=template, params=dict(params)
            )
        if mishap is Mishap.ANSWER_LOST:
            raise self.mishaps.unavailable()
        return NoticeAnswer.ACCEPTED
