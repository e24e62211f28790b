"""The relying parties' guide, followed word for word: every block marked `run`, in order, against a running office.

Where the guide says that a customer signs in, a customer of the town does.
"""

import base64
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509

from builders.journey import Customer, Town, eventually
from builders.relying_party import text
from dojang.cli.customer.renewal import renew
from dojang.cli.demo.walk import Held
from dojang.config import SETTINGS_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
GUIDE, KOREAN = (ROOT / "docs" / name for name in ("relying-parties.md", "relying-parties.ko.md"))
BLOCK = re.compile(r"^```(?P<language>bash|python) run(?:=(?P<name>\w+\.py))?\n(?P<code>.*?)^```$", re.M | re.S)
PATIENCE_S = 300.0


@dataclass(frozen=True)
class Step:
    """One block: a script under its name, or lines for the shell."""

    language: str
    name: str | None
    code: str


def steps(guide: Path) -> list[Step]:
    found = BLOCK.finditer(guide.read_text("utf-8"))
    return [Step(one["language"], one["name"], one["code"]) for one in found]


@dataclass
class Reader:
    """Somebody who follows the guide in a folder of their own; exported variables last from block to block."""

    folder: Path
    town: Town
    variables: dict[str, str] = field(default_factory=dict)

    def follows(self, step: Step) -> str:
        if step.language == "python":
            assert step.name is not None, "a Python block has a name to be saved under"
            (self.folder / step.name).write_text(step.code, "utf-8")
            return self.runs([sys.executable, step.name])
        kept = self.folder / "exported.json"
        keep = f'{sys.executable} -c \'import json, os; json.dump(dict(os.environ), open("{kept}", "w"))\''
        said = self.runs(["bash", "-euo", "pipefail", "-c", f"{step.code}\n{keep}\n"])
        self.variables = json.loads(kept.read_text("utf-8"))
        return said

    def runs(self, command: list[str]) -> str:
        usual = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        office = {"OFFICE": self.town.settings.public_url, SETTINGS_VARIABLE: self.town.settings.model_dump_json()}
        path = {"PATH": f"{Path(sys.executable).parent}:{usual['PATH']}"}
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**usual, **self.variables, **office, **path},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def asks(self, expression: str, *given: Any) -> Any:
        """Evaluate something with what the guide's sign-in module defines."""
        code = f"import json, sys, oidc_party; given = json.loads(sys.argv[1]); print(json.dumps({expression}))"
        return json.loads(self.runs([sys.executable, "-c", code, json.dumps(given)]))


@dataclass(frozen=True)
class Holder:
    """A customer of the town and the certificate they sign in with."""

    customer: Customer
    held: Held

    @property
    def serial(self) -> str:
        return str(x509.load_der_x509_certificate(self.held.delivered.signing_der).serial_number)


@pytest.fixture(scope="module")
def holder(town: Town) -> Holder:
    customer = Customer(town, seed=389).moves_in()
    return Holder(customer, customer.walks())


@pytest.fixture(scope="module")
def reader(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(tmp_path_factory.mktemp("reader"), town)


def signs_in(reader: Reader, holder: Holder) -> None:
    """A customer follows the address the guide's code makes, signs, and comes back to it."""
    address, kept = reader.asks("oidc_party.begin()")
    held = holder.held
    with httpx.Client(base_url=reader.town.settings.public_url, timeout=PATIENCE_S, trust_env=False) as browser:
        request = f"/v1/sign-in-requests/{browser.get(address).headers['location'].rpartition('/')[2]}"
        statement = base64.b64decode(browser.get(request).json()["statement"])
        body = {"signature": text(held.device.sign(statement)), "certificate": text(held.delivered.signing_der)}
        back = browser.post(f"{request}/signature", json=body).json()["location"]
    claims = reader.asks("oidc_party.finish(*given)", back, kept)
    assert claims["certificate"]["serial"] == holder.serial
    reader.variables["SERIAL"] = holder.serial


def renews(reader: Reader, holder: Holder) -> None:
    """The customer renews, and the party is told."""
    renew(holder.customer.client, holder.serial, holder.held.device, holder.held.delivered)
    show = "import verify; print(verify.office.get('/v1/events').text)"
    eventually(lambda: "certificate.renewed" in reader.runs([sys.executable, "-c", show]))


BEFORE = {"events.py": renews}
AFTER = {"oidc_party.py": signs_in}


def test_both_languages_have_the_same_blocks() -> None:
    assert steps(GUIDE) == steps(KOREAN)
    assert len(steps(GUIDE)) >= 10


def test_every_block_does_what_it_says(reader: Reader, holder: Holder) -> None:
    for step in steps(GUIDE):
        BEFORE.get(step.name or "", idle)(reader, holder)
        reader.follows(step)
        AFTER.get(step.name or "", idle)(reader, holder)


def idle(reader: Reader, holder: Holder) -> None:
    """Nobody does anything."""
