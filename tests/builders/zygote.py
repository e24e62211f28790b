"""A process that forks others to be killed: it loads once, its victims start at once.

One command a line in, `["name", {arguments}]` as JSON; one answer a line out. A script of victims reads them.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Zygote:
    """A running script of victims, to be closed."""

    def __init__(self, victims: Path) -> None:
        path = os.pathsep.join(map(str, (ROOT / "src", ROOT / "tests", victims.parent)))
        self._process = subprocess.Popen(
            [sys.executable, str(victims)],
            env=os.environ | {"PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, command: str, **arguments: Any) -> Any:
        """Have a command carried out; return its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([command, arguments]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End it, and wait until it has."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        assert self._process.stdout is not None
        self._process.stdout.close()
