"""A certificate moves between two computers; who recorded the relay's traffic and its database has nothing of it."""

import base64
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from builders.journey import ACCOUNT_PASSWORD, CERTIFICATE_PASSWORD, Customer, Town, refusal
from builders.journey_proxy import Recorder, recording_proxy
from dojang.adapters.store.tables.transfer import transfer_message
from dojang.cli.customer.move.code import MoveCode
from dojang.cli.customer.move.errors import CodeWrong
from dojang.cli.customer.move.exchange import receive, send
from dojang.cli.customer.move.files import read_set, write_set
from dojang.cli.customer.move.protocol import Moved, MoveReceiver, MoveSession
from dojang.cli.customer.office import OfficeClient
from dojang.kernel.errors import DojangError
from dojang.lifecycle.transfer.model import TransferOver
from dojang.pki.npki.pfx import PfxContent, parse_pfx
from dojang.pki.npki.private_key import get_random_number


@dataclass(slots=True)
class Mover:
    """A person with two computers, both behind a proxy that records; a certificate in a file on the first."""

    town: Town
    login: str
    file: Path
    content: PfxContent = field(repr=False)
    recorder: Recorder
    stored: list[bytes] = field(default_factory=list, repr=False)

    def computer(self, name: str) -> OfficeClient:
        """Return a signed-in computer."""
        client = OfficeClient(self.recorder.url, device_id=f"{self.login}-{name}")
        client.sign_in(self.login, ACCOUNT_PASSWORD)
        return client

    def moved(self, client: OfficeClient) -> Moved:
        """Read the file for sending."""
        authority = client.authority()
        chain = tuple(base64.b64decode(one) for one in authority["chain"])
        return read_set(self.file, CERTIFICATE_PASSWORD, ca_folder=authority["ca_folder"], chain_der=chain)

    def look_into_the_store(self) -> None:
        """Copy every message the database has at this moment."""
        with self.town.at_the_desk() as office, office.database.reading() as connection:
            self.stored += [bytes(one) for one in connection.execute(sa.select(transfer_message.c.content)).scalars()]

    @property
    def secrets(self) -> dict[str, bytes]:
        """What nobody on the way may have: parts of certificates and keys, R, the password."""
        assert self.content.key_management is not None
        signing, key_management = self.content.signing, self.content.key_management
        return {
            "signing certificate": signing.certificate_der[100:160],
            "signing key": signing.pkcs8_der[200:260],
            "key-management certificate": key_management.certificate_der[100:160],
            "key-management key": key_management.pkcs8_der[200:260],
            "R": get_random_number(signing.pkcs8_der).value,
            "password": CERTIFICATE_PASSWORD.encode(),
        }


@pytest.fixture(scope="module")
def mover(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mover]:
    """The person, after the whole road."""
    customer = Customer(town, seed=83, login="journey-mover").moves_in()
    held = customer.walks()
    folder = tmp_path_factory.mktemp("mover")
    file = held.device.export(folder / "first.p12", held.delivered, CERTIFICATE_PASSWORD)
    content = parse_pfx(file.read_bytes(), CERTIFICATE_PASSWORD.encode())
    with recording_proxy(town.settings.public_url) as recorder:
        yield Mover(town, customer.login, file, content, recorder)


