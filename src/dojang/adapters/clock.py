"""The system's clock: the only place that reads it."""

from datetime import UTC, datetime


class SystemClock:
    """Implements `kernel.ports.Clock`."""

    def now(self) -> datetime:
        """Return the current time, UTC, truncated to whole seconds."""
        return datetime.now(UTC).replace(microsecond=0)
