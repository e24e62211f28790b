"""What every outside neighbour may do to us: not answer, turn us away, or be a simulator where none may stand.

Knows no particular neighbour. Ports that ask a neighbour raise these; adapters decide which.
"""

from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class NeighbourUnavailable(DojangError):
    """A neighbour is down, slow beyond its time limit or answers nonsense. `neighbour` names it, `reason` says how."""

    code = "neighbour.unavailable"
    fault: ClassVar[Fault] = Fault.NEIGHBOUR


class NeighbourRefusedUs(NeighbourUnavailable):
    """The neighbour does not accept our credentials, address or contract limits; nothing was done."""

    code = "neighbour.refused_us"
    fault: ClassVar[Fault] = Fault.OPERATOR


class NeighbourResting(NeighbourUnavailable):
    """The neighbour was away a moment ago and was not asked; `retry_after_s` says when asking makes sense again."""

    code = "neighbour.resting"
    fault: ClassVar[Fault] = Fault.NEIGHBOUR


class SandboxInProduction(NeighbourUnavailable):
    """An office started for production met a simulated neighbour; its answers count for nothing."""

    code = "neighbour.sandbox_in_production"
    fault: ClassVar[Fault] = Fault.OPERATOR
