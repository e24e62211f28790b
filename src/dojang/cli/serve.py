"""`dojang serve [ROLE]` and `dojang worker`: process roles, one at a time or all in one.

Without a role, everything an embedded office needs runs beside each other: web, worker, and the sandbox where
neighbours are simulated. Each is a process of its own, started, watched and stopped together.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

import httpx
import typer
from rich.console import Console

from dojang.adapters.authority_folder import AuthorityMissing
from dojang.bootstrap import open_office, open_signer, open_subscriber_office
from dojang.cli import process
from dojang.cli.ceremony import hold_sandbox
from dojang.cli.option import ConfigFile
from dojang.cli.sandbox_shop import register_shop
from dojang.config import SETTINGS_VARIABLE, Settings, load_settings
from dojang.kernel.errors import DojangError, Fault

START_LIMIT_S = 120.0  # a busy machine is slow; a process that ended is noticed at once
STOP_LIMIT_S = 15.0


class ServeRole(StrEnum):
    """What one process does."""

    ALL = "all"
    SUBSCRIBER = "subscriber"
    OPERATOR = "operator"
    RELYING_PARTY = "relying-party"
    PROTOCOLS = "protocols"
    SIGNER = "signer"
    SANDBOX = "sandbox"


def serve(
    role: Annotated[ServeRole, typer.Argument(help="One role, or all in one")] = ServeRole.ALL,
    config: ConfigFile = None,
) -> None:
    """Serve the office. All in one: an address to open, SQLite, and sandbox neighbours beside it.

    Of the other roles, only `signer` holds the CA's key, once `signer.url` tells `subscriber` where to find it.
    """
    settings = load_settings(config)
    if role is ServeRole.SANDBOX:
        process.run_sandbox(settings)
    elif role is ServeRole.ALL:
        with OfficeProcesses(settings) as office:
            console = Console()
            console.print(f"[bold]도장[/] {settings.public_url}  ({settings.environment.value})", highlight=False)
            if settings.sandbox_neighbours:
                console.print(f"모의 이웃 {settings.sandbox_url}", highlight=False)
            if settings.has_sandbox_beside:
                console.print(f"견본 상점 {settings.sandbox_url}/shop/", highlight=False)
            console.print("[dim]Ctrl-C stops everything.[/]")
            office.watch()
    else:
        from dojang.web import server

        check_role(settings, role)
        if role is ServeRole.SIGNER:
            server.run_signer(settings)
        else:
            server.run(settings, (role.value,))


def check_role(settings: Settings, role: ServeRole) -> None:
    """Open and close what the role needs, so that a refusal to start is told here and not by a dying child.

    Raises what the openers in `bootstrap` raise, and `ConfigUnreadable` for a signer without a secret.
    """
    if role is ServeRole.SIGNER:
        settings.signer.read_secret()
    openers = {ServeRole.SIGNER: open_signer, ServeRole.SUBSCRIBER: open_subscriber_office}
    openers.get(role, open_office)(settings).database.dispose()


class OfficeNotStarted(DojangError):
    """A process of the all-in-one office ended at once or does not answer; `process` names it."""

    code = "office.not_started"
    fault: ClassVar[Fault] = Fault.OPERATOR


def worker(config: ConfigFile = None) -> None:
    """Carry effects out: read documents, talk to bank, registries and telephone network, sign CRLs, keep time."""
    process.run_worker(load_settings(config))


@dataclass(slots=True)
class OfficeProcesses:
    """The all-in-one office as child processes: a context manager, entered once everything answers.

    Their logs go to `log_file`, or to our own standard error.
    """

    settings: Settings
    log_file: Path | None = None
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict, init=False)

    def __enter__(self) -> "OfficeProcesses":
        prepare(self.settings)
        register_shop(self.settings)
        try:
            if self.settings.sandbox_neighbours:
                self.start("sandbox")
            self.start("worker")
            self.start("web")
            self.await_answers()
        except BaseException:  # raised again: an interrupted start leaves no process behind
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def watch(self) -> None:
        """Wait until interrupted or until a child ends by itself, which ends all. Raises `typer.Exit` then."""
        try:
            while True:
                for name, child in self._children.items():
                    if child.poll() is not None:
                        Console(stderr=True).print(f"{name} ended with {child.returncode}: stopping.")
                        raise typer.Exit(1)
                time.sleep(0.5)
        except KeyboardInterrupt:
            return

    def start(self, name: str) -> None:
        """Start the process `name` ("sandbox", "worker", "web"), or start it again after its end."""
        command = [sys.executable, "-m", "dojang.cli.process", name]
        with ExitStack() as closing:
            log = closing.enter_context(self.log_file.open("ab")) if self.log_file else None
            self._children[name] = subprocess.Popen(command, env=self._environment(), stdout=log, stderr=log)  # noqa: S603

    def process_id(self, name: str) -> int:
        """Return the id of the process `name`."""
        return self._children[name].pid

    def await_answers(self) -> None:
        """Wait until web and sandbox answer. Raises `OfficeNotStarted` when one does not, or a process ended."""
        self._await_answer("web", f"{self.settings.local_url}/readyz")
        if self.settings.sandbox_neighbours:
            self._await_answer("sandbox", f"{self.settings.sandbox_url}/environment")

    def _environment(self) -> Mapping[str, str]:
        """Children read the very settings we have, whatever file or default they came from."""
        return {**os.environ, SETTINGS_VARIABLE: self.settings.model_dump_json()}

    def _await_answer(self, name: str, url: str) -> None:
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            ended = [one for one, child in self._children.items() if child.poll() is not None]
            if ended:
                raise OfficeNotStarted(process=ended[0])
            try:
                if httpx.get(url, timeout=2.0, trust_env=False).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise OfficeNotStarted(process=name)

    def _stop(self) -> None:
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_LIMIT_S
        for child in self._children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()


def prepare(settings: Settings) -> None:
    """Bring the store to the newest version; in a sandbox without an authority, hold the small ceremony first."""
    try:
        open_office(settings).database.dispose()
    except AuthorityMissing:
        if settings.is_production:
            raise
        hold_sandbox(settings)
        open_office(settings).database.dispose()


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(serve)
    app.command()(worker)
