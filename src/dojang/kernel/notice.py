"""Notices to people: the port, and what a provider may answer.

A notice names an approved template and its parameters; the words live with the provider and in the operator's template
file. This module must not know any provider.
Source: Alimtalk and SMS practice (approved templates only, registered sender).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol


class Channel(StrEnum):
    """Which way a notice goes."""

    ALIMTALK = "alimtalk"
    SMS = "sms"
    EMAIL = "email"
    PUSH = "push"


class NoticeAnswer(StrEnum):
    """What the provider made of a notice."""

    ACCEPTED = "accepted"  # the provider delivers it, once
    UNDELIVERABLE = "undeliverable"  # no such recipient on this channel: try another channel


class Notifier(Protocol):
    """A provider of notices."""

    def send(
        self, *, notice_id: str, channel: Channel, to: str, language: str, template: str, params: Mapping[str, str]
    ) -> NoticeAnswer:
        """Send `template` in `language` ("ko" or "en") to `to`: telephone digits, an e-mail address or a push endpoint.

        The same `notice_id` reaches its recipient at most once, however often it is sent. `params` must hold no
        resident registration number, code or key. Raises `NeighbourUnavailable` when it is not known to be accepted;
        sending again under the same id is then safe.
        """
        ...