def in_background(act: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Start `act` beside; what it returns or is refused with ends in the list."""
    ended: list[object] = []

    def run() -> None:
        try:
            ended.append(act())
        except DojangError as refused:
            ended.append(refused)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, ended


def test_it_moves_and_the_relay_learns_nothing(mover: Mover, tmp_path: Path) -> None:
    first, second = mover.computer("first"), mover.computer("second")
    codes: list[MoveCode] = []
    named: list[str] = []
    beside: list[Any] = []
    target = tmp_path / "second"
    begun = len(mover.recorder.requests)

    def keep(moved: Moved, sender: str) -> None:
        mover.look_into_the_store()
        named.append(sender)
        write_set(moved, target, CERTIFICATE_PASSWORD)

    def on_code(code: MoveCode) -> None:
        codes.append(code)
        beside.extend(in_background(lambda: receive(second, code, name="둘째 컴퓨터", keep=keep)))

    def confirm(receiver: str) -> bool:
        named.append(receiver)
        mover.look_into_the_store()
        return True

    assert send(first, mover.moved(first), name="첫째 컴퓨터", on_code=on_code, confirm=confirm) == "둘째 컴퓨터"
    beside[0].join(timeout=30)
    assert named == ["둘째 컴퓨터", "첫째 컴퓨터"]

    kept = read_set(target, CERTIFICATE_PASSWORD, ca_folder="dojang", chain_der=())
    assert kept.signing_der == mover.content.signing.certificate_der
    assert {len(one) > 4096 for one in mover.stored} == {True, False}  # the sealed keys were there to be read

    traffic = mover.recorder.requests[begun:]
    seen = b"".join(one.path.encode() + b"\n" + one.body + b"\n" for one in traffic) + b"".join(mover.stored)
    for message in (one.body for one in traffic if "/messages/" in one.path):
        seen += base64.b64decode(message.split(b'"')[3])
    (code,) = codes
    for what, secret in {**mover.secrets, "code": code.secret.encode()}.items():
        for spelling in spellings(secret):
            assert spelling not in seen, what

    # whoever has the recording and later learns the code: the keys were agreed with secrets that are gone
    share = base64.b64decode(traffic_message(mover, begun, "share"))
    keys = base64.b64decode(traffic_message(mover, begun, "keys"))
    session = MoveSession(origin=mover.recorder.url, code=code, sid=sid_of(mover, first), name="둘째 컴퓨터")
    thief = MoveReceiver(session, lambda length: b"\x07" * length)
    thief.answer(share)
    with pytest.raises(CodeWrong):
        thief.open(keys)

    # nothing is left in the store
    with mover.town.at_the_desk() as office, office.database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(transfer_message)).scalar_one() == 0


def test_a_wrong_code_burns_the_slot_for_both_and_for_good(mover: Mover) -> None:
    first, second = mover.computer("first"), mover.computer("second")
    codes: list[MoveCode] = []
    beside: list[Any] = []

    def on_code(code: MoveCode) -> None:
        codes.append(code)
        wrong = MoveCode(slot=code.slot, secret=f"{(int(code.secret) + 1) % 10**7:07d}")
        beside.extend(in_background(lambda: receive(second, wrong, name="둘째", keep=lambda *_: None)))

    with pytest.raises(CodeWrong):
        send(first, mover.moved(first), name="첫째", on_code=on_code, confirm=lambda _: True)
    beside[0].join(timeout=30)
    assert isinstance(beside[1][0], TransferOver)
    assert refusal(lambda: second.join_transfer(codes[0].slot)).code == "transfer.over"


def test_another_account_cannot_join(mover: Mover) -> None:
    first = mover.computer("first")
    slot = first.open_transfer()
    stranger = Customer(mover.town, seed=84, login="journey-not-the-mover").signs_up()
    assert refusal(lambda: stranger.client.join_transfer(slot["number"])).code == "transfer.not_found"
    assert refusal(lambda: stranger.client.transfer(slot["id"])).code == "transfer.not_found"
    first.end_transfer(slot["id"], "given_up")


def traffic_message(mover: Mover, begun: int, step: str) -> str:
    """Return the base64 of a message as it was recorded."""
    found = [one.body for one in mover.recorder.requests[begun:] if one.path.endswith(f"/messages/{step}")]
    return found[0].split(b'"')[3].decode()


def sid_of(mover: Mover, client: OfficeClient) -> str:
    """Return the sid of the newest recorded slot, as an insider would know it."""
    slot_id = next(
        one.path.split("/")[3] for one in reversed(mover.recorder.requests) if one.path.startswith("/v1/transfers/0")
    )
    return str(client.transfer(slot_id)["sid"])


def spellings(secret: bytes) -> list[bytes]:
    """Return the bytes as they are, in hex, and in base64 at each of its three phases."""
    phases = [base64.b64encode(bytes(skip) + secret)[4 * ((skip + 2) // 3) : -4] for skip in range(3)]
    return [secret, secret.hex().encode(), secret.hex().upper().encode(), *(one for one in phases if len(one) > 8)]
