"""No order of events issues while locked: a model beside the real store, on SQLite.

Somebody locks, unlocks, thinks again and lets time pass; applications of the same person under ever new accounts, and a
renewal, are opened, issued, crash half way and are recovered, in any order.
"""

import shutil
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from builders.applicants import HONG, application_of, client_keys, issuance_request
from builders.office import NOW, office
from builders.renewal import IN_WINDOW, Holder
from builders.sql_office import enter
from builders.world import World
from dojang.adapters.chance import SystemChance
from dojang.adapters.store.engine import open_database
from dojang.adapters.store.migrations import upgrade
from dojang.adapters.store.tables.issuance import issuance
from dojang.controls.step_up.model import Act, ProofRequired, SignatureProof
from dojang.controls.step_up.rules import act_statement
from dojang.lifecycle.application.model import (
    Application,
    ApplicationExpired,
    ApplicationKind,
    ApplicationState,
)
from dojang.lifecycle.application.policy import ApplicationPolicy
from dojang.lifecycle.application.usecases import ApplicationRequest, open_application
from dojang.lifecycle.issuance.model import IssuanceAbandoned
from dojang.lifecycle.issuance.policy import IssuancePolicy
from dojang.lifecycle.issuance.usecases import complete_prepared, issue
from dojang.lifecycle.issue_lock.model import IssuingLocked, NotLocked
from dojang.lifecycle.issue_lock.policy import IssueLockPolicy
from dojang.lifecycle.issue_lock.usecases import cancel_unlock, lock_issuing, open_cooled, request_unlock
from dojang.lifecycle.renewal.model import Renewal

COOLING = timedelta(hours=IssueLockPolicy().cooling_hours)
OWNER = HONG.subscriber_id


# Counted out of the way: here only the lock may refuse.
MANY = ApplicationPolicy(live_per_person=10**6, issues_per_period=10**6)


class LosesPower(Exception):
    """The machine stops before it has signed."""


class DyingSigner:
    issuer = office().authority.issuer
    algorithm = office().authority.signer.algorithm
    certificate_der = None

    def sign_certificate(self, linted: object) -> bytes:
        raise LosesPower

    def sign_crl(self, tbs_der: bytes) -> bytes:
        raise LosesPower


@lru_cache(maxsize=1)
def _migrated() -> Path:
    path = Path(tempfile.mkdtemp(prefix="dojang-locks-")) / "empty.sqlite"
    database = open_database(f"sqlite:///{path}")
    upgrade(database.engine)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


