"""Either side of a move through the office's relay. What ends it early is told to the office, which burns the slot."""

import base64
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx

from dojang.cli.customer.move.code import MoveCode, draw_secret
from dojang.cli.customer.move.errors import CodeWrong
from dojang.cli.customer.move.protocol import Moved, MoveReceiver, MoveSender, MoveSession
from dojang.cli.customer.office import OfficeClient, OfficeRefused
from dojang.kernel.errors import DojangError
from dojang.lifecycle.transfer.model import LIVE, TransferOver, TransferState

POLL_S = 0.5
ORDER = tuple(TransferState)


def send(
    office: OfficeClient,
    moved: Moved,
    *,
    name: str,
    on_code: Callable[[MoveCode], object],
    confirm: Callable[[str], bool],
) -> str | None:
    """Send and return the receiver's name, or None when `confirm`, asked with that name, said no.

    Raises `CodeWrong`, `TransferOver`, `Unintelligible`, `OfficeRefused`.
    """
    slot = office.open_transfer()
    code = MoveCode(slot=slot["number"], secret=draw_secret())
    with _ending(office, slot["id"]):
        session = MoveSession(origin=office.base_url, code=code, sid=slot["sid"], name=name)
        sender = MoveSender(session, secrets.token_bytes)
        on_code(code)
        _until(office, slot["id"], TransferState.JOINED)
        office.leave_message(slot["id"], "share", sender.share)
        receiver = sender.check(_message(office, slot["id"], TransferState.ANSWERED, "answer"))
        if not confirm(receiver):
            office.end_transfer(slot["id"], "given_up")
            return None
        office.leave_message(slot["id"], "keys", sender.seal(moved))
        sender.require_receipt(_message(office, slot["id"], TransferState.RECEIVED, "receipt"))
        office.end_transfer(slot["id"], "done")
        return receiver


def receive(office: OfficeClient, code: MoveCode, *, name: str, keep: Callable[[Moved, str], object]) -> None:
    """Receive: `keep` is given what moved and the sender's name; what it raises ends the transfer.

    Raises `CodeWrong`, `TransferOver`, `Unintelligible`, `OfficeRefused`.
    """
    slot = office.join_transfer(code.slot)
    with _ending(office, slot["id"]):
        session = MoveSession(origin=office.base_url, code=code, sid=slot["sid"], name=name)
        receiver = MoveReceiver(session, secrets.token_bytes)
        share = _message(office, slot["id"], TransferState.OFFERED, "share")
        office.leave_message(slot["id"], "answer", receiver.answer(share))
        keep(receiver.open(_message(office, slot["id"], TransferState.SENT, "keys")), receiver.sender)
        office.leave_message(slot["id"], "receipt", receiver.receipt())


@contextmanager
def _ending(office: OfficeClient, slot_id: str) -> Iterator[None]:
    try:
        yield
    except TransferOver:
        raise
    except (DojangError, KeyboardInterrupt) as reason:
        with suppress(OfficeRefused, httpx.HTTPError):  # it ends by itself soon
            office.end_transfer(slot_id, "mismatch" if isinstance(reason, CodeWrong) else "given_up")
        raise


def _message(office: OfficeClient, slot_id: str, due: TransferState, step: str) -> bytes:
    messages = _until(office, slot_id, due)["messages"]
    return base64.b64decode(next(one["content"] for one in messages if one["step"] == step))


def _until(office: OfficeClient, slot_id: str, due: TransferState) -> dict[str, Any]:
    """Wait for the other device; the slot's own end bounds the wait. Raises `TransferOver`."""
    while True:
        view = office.transfer(slot_id)
        state = TransferState(view["state"])
        if state not in LIVE:
            raise TransferOver()
        if ORDER.index(state) >= ORDER.index(due):
            return view
        time.sleep(POLL_S)
