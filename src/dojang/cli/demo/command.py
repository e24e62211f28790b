"""`dojang demo`: sets an office up, is its customer, and leaves everything under `demo/`."""

import json
import shutil
import socket
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from cryptography import x509
from rich.console import Console
from rich.prompt import IntPrompt, Prompt

from dojang.cli.customer.office import OfficeClient, OfficeRefused
from dojang.cli.demo.customer_world import BANK_CODE, CustomerWorld
from dojang.cli.demo.judges import OpenSsl, Verdict, judge_folder_with_pypinksign
from dojang.cli.demo.progress import Steps
from dojang.cli.demo.reviewer import Reviewer
from dojang.cli.demo.walk import Hands, Held, automatic_hands, walk
from dojang.cli.serve import OfficeProcesses, prepare
from dojang.config import AuthoritySettings, Policies, Settings, WebSettings
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.pki.certificate import certificate_pem
from dojang.pki.profile import OperatorValues
from dojang.pki.profile_file import load_profile
from dojang.pki.validity import day_kst
from dojang.sandbox.specimen.document import Kind

DEFAULT_SEED = 7253
CERTIFICATE_PASSWORD = "Dojang!demo7253"  # noqa: S105 - the demo's own, printed in its report
ACCOUNT_PASSWORD = "demo account password 8264"  # noqa: S105 - likewise
MARKER = "report.json"
POLICY = load_profile("personal-signing", OperatorValues()).policies[0]
HURRIED = 50.0  # an automatic customer need not hear every prompt to its end


def demo(
    directory: Annotated[Path, typer.Option(help="Where everything is left")] = Path("demo"),
    document: Annotated[Kind, typer.Option(help="Which ID document the customer has")] = Kind.RESIDENT_CARD,
    seed: Annotated[int, typer.Option(help="Draws the customer")] = DEFAULT_SEED,
    interactive: Annotated[bool, typer.Option(help="You read the statement and answer the telephone")] = False,
) -> None:
    """Take an invented customer through the whole road: apply, prove, hold, use, re-issue."""
    console = Console()
    _empty(directory)
    settings = demo_settings(directory)
    steps = Steps(console)
    console.print("[bold]도장[/] — 손님 한 분이 공동인증서를 발급받고, 쓰고, 재발급받아요.", highlight=False)
    with steps.step("ceremony", "키 생성 의식: 최상위·발급 기관의 열쇠와 인증서를 만들어요"):
        prepare(settings)
    started = time.perf_counter()
    processes = OfficeProcesses(settings, log_file=directory / "office" / "log.jsonl")
    with console.status("인증센터를 열어요 …"):
        processes.__enter__()
    console.print(f"[green]✓[/] 인증센터를 열었어요 [dim]{time.perf_counter() - started:6.2f} s[/]", highlight=False)
    try:
        report = _story(settings, directory, document, seed, interactive, steps)
    finally:
        processes.__exit__()
    _write_report(directory, report)
    _show(console, directory, report, steps)
    if not all(one["passed"] for one in report["verified"]):
        raise typer.Exit(1)


def demo_settings(directory: Path) -> Settings:
    """Return the settings of an office below `directory`, on free ports of this machine."""
    web_port, sandbox_port = _free_ports(2)
    return Settings(
        data_dir=(directory / "office").absolute(),
        authority=AuthoritySettings(directory=(directory / "ca").absolute()),
        web=WebSettings(port=web_port, sandbox_port=sandbox_port),
        queue_poll_s=0.05,
        policy=Policies(proofing=_unhurried_proofing()),
    )


def _unhurried_proofing() -> ProofingPolicy:
    """The bank's policy, but for the pauses between two deposits and two calls: the demo re-issues at once."""
    usual = ProofingPolicy()
    return replace(usual, deposit=replace(usual.deposit, pause_s=0), call=replace(usual.call, pauses_s=(0,)))


