"""Where ports meet adapters: one function per process role, each given only what its role needs.

`open_office` serves operators and protocols, and has no key of the CA; protocols hold the delegates' keys instead.
`open_signer` adds the port that issues, with the key; `open_subscriber_office` adds it as the settings say: with the
key here, or asking the signing role. The worker opens an office and, of the keys, those that sign revocation lists,
delegates and statements, and that finish what a crash left unsigned. Read from top to bottom; nothing is connected at
import.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Protocol

import sqlalchemy as sa
import structlog
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from dojang.adapters.authority_folder import AuthorityFolder, read_authority_folder
from dojang.adapters.chance import SystemChance
from dojang.adapters.clock import SystemClock
from dojang.adapters.effects.queue import EffectQueue
from dojang.adapters.effects.registry import EffectRegistry
from dojang.adapters.notice.vapid import VapidKey, open_vapid_key
from dojang.adapters.outage import Guard
from dojang.adapters.passkey_verifier import Fido2PasskeyVerifier
from dojang.adapters.registration_authority import RegistrationAuthority
from dojang.adapters.secrecy.audit_key import Ed25519HeadSigner, open_audit_key
from dojang.adapters.secrecy.field_cipher import RingFieldCipher
from dojang.adapters.secrecy.key_ring import WatchedRing
from dojang.adapters.secrecy.p256_key import open_p256_key
from dojang.adapters.secrecy.password_hash import Argon2Hasher
from dojang.adapters.signer_http import HttpIssuing, SignerRefusedUs, SignerUnavailable
from dojang.adapters.spool import open_spool
from dojang.adapters.store import audit_log
from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.audit_witness import FileWitness
from dojang.adapters.store.engine import Database, open_database
from dojang.adapters.store.setup import prepare
from dojang.adapters.store.store import SqlStore
from dojang.adapters.store.transaction import SqlTransaction
from dojang.authorities import open_authority, open_keystore
from dojang.config import ConfigUnreadable, ProductionRefused, Settings
from dojang.controls.access.passkeys.ports import PasskeyVerifier
from dojang.controls.access.ports import PasswordHasher
from dojang.controls.ceremony.ceremony import FIRST_CRL_NUMBER
from dojang.controls.delegates.model import ReplaceDelegate
from dojang.controls.endings.model import WarnOfEnd
from dojang.controls.notices.model import NotifySubscriber, SendContactCode
from dojang.controls.outage.model import Neighbour, RaiseOutageAlert
from dojang.controls.party_events.model import AlertWebhookDisabled, SendWebhooks, SpreadEvents
from dojang.controls.step_up.model import AlertDisowned, ExpireConfirmation, PlaceConfirmationCall
from dojang.kernel.catalogue import Catalogue, load_catalogue
from dojang.kernel.effects import Effect
from dojang.kernel.errors import DojangError, Fault
from dojang.kernel.ports import Chance, Clock, FieldCipher
from dojang.lifecycle.application.model import (
    AdvanceApplication,
    ExpireApplication,
    RevokeCertificate,
    SuspendPredecessor,
    WithdrawUnaccepted,
)
from dojang.lifecycle.delivery.model import StateSuccession
from dojang.lifecycle.identity_proofing import model as proofing
from dojang.lifecycle.issuance import usecases as issuance
from dojang.lifecycle.issuance.authority import CertificateAuthority
from dojang.lifecycle.issuance.model import CertificateSet, IssuanceRequest
from dojang.lifecycle.reliance.signature_request.model import AssembleSignature
from dojang.lifecycle.reliance.signature_request.ports import PdfWorkshop
from dojang.lifecycle.reliance.verification import Verifier
from dojang.lifecycle.revocation.model import IssueCrl
from dojang.lifecycle.status.lists import CrlAuthority, ListMaker
from dojang.pki.profile import check_arc
from dojang.signatures import open_verifier, open_workshop

_log = structlog.get_logger("dojang.office")


EFFECT_QUEUES: Mapping[str, tuple[type[Effect], ...]] = {
    "steps": (
        AdvanceApplication,
        ExpireApplication,
        WithdrawUnaccepted,
        proofing.ExpireDeposit,
        proofing.ExpireCall,
        ExpireConfirmation,
    ),
    "reader": (proofing.ExamineDocument,),
    "registry": (proofing.CheckRegistry,),
    "bank": (proofing.InquireOwnership, proofing.SendDeposit, proofing.SettleDeposit),
    "telephony": (proofing.PlaceCall, PlaceConfirmationCall),
    "signing": (RevokeCertificate, SuspendPredecessor, IssueCrl, StateSuccession, ReplaceDelegate),
    "assembly": (AssembleSignature,),
    "notice": (
        NotifySubscriber,
        SendContactCode,
        proofing.RaiseAlert,
        RaiseOutageAlert,
        WarnOfEnd,
        AlertDisowned,
        AlertWebhookDisabled,
    ),
    "events": (SpreadEvents,),
    "webhooks": (SendWebhooks,),
}


class Issuing(Protocol):
    """The one port through which the office has certificates issued; only the signing role has it for real."""

    def issue(self, request: IssuanceRequest, now: datetime) -> CertificateSet:
        """Issue the set, exactly once. See `lifecycle.issuance.usecases.issue`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What request handlers work with."""

    settings: Settings
    clock: Clock
    chance: Chance
    database: Database
    store: SqlStore[SqlTransaction]
    queue: EffectQueue
    cipher: FieldCipher
    hasher: PasswordHasher
    passkey_verifier: PasskeyVerifier
    catalogue: Catalogue
    published: AuthorityFolder
    push_key: VapidKey
    identity_key: EllipticCurvePrivateKey
    issuing: Issuing
    verifier: Verifier
    workshop: PdfWorkshop

    def unready(self) -> list[str]:
        """Return what keeps the office from serving: "store", or nothing."""
        try:
            with self.database.reading() as connection:
                connection.execute(sa.text("SELECT 1"))
        except sa.exc.DBAPIError:
            return ["store"]
        return []


class SignsHere:
    """`Issuing` in the process that has the CA's key."""

    def __init__(
        self, store: SqlStore[SqlTransaction], authority: CertificateAuthority, settings: Settings, clock: Clock
    ) -> None:
        self._store = store
        self._authority = authority
        self._policy = settings.policy.issuance
        self._ration = settings.policy.application.ration
        self._chance = SystemChance()
        self._virtual_ids = RegistrationAuthority(store, clock)

    def issue(self, request: IssuanceRequest, now: datetime) -> CertificateSet:
        """See the port."""
        return issuance.issue(
            request,
            store=self._store,
            authority=self._authority,
            virtual_ids=self._virtual_ids,
            policy=self._policy,
            ration=self._ration,
            chance=self._chance,
            now=now,
        )


