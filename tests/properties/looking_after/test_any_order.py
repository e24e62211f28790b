"""One holder's certificates looked after in any order, on the real use cases and SQLite, the office dying between.

What is done: renew, accept, cancel by letting time pass, suspend, resume, revoke, lock, unlock, remind; effects are
carried out late, in any order, and more than once. What must hold is said by the invariants.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from builders.applicants import HONG, application_of, client_keys
from builders.office import NOW, office
from builders.renewal import IN_WINDOW, Holder
from builders.world import World
from dojang.adapters.chance import SystemChance
from dojang.adapters.secrecy.audit_key import open_audit_key
from dojang.adapters.spool import open_spool
from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.engine import open_database
from dojang.adapters.store.migrations import upgrade
from dojang.adapters.store.tables.issuance import certificate, issuance
from dojang.controls.audit_log.verify import verify_log
from dojang.controls.notices.expiry import remind
from dojang.controls.notices.model import NotifySubscriber
from dojang.controls.notices.policy import ExpiryPolicy
from dojang.controls.step_up.model import Act, SignatureProof
from dojang.controls.step_up.rules import act_statement
from dojang.kernel.errors import DojangError
from dojang.lifecycle.application.model import ApplicationState, RevokeCertificate
from dojang.lifecycle.delivery.usecases import withdraw_unaccepted
from dojang.lifecycle.issuance.model import CertificateSet
from dojang.lifecycle.issuance.policy import IssuancePolicy
from dojang.lifecycle.issuance.usecases import complete_prepared
from dojang.lifecycle.issue_lock.policy import IssueLockPolicy
from dojang.lifecycle.issue_lock.usecases import lock_issuing, open_cooled, request_unlock
from dojang.lifecycle.renewal.model import Renewal
from dojang.lifecycle.revocation.policy import RevocationPolicy
from dojang.lifecycle.revocation.usecases import end_holds, get_act_statement, resume_own, revoke, revoke_own, suspend
from dojang.lifecycle.status.lists import CrlAuthority, ListMaker, issue_lists
from dojang.lifecycle.status.model import CertificateStatus
from dojang.lifecycle.status.policy import CrlPolicy, OcspPolicy
from dojang.lifecycle.status.responder import Responder, answer, look_up
from dojang.lifecycle.status.usecases import get_crl, get_status, read_crl
from dojang.pki.cms import sign_content
from dojang.pki.ocsp import IssuerHashes, parse_request
from fakes.mortal_store import LosesPower, MortalStore
from fakes.responder_hand import Hand

OWNER = HONG.subscriber_id
WAITS_H = [1, 1, 1, 12, 24, 24 * 7, 24 * 23, 24 * 184]


@lru_cache(maxsize=1)
def _migrated() -> Path:
    path = Path(tempfile.mkdtemp(prefix="dojang-looking-after-")) / "empty.sqlite"
    database = open_database(f"sqlite:///{path}")
    upgrade(database.engine)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


class AnyOrder(RuleBasedStateMachine):
    """What may happen to the certificates of one person."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory(prefix="dojang-looking-after-")
        path = Path(self.directory.name) / "store.sqlite"
        shutil.copy(_migrated(), path)
        self.world = World(open_database(f"sqlite:///{path}"))
        self.world.store.transact(lambda tx: tx.person_bindings.bind(OWNER, HONG.person_key, NOW))
        self.audit_key = open_audit_key(Path(self.directory.name) / "audit.pem", origin="dojang.example")
        self.holder = Holder(self.world)
        self.store = MortalStore(self.world.store)
        self.world.store = self.store  # type: ignore[assignment]  # it is one, with a will to die
        self.now: datetime = IN_WINDOW
        self.locked = False
        self.opens_at: datetime | None = None
        self.key_of: dict[int, int] = {self.holder.serial: 0}
        self.renewal: Renewal | None = None
        self.made: CertificateSet | None = None
        self.carried = 0
        self.generations = 0
        self.revoked: dict[int, CertificateStatus] = {}
        self.seen_issued = self.issued()
        self.leaves = 0

    def teardown(self) -> None:
        self.store.deaths.clear()
        self.says_the_same_everywhere()
        self.world.database.dispose()
        self.directory.cleanup()

    # --- doing ---

    def try_to(self, act: Callable[[], Any]) -> Any:
        """Do it; after a death the one who asked asks again. Return None when it is refused."""
        for _ in range(4):
            try:
                return act()
            except LosesPower:
                continue
            except DojangError:
                return None
        raise AssertionError("more deaths than were ordered")

    @initialize()
    def begins_to_remind(self) -> None:
        self.remind()

    @rule(deaths=st.lists(st.sampled_from(["none", "before_commit", "after_commit"]), max_size=3))
    def die_soon(self, deaths: list[str]) -> None:
        self.store.deaths = list(deaths)

    @rule(hours=st.sampled_from(WAITS_H))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def wait_for_the_window(self) -> None:
        self.now = max(self.now, self.holder.old.signing.not_after - timedelta(days=20))

    @rule()
    def remind(self) -> None:
        self.try_to(lambda: remind(store=self.store, policy=ExpiryPolicy(), now=self.now))

    @rule()
    def keep_time(self) -> None:
        self.try_to(lambda: end_holds(store=self.store, policy=RevocationPolicy(), now=self.now))
        self.try_to(lambda: open_cooled(store=self.store, policy=IssueLockPolicy(), now=self.now))
        for status in self.statuses().values():
            if status.state.value == "held" and status.not_after >= self.now:  # the rest have run out by themselves
                assert self.now < self.hold_end(status)

    def hold_end(self, status: CertificateStatus) -> datetime:
        assert status.since is not None
        return status.since + timedelta(days=185)  # six months are no longer than that

    @rule(which=st.integers(0, 3))
    def suspend(self, which: int) -> None:
        serial = self.one_of(which)
        policy = RevocationPolicy()
        self.try_to(
            lambda: suspend(serial, actor="me", store=self.store, policy=policy, now=self.now, subscriber_id=OWNER)
        )

    def proof(self, serial: int, act: Act) -> SignatureProof:
        statement = get_act_statement(serial, act, OWNER, store=self.store)
        return SignatureProof(serial=serial, signature=client_keys(self.key_of[serial]).sign(statement))

    @rule(which=st.integers(0, 3))
    def resume(self, which: int) -> None:
        serial = self.one_of(which)
        proof = self.proof(serial, Act.RESUME)
        self.try_to(lambda: resume_own(serial, proof, subscriber_id=OWNER, store=self.store, now=self.now))

    @rule(which=st.integers(0, 3))
    def revoke(self, which: int) -> None:
        serial = self.one_of(which)
        proof = self.proof(serial, Act.REVOKE)
        done = self.try_to(
            lambda: revoke_own(serial, "keyCompromise", proof, subscriber_id=OWNER, store=self.store, now=self.now)
        )
        if done is not None:
            assert self.statuses()[serial].state.value == "revoked"  # done is done, whoever died meanwhile

    @rule()
    def lock(self) -> None:
        self.try_to(lambda: lock_issuing(OWNER, store=self.store, chance=SystemChance(), now=self.now))
        self.locked, self.opens_at = True, None

    @precondition(lambda self: self.locked)
    @rule(which=st.integers(0, 3))
    def unlock(self, which: int) -> None:
        found = self.store.read(lambda tx: tx.issue_locks.find_lock_of(OWNER))
        statement = act_statement(Act.UNLOCK_ISSUING, found.id, found.version)
        serial = self.one_of(which)
        proof = SignatureProof(serial=serial, signature=client_keys(self.key_of[serial]).sign(statement))
        policy = IssueLockPolicy()
        if self.try_to(lambda: request_unlock(OWNER, proof, store=self.store, policy=policy, now=self.now)):
            self.opens_at = self.opens_at or self.now + timedelta(hours=policy.cooling_hours)

    @precondition(lambda self: self.renewal is None)
    @rule()
    def open_a_renewal(self) -> None:
        self.renewal = self.try_to(lambda: self.holder.opens(now=self.now))

    @precondition(lambda self: self.renewal is not None and self.made is None)
    @rule()
    def renew(self) -> None:
        renewal = self.renewal
        assert renewal is not None
        index = len(self.key_of)
        signed = sign_content(
            self.holder.statement(renewal, client_keys(index)).to_json(),
            certificate_der=self.holder.old.signing.certificate_der,
            sign=client_keys(self.key_of[self.holder.serial]).sign,
            now=self.now,
        )
        self.made = self.try_to(lambda: self.holder.sends(renewal, signed, now=self.now))
        if self.made is None:  # refused: the application runs out, and one may begin anew
            self.runs_out(renewal)
            return
        self.key_of[self.made.signing.serial] = index
        self.holder.hears(renewal, ApplicationState.ISSUED)

    def ends(self, renewal: Renewal, state: ApplicationState) -> None:
        self.world.end(application_of(HONG, id=renewal.application_id), state)
        self.renewal, self.made = None, None

    @precondition(lambda self: self.made is not None)
    @rule()
    def accept(self) -> None:
        made, renewal = self.made, self.renewal
        assert made is not None
        assert renewal is not None
        index = self.key_of[made.signing.serial]

        def accepts() -> bool:
            self.holder.accepts(made, now=self.now, index=index)
            return True

        accepted = self.try_to(accepts)
        if not accepted:
            self.runs_out(renewal)
            return
        self.ends(renewal, ApplicationState.COMPLETED)
        self.holder.old = made
        self.generations += 1

    @rule()
    def renew_from_beginning_to_end(self) -> None:
        """What would take luck to come about step by step."""
        self.wait_for_the_window()
        if self.renewal is None:
            self.open_a_renewal()
        if self.renewal is not None and self.made is None:
            self.renew()
        if self.made is not None:
            self.accept()

    def runs_out(self, renewal: Renewal) -> None:
        """The application expires, and the worker withdraws what nobody accepted."""
        self.ends(renewal, ApplicationState.EXPIRED)
        policy = IssuancePolicy(recovery_grace_s=0)
        issuing = office().authority
        self.try_to(lambda: complete_prepared(store=self.store, authority=issuing, policy=policy, now=self.now))
        self.try_to(lambda: withdraw_unaccepted(renewal.application_id, store=self.store, now=self.now))
        self.carry_out(again=False)

    @rule(again=st.booleans())
    def carry_out(self, again: bool) -> None:
        """The worker takes up what was emitted, some of it for the second time."""
        effects = self.world.outbox.effects
        for effect in effects[0 if again else self.carried :]:
            if isinstance(effect, RevokeCertificate):
                end = partial(revoke, effect.serial, effect.reason, actor="worker", store=self.store, now=self.now)
                assert self.try_to(end) is not None
        self.carried = len(effects)

    # --- looking ---

    def one_of(self, which: int) -> int:
        return sorted(self.key_of, key=lambda serial: self.key_of[serial])[which % len(self.key_of)]

    def issued(self) -> dict[str, int | None]:
        query = sa.select(issuance.c.id, issuance.c.predecessor_serial).where(issuance.c.state == "issued")
        with self.world.database.reading() as connection:
            return {row.id: row.predecessor_serial for row in connection.execute(query)}

    def statuses(self) -> dict[int, CertificateStatus]:
        query = sa.select(certificate.c.serial).where(certificate.c.certificate_der.is_not(None))
        with self.world.database.reading() as connection:
            serials = connection.execute(query).scalars().all()
        return {one: get_status(one, store=self.store) for one in serials}

    @invariant()
    def what_is_revoked_stays_so(self) -> None:
        now_known = self.statuses()
        for serial, before in self.revoked.items():
            assert now_known[serial] == before
        self.revoked = {one: status for one, status in now_known.items() if status.state.value == "revoked"}

    @invariant()
    def nothing_is_issued_while_locked(self) -> None:
        now_issued = self.issued()
        if self.locked and (self.opens_at is None or self.now < self.opens_at):
            assert now_issued == self.seen_issued
        self.seen_issued = now_issued

    @invariant()
    def one_predecessor_has_one_living_successor(self) -> None:
        query = (
            sa.select(issuance.c.predecessor_serial, certificate.c.serial)
            .join(certificate, certificate.c.issuance_id == issuance.c.id)
            .where(
                certificate.c.kind == "signing",
                certificate.c.certificate_der.is_not(None),
                issuance.c.predecessor_serial.is_not(None),
            )
        )
        with self.world.database.reading() as connection:
            rows = connection.execute(query).all()
        known = self.statuses()
        living = Counter(row.predecessor_serial for row in rows if known[row.serial].state.value != "revoked")
        assert all(count == 1 for count in living.values())

    @invariant()
    def nothing_is_told_twice(self) -> None:
        told = [one for one in self.world.outbox.emissions if isinstance(one.effect, NotifySubscriber)]
        expiries = Counter(
            (one.effect.template, one.effect.reference)
            for one in told
            if isinstance(one.effect, NotifySubscriber) and one.effect.template.startswith("certificate_expire")
        )
        for (template, _), count in expiries.items():
            assert count <= (2 if template == "certificate_expires_soon" else 1)  # soon: at thirty days and at seven
        ended = Counter(
            one.effect.reference
            for one in told
            if isinstance(one.effect, NotifySubscriber) and one.effect.template == "certificate_revoked"
        )
        assert all(count == 1 for count in ended.values())

    @invariant()
    def the_log_only_grows_and_verifies(self) -> None:
        with self.world.database.reading() as connection:
            size = verify_log(AuditLogView(connection), self.audit_key, b"").size
        assert size >= self.leaves
        self.leaves = size

    @rule()
    def says_the_same_everywhere(self) -> None:
        """The store, the list and the responder agree on every certificate, in both directions."""
        self.store.deaths.clear()
        maker = ListMaker(
            store=self.store,
            authority=CrlAuthority(signer=office().authority.signer, last_number=1),
            policy=CrlPolicy(),
            open_spool=open_spool,
            chance=SystemChance(),
        )
        issue_lists(maker, self.now)
        crl = x509.load_der_x509_crl(read_crl(get_crl(store=self.store), store=self.store))
        for serial, status in self.statuses().items():
            entry = crl.get_revoked_certificate_by_serial_number(serial)
            said = self.asked(serial)
            if status.state.value == "good":
                assert entry is None
                assert said.certificate_status is ocsp.OCSPCertStatus.GOOD
                continue
            assert said.certificate_status is ocsp.OCSPCertStatus.REVOKED
            if entry is None:  # lists forget what has run out, the responder does not
                assert status.not_after < self.now
                continue
            reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
            assert said.revocation_reason is reason
            assert (reason is x509.ReasonFlags.certificate_hold) == (status.state.value == "held")
            assert said.revocation_time_utc == entry.revocation_date_utc == status.since

    def asked(self, serial: int) -> ocsp.OCSPResponse:
        query = sa.select(certificate.c.certificate_der).where(certificate.c.serial == serial)
        with self.world.database.reading() as connection:
            asked = x509.load_der_x509_certificate(connection.execute(query).scalar_one())
        issuer = x509.load_der_x509_certificate(office().issuing_der)
        request = ocsp.OCSPRequestBuilder().add_certificate(asked, issuer, hashes.SHA256()).build()
        responder = Responder(hashes=IssuerHashes(office().authority.issuer))
        parsed = parse_request(request.public_bytes(Encoding.DER))
        found = answer(
            parsed,
            look_up(parsed, responder=responder, store=self.store, latest=None),
            hand=Hand(),
            hand_not_after=self.now + timedelta(days=10),
            responder=responder,
            policy=OcspPolicy(),
            now=self.now,
        )
        return ocsp.load_der_ocsp_response(found.response_der)


AnyOrder.TestCase.settings = settings(
    max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
test_looked_after_in_any_order = AnyOrder.TestCase
