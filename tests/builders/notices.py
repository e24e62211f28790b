"""People to be told something: accounts with telephones and addresses on a real database, and a mailbox in memory."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import sqlalchemy as sa

from builders.sql_office import Outbox
from dojang.adapters.chance import SystemChance
from dojang.adapters.secrecy.field_cipher import RingFieldCipher
from dojang.adapters.secrecy.key_ring import KeyRing
from dojang.adapters.store import audit_log
from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.engine import Database
from dojang.adapters.store.identity_proofing.documents import SqlPersonalData
from dojang.adapters.store.store import SqlStore
from dojang.adapters.store.tables.access import account
from dojang.adapters.store.tables.application import application
from dojang.adapters.store.tables.identity_proofing import proofing_case
from dojang.adapters.store.transaction import SqlTransaction
from dojang.controls.notices import telling
from dojang.controls.notices.model import Contact, ContactState, Delivery, NotifySubscriber
from dojang.controls.notices.policy import NoticePolicy
from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.kernel.notice import Channel
from dojang.lifecycle.identity_proofing.document import PersonalData
from fakes.identity_proofing import FakeClock
from fakes.mailbox import Delivered, FakeMailbox

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
RING = KeyRing(sealing={1: b"s" * 32}, index=b"i" * 32)


@dataclass(slots=True, kw_only=True)
class NoticeOffice:
    """An office that tells people things. Effects stay in `outbox` until `tell` or `pump` carries them out."""

    database: Database
    policy: NoticePolicy = field(default_factory=NoticePolicy)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))
    mailbox: FakeMailbox = field(default_factory=FakeMailbox)
    outbox: Outbox = field(default_factory=Outbox)
    chance: SystemChance = field(default_factory=SystemChance)
    cipher: RingFieldCipher = field(default_factory=lambda: RingFieldCipher(ring=RING, chance=SystemChance()))
    store: SqlStore[SqlTransaction] = field(init=False)

    def __post_init__(self) -> None:
        self.store = SqlStore(
            self.database,
            begin=lambda connection: SqlTransaction(connection, self.cipher),
            append=audit_log.append,
            enqueue=self.outbox,
        )

    def person(self, subscriber_id: str = "who", language: str = "ko") -> str:
        """Open an account."""
        with self.database.writing() as connection:
            connection.execute(
                account.insert().values(
                    id=subscriber_id,
                    login_name=subscriber_id,
                    password_hash="-",
                    role="subscriber",
                    language=language,
                    created_at=NOW,
                    failed_sign_ins=0,
                    version=0,
                )
            )
        return subscriber_id

    def proves(self, subscriber_id: str, phone: str, at: datetime, *, verified: bool = True) -> None:
        """Have identity proofing prove a telephone at that time (or, unverified, only hear of it)."""
        with self.database.writing() as connection:
            number = connection.execute(sa.select(sa.func.count()).select_from(proofing_case)).scalar_one() + 1
            name = f"{number:04d}"
            connection.execute(
                application.insert().values(
                    id=name,
                    subscriber_id=subscriber_id,
                    kind="new",
                    years=1,
                    validity="anew",
                    consents="[]",
                    state="completed",
                    opened_at=at,
                    expires_at=at,
                    version=0,
                )
            )
            connection.execute(
                proofing_case.insert().values(
                    id=name,
                    application_id=name,
                    subscriber_id=subscriber_id,
                    kind="new",
                    state="closed",
                    opened_at=at,
                    expires_at=at,
                    verified_at=at if verified else None,
                    version=0,
                )
            )
            SqlPersonalData(connection, self.cipher).put(
                PersonalData(
                    case_id=name,
                    name="가온누리",
                    birth_date=date(1990, 1, 1),
                    sex="F",
                    phone=phone,
                    rrn=None,
                    rrn_typed=False,
                )
            )

    def has_contact(
        self,
        subscriber_id: str,
        value: str,
        channel: Channel = Channel.EMAIL,
        *,
        since: datetime = NOW,
        until: datetime | None = None,
    ) -> str:
        """Give the person a proven contact, ended at `until`; return its id."""
        contact = Contact(
            id=self.chance.new_id(),
            subscriber_id=subscriber_id,
            channel=channel,
            value=value,
            digest=hashlib.sha256(value.encode()).hexdigest(),
            state=ContactState.ACTIVE if until is None else ContactState.ENDED,
            added_at=since,
            verified_at=since,
            ended_at=until,
        )
        self.store.transact(lambda tx: tx.contacts.put_contact(contact))
        return contact.id

    def tell(self, subscriber_id: str, template: str, reference: str = "none", effect_id: str = "effect-1") -> None:
        """Carry one notice out, as the worker does."""
        telling.carry_out_notify(
            NotifySubscriber(subscriber_id=subscriber_id, template=template, reference=reference),
            effect_id,
            store=self.store,
            notifier=self.mailbox,
            cipher=self.cipher,
            policy=self.policy,
            clock=self.clock,
        )

    def tries_to_tell(self, subscriber_id: str, template: str, effect_id: str = "effect-1") -> bool:
        """Carry one notice out; return False when a provider is away."""
        try:
            self.tell(subscriber_id, template, effect_id=effect_id)
        except NeighbourUnavailable:
            return False
        return True

    def boxes(self, *recipients: str) -> list[list[Channel]]:
        """Return by which channels each recipient was told, oldest first."""
        return [[one.channel for one in self.got(to)] for to in recipients]

    def got(self, recipient: str) -> Sequence[Delivered]:
        """Return what a recipient got, oldest first."""
        return self.mailbox.delivered_to(recipient)[::-1]

    def ways(self, notice_id: str = "effect-1") -> dict[str, str]:
        """Return the state of each way of a notice: channel and contact to state."""
        found: tuple[Delivery, ...] = self.store.read(lambda tx: tx.notices.list_deliveries(notice_id))
        return {f"{one.channel.value}:{one.contact}": one.state.value for one in found}

    def tags(self) -> list[str]:
        """Return the tags of the audit log."""
        with self.database.reading() as connection:
            return [one.leaf.tag for one in AuditLogView(connection).leaves()]
