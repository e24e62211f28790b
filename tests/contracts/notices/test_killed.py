"""A worker killed at any step of telling: what it had sent is sent again under the same id, and nothing comes twice."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from builders.notices import NOW, NoticeOffice
from dojang.adapters.store.engine import Database

ROOT = Path(__file__).parents[3]
VICTIM = Path(__file__).with_name("victim.py")
MOST_STEPS = 40


def run(database: Database, folder: Path, effect_id: str, last: int) -> int:
    """Run the worker until it ends or is killed at step `last`; return its exit code."""
    url = database.engine.url.render_as_string(hide_password=False)
    paths = os.pathsep.join((str(ROOT / "src"), str(ROOT / "tests")))
    done = subprocess.run(
        [sys.executable, VICTIM, url, folder, effect_id, str(last)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
    return done.returncode


def test_killed_at_any_step_everything_arrives_once(database: Database, tmp_path: Path) -> None:
    office = NoticeOffice(database=database)
    office.person()
    office.proves("who", "01099990001", NOW - timedelta(days=400))
    mail = office.has_contact("who", "gildong@dojang.example", since=NOW - timedelta(days=400))
    repeated = 0
    for last in range(1, MOST_STEPS):
        folder = tmp_path / str(last)
        folder.mkdir()
        effect_id = f"effect-{last}"
        died = run(database, folder, effect_id, last) != 0
        assert run(database, folder, effect_id, 0) == 0
        expected = {f"{effect_id}:alimtalk:0001", f"{effect_id}:email:{mail}"}
        assert {one.read_text("utf-8") for one in folder.iterdir() if one.name != "log"} == expected
        calls = Counter((folder / "log").read_text("utf-8").split())
        assert calls.keys() == expected
        assert max(calls.values()) <= 2
        repeated += sum(calls.values()) - 2
        assert sorted(office.ways(effect_id).values()) == ["accepted", "accepted", "spared"]
        if not died:
            break
    else:
        raise AssertionError("the worker never got to its end")
    assert last > 8  # a step before and after each of three transactions and two calls
    assert repeated == 4  # killed just after each of the two calls, and just before each is recorded
