"""Effects: what must happen outside, named in the imperative.

An effect is a frozen dataclass of ids (strings and integers only: effects are stored in clear). It is enqueued in the
transaction that decides it and carried out later by the worker, at least once, under a stable effect id that adapters
pass on as the idempotency key.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Base of all effects. Subclasses add ids of what they act on."""
