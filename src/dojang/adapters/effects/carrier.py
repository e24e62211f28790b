"""Carrying one effect out: find the handler, run it, and decide what its failure means. Knows nothing of DBOS."""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import ClassVar

import sqlalchemy as sa
import structlog

from dojang.adapters.effects.queue import Attempt
from dojang.adapters.effects.registry import EffectRegistry
from dojang.adapters.effects.retry import RetryPolicy
from dojang.adapters.effects.settings import GivenUp, Handler
from dojang.kernel.effects import Effect
from dojang.kernel.errors import DojangError, Fault
from dojang.kernel.neighbour import NeighbourResting
from dojang.kernel.ports import Clock

_log = structlog.get_logger("dojang.effects")


class EffectGivenUp(DojangError):
    """An effect failed for good: its neighbour was away too long, or it failed unexpectedly too often."""

    code = "effects.given_up"
    fault: ClassVar[Fault] = Fault.OPERATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    code: str  # the error's code, or the type of an exception nobody foresaw
    lasting: bool  # whether only time helps (a neighbour or the database is away)
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Runs handlers. `park` enqueues a later try; `given_up` hears of effects that failed for good.

    Raises `ValueError` when an effect of the registry has no handler.
    """

    registry: EffectRegistry
    handlers: Mapping[type[Effect], Handler]
    retry: RetryPolicy
    clock: Clock
    park: Callable[[Attempt, float], None]
    given_up: GivenUp | None = None

    def __post_init__(self) -> None:
        missing = sorted(effect.__name__ for effect in self.registry.effects - self.handlers.keys())
        if missing:
            raise ValueError(f"no handler for {', '.join(missing)}")

    def carry_out(self, attempt: Attempt) -> str:
        """Run the effect's handler; return "done", "refused" or "parked".

        1. Success is done. A refusal (`DojangError` that is nobody else's fault) is final: trying again would not help.
        2. A neighbour or the database that is away parks the effect: it is enqueued again with a growing delay.
           A neighbour that is known to be away was not asked: that is no try, and the effect rests until asking makes
           sense.
        3. Anything unexpected is tried a few times more, then given up.

        Raises `EffectGivenUp`, which carries codes only.
        """
        log = _log.bind(effect=attempt.name, effect_id=attempt.effect_id, attempt=attempt.number)
        try:
            effect = self.registry.decode(attempt.name, attempt.payload)
            self.handlers[type(effect)](effect, attempt.effect_id)
        except NeighbourResting as resting:
            return self._rest(attempt, resting, log)
        except DojangError as error:
            if error.fault in (Fault.SUBSCRIBER, Fault.OPERATOR) and not _is_lasting(error):
                log.info("effect_refused", code=error.code)
                return "refused"
            failure = _Failure(code=error.code, lasting=_is_lasting(error), where=_where(error))
        except Exception as error:  # noqa: BLE001 - the boundary: whatever it is, the effect must not be lost
            failure = _Failure(code=type(error).__name__, lasting=_is_lasting(error), where=_where(error))
        else:
            log.debug("effect_done")
            return "done"
        return self._fail(attempt, failure, log)

    def _rest(self, attempt: Attempt, resting: NeighbourResting, log: structlog.stdlib.BoundLogger) -> str:
        now_s = int(self.clock.now().timestamp())
        first_at_s = attempt.first_at_s or now_s
        if now_s - first_at_s >= self.retry.give_up_after_s:
            return self._fail(attempt, _Failure(code=resting.code, lasting=True, where=""), log)
        asked_for_s = resting.fields.get("retry_after_s", 1)
        wait_s = asked_for_s if isinstance(asked_for_s, int) else 1
        delay_s = wait_s + self.retry.spread_s(f"{attempt.effect_id}/{attempt.rests}")
        log.debug("effect_rests", neighbour=resting.fields.get("neighbour"), delay_s=round(delay_s, 1))
        self.park(replace(attempt, first_at_s=first_at_s, rests=attempt.rests + 1), delay_s)
        return "parked"

    def _fail(self, attempt: Attempt, failure: _Failure, log: structlog.stdlib.BoundLogger) -> str:
        now_s = int(self.clock.now().timestamp())
        first_at_s = attempt.first_at_s or now_s
        if failure.lasting:
            delay_s = self.retry.after_unavailable(attempt.number, attempt.effect_id, now_s - first_at_s)
        else:
            delay_s = self.retry.after_unexpected(attempt.number, attempt.effect_id)
        if delay_s is not None:
            log.warning("effect_parked", code=failure.code, where=failure.where, delay_s=round(delay_s, 1))
            following = Attempt(
                name=attempt.name,
                payload=attempt.payload,
                effect_id=attempt.effect_id,
                number=attempt.number + 1,
                first_at_s=first_at_s,
            )
            self.park(following, delay_s)
            return "parked"
        log.error("effect_given_up", code=failure.code, where=failure.where)
        self._tell(attempt, failure, log)
        raise EffectGivenUp(effect=attempt.name, cause=failure.code)

    def _tell(self, attempt: Attempt, failure: _Failure, log: structlog.stdlib.BoundLogger) -> None:
        if self.given_up is None:
            return
        try:
            self.given_up(self.registry.decode(attempt.name, attempt.payload), attempt.effect_id, failure.code)
        except Exception as error:  # noqa: BLE001 - the effect is given up all the same
            log.error("given_up_handler_failed", code=type(error).__name__, where=_where(error))


def _is_lasting(error: Exception) -> bool:
    """Whether somebody else must come back first: a neighbour (even one that turns us away for now) or the database."""
    if isinstance(error, DojangError):
        return error.fault is Fault.NEIGHBOUR or error.code.startswith("neighbour.")
    return isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.TimeoutError)


def _where(error: Exception) -> str:
    """Return the file and line that raised. The exception's own text stays unsaid: it may quote personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
