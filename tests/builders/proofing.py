"""A proofing office for tests: store, neighbours, a worker that carries effects out, and applicants who act.

The store may be the fake or one on a database; everything else is the same. Nobody here is a real person: resident
registration numbers bear a region code that was never issued.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dojang.kernel.effects import Effect
from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.lifecycle.application.model import (
    AdvanceApplication,
    Application,
    ApplicationKind,
    ApplicationState,
    Validity,
)
from dojang.lifecycle.application.usecases import advance_application
from dojang.lifecycle.identity_proofing import closing, fields, personal_data, photograph, reading, registry, view
from dojang.lifecycle.identity_proofing.account_deposit import account, confirmation, sending
from dojang.lifecycle.identity_proofing.ars_call import placing, request
from dojang.lifecycle.identity_proofing.id_document.finding import Finding, FindingCode, Severity
from dojang.lifecycle.identity_proofing.id_document.model import (
    Agreement,
    Decision,
    DocumentExamination,
    DocumentKind,
    DocumentReading,
    FieldName,
    FieldSource,
    MaskedImage,
    ReadField,
    Side,
)
from dojang.lifecycle.identity_proofing.model import (
    CaseState,
    Check,
    CheckRegistry,
    CheckState,
    ExamineDocument,
    ExpireCall,
    ExpireDeposit,
    InquireOwnership,
    PlaceCall,
    RaiseAlert,
    SendDeposit,
    SettleDeposit,
)
from dojang.lifecycle.identity_proofing.neighbours import BankAccount, DocumentClaim
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from fakes.bank import FakeBank
from fakes.identity_proofing import FakeClock, FakeProofingStore, FakeReader, FakeSecrecy, SeededChance
from fakes.mailbox import FakeMailbox
from fakes.registry import FakeRegistry
from fakes.telephony import FakeTelephony

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 10:00 KST
TODAY = date(2026, 11, 23)
RETRY_AFTER_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An invented person with a resident card, an account and a telephone."""

    subscriber_id: str = "subscriber-1"
    name: str = "홍가람"
    rrn: str = "900101-2978124"
    birth_date: date = date(1990, 1, 1)
    sex: str = "F"
    phone: str = "01099990001"
    account: BankAccount = field(default_factory=lambda: BankAccount(bank_code="097", number="1234567890123"))
    issued_on: date = date(2019, 7, 15)

    @property
    def application_id(self) -> str:
        return f"application-of-{self.subscriber_id}"

    @property
    def front(self) -> bytes:
        """The bytes of this person's photograph."""
        return b"\xff\xd8\xff front " + self.subscriber_id.encode()

    @property
    def back(self) -> bytes:
        return b"\xff\xd8\xff back " + self.subscriber_id.encode()


HONG = Person()
KIM = Person(
    subscriber_id="subscriber-2",
    name="김나래",
    rrn="850505-1979123",
    birth_date=date(1985, 5, 5),
    sex="M",
    phone="01099990002",
    account=BankAccount(bank_code="097", number="2234567890123"),
)


def examination_of(
    person: Person, *, decision: Decision = Decision.ACCEPT, findings: tuple[Finding, ...] = ()
) -> DocumentExamination:
    """Return what a look at the person's resident card gives."""
    values = {
        FieldName.NAME: person.name,
        FieldName.RRN: person.rrn,
        FieldName.BIRTH_DATE: person.birth_date.isoformat(),
        FieldName.SEX: person.sex,
        FieldName.ADDRESS: "가상시 견본구 시험로 1",
        FieldName.ISSUED_ON: person.issued_on.isoformat(),
    }
    derived = (FieldName.BIRTH_DATE, FieldName.SEX)
    front = DocumentReading(
        kind=DocumentKind.RESIDENT_CARD,
        side=Side.FRONT,
        fields={
            name: ReadField(
                value=value, confidence=0.9, source=FieldSource.DERIVED if name in derived else FieldSource.VISUAL
            )
            for name, value in values.items()
        },
        quality={},
    )
    back = DocumentReading(kind=DocumentKind.RESIDENT_CARD, side=Side.BACK, fields={}, quality={})
    masked = MaskedImage(original_jpeg=b"masked", rectified_jpeg=b"rectified")
    return DocumentExamination(
        readings=(front, back),
        findings=findings,
        agreement=Agreement.NOT_COMPARABLE,
        decision=decision,
        reasons=tuple(one.code.value for one in findings),
        masked=(masked, None),
        crops={FieldName.NAME: b"crop"},
        seconds={},
    )


def finding(code: FindingCode, severity: Severity, detail: str | None = None) -> Finding:
    return Finding(code=code, severity=severity, detail=detail)


