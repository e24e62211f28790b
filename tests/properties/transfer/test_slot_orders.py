"""Whatever two devices, strangers and the clock do to a slot, in any order: one guess, four messages, nothing after."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from dojang.kernel.errors import DojangError
from dojang.lifecycle.transfer import rules
from dojang.lifecycle.transfer.model import LIVE, TransferSide, TransferSlot, TransferState, TransferStep

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ORDER = list(TransferState)[:6]


class Slot(RuleBasedStateMachine):
    """One slot and everybody who may reach for it."""

    @initialize()
    def open(self) -> None:
        self.now = NOW
        self.slot = TransferSlot(
            id="1",
            number="0420",
            sid="00" * 16,
            subscriber_id="gildong",
            state=TransferState.OPEN,
            sender_device="pc",
            opened_at=NOW,
            expires_at=NOW + timedelta(seconds=180),
        )
        self.was = [self.slot]
        self.left: dict[TransferStep, bytes] = {}

    def become(self, after: TransferSlot) -> None:
        self.slot = after
        self.was.append(after)

    @rule(device=st.sampled_from(["pc", "phone", "tablet"]))
    def join(self, device: str) -> None:
        try:
            after = rules.join(self.slot, device)
        except DojangError:
            assert device == "pc" or self.slot.state is not TransferState.OPEN
            return
        assert device != "pc"
        assert self.slot.receiver_device in (None, device)
        self.become(after)

    @rule(
        who=st.sampled_from([("gildong", "pc"), ("gildong", "phone"), ("gildong", "tablet"), ("stranger", "phone")]),
        step=st.sampled_from(TransferStep),
        content=st.sampled_from([b"one", b"two"]),
    )
    def leave(self, who: tuple[str, str], step: TransferStep, content: bytes) -> None:
        try:
            side = rules.side_of(self.slot, *who)
            after = rules.leave(self.slot, side, step, content)
        except DojangError:
            return
        assert who[0] == "gildong"
        assert who[1] == (self.slot.sender_device if side is TransferSide.SENDER else self.slot.receiver_device)
        assert self.left.setdefault(step, content) == content
        self.become(after)

    @rule(finish=st.booleans())
    def end(self, finish: bool) -> None:
        try:
            after = rules.finish(self.slot) if finish else rules.give_up(self.slot)
        except DojangError:
            return
        assert not finish or set(self.left) == set(TransferStep)
        self.become(after)

    @rule(seconds=st.integers(0, 100))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        if rules.has_run_out(self.slot, self.now):
            assert self.now >= self.slot.expires_at
            self.become(rules.run_out(self.slot))

    @invariant()
    def what_ended_keeps_nothing_and_never_lives_again(self) -> None:
        ended = [one for one in self.was if one.state not in LIVE]
        assert len(ended) <= 1
        if ended:
            assert self.slot == ended[0]
            assert not self.slot.messages

    @invariant()
    def messages_come_in_their_order_and_once(self) -> None:
        if self.slot.state in LIVE:
            assert len(self.slot.messages) == max(0, ORDER.index(self.slot.state) - 1)
            assert list(self.slot.messages) == list(TransferStep)[: len(self.slot.messages)]
            assert dict(self.slot.messages) == self.left

    @invariant()
    def one_receiver_only(self) -> None:
        assert len({one.receiver_device for one in self.was} - {None}) <= 1


TestSlot = Slot.TestCase
