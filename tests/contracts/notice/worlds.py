"""The two notice providers that the notice suite runs on: one in memory, one behind HTTP."""

from typing import Protocol

from contracts.sandbox_client import PresentClock, Steering, SystemChance
from dojang.adapters.neighbour_http import Timeouts
from dojang.adapters.notice.message_agent import MessageAgentNotifier
from dojang.adapters.notice.wording import Wording
from dojang.controls.notices.templates import load_templates
from dojang.kernel.notice import Channel, Notifier
from fakes.mailbox import Delivered, FakeMailbox
from fakes.mishap import Mishap


class NoticeWorld(Protocol):
    """A provider and the boxes it fills."""

    gateway: Notifier

    def set_unreachable(self, channel: Channel, to: str) -> None:
        """Let nothing reach `to` on this channel."""

    def delivered_to(self, to: str) -> list[Delivered]:
        """Return what `to` got, newest first."""

    def meets(self, mishap: Mishap) -> None:
        """Let the next request meet a mishap."""


class FakeWorld:
    """The fake."""

    def __init__(self) -> None:
        self._mailbox = FakeMailbox()
        self.gateway: Notifier = self._mailbox
        self.set_unreachable = self._mailbox.set_unreachable
        self.delivered_to = self._mailbox.delivered_to

    def meets(self, mishap: Mishap) -> None:
        """Let the next request meet a mishap."""
        self._mailbox.mishaps.expect(mishap)


class SandboxWorld:
    """The sandbox over HTTP, through the adapter."""

    def __init__(self, steering: Steering) -> None:
        self._steering = steering
        self.gateway: Notifier = message_agent(steering.base_url)

    def set_unreachable(self, channel: Channel, to: str) -> None:
        """Tell the mailbox."""
        self._steering.post("/sandbox/mailbox/unreachable", channel=channel.value, to=to)

    def delivered_to(self, to: str) -> list[Delivered]:
        """Read the box."""
        return [
            Delivered(
                channel=Channel(one["channel"]),
                to=one["recipient"],
                language=one["language"],
                template=one["template"],
                params={name: value for name, value in one["params"].items() if name != "bank"},
            )
            for one in self._steering.get(f"/mailbox/box/{to}.json")["messages"]
        ]

    def meets(self, mishap: Mishap) -> None:
        """Set the fault."""
        self._steering.mishap("mailbox", mishap, 1, "/messages/")


def message_agent(
    base_url: str,
    *,
    api_secret: str = "sandbox-only",  # noqa: S107 - the simulator publishes it
    production: bool = False,
) -> MessageAgentNotifier:
    """Return the adapter as it would stand before a real agent."""
    return MessageAgentNotifier(
        base_url=f"{base_url}/mailbox",
        api_key="sandbox-notice-key",
        api_secret=api_secret,
        sender="15880000",
        wording=Wording(templates=load_templates(), bank="도장은행"),
        clock=PresentClock(),
        chance=SystemChance(),
        timeouts=Timeouts(connect_s=2.0, answer_s=5.0),
        production=production,
    )
