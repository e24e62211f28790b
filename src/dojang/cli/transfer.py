"""`dojang transfer send|receive`: moves a certificate between this computer and another device, browser or not.

Speaks `dojang-move-v1` as the app does; both sides sign in with the same account. Passwords are asked for, or read from
files, never taken from the command line.
"""

import base64
import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from dojang.cli.customer.move.code import MoveCode, read_code
from dojang.cli.customer.move.exchange import receive as receive_moved
from dojang.cli.customer.move.exchange import send as send_moved
from dojang.cli.customer.move.files import read_set, write_set
from dojang.cli.customer.move.protocol import Moved
from dojang.cli.customer.office import OfficeClient, OfficeRefused

Told = TypeVar("Told")

app = typer.Typer(help="Move a certificate between this computer and another device", no_args_is_help=True)

OfficeUrl = Annotated[str, typer.Option("--office", help="The office's address, as the app has it in its address bar")]
LoginName = Annotated[str, typer.Option("--login", help="Login name of the account")]
AccountPasswordFile = Annotated[
    Path | None, typer.Option("--account-password-file", exists=True, dir_okay=False, help="Else it is asked for")
]
PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", exists=True, dir_okay=False, help="Of the certificate; else asked for")
]
Name = Annotated[str, typer.Option(help="What the other device's person is shown; at most 40 characters")]

WARNING = "이 번호를 남에게 불러주지 마세요. 은행도 경찰도 묻지 않아요. (Tell these digits to nobody.)"
console = Console(soft_wrap=True, highlight=False)


@app.command()
def send(
    source: Annotated[Path, typer.Argument(exists=True, help="A PKCS#12 file, an NPKI folder, or what it lies in")],
    office: OfficeUrl,
    login: LoginName,
    account_password_file: AccountPasswordFile = None,
    password_file: PasswordFile = None,
    name: Name = "dojang CLI",
    yes: Annotated[bool, typer.Option("--yes", help="Send without asking when the code is right")] = False,
) -> None:
    """Show a code, wait for the other device, show its name, and send."""
    account_password = _password(account_password_file, "계정 비밀번호 (account password)")
    password = _password(password_file, "인증서 비밀번호 (certificate password)")
    with _signed_in(office, login, account_password) as client:
        authority = client.authority()
        chain = tuple(base64.b64decode(one) for one in authority["chain"])
        moved = read_set(source, password, ca_folder=authority["ca_folder"], chain_der=chain)

        def show(code: MoveCode) -> None:
            console.print(f"[bold]{code.write()}[/]\n[yellow]{WARNING}[/]")

        def confirm(receiver: str) -> bool:
            console.print(f"받는 기기 (receiving device): [bold]{escape(receiver)}[/]")
            return yes or typer.confirm("이 기기로 보낼까요? (Send?)")

        receiver = _told(lambda: send_moved(client, moved, name=name, on_code=show, confirm=confirm))
    console.print("보내지 않았어요. (Not sent.)" if receiver is None else "[green]✓[/] 보냈어요. (Sent.)")
    if receiver is None:
        raise typer.Exit(1)


@app.command()
def receive(
    target: Annotated[Path, typer.Argument(help="A new .p12 file, or the folder to make NPKI/… in")],
    office: OfficeUrl,
    login: LoginName,
    code: Annotated[str, typer.Option(help="The twelve digits; else they are asked for")] = "",
    account_password_file: AccountPasswordFile = None,
    password_file: PasswordFile = None,
    name: Name = "dojang CLI",
) -> None:
    """Enter the code that the other device shows, wait for its person to send, and keep the certificate."""
    read = read_code(code or typer.prompt("이동 번호 12자리 (12 digits)"))
    account_password = _password(account_password_file, "계정 비밀번호 (account password)")
    password = _password(password_file, "인증서 비밀번호 (certificate password)")

    def keep(moved: Moved, sender: str) -> None:
        written = write_set(moved, target, password)
        console.print(f"[green]✓[/] {escape(sender)} → {escape(str(written))}")

    with _signed_in(office, login, account_password) as client:
        _told(lambda: receive_moved(client, read, name=name, keep=keep))


def _signed_in(office: str, login: str, password: str) -> OfficeClient:
    client = OfficeClient(office.rstrip("/"), device_id=_device_id())
    _told(lambda: client.sign_in(login, password))
    return client


def _told(act: Callable[[], Told]) -> Told:
    """Return what `act` returns; a refusal of the office is printed in its own words, and ends the command."""
    try:
        return act()
    except OfficeRefused as refusal:
        problem = refusal.problem
        errors = Console(stderr=True, soft_wrap=True, highlight=False)
        errors.print(f"[bold red]{escape(str(problem.get('title', refusal.code)))}[/] [dim]({refusal.code})[/]")
        for part in ("detail", "next"):
            errors.print(escape(str(problem.get(part, ""))))
        raise typer.Exit(1) from None


def _device_id() -> str:
    """Return this computer's id, made at the first use: it tells one's devices apart, nothing more."""
    path = Path(typer.get_app_dir("dojang")) / "device.json"
    try:
        return str(json.loads(path.read_text("utf-8"))["device"])
    except (OSError, ValueError, KeyError):
        made = f"cli-{secrets.token_hex(16)}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"device": made}), "utf-8")
        return made


def _password(file: Path | None, asked: str) -> str:
    return str(typer.prompt(asked, hide_input=True)) if file is None else file.read_text("utf-8").rstrip("\r\n")


def register(commands: typer.Typer) -> None:
    """Add the commands."""
    commands.add_typer(app, name="transfer")
