"""`dojang ceremony FILE`: carry a key ceremony out, from one YAML file, before witnesses."""

import secrets
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dojang.adapters.chance import SystemChance
from dojang.adapters.clock import SystemClock
from dojang.adapters.keys.file_keystore import FileKeyStore, read_passphrase
from dojang.authorities import open_keystore
from dojang.cli.option import ConfigFile
from dojang.config import Settings, load_settings
from dojang.controls.ceremony.ceremony import CeremonyRecord, run_ceremony
from dojang.controls.ceremony.root_list import issue_root_list
from dojang.controls.ceremony.spec import CeremonySpec
from dojang.controls.ceremony.spec_file import parse_ceremony
from dojang.pki.crl import ReasonCode

SANDBOX_CEREMONY = """\
# The ceremony of the embedded sandbox. A real one names real people; see docs/ceremony.md.
title: 도장 모의 키 생성 의식 (sandbox)
place: 개발자의 컴퓨터
operator:
  arc: {arc}
  cps: "{cps_uri}"
witnesses:
  - {{name: 견본 참관인, role: 입회}}
root:
  key: rsa-4096
  subject: {{country: kr, organization: {organisation}, units: [DojangCA], common_name: Dojang Sandbox Root CA}}
  crl: {{uri: "{public_url}/crl/root.crl"}}
issuing:
  key: rsa-2048
  subject: {{country: kr, organization: {organisation}, units: [DojangCA], common_name: Dojang Sandbox CA Class 1}}
  real_name: 도장은행
  crl: {{uri: "{public_url}/crl/issuing.crl"}}
  ocsp: "{public_url}/ocsp"
delegates:
  - label: transport
    key: rsa-2048
    subject: {{country: kr, organization: {organisation}, units: [DojangCA], common_name: Dojang Sandbox Transport}}
  - label: statement
    key: rsa-2048
    subject: {{country: kr, organization: {organisation}, units: [DojangCA], common_name: Dojang Sandbox Statements}}
"""


def hold(spec: CeremonySpec, settings: Settings, now: datetime) -> CeremonyRecord:
    """Carry the ceremony out into the settings' authority directory; the passphrase is made at the first call."""
    passphrase_file = settings.authority.passphrase_file or settings.secrets_dir / "keystore.passphrase"
    if not passphrase_file.exists():
        _write_passphrase(passphrase_file)
    chance = SystemChance()
    keystore = FileKeyStore(
        directory=settings.authority_dir / "keys", passphrase=read_passphrase(passphrase_file), chance=chance
    )
    return run_ceremony(spec, keystore=keystore, out_dir=settings.authority_dir, now=now, chance=chance)


def hold_sandbox(settings: Settings) -> CeremonyRecord:
    """Carry out the embedded sandbox's own small ceremony; over a finished one nothing changes."""
    text = SANDBOX_CEREMONY.format(
        arc=settings.authority.arc,
        cps_uri=settings.cps_uri,
        organisation=settings.authority.organisation,
        public_url=settings.public_url,
    )
    return hold(parse_ceremony(text.encode()), settings, SystemClock().now())


def _write_passphrase(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(secrets.token_urlsafe(32) + "\n", "utf-8")


def ceremony(
    file: Annotated[Path, typer.Argument(help="The ceremony file (YAML)", exists=True, dir_okay=False)],
    config: ConfigFile = None,
) -> None:
    """Carry a key ceremony out, carry it on, or check a finished one; print the transcript's place."""
    record = hold(parse_ceremony(file.read_bytes()), load_settings(config), SystemClock().now())
    console = Console()
    for name, digest in record.digests.items():
        console.print(f"{digest}  {name}", highlight=False)
    for transcript in record.transcripts:
        console.print(f"witness and sign: {transcript}", highlight=False)
    if not record.made:
        console.print("Everything was there already and unaltered; nothing was made.")


def root_list(
    file: Annotated[Path, typer.Argument(help="The ceremony file (YAML)", exists=True, dir_okay=False)],
    revoke_issuing: Annotated[
        ReasonCode | None, typer.Option(help="Revoke the issuing authority, for this reason; there is no way back")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Issue the root's next revocation list before the last one ends. Put the root's key back first, and off again."""
    settings = load_settings(config)
    made = issue_root_list(
        parse_ceremony(file.read_bytes()),
        keystore=open_keystore(settings),
        out_dir=settings.authority_dir,
        now=SystemClock().now(),
        chance=SystemChance(),
        revoke_issuing=revoke_issuing,
    )
    console = Console()
    console.print(
        f"{made.name}: number {made.number}, {made.entries} entries, until {made.next_update:%Y-%m-%d %H:%MZ}"
    )
    console.print(f"witness and sign: {made.transcript}", highlight=False)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(ceremony)
    app.command()(root_list)
