"""Steps as they are taken: shown live, timed, remembered for the report."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console


@dataclass(slots=True)
class Steps:
    """The steps of one walk. `seconds` are wall-clock."""

    console: Console
    taken: list[dict[str, str | float]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, korean: str) -> Iterator[None]:
        """Show a step while it is taken, and its time after."""
        started = time.perf_counter()
        with self.console.status(f"{korean} …", spinner="dots"):
            yield
        seconds = time.perf_counter() - started
        self.taken.append({"step": name, "seconds": round(seconds, 3)})
        self.console.print(f"[green]✓[/] {korean} [dim]{seconds:6.2f} s[/]", highlight=False)

    def note(self, text: str) -> None:
        """Show something worth knowing below the step."""
        self.console.print(f"  [dim]{text}[/]", highlight=False)

    @property
    def total_s(self) -> float:
        """The sum of all steps."""
        return sum(float(one["seconds"]) for one in self.taken)
