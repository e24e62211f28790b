"""Applications and accounts on both databases, through their use cases."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from dojang.adapters.chance import SystemChance
from dojang.adapters.secrecy.field_cipher import RingFieldCipher
from dojang.adapters.secrecy.key_ring import open_key_ring
from dojang.adapters.secrecy.password_hash import Argon2Hasher
from dojang.adapters.store import audit_log
from dojang.adapters.store.engine import Database
from dojang.adapters.store.store import Emission, SqlStore
from dojang.adapters.store.transaction import SqlTransaction
from dojang.controls.access import usecases as access
from dojang.controls.access.model import AccountLocked, LoginNameTaken, SessionRequired, SignInRefused
from dojang.controls.access.policy import AccessPolicy
from dojang.lifecycle.application import usecases
from dojang.lifecycle.application.model import (
    ApplicationAlreadyOpen,
    ApplicationClosed,
    ApplicationKind,
    ApplicationNotFound,
    ApplicationState,
    ConsentMissing,
    ExpireApplication,
    PredecessorRequired,
    WithdrawUnaccepted,
)
from dojang.lifecycle.application.policy import CURRENT_CONSENTS, ApplicationPolicy

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CHANCE = SystemChance()
HASHER = Argon2Hasher()
POLICY = ApplicationPolicy()
ACCESS = AccessPolicy()
PASSWORD = "correct horse 7253"


class World:
    """A store, what it enqueued, and one signed-up subscriber."""

    def __init__(self, database: Database, directory: Path) -> None:
        self.emissions: list[Emission] = []
        cipher = RingFieldCipher(ring=open_key_ring(directory / "ring.json"), chance=CHANCE)
        self.store = SqlStore(
            database,
            begin=lambda connection: SqlTransaction(connection, cipher),
            append=audit_log.append,
            enqueue=self._enqueue,
        )
        self.database = database
        self.subscriber_id = self.sign_up("gildong")

    def _enqueue(self, _: sa.Connection, emissions: Sequence[Emission]) -> None:
        self.emissions += emissions

    def sign_up(self, name: str) -> str:
        return access.sign_up(name, PASSWORD, store=self.store, hasher=HASHER, chance=CHANCE, now=NOW).id

    def sign_in(self, password: str, now: datetime = NOW) -> str:
        return access.sign_in(
            "GilDong", password, store=self.store, hasher=HASHER, policy=ACCESS, chance=CHANCE, now=now
        ).token

    def apply(self, now: datetime = NOW, **asked: object) -> str:
        request = usecases.ApplicationRequest(
            **{
                "subscriber_id": self.subscriber_id,
                "kind": ApplicationKind.NEW,
                "years": 1,
                "consents": CURRENT_CONSENTS,
                **asked,
            }
        )
        return usecases.open_application(request, store=self.store, policy=POLICY, chance=CHANCE, now=now).id

    def advance(self, application_id: str, *events: str) -> None:
        for event in events:
            usecases.advance_application(application_id, event, store=self.store, now=NOW)

    def state(self, application_id: str) -> ApplicationState:
        return usecases.get_application(application_id, self.subscriber_id, store=self.store).state

    def emitted(self, kind: type) -> list[object]:
        return [one.effect for one in self.emissions if isinstance(one.effect, kind)]

    def tags(self) -> list[str]:
        with self.database.reading() as connection:
            return [leaf.leaf.tag for leaf in audit_log.AuditLogView(connection).leaves()]


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)


def test_one_open_application_and_it_can_be_resumed(world: World) -> None:
    first = world.apply()
    with pytest.raises(ApplicationAlreadyOpen) as refusal:
        world.apply()
    assert refusal.value.fields["application_id"] == first
    assert usecases.list_applications(world.subscriber_id, store=world.store)[0].id == first
    assert world.tags().count("application:application:opened") == 1


def test_an_overdue_application_makes_room(world: World) -> None:
    first = world.apply()
    later = NOW + timedelta(hours=24)
    second = world.apply(now=later)
    assert world.state(first) is ApplicationState.EXPIRED
    assert world.state(second) is ApplicationState.PROOFING


def test_it_expires_exactly_when_its_window_closes(world: World) -> None:
    one = world.apply()
    (effect,) = [emission for emission in world.emissions if isinstance(emission.effect, ExpireApplication)]
    assert (effect.effect, effect.delay_s) == (ExpireApplication(application_id=one), 86_400.0)
    usecases.expire_application(one, store=world.store, now=NOW + timedelta(hours=24, seconds=-1))
    assert world.state(one) is ApplicationState.PROOFING
    usecases.expire_application(one, store=world.store, now=NOW + timedelta(hours=24))
    assert world.state(one) is ApplicationState.EXPIRED
    assert usecases.expire_applications(store=world.store, now=NOW + timedelta(days=9)) == 0


@pytest.mark.parametrize("ending", ["cancel", "expire"])
def test_what_was_issued_and_not_accepted_is_withdrawn_when_the_application_ends(world: World, ending: str) -> None:
    one = world.apply()
    world.advance(one, "IdentityVerified", "CertificatesIssued")
    assert world.emitted(WithdrawUnaccepted) == []
    if ending == "cancel":
        usecases.cancel_application(one, world.subscriber_id, store=world.store, now=NOW)
    else:
        usecases.expire_applications(store=world.store, now=NOW + timedelta(days=2))
    assert world.emitted(WithdrawUnaccepted) == [WithdrawUnaccepted(application_id=one)]


def test_what_is_issued_after_the_end_is_withdrawn_too(world: World) -> None:
    one = world.apply()
    world.advance(one, "IdentityVerified")
    usecases.cancel_application(one, world.subscriber_id, store=world.store, now=NOW)
    world.advance(one, "CertificatesIssued")
    assert world.state(one) is ApplicationState.CANCELLED
    assert world.emitted(WithdrawUnaccepted) == [WithdrawUnaccepted(application_id=one)]


def test_what_was_accepted_is_never_withdrawn(world: World) -> None:
    one = world.apply()
    world.advance(one, "IdentityVerified", "CertificatesIssued", "CertificatesAccepted", "CertificatesIssued")
    with pytest.raises(ApplicationClosed):
        usecases.cancel_application(one, world.subscriber_id, store=world.store, now=NOW)
    assert world.emitted(WithdrawUnaccepted) == []


def test_an_event_too_late_is_audited_and_changes_nothing(world: World) -> None:
    one = world.apply()
    world.advance(one, "DisownedByPhone", "IdentityVerified")
    assert world.state(one) is ApplicationState.FROZEN
    assert world.tags()[-1] == "application:application:event_ignored"


def test_refusals_leave_no_application(world: World) -> None:
    with pytest.raises(ConsentMissing):
        world.apply(consents=())
    with pytest.raises(PredecessorRequired):
        world.apply(kind=ApplicationKind.REISSUE)
    assert usecases.list_applications(world.subscriber_id, store=world.store) == ()


def test_somebody_elses_application_is_not_found(world: World) -> None:
    one = world.apply()
    other = world.sign_up("younghee")
    with pytest.raises(ApplicationNotFound):
        usecases.get_application(one, other, store=world.store)
    with pytest.raises(ApplicationNotFound):
        usecases.cancel_application(one, other, store=world.store, now=NOW)


def test_sign_in_counts_failures_locks_and_opens_again(world: World) -> None:
    for left in range(ACCESS.failures_to_lock - 1, 0, -1):
        with pytest.raises(SignInRefused) as refusal:
            world.sign_in("wrong password")
        assert refusal.value.fields == {"tries_left": left}
    for password in ("wrong password", PASSWORD):
        with pytest.raises(AccountLocked):
            world.sign_in(password)
    assert world.sign_in(PASSWORD, NOW + timedelta(minutes=ACCESS.lock_minutes))
    assert "access:account:locked" in world.tags()


def test_an_unknown_login_name_looks_like_a_wrong_password(world: World) -> None:
    with pytest.raises(SignInRefused):
        access.sign_in("nobody", PASSWORD, store=world.store, hasher=HASHER, policy=ACCESS, chance=CHANCE, now=NOW)


def test_login_names_are_unique_whatever_their_case(world: World) -> None:
    with pytest.raises(LoginNameTaken):
        world.sign_up("GILDONG")


def test_a_session_lives_by_use_and_ends_with_sign_out(world: World) -> None:
    token = world.sign_in(PASSWORD)
    moment = NOW
    for _ in range(3):
        moment += timedelta(minutes=9)
        access.authenticate(token, store=world.store, policy=ACCESS, now=moment)
    with pytest.raises(SessionRequired):
        access.authenticate(token, store=world.store, policy=ACCESS, now=moment + timedelta(minutes=10))
    access.sign_out(token, store=world.store, now=moment)
    with pytest.raises(SessionRequired):
        access.authenticate(token, store=world.store, policy=ACCESS, now=moment)
    with world.database.reading() as connection:
        stored = connection.execute(sa.text("SELECT count(*) FROM session")).scalar_one()
    assert stored == 0
