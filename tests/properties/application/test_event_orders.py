"""Whatever the order of events, an application moves only along its table and never out of an end."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dojang.lifecycle.application import rules
from dojang.lifecycle.application.model import (
    OPEN_STATES,
    Application,
    ApplicationClosed,
    ApplicationEvent,
    ApplicationKind,
    ApplicationOutOfTurn,
    ApplicationState,
    Validity,
)

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
EVENTS = st.lists(st.sampled_from([event() for event in rules.EVENTS.values()]), max_size=12)


def opened() -> Application:
    return Application(
        id="a",
        subscriber_id="s",
        kind=ApplicationKind.NEW,
        years=1,
        validity=Validity.ANEW,
        reissue_reason=None,
        predecessor_serial=None,
        predecessor_not_after=None,
        consents=(),
        state=ApplicationState.PROOFING,
        opened_at=NOW,
        expires_at=NOW + timedelta(hours=24),
    )


@given(EVENTS)
def test_ends_are_final(events: list[ApplicationEvent]) -> None:
    one, history = opened(), [ApplicationState.PROOFING]
    for event in events:
        try:
            after = rules.advance(one, event)
        except (ApplicationClosed, ApplicationOutOfTurn):
            continue
        if after is not one:
            assert one.state in OPEN_STATES
            assert (one.state, type(event)) in rules.TRANSITIONS
            history.append(after.state)
        one = after
    assert one.version == len(history) - 1
    assert ApplicationState.COMPLETED not in history or history == [
        ApplicationState.PROOFING,
        ApplicationState.IDENTIFIED,
        ApplicationState.ISSUED,
        ApplicationState.COMPLETED,
    ]