def application_of(person: Person, *, number: str = "", now: datetime = NOW) -> Application:
    """Return an application that waits for proofing."""
    return Application(
        id=person.application_id + number,
        subscriber_id=person.subscriber_id,
        kind=ApplicationKind.NEW,
        years=1,
        validity=Validity.ANEW,
        reissue_reason=None,
        predecessor_serial=None,
        predecessor_not_after=None,
        consents=(),
        state=ApplicationState.PROOFING,
        opened_at=now,
        expires_at=now + timedelta(hours=24),
    )


class EffectLine:
    """Effects that wait: in due order, each key of a class once, as the queue would have it."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.emitted: list[Effect] = []
        self._heap: list[tuple[datetime, int, Effect]] = []
        self._keys: set[tuple[str, str]] = set()
        self._count = 0

    def enqueue(self, emissions: Sequence[tuple[Effect, str | None, float]]) -> None:
        for effect, key, delay_s in emissions:
            if key is not None:
                if (type(effect).__name__, key) in self._keys:
                    continue
                self._keys.add((type(effect).__name__, key))
            self.emitted.append(effect)
            self.put(effect, delay_s)

    def put(self, effect: Effect, delay_s: float) -> None:
        self._count += 1
        due = self.clock.now() + timedelta(seconds=delay_s)
        heapq.heappush(self._heap, (due, self._count, effect))

    def take_due(self) -> Effect | None:
        if self._heap and self._heap[0][0] <= self.clock.now():
            return heapq.heappop(self._heap)[2]
        return None


class ProofingOffice:
    """The whole of identity proofing around one store."""

    def __init__(
        self,
        *,
        policy: ProofingPolicy | None = None,
        make_store: Callable[["EffectLine"], Any] | None = None,
        seed: int = 1,
    ) -> None:
        self.clock = FakeClock(NOW)
        self.line = EffectLine(self.clock)
        self.store: Any = make_store(self.line) if make_store else FakeProofingStore(self.line.enqueue)
        self.policy = policy or ProofingPolicy()
        self.chance = SeededChance(seed)
        self.secrecy = FakeSecrecy()
        self.bank = FakeBank(TODAY)
        self.voice = FakeTelephony()
        self.registry = FakeRegistry()
        self.reader = FakeReader()
        self.mailbox = FakeMailbox()

    # --- the world ---

    def settle_in(self, person: Person) -> None:
        """Give the person a card in the registry, an account, a telephone, and a photograph the reader can read."""
        self.reader.shown[person.front] = examination_of(person)
        self.registry.enter(
            DocumentClaim(
                kind="resident_card",
                name=person.name,
                birth_date=person.birth_date,
                rrn=person.rrn.replace("-", ""),
                issued_on=person.issued_on,
            )
        )
        self.bank.open_account(person.account, person.name, person.birth_date)
        self.voice.connect(person.phone, person.name, person.birth_date)

    def apply(self, person: Person, *, number: str = "") -> None:
        self.store.transact(lambda tx: tx.applications.add(application_of(person, number=number, now=self.clock.now())))

    def pump(self, limit: int = 200) -> None:
        """Carry out everything due; what a neighbour did not answer waits and is tried again when time has passed."""
        for _ in range(limit):
            effect = self.line.take_due()
            if effect is None:
                return
            try:
                self.carry_out(effect)
            except NeighbourUnavailable:
                self.line.put(effect, RETRY_AFTER_S)
        raise AssertionError("effects do not come to an end")

    def pass_time(self, **duration: float) -> None:
        """Let time pass and carry out what becomes due."""
        self.clock.advance(**duration)
        self.pump()

    def carry_out(self, effect: Effect) -> None:
        """What the worker does."""
        parts: dict[str, Any] = {"store": self.store, "policy": self.policy, "clock": self.clock}
        now = self.clock.now()
        match effect:
            case ExamineDocument():
                reading.carry_out_examine_document(effect, reader=self.reader, **parts)
            case CheckRegistry():
                registry.carry_out_check_registry(effect, registry=self.registry, chance=self.chance, **parts)
            case InquireOwnership():
                account.carry_out_inquire_ownership(effect, bank=self.bank, **parts)
            case SendDeposit():
                sending.carry_out_send_deposit(effect, bank=self.bank, **parts)
            case SettleDeposit():
                sending.carry_out_settle_deposit(effect, bank=self.bank, **parts)
            case ExpireDeposit():
                confirmation.expire_deposit(effect, store=self.store, policy=self.policy, now=now)
            case PlaceCall():
                placing.carry_out_place_call(effect, voice=self.voice, **parts)
            case ExpireCall():
                placing.expire_call(effect, store=self.store, policy=self.policy, now=now)
            case RaiseAlert():
                closing.carry_out_raise_alert(
                    effect,
                    store=self.store,
                    notifier=self.mailbox,
                    operators_email="operators@example.test",
                    language="ko",
                )
            case AdvanceApplication():
                advance_application(effect.application_id, effect.event, store=self.store, now=now)
            case _:
                raise AssertionError(f"nobody carries out {type(effect).__name__}")

    # --- the applicant ---

    def photograph(
        self,
        person: Person,
        *,
        front: bytes | None = None,
        kind: DocumentKind = DocumentKind.RESIDENT_CARD,
        **other: Any,
    ) -> None:
        """Photograph every side and have it read."""
        sides = {Side.FRONT: front or person.front}
        if kind is not DocumentKind.PASSPORT:
            sides[Side.BACK] = person.back
        for side, image in sides.items():
            self.submit_side(person, side, image, kind=kind, **other)
        self.pump()

    def submit_side(self, person: Person, side: Side, image: bytes, **other: Any) -> None:
        arguments: dict[str, Any] = {"kind": DocumentKind.RESIDENT_CARD, "device_id": "device", **other}
        photograph.submit_photograph(
            person.application_id, person.subscriber_id, side=side, image=image, **arguments, **self.means()
        )

    def confirm(self, person: Person, corrections: dict[FieldName, str] | None = None) -> CheckState:
        state = fields.confirm_fields(
            person.application_id, person.subscriber_id, corrections=corrections or {}, **self.means()
        )
        self.pump()
        return state

    def enter(self, person: Person, **other: Any) -> CheckState:
        data: dict[str, Any] = {
            "name": person.name,
            "birth_date": person.birth_date,
            "sex": person.sex,
            "phone": person.phone,
            "rrn": None,
            **other,
        }
        state = personal_data.submit_personal_data(person.application_id, person.subscriber_id, **data, **self.means())
        self.pump()
        return state

    def submit_account(self, person: Person, account_: BankAccount | None = None, device_id: str = "device") -> str:
        chosen = account_ or person.account
        deposit_id = account.submit_account(
            person.application_id,
            person.subscriber_id,
            bank_code=chosen.bank_code,
            number=chosen.number,
            device_id=device_id,
            **self.means(),
        )
        self.pump()
        return deposit_id

    def statement(self, person: Person) -> tuple[int, str]:
        """Return amount and text of the newest credit."""
        return self.bank.credits(person.account)[0]

    def confirm_deposit(self, person: Person, amount_krw: int | None, code: str | None) -> CheckState:
        state = confirmation.confirm_deposit(
            person.application_id, person.subscriber_id, amount_krw=amount_krw, code=code, **self.means()
        )
        self.pump()
        return state

    def request_call(self, person: Person) -> str:
        return request.request_call(person.application_id, person.subscriber_id, **self.means())

    def answer_call(self, person: Person, presses: tuple[str, ...] | None = None) -> None:
        """Ask for a call and press what the screen shows, or what is given."""
        self.request_call(person)
        shown = self.view(person).call
        assert shown is not None
        assert shown.number is not None
        self.voice.connect(
            person.phone, person.name, person.birth_date, presses=(shown.number + "#",) if presses is None else presses
        )
        self.pump()

    def means(self) -> dict[str, Any]:
        return {
            "store": self.store,
            "secrecy": self.secrecy,
            "policy": self.policy,
            "chance": self.chance,
            "now": self.clock.now(),
        }

    # --- looking ---

    def view(self, person: Person) -> view.CaseView:
        found = view.find_case(
            person.application_id, person.subscriber_id, store=self.store, policy=self.policy, now=self.clock.now()
        )
        assert found is not None
        return found

    def state(self, person: Person, check: Check) -> CheckState:
        return next(one.state for one in self.view(person).checks if one.check is check)

    def findings(self, person: Person, check: Check) -> list[str]:
        return [one.code for shown in self.view(person).checks if shown.check is check for one in shown.findings]

    def case_state(self, person: Person) -> CaseState:
        return self.view(person).state

    def application_state(self, person: Person) -> ApplicationState:
        application = self.store.read(lambda tx: tx.applications.find_application(person.application_id))
        return ApplicationState(application.state)

    # --- whole stretches ---

    def know(self, person: Person) -> None:
        """Up to where the registry has confirmed the person."""
        self.settle_in(person)
        self.apply(person)
        self.photograph(person)
        self.confirm(person)
        self.enter(person)

    def prove(self, person: Person) -> None:
        """All of it."""
        self.know(person)
        self.submit_account(person)
        self.confirm_deposit(person, *self.statement(person))
        self.answer_call(person)