class AnyOrder(RuleBasedStateMachine):
    """What may happen, and what the model says must come of it."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory(prefix="dojang-locks-")
        path = Path(self.directory.name) / "store.sqlite"
        shutil.copy(_migrated(), path)
        self.world = World(open_database(f"sqlite:///{path}"))
        self.holder = Holder(self.world)
        self.bind(OWNER)
        self.now: datetime = IN_WINDOW
        self.locked = False
        self.opens_at: datetime | None = None
        self.identified: list[Application] = []
        self.renewal: Renewal | None = None
        self.count = 0
        self.seen = self.issued()

    def teardown(self) -> None:
        self.world.database.dispose()
        self.directory.cleanup()

    # --- the model ---

    def holds(self) -> bool:
        return self.locked and (self.opens_at is None or self.now < self.opens_at)

    def issued(self) -> set[str]:
        with self.world.database.reading() as connection:
            return set(connection.execute(sa.select(issuance.c.id).where(issuance.c.state == "issued")).scalars())

    def bind(self, subscriber_id: str) -> None:
        self.world.store.transact(lambda tx: tx.person_bindings.bind(subscriber_id, HONG.person_key, NOW))

    def refused_while_locked(self, act: Any) -> Any:
        """Run `act`: refused exactly while the lock holds, and then nothing is left behind but traces."""
        before = self.world.tags().count("issue_lock:attempt:refused")
        try:
            done = act()
        except IssuingLocked:
            assert self.holds()
            assert self.world.tags().count("issue_lock:attempt:refused") == before + 1
            return None
        assert not self.holds()
        return done

    @invariant()
    def nothing_is_issued_while_locked(self) -> None:
        now_issued = self.issued()
        if self.holds():
            assert now_issued == self.seen
        self.seen = now_issued

    # --- the owner ---

    @rule()
    def lock(self) -> None:
        lock_issuing(OWNER, store=self.world.store, chance=SystemChance(), now=self.now)
        self.locked, self.opens_at = True, None

    @rule()
    def unlock(self) -> None:
        found = self.world.store.read(lambda tx: tx.issue_locks.find_lock_of(OWNER))
        statement = b"-" if found is None else act_statement(Act.UNLOCK_ISSUING, found.id, found.version)
        proof = SignatureProof(serial=self.holder.serial, signature=client_keys(0).sign(statement))
        try:
            request_unlock(OWNER, proof, store=self.world.store, policy=IssueLockPolicy(), now=self.now)
        except NotLocked:
            assert not self.holds()
            return
        assert self.holds()
        self.opens_at = self.opens_at or self.now + COOLING

    @rule()
    def unlock_without_proof(self) -> None:
        try:
            request_unlock(OWNER, None, store=self.world.store, policy=IssueLockPolicy(), now=self.now)
        except NotLocked:
            assert not self.holds()
            return
        except ProofRequired:
            assert self.holds()
            assert self.opens_at is None
            return
        assert self.opens_at is not None  # it was cooling already: nothing changed
        assert self.holds()

    @rule()
    def think_again(self) -> None:
        try:
            cancel_unlock(OWNER, store=self.world.store, now=self.now)
        except NotLocked:
            assert not self.holds()
            return
        assert self.holds()
        self.opens_at = None

    @rule(minutes=st.sampled_from([1, 30, 11 * 60, 23 * 60, 24 * 60 - 1, 24 * 60]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def keep_time(self) -> None:
        opened = open_cooled(store=self.world.store, policy=IssueLockPolicy(), now=self.now)
        over = self.locked and self.opens_at is not None and self.now >= self.opens_at
        assert opened in ((0, 1) if over else (0,))
        if over:
            self.locked, self.opens_at = False, None

    # --- whoever wants a certificate in the owner's name ---

    @rule()
    def apply(self) -> None:
        self.count += 1
        stranger = replace(HONG, subscriber_id=f"account-{self.count}")
        ended = application_of(stranger, id=f"old-{self.count}", state=ApplicationState.EXPIRED)
        enter(self.world.database, ended, at=NOW)  # an account is there once it has applied
        self.bind(stranger.subscriber_id)
        request = ApplicationRequest(
            subscriber_id=stranger.subscriber_id,
            kind=ApplicationKind.NEW,
            years=1,
            consents=MANY.required_consents,
        )
        opened = self.refused_while_locked(
            lambda: open_application(request, store=self.world.store, policy=MANY, chance=SystemChance(), now=self.now)
        )
        if opened is not None:
            self.world.end(opened, ApplicationState.IDENTIFIED)
            self.world.identities.prove(opened, stranger, at=self.now)
            self.identified.append(opened)

    def try_to_issue(self, application: Application, authority: Any) -> Any:
        try:
            return self.refused_while_locked(
                lambda: issue(
                    issuance_request(application, client_keys(self.count + 10)),
                    store=self.world.store,
                    authority=authority,
                    virtual_ids=self.world.identities,
                    policy=IssuancePolicy(),
                    ration=MANY.ration,
                    chance=SystemChance(),
                    now=self.now,
                )
            )
        except ApplicationExpired:
            assert self.now >= application.expires_at
            self.identified.remove(application)
            return None

    @precondition(lambda self: self.identified)
    @rule(which=st.integers(0, 5))
    def issue_one(self, which: int) -> None:
        self.count += 1
        application = self.identified[which % len(self.identified)]
        if self.try_to_issue(application, office().authority) is not None:
            self.identified.remove(application)

    @precondition(lambda self: self.identified)
    @rule(which=st.integers(0, 5))
    def crash_half_way(self, which: int) -> None:
        self.count += 1
        application = self.identified[which % len(self.identified)]
        try:
            self.try_to_issue(application, replace(office().authority, signer=DyingSigner()))
        except LosesPower:
            assert not self.holds()
            self.identified.remove(application)

    @rule()
    def recover(self) -> None:
        policy = IssuancePolicy(recovery_grace_s=0)
        complete_prepared(store=self.world.store, authority=office().authority, policy=policy, now=self.now)

    @precondition(lambda self: self.renewal is None)
    @rule()
    def open_a_renewal(self) -> None:
        self.renewal = self.refused_while_locked(lambda: self.holder.opens(now=self.now))

    @precondition(lambda self: self.renewal is not None)
    @rule()
    def renew(self) -> None:
        assert self.renewal is not None
        renewal = self.renewal
        signed = self.holder.signs(self.holder.statement(renewal), now=self.now)
        try:
            self.refused_while_locked(lambda: self.holder.sends(renewal, signed, now=self.now))
        except (ApplicationExpired, IssuanceAbandoned):
            self.world.end(application_of(HONG, id=renewal.application_id), ApplicationState.EXPIRED)
            self.renewal = None
            return
        if not self.holds():
            self.world.end(application_of(HONG, id=renewal.application_id), ApplicationState.COMPLETED)
            self.renewal = None


AnyOrder.TestCase.settings = settings(
    max_examples=15, stateful_step_count=22, deadline=None, suppress_health_check=list(HealthCheck)
)
test_no_order_of_events_issues_while_locked = AnyOrder.TestCase
