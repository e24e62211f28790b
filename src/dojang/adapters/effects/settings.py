"""What a worker is told: its queues, its ticks, and how patient it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from dojang.adapters.effects.retry import RetryPolicy
from dojang.kernel.effects import Effect

# Carries one effect out. Called at least once per effect id; the id is the idempotency key to pass on.
Handler: TypeAlias = Callable[[Any, str], None]
# Told when an effect is given up: the effect, its id, the code of the last failure.
GivenUp: TypeAlias = Callable[[Effect, str, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRules:
    """How much of one neighbour's work runs at a time.

    `concurrency` effects in each worker, `global_concurrency` over all workers, and no more than `rate_limit` started
    in any `rate_period_s` seconds, counted over all workers; None means no such limit. `poll_s` None: the worker's own.
    """

    concurrency: int = 4
    global_concurrency: int | None = None
    rate_limit: int | None = None
    rate_period_s: float = 1.0
    poll_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Something done again and again, by one worker at a time.

    `cron` has five fields, or six with seconds in front (UTC). The handler gets the present time; a failed tick is
    logged and the next one comes as planned. Ticks missed while no worker ran are not made up for.
    """

    cron: str
    handler: Callable[[datetime], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """Settings of one worker process. Queues without rules of their own get `QueueRules()`."""

    poll_s: float = 0.1
    queues: Mapping[str, QueueRules] = field(default_factory=dict)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    threads: int = 32
    pool_size: int = 8
    stop_timeout_s: int = 30  # how long running handlers may take to finish
    seat_check_s: float = 5.0  # how soon work of a dead worker is taken over
    keep_effects_days: int = 90  # an effect id is remembered this long after it was done
    keep_ticks_days: int = 1
