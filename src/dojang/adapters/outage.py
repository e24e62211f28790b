"""The guard around everything a neighbour is asked through: it keeps the breakers, and nobody else has to know of them.

Three ways to stand before a neighbour: a handler of effects is let through or rests before it does anything; a gateway
is watched, so that every call tells how it went; a single call is both. State is in the store, so that all processes of
the office agree; only a neighbour in trouble costs a write.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import structlog

from dojang.adapters.effects.settings import Handler
from dojang.controls.outage import usecases as outage
from dojang.controls.outage.model import Neighbour
from dojang.controls.outage.policy import OutagePolicy
from dojang.controls.outage.ports import OutageTransaction
from dojang.kernel.effects import Effect
from dojang.kernel.errors import DojangError
from dojang.kernel.neighbour import NeighbourResting, NeighbourUnavailable
from dojang.kernel.ports import Clock
from dojang.kernel.transaction import Store

Gateway = TypeVar("Gateway")
Result = TypeVar("Result")
Failures = tuple[type[DojangError], ...]

_log = structlog.get_logger("dojang.outage")


def _nothing_waits(_: Neighbour) -> None:
    """For processes that queue nothing."""


def _is_answer(_: object) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Guards calls. `woken` hears of a neighbour that is back, once per outage."""

    store: Store[OutageTransaction]
    policy: OutagePolicy
    clock: Clock
    woken: Callable[[Neighbour], None] = _nothing_waits

    def handler(
        self, neighbour: Neighbour, carry_out: Handler, rest: Callable[[Effect], None] | None = None
    ) -> Handler:
        """Return `carry_out` behind the neighbour's breaker.

        While the neighbour is away nothing of the effect is begun: `rest` notes that it waits, and `NeighbourResting`
        is raised. How the calls go, the watched gateway tells.
        """

        def guarded(effect: Effect, effect_id: str) -> None:
            try:
                admission = outage.admit(neighbour, store=self.store, policy=self.policy, now=self.clock.now())
            except NeighbourResting:
                if rest is not None:
                    rest(effect)
                raise
            try:
                carry_out(effect, effect_id)
            finally:
                outage.give_back(admission, store=self.store, policy=self.policy, now=self.clock.now())

        return guarded

    def watched(
        self,
        neighbour: Neighbour,
        gateway: Gateway,
        *calls: str,
        failures: Failures = (NeighbourUnavailable,),
        is_answer: Callable[[object], bool] = _is_answer,
    ) -> Gateway:
        """Return `gateway` with its methods `calls` watched; `is_answer` tells results that prove the neighbour there.

        Any other exception than `failures` says nothing about the neighbour.
        """
        watching = _Watching(gateway, {name: self._watch(neighbour, failures, is_answer) for name in calls})
        return cast("Gateway", watching)

    def call(self, neighbour: Neighbour, act: Callable[[], Result], *, failures: Failures) -> Result:
        """Return what `act` returns, behind the breaker and watched. Raises `NeighbourResting` besides."""
        admission = outage.admit(neighbour, store=self.store, policy=self.policy, now=self.clock.now())
        try:
            return cast("Result", self._watch(neighbour, failures, _is_answer)(act))
        finally:
            outage.give_back(admission, store=self.store, policy=self.policy, now=self.clock.now())

    def _watch(
        self, neighbour: Neighbour, failures: Failures, is_answer: Callable[[object], bool]
    ) -> Callable[..., Any]:
        def watch(call: Callable[..., Any], *given: Any, **named: Any) -> Any:
            try:
                result = call(*given, **named)
            except failures as failure:
                self._failed(neighbour, failure.code)
                raise
            if is_answer(result):
                self._answered(neighbour)
            return result

        return watch

    def _failed(self, neighbour: Neighbour, code: str) -> None:
        if outage.report_failure(neighbour, code, store=self.store, policy=self.policy, now=self.clock.now()):
            _log.error("outage_began", neighbour=neighbour.value, code=code)

    def _answered(self, neighbour: Neighbour) -> None:
        if outage.report_answer(neighbour, store=self.store, policy=self.policy, now=self.clock.now()):
            _log.info("outage_ended", neighbour=neighbour.value)
            self.woken(neighbour)


class _Watching:
    """Stands for a gateway: everything of it, with some methods watched."""

    def __init__(self, gateway: object, watches: dict[str, Callable[..., Any]]) -> None:
        self._gateway = gateway
        self._watches = watches

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._gateway, name)
        watch = self._watches.get(name)
        if watch is None:
            return found
        return lambda *given, **named: watch(found, *given, **named)