class SignsBehindBreaker:
    """`Issuing` through the signing role, whose outages are noticed by every process that asks it."""

    def __init__(self, asked: Issuing, guard: Guard) -> None:
        self._asked = asked
        self._guard = guard

    def issue(self, request: IssuanceRequest, now: datetime) -> CertificateSet:
        """See the port; raises `NeighbourResting` while the signing role is away."""
        return self._guard.call(
            Neighbour.SIGNER, lambda: self._asked.issue(request, now), failures=(SignerUnavailable, SignerRefusedUs)
        )


class StoreUnreachable(DojangError):
    """The database does not answer, or does not let us in."""

    code = "store.unreachable"
    fault: ClassVar[Fault] = Fault.OPERATOR


class KeysLost(DojangError):
    """The store was used with keys that are not in the secrets directory; `missing` names their file."""

    code = "secrecy.keys_lost"
    fault: ClassVar[Fault] = Fault.OPERATOR


class SignerElsewhere(DojangError):
    """This process has no CA key and no way to ask for one; enrolment is served by another."""

    code = "authority.signer_elsewhere"


class SignsElsewhere:
    """`Issuing` in a process without the CA's key: refuses."""

    def issue(self, request: IssuanceRequest, now: datetime) -> CertificateSet:
        """Raise `SignerElsewhere`."""
        del request, now
        raise SignerElsewhere()


def open_office(settings: Settings) -> Office:
    """Open the office without any key of the CA: subscribers (but for enrolment), operators, protocols."""
    refuse_sandbox_in_production(settings)
    database, queue, cipher = _ground_floor(settings)
    store = open_store(database, queue, cipher)
    published = read_authority_folder(settings.authority_dir, ca_folder=settings.authority.organisation)
    if settings.policy.crl.partitions:  # on record before the first certificate names one of them
        store.transact(lambda tx: tx.crls.add_partitioning(settings.policy.crl.partitions))
    return Office(
        settings=settings,
        clock=SystemClock(),
        chance=queue.chance,
        database=database,
        store=store,
        queue=queue,
        cipher=cipher,
        hasher=Argon2Hasher(),
        passkey_verifier=Fido2PasskeyVerifier(settings.public_url),
        catalogue=load_catalogue(),
        published=published,
        push_key=open_vapid_key(settings.secrets_dir / "push.key"),
        identity_key=open_p256_key(settings.secrets_dir / "identity.key"),
        issuing=SignsElsewhere(),
        verifier=open_verifier(settings, store, published),
        workshop=open_workshop(settings),
    )


def open_signer(settings: Settings) -> Office:
    """Open the office with the port that issues and the key it takes. Raises `KeyStoreLocked` and its kin."""
    office = open_office(settings)
    authority = open_authority(settings, office.published, open_keystore(settings))
    return replace(office, issuing=SignsHere(office.store, authority, settings, office.clock))


