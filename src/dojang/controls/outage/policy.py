"""What the bank decides about outages, as data."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class OutagePolicy:
    """When a neighbour counts as away, and how often it is tried meanwhile. All at least 1; times in seconds.

    `failures_to_open` failures in a row within `window_s` open its breaker. A probe goes out after `first_pause_s`, and
    after each that fails the pause doubles, up to `longest_pause_s`; a probe that says nothing for `probe_s` is
    replaced. `failures_to_open_reader` is fewer than the runs one photograph has, so that a broken reader costs nobody
    a photograph.
    """

    failures_to_open: int = 5
    failures_to_open_reader: int = 3
    window_s: int = 120
    first_pause_s: int = 5
    longest_pause_s: int = 60
    probe_s: int = 30
    alert_pause_s: int = 600  # a neighbour that comes and goes is told of once in so long

    def __post_init__(self) -> None:
        for one in fields(self):
            if getattr(self, one.name) < 1:
                raise ValueError(f"{one.name} must be at least 1")
