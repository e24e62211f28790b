"""Identity proofing against the sandbox neighbours over real HTTP, on a real database; only photographs are staged."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from builders.proofing import HONG, EffectLine, Person, ProofingOffice, examination_of
from contracts.bank.worlds import SandboxWorld as BankWorld
from contracts.registry.worlds import SandboxWorld as RegistryWorld
from contracts.sandbox_client import PresentClock, Steering
from contracts.telephony.worlds import SandboxWorld as VoiceWorld
from dojang.adapters.chance import SystemChance
from dojang.adapters.secrecy.field_cipher import RingFieldCipher
from dojang.adapters.secrecy.key_ring import KeyRing
from dojang.adapters.store import audit_log
from dojang.adapters.store.engine import Database
from dojang.adapters.store.store import SqlStore
from dojang.adapters.store.tables.access import account
from dojang.adapters.store.transaction import SqlTransaction
from dojang.controls.voice_call.model import CallProgress
from dojang.lifecycle.application.model import ApplicationState
from dojang.lifecycle.identity_proofing.model import CaseState, Check, CheckState
from dojang.lifecycle.identity_proofing.neighbours import BankAccount, DocumentClaim
from fakes.mishap import Mishap

_people = itertools.count(1)


def new_person() -> Person:
    """Return somebody whom no other test has settled in the shared sandbox."""
    number = next(_people)
    return replace(
        HONG,
        subscriber_id=f"sandbox-subscriber-{number}",
        rrn=f"900101-2978{number:03d}",
        phone=f"0108888{number:04d}",
        account=BankAccount(bank_code="088", number=f"77700000{number:04d}"),
    )


class Town:
    """A proofing office in front of the sandbox, and one of its inhabitants."""

    def __init__(self, database: Database, steering: Steering) -> None:
        self.person = new_person()
        self.bank, self.voice, self.registry = BankWorld(steering), VoiceWorld(steering), RegistryWorld(steering)
        self.office = ProofingOffice(make_store=_store_on(database, self.person))
        self.office.clock.time = PresentClock().now()
        self.office.chance = SystemChance()
        self.office.bank = self.bank.gateway
        self.office.voice = self.voice.gateway
        self.office.registry = self.registry.gateway

    def settle_in(self, *, state: str = "ok") -> None:
        """Give the person a card, an account and a line."""
        person = self.person
        self.office.reader.shown[person.front] = examination_of(person)
        self.registry.enter(
            DocumentClaim(
                kind="resident_card",
                name=person.name,
                birth_date=person.birth_date,
                rrn=person.rrn.replace("-", ""),
                issued_on=person.issued_on,
            ),
            state=state,
        )
        self.bank.open_account(person.account, person.name, person.birth_date)
        self.voice.connect(person.phone, person.name, person.birth_date)

    def become_known(self) -> None:
        """Photograph, confirm, enter."""
        self.office.apply(self.person)
        self.office.photograph(self.person)
        self.office.confirm(self.person)
        self.office.enter(self.person)

    def be_called(self, presses: tuple[str, ...] | None, progress: CallProgress = CallProgress.ANSWERED) -> None:
        """Ask for a call and act on the handset; without `presses`, do what the screen says."""
        self.office.request_call(self.person)
        shown = self.office.view(self.person).call
        assert shown is not None
        assert shown.number is not None
        self.voice.connect(
            self.person.phone,
            self.person.name,
            self.person.birth_date,
            progress=progress,
            presses=(f"{shown.number}#",) if presses is None else presses,
        )
        self.office.pump()

    def state(self, check: Check) -> CheckState:
        """Return where a check stands."""
        return self.office.state(self.person, check)


def _store_on(database: Database, person: Person) -> Callable[[EffectLine], SqlStore[SqlTransaction]]:
    cipher = RingFieldCipher(ring=KeyRing(sealing={1: b"s" * 32}, index=b"i" * 32), chance=SystemChance())
    with database.writing() as connection:
        connection.execute(
            account.insert().values(
                id=person.subscriber_id,
                login_name=person.subscriber_id,
                password_hash="-",
                role="subscriber",
                language="ko",
                created_at=PresentClock().now(),
                failed_sign_ins=0,
                version=0,
            )
        )

    def make(line: EffectLine) -> SqlStore[SqlTransaction]:
        return SqlStore(
            database,
            begin=lambda connection: SqlTransaction(connection, cipher),
            append=audit_log.append,
            enqueue=lambda _, emissions: line.enqueue([(one.effect, one.key, one.delay_s) for one in emissions]),
        )

    return make


@pytest.fixture
def town(sqlite_database: Database, steering: Steering) -> Town:
    """A town whose inhabitant is settled in."""
    town = Town(sqlite_database, steering)
    town.settle_in()
    return town


def test_the_whole_road(town: Town) -> None:
    town.become_known()
    assert town.state(Check.REGISTRY) is CheckState.PASSED
    town.office.submit_account(town.person)
    amount, text = town.bank.credits(town.person.account)[0]
    assert town.office.confirm_deposit(town.person, amount, text) is CheckState.PASSED
    town.be_called(None)
    assert town.office.case_state(town.person) is CaseState.VERIFIED
    assert town.office.application_state(town.person) is ApplicationState.IDENTIFIED
    assert town.bank.books_balance()
    assert town.voice.rung(town.person.phone) == 1


@pytest.mark.parametrize("mishap", list(Mishap))
def test_one_credit_whatever_happens_to_the_transfer(town: Town, mishap: Mishap) -> None:
    town.become_known()
    town.bank.deposit_meets(mishap)
    town.office.submit_account(town.person)
    for _ in range(5):
        town.office.pass_time(seconds=20)
    credits = town.bank.credits(town.person.account)
    assert len(credits) == 1
    assert town.bank.books_balance()
    assert town.office.confirm_deposit(town.person, *credits[0]) is CheckState.PASSED


def test_a_card_reported_lost_is_refused(sqlite_database: Database, steering: Steering) -> None:
    town = Town(sqlite_database, steering)
    town.settle_in(state="lost")
    town.become_known()
    assert town.office.findings(town.person, Check.REGISTRY) == ["registry_check.lost_or_cancelled"]
    assert town.office.application_state(town.person) is ApplicationState.REFUSED


def test_a_registry_that_is_down_parks_and_goes_on(town: Town) -> None:
    town.registry.meets(Mishap.DOWN)
    town.become_known()
    assert town.state(Check.REGISTRY) is CheckState.PARKED
    town.office.pass_time(seconds=6)
    assert town.state(Check.REGISTRY) is CheckState.PASSED


def test_an_account_of_somebody_else_receives_nothing(town: Town) -> None:
    town.become_known()
    other = BankAccount(bank_code="088", number=f"6660000{next(_people):05d}")
    town.bank.open_account(other, "다른사람", date(1980, 1, 1))
    town.office.submit_account(town.person, other)
    assert town.office.findings(town.person, Check.ACCOUNT_DEPOSIT) == ["account_deposit.owner_differs"]
    assert town.bank.credits(other) == []


@pytest.mark.parametrize(
    ("presses", "progress", "code"),
    [
        (("0#",), CallProgress.ANSWERED, "ars_call.not_requested"),
        (("1#", "1#"), CallProgress.ANSWERED, "ars_call.wrong_number"),
        ((), CallProgress.BUSY, "ars_call.busy"),
        ((), CallProgress.DECLINED, "ars_call.declined"),
        ((), CallProgress.UNREACHABLE, "ars_call.unreachable"),
    ],
)
def test_every_ending_of_a_call(town: Town, presses: tuple[str, ...], progress: CallProgress, code: str) -> None:
    town.become_known()
    town.be_called(presses, progress)
    assert town.office.findings(town.person, Check.ARS_CALL) == [code]
    frozen = code == "ars_call.not_requested"
    assert town.office.application_state(town.person) is (
        ApplicationState.FROZEN if frozen else ApplicationState.PROOFING
    )


def test_a_line_of_somebody_else_is_not_rung(town: Town) -> None:
    town.become_known()
    town.voice.connect(town.person.phone, "다른사람", date(1980, 1, 1))
    town.office.request_call(town.person)
    town.office.pump()
    assert town.office.findings(town.person, Check.ARS_CALL) == ["ars_call.not_your_line"]
    assert town.voice.rung(town.person.phone) == 0
