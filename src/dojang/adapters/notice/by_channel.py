"""One `Notifier` out of several: each channel has its provider.

The message agent stands behind its breaker, call by call: while it rests, mail and pushes go out all the same.
"""

from collections.abc import Callable, Mapping

from dojang.kernel.notice import Channel, NoticeAnswer, Notifier

Behind = Callable[[Callable[[], NoticeAnswer]], NoticeAnswer]


class ByChannel:
    """Sends a channel's notices through `others`, the rest through `agent`, which is called `behind` a breaker."""

    def __init__(self, agent: Notifier, others: Mapping[Channel, Notifier], *, behind: Behind) -> None:
        self._agent = agent
        self._others = others
        self._behind = behind

    def send(
        self, *, notice_id: str, channel: Channel, to: str, language: str, template: str, params: Mapping[str, str]
    ) -> NoticeAnswer:
        """See the port. Raises what the channel's provider raises, and `NeighbourResting`."""

        def through(notifier: Notifier) -> NoticeAnswer:
            return notifier.send(
                notice_id=notice_id, channel=channel, to=to, language=language, template=template, params=params
            )

        other = self._others.get(channel)
        return self._behind(lambda: through(self._agent)) if other is None else through(other)