def open_subscriber_office(settings: Settings) -> Office:
    """Open the office for subscribers: it asks the signing role at `signer.url` to issue, or signs itself without one.

    Raises `ConfigUnreadable` when there is no secret to show.
    """
    signer = settings.signer
    if not signer.url:
        return open_signer(settings)
    asked = HttpIssuing(signer.url, secret=signer.read_secret(), timeout_s=signer.timeout_s, ca_file=signer.tls_ca_file)
    office = open_office(settings)
    return replace(office, issuing=SignsBehindBreaker(asked, open_guard(office)))


def open_guard(office: Office) -> Guard:
    """Return the guard before the neighbours; what rests on a neighbour's queue is woken when it is back."""
    return Guard(
        store=office.store,
        policy=office.settings.policy.outage,
        clock=office.clock,
        woken=lambda neighbour: _wake(office, neighbour),
    )


def _wake(office: Office, neighbour: Neighbour) -> None:
    if neighbour.value in EFFECT_QUEUES:
        office.queue.wake(neighbour.value, office.clock.now())


def open_store(database: Database, queue: EffectQueue, cipher: FieldCipher) -> SqlStore[SqlTransaction]:
    """Return the store every role works with: one commit for state, audit entries and effects."""
    return SqlStore(
        database,
        begin=lambda connection: SqlTransaction(connection, cipher),
        append=audit_log.append,
        enqueue=queue.enqueue_all,
    )


def open_list_maker(office: Office, authority: CertificateAuthority) -> ListMaker:
    """Return everything revocation lists are made with; their addresses are those that stand in certificates."""
    lists = f"{office.settings.public_url}/crl/issuing"
    return ListMaker(
        store=office.store,
        authority=CrlAuthority(
            signer=authority.signer,
            last_number=FIRST_CRL_NUMBER,
            partition_uri=f"{lists}/{{partition}}.crl",
            delta_uri=f"{lists}.delta.crl",
            partition_delta_uri=f"{lists}/{{partition}}.delta.crl",
        ),
        policy=office.settings.policy.crl,
        open_spool=open_spool,
        chance=office.chance,
    )


def open_audit_signer(settings: Settings) -> Ed25519HeadSigner:
    """Return the key that signs heads of the audit log, made at the first call."""
    return open_audit_key(settings.secrets_dir / "audit.key", origin=f"dojang/{settings.authority.organisation}")


def refuse_lost_audit_key(settings: Settings, database: Database) -> None:
    """Raise `KeysLost` when heads were signed and their key is gone: a new one must not take its place."""
    if not (settings.secrets_dir / "audit.key").exists():
        with database.reading() as connection:
            signed = next(AuditLogView(connection).notes(), None)
        if signed is not None:
            raise KeysLost(missing="audit.key")


def open_witness(settings: Settings) -> FileWitness:
    """Return the witness file; an operator puts it on storage the database's administrator cannot write."""
    return FileWitness(settings.data_dir / "witness" / "audit.heads")


def refuse_sandbox_in_production(settings: Settings) -> None:
    """Raise `ProductionRefused` when production was asked for with a setting only a sandbox may have."""
    if not settings.is_production:
        return
    wrong = [f"neighbours.{name}" for name in settings.sandbox_neighbours]
    if not settings.web.public_url.startswith("https://"):
        wrong.append("web.public_url")
    if settings.web.vault_origin.startswith("http://"):
        wrong.append("web.vault_origin")
    if wrong:
        raise ProductionRefused(settings=wrong)
    check_arc(settings.authority.arc, production=True, owned_arcs=frozenset(settings.authority.owned_arcs))


def open_database_of(settings: Settings) -> Database:
    """Open the store's database as it is, without bringing it up to date. Raises `ConfigUnreadable`."""
    try:
        return open_database(settings.database)
    except (ValueError, sa.exc.ArgumentError):  # neither text is passed on: a database URL may hold a password
        raise ConfigUnreadable(fields=["database_url"]) from None


def _ground_floor(settings: Settings) -> tuple[Database, EffectQueue, RingFieldCipher]:
    _private_directory(settings.data_dir)
    _private_directory(settings.secrets_dir)
    database = open_database_of(settings)
    try:
        prepare(database)
    except sa.exc.OperationalError:
        raise StoreUnreachable() from None
    with database.reading() as connection:
        used = AuditLogView(connection).find_head()
    if used is not None and used.size and not fields_ring_of(settings).exists():
        raise KeysLost(missing="fields.keys")
    queue = EffectQueue(database=database, registry=EffectRegistry(EFFECT_QUEUES), chance=SystemChance())
    return (
        database,
        queue,
        RingFieldCipher(ring=WatchedRing(fields_ring_of(settings)), chance=queue.chance),
    )


def fields_ring_of(settings: Settings) -> Path:
    """Return where the key ring of sealed fields lies."""
    return settings.secrets_dir / "fields.keys"


def _private_directory(path: Path) -> None:
    """Make the directory, and take from others what they may do in one that is there."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.stat().st_mode & 0o077:
            path.chmod(0o700)
            _log.warning("directory_made_private", directory=path.name)
    except OSError:
        raise ConfigUnreadable(fields=["data_dir"]) from None
