"""The walk: what the customer does, step by step, through the public interface.

The same road serves the first issue and the re-issue. Where a person would look and type, `CustomerWorld` does; with
`--interactive` a person does it themselves.
"""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dojang.cli.customer.device import DeliveredSet, Device
from dojang.cli.customer.office import OfficeClient
from dojang.cli.demo.customer_world import BANK_CODE, CustomerWorld
from dojang.cli.demo.progress import Steps

RETAKES = 3
_CONFIRMED = ("passed", "review")  # while an operator looks, the customer goes on


class WalkStopped(Exception):
    """The road ended before its end; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What a person does with eyes and fingers: look at the statement, answer the telephone; and the bank's reviewer.

    `decide_reviews` is called when a check waits for an operator.
    """

    read_statement: Callable[[int], tuple[int, str]]
    answer_call: Callable[[str], object]
    decide_reviews: Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the customer holds at the end of the road."""

    application_id: str
    device: Device = field(repr=False)
    delivered: DeliveredSet = field(repr=False)
    terms: dict[str, Any]


def automatic_hands(world: CustomerWorld, decide_reviews: Callable[[], object]) -> Hands:
    """Return hands that ask for nothing."""
    return Hands(
        read_statement=lambda lines_before: world.read_statement(lines_before=lines_before),
        answer_call=world.answer_call,
        decide_reviews=decide_reviews,
    )


def walk(office: OfficeClient, world: CustomerWorld, hands: Hands, steps: Steps, *, label: str, **asked: Any) -> Held:
    """Take the whole road once; `asked` is what the application asks for. Raises `WalkStopped`."""
    with steps.step(f"{label}.apply", "신청: 조건을 보고 신청서를 내요"):
        terms = office.quote(**asked)
        application_id = str(office.apply(**asked)["id"])
    with steps.step(f"{label}.id_document", "신분증: 앞뒤를 찍어 보내고, 읽은 값을 확인해요"):
        show_document(office, world, application_id, steps)
    with steps.step(f"{label}.personal_data", "본인 정보: 이름·생년월일·성별·전화번호를 적어요"):
        enter_data(office, world, application_id)
    with steps.step(f"{label}.registry", "진위확인: 발급기관 기록과 맞춰 봐요"):
        require(office.await_check(application_id, "registry"), "passed")
    with steps.step(f"{label}.account_deposit", "계좌: 들어온 금액과 입금자명 숫자를 적어요"):
        prove_account(office, world, hands, application_id)
    with steps.step(f"{label}.ars_call", "전화: 화면의 숫자를 눌러요"):
        answer_telephone(office, hands, application_id)
    with steps.step(f"{label}.identified", "신원 확인: 모든 확인을 마쳐요"):
        if any(one["state"] == "review" for one in office.proofing(application_id)["checks"]):
            steps.note("직원이 살펴봐요")
            hands.decide_reviews()
        office.await_state(application_id, "identified")
    with steps.step(f"{label}.keys", "열쇠: 이 기기에서 만들어요"):
        device = Device()
    with steps.step(f"{label}.issue", "발급: 공개키를 보내고 인증서를 받아요"):
        authority = office.authority()
        order = device.order(application_id, _bytes(authority["transport_key"]))
        delivered = office.enrol(application_id, order, idempotency_key=secrets.token_hex(16))
        office.await_state(application_id, "issued")
    with steps.step(f"{label}.accept", "수령: 새 열쇠로 서명해 받았다고 알려요"):
        office.accept(application_id, device.sign(office.acceptance_statement(application_id)))
        office.await_state(application_id, "completed")
    return Held(application_id=application_id, device=device, delivered=delivered, terms=terms)


def show_document(office: OfficeClient, world: CustomerWorld, application_id: str, steps: Steps) -> None:
    """Photograph both sides until they can be read, and confirm what was read. Raises `WalkStopped`."""
    for _ in range(RETAKES):
        for side, jpeg in world.photograph_card().items():
            office.send_photograph(application_id, world.card.kind.value, side, jpeg)
        check = office.await_check(application_id, "id_document")
        if check["state"] == "confirming":
            corrections = _corrections(office, world, application_id)
            office.confirm_fields(application_id, corrections)
            if corrections:
                steps.note(f"고친 항목: {', '.join(corrections)}")
            require(office.await_check(application_id, "id_document"), *_CONFIRMED)
            return
        steps.note("다시 찍어요: " + "; ".join(one["title"] for one in check["findings"]))
    raise WalkStopped("the ID document could not be read")


def _corrections(office: OfficeClient, world: CustomerWorld, application_id: str) -> dict[str, str]:
    """Hold what was read against the card, as its holder would, and correct what is wrong and may be corrected."""
    read = {one["name"]: one["value"] for one in office.read_fields(application_id)}
    printed = {"name": world.person.name.hangul, "address": world.card.front.values.get("address")}
    return {
        name: value
        for name, value in printed.items()
        if value is not None and name in read and _plain(read[name]) != _plain(value)
    }


def _plain(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def enter_data(office: OfficeClient, world: CustomerWorld, application_id: str) -> None:
    """Enter who the customer is. Raises `WalkStopped`."""
    person = world.person
    entered = {
        "name": person.name.hangul,
        "birth_date": person.birth_date.isoformat(),
        "sex": person.sex.value,
        "phone": world.phone,
    }
    if world.card.kind.value == "passport":
        entered["rrn"] = world.rrn
    office.send_personal_data(application_id, **entered)
    require(office.await_check(application_id, "personal_data"), *_CONFIRMED)


def prove_account(office: OfficeClient, world: CustomerWorld, hands: Hands, application_id: str) -> None:
    """Name the account, wait for the deposit and enter what the statement shows. Raises `WalkStopped`."""
    lines_before = len(world.statement())
    office.send_account(application_id, BANK_CODE, world.account)
    amount_krw, text = hands.read_statement(lines_before)
    require(office.await_check(application_id, "account_deposit"), "confirming")
    office.confirm_deposit(application_id, amount_krw, text)


def answer_telephone(office: OfficeClient, hands: Hands, application_id: str) -> None:
    """Ask to be called and press what the screen shows. Raises `WalkStopped`."""
    hands.answer_call(str(office.request_call(application_id)["call"]["number"]))
    require(office.await_check(application_id, "ars_call"), "passed")


def require(check: dict[str, Any], *states: str) -> None:
    """Return when the check stands at one of `states`. Raises `WalkStopped` with its findings."""
    if check["state"] not in states:
        reasons = "; ".join(f"{one['title']} ({one['code']})" for one in check["findings"])
        raise WalkStopped(f"{check['check']} is {check['state']}, not {' or '.join(states)}: {reasons}")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
