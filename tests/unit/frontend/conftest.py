"""The browser's own code, run by Node: a device without a screen that tests in Python can give orders to."""

import base64
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[3] / "tools" / "frontend.py"

Order = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def frontend() -> ModuleType:
    """The module `tools/frontend.py`."""
    spec = importlib.util.spec_from_file_location("frontend", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["frontend"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def device(frontend: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Order:
    """Give the device one order: its command's name and fields, bytes as `bytes`; the answer's base64 is decoded."""
    out = tmp_path_factory.mktemp("device")
    frontend.bundle(frontend.FRONTEND / "test" / "cross" / "main.ts", out)
    node = frontend.find_node()

    def order(command: str, **fields: Any) -> dict[str, Any]:
        request = json.dumps({"command": command, **fields}, default=lambda one: base64.b64encode(one).decode())
        done = subprocess.run(
            [node.program, out / "main.js"], input=request, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return {key: base64.b64decode(one) if isinstance(one, str) else one for key, one in answer.items()}

    return order