def _story(
    settings: Settings, directory: Path, kind: Kind, seed: int, interactive: bool, steps: Steps
) -> dict[str, Any]:
    world = CustomerWorld(settings.sandbox_url, seed=seed, kind=kind, today=day_kst(datetime.now(UTC)))
    listening_speed = 1.0 if interactive else HURRIED
    try:
        with OfficeClient(settings.public_url) as office, Reviewer(settings) as reviewer:
            decide = reviewer.approve_all
            hands = _own_hands(world, steps, decide) if interactive else automatic_hands(world, decide)
            with steps.step("customer", "손님: 신분증과 계좌와 전화를 가진 가상의 인물이 가입해요"):
                world.settle_in(listening_speed=listening_speed)
                office.sign_up("demo-customer", ACCOUNT_PASSWORD)
                office.sign_in("demo-customer", ACCOUNT_PASSWORD)
            first = walk(office, world, hands, steps, label="new", kind="new", years=1)
            with steps.step("keep", "보관: NPKI 폴더와 PKCS#12 파일로 저장해요"):
                first_files = _keep(first, directory, "first", office)
            with steps.step("use", "사용: 파일에 서명하고 OpenSSL이 확인해요"):
                verdicts = _use(first, directory, world.person.name.hangul)
            second = walk(
                office, world, hands, steps, label="reissue", kind="reissue", years=1, reissue_reason="replaced"
            )
            with steps.step("succession", "교체: 새 인증서를 보관하고, 옛 인증서가 폐지됐는지 봐요"):
                second_files = _keep(second, directory, "second", office)
                verdicts += _judge_succession(office, first, second, directory)
        return _report(settings, directory, world, steps, first, second, first_files | second_files, verdicts)
    finally:
        world.close()


def _keep(held: Held, directory: Path, name: str, office: OfficeClient) -> dict[str, str]:
    ca_folder = str(office.authority()["ca_folder"])
    folder = held.device.keep(directory, ca_folder, held.delivered, CERTIFICATE_PASSWORD)
    pkcs12 = held.device.export(directory / f"{name}.p12", held.delivered, CERTIFICATE_PASSWORD)
    certificate = directory / f"{name}.pem"
    certificate.write_bytes(certificate_pem(held.delivered.signing_der))
    return {f"{name}_folder": str(folder), f"{name}_pkcs12": str(pkcs12), f"{name}_certificate": str(certificate)}


def _use(held: Held, directory: Path, name: str) -> list[Verdict]:
    document, signed = directory / "contract.txt", directory / "contract.txt.p7m"
    document.write_text("위 내용을 확인하고 서명합니다. (도장 시연 문서)\n", "utf-8")
    signed.write_bytes(held.device.sign_document(document.read_bytes(), held.delivered))
    openssl, root, issuing = OpenSsl(POLICY), directory / "ca" / "root.pem", directory / "ca" / "issuing.pem"
    verdicts = []
    if openssl.is_there:
        verdicts = [
            openssl.verify_certificate(directory / "first.pem", root=root, issuing=issuing),
            openssl.verify_signature(signed, root=root, issuing=issuing),
            openssl.open_pkcs12(directory / "first.p12", CERTIFICATE_PASSWORD),
        ]
    pinksign = judge_folder_with_pypinksign(directory, name, CERTIFICATE_PASSWORD)
    return [*verdicts, *([pinksign] if pinksign else [])]


def _judge_succession(office: OfficeClient, first: Held, second: Held, directory: Path) -> list[Verdict]:
    old, new = serial_of(first), serial_of(second)

    def lists_old(crl_der: bytes) -> bool:
        return x509.load_der_x509_crl(crl_der).get_revoked_certificate_by_serial_number(old) is not None

    crl = directory / "ca" / "crl.der"
    crl.write_bytes(office.await_published("/crl/issuing.crl", lists_old))
    (directory / "succession.p7m").write_bytes(_await_succession(office, str(new)))
    openssl, root, issuing = OpenSsl(POLICY), directory / "ca" / "root.pem", directory / "ca" / "issuing.pem"
    if not openssl.is_there:
        return [Verdict(what="old certificate is on the CRL", by="pyca/cryptography", passed=True, words=str(old))]
    alive = openssl.verify_certificate(directory / "second.pem", root=root, issuing=issuing, crl=crl)
    dead = openssl.verify_certificate(directory / "first.pem", root=root, issuing=issuing, crl=crl)
    statement = openssl.verify_signature(directory / "succession.p7m", root=root, issuing=issuing)
    return [
        alive,
        Verdict(
            what="old certificate is refused as revoked",
            by=dead.by,
            passed=not dead.passed and "revoked" in dead.words.lower(),
            words=dead.words,
        ),
        Verdict(what="succession statement", by=statement.by, passed=statement.passed, words=statement.words),
    ]


def _await_succession(office: OfficeClient, serial: str) -> bytes:
    deadline = time.monotonic() + 20
    while True:
        try:
            return office.succession(serial)
        except OfficeRefused:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def serial_of(held: Held) -> int:
    """Return the serial number of the signing certificate."""
    return x509.load_der_x509_certificate(held.delivered.signing_der).serial_number


def _own_hands(world: CustomerWorld, steps: Steps, decide_reviews: Callable[[], object]) -> Hands:
    def read_statement(lines_before: int) -> tuple[int, str]:
        world.read_statement(lines_before=lines_before)
        steps.note(f"거래내역: /bank/statement/{BANK_CODE}/{world.account}")
        for line in world.statement():
            steps.note(f"{line['text']}  {line['amount_krw']}원")
        return IntPrompt.ask("들어온 금액(원)"), Prompt.ask("입금자명에 있는 숫자")

    def answer_call(number_on_screen: str) -> object:
        steps.note(f"화면에 보이는 숫자: {number_on_screen}")
        return world.answer_call(Prompt.ask("전화가 왔어요. 누를 숫자"))

    return Hands(read_statement=read_statement, answer_call=answer_call, decide_reviews=decide_reviews)


def _report(
    settings: Settings,
    directory: Path,
    world: CustomerWorld,
    steps: Steps,
    first: Held,
    second: Held,
    files: dict[str, str],
    verdicts: list[Verdict],
) -> dict[str, Any]:
    certificate = x509.load_der_x509_certificate(second.delivered.signing_der)
    return {
        "made_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "environment": settings.environment.value,
        "steps": steps.taken,
        "total_seconds": round(steps.total_s, 3),
        "subject": certificate.subject.rfc4514_string(),
        "password": CERTIFICATE_PASSWORD,
        "specimen": {"kind": world.card.kind.value, "name": world.person.name.hangul, "rrn": world.rrn},
        "rrn": world.rrn,
        "old_serial": str(serial_of(first)),
        "new_serial": str(serial_of(second)),
        "old_terms": first.terms,
        "new_terms": second.terms,
        "paths": {
            **files,
            "root": str(directory / "ca" / "root.pem"),
            "issuing": str(directory / "ca" / "issuing.pem"),
            "crl": str(directory / "ca" / "crl.der"),
            "document": str(directory / "contract.txt"),
            "signed": str(directory / "contract.txt.p7m"),
            "succession": str(directory / "succession.p7m"),
        },
        "verified": [asdict(one) for one in verdicts],
    }


def _write_report(directory: Path, report: dict[str, Any]) -> None:
    (directory / MARKER).write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _show(console: Console, directory: Path, report: dict[str, Any], steps: Steps) -> None:
    console.print()
    for one in report["verified"]:
        mark = "[green]✓[/]" if one["passed"] else "[red]✗[/]"
        console.print(f"{mark} {one['what']}: {one['by']} [dim]{one['words']}[/]", highlight=False)
    console.print(f"\n{report['subject']}", highlight=False)
    console.print(f"옛 일련번호 {report['old_serial']} → 새 일련번호 {report['new_serial']}", highlight=False)
    console.print(f"[bold]모두 {steps.total_s:.2f}초[/]. 남긴 것: {directory}/ ({MARKER}에 모두 적었어요)")


def _empty(directory: Path) -> None:
    """Make the directory fresh. Raises `typer.BadParameter` rather than delete what no demo left there."""
    if directory.exists() and any(directory.iterdir()) and not _is_ours(directory):
        raise typer.BadParameter(f"{directory} holds something else; choose another --directory")
    shutil.rmtree(directory, ignore_errors=True)
    (directory / "office").mkdir(parents=True)


def _is_ours(directory: Path) -> bool:
    return (directory / MARKER).exists() or (directory / "office").is_dir()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)
