"""The worker: carries effects out through adapters and feeds events back; keeps time.

Each effect goes to one function of its step. The worker decides nothing; which function gets which effect, and what is
done how often, stands here. It holds the CA's key for revocation lists, for delegates and for what a crash left
unsigned, and the key of statements; it has no door of its own to the network.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from dojang.adapters.effects.settings import Handler, Tick, WorkerSettings
from dojang.adapters.effects.worker import EffectWorker, run_worker
from dojang.adapters.keys.statement_signer import KeyStoreStatementSigner
from dojang.adapters.store.audit_log import AuditHeads
from dojang.authorities import open_authority, open_delegating_authority, open_keystore
from dojang.bootstrap import (
    Office,
    open_audit_signer,
    open_guard,
    open_list_maker,
    open_office,
    open_witness,
    refuse_lost_audit_key,
)
from dojang.config import Settings
from dojang.controls.audit_log.usecases import publish_head
from dojang.controls.delegates.model import ReplaceDelegate
from dojang.controls.delegates.usecases import DelegatingAuthority, keep_delegates
from dojang.controls.endings.model import WarnOfEnd
from dojang.controls.notices import expiry, telling
from dojang.controls.notices.model import NotifySubscriber, SendContactCode
from dojang.controls.outage.model import RaiseOutageAlert
from dojang.controls.party_events import feeds, posting
from dojang.controls.party_events.model import AlertWebhookDisabled, SendWebhooks, SpreadEvents
from dojang.controls.step_up import calling
from dojang.controls.step_up.model import AlertDisowned, ExpireConfirmation, PlaceConfirmationCall
from dojang.controls.support.usecases import tidy_tickets
from dojang.endings import carry_out_warn, watch_endings
from dojang.gateways import Gateways, guarded, open_gateways, watched
from dojang.kernel.effects import Effect
from dojang.kernel.notice import Channel
from dojang.lifecycle.application import usecases as application
from dojang.lifecycle.application.model import (
    AdvanceApplication,
    ExpireApplication,
    RevokeCertificate,
    SuspendPredecessor,
    WithdrawUnaccepted,
)
from dojang.lifecycle.delivery import usecases as delivery
from dojang.lifecycle.delivery.model import StateSuccession
from dojang.lifecycle.identity_proofing import closing, reading, registry
from dojang.lifecycle.identity_proofing import model as proofing
from dojang.lifecycle.identity_proofing.account_deposit import account, confirmation, sending
from dojang.lifecycle.identity_proofing.ars_call import placing
from dojang.lifecycle.identity_proofing.erasure.usecases import erase_overdue
from dojang.lifecycle.issuance import usecases as issuance
from dojang.lifecycle.issuance.authority import CertificateAuthority
from dojang.lifecycle.issue_lock import usecases as issue_lock
from dojang.lifecycle.reliance.signature_request import assembly
from dojang.lifecycle.reliance.signature_request.model import AssembleSignature
from dojang.lifecycle.revocation import usecases as revocation
from dojang.lifecycle.revocation.model import IssueCrl
from dojang.lifecycle.status.lists import issue_lists
from dojang.lifecycle.transfer import usecases as transfer
from dojang.pki.certificate import parse_certificate
from dojang.pki.name import display_name
from dojang.pki.validity import KST
from dojang.queue_rules import queue_rules
from dojang.signatures import open_signature_bench


def _without_id(carry_out: Callable[..., object]) -> Handler:
    """Adapt a function that is idempotent by the ids inside its effect."""

    def handler(effect: Effect, effect_id: str) -> None:
        del effect_id
        carry_out(effect)

    return handler


def handlers_of(
    office: Office,
    gateways: Gateways,
    authority: CertificateAuthority,
    delegating: DelegatingAuthority,
    signer: KeyStoreStatementSigner,
) -> Mapping[type[Effect], Handler]:
    """Return which function carries out which effect."""
    return {
        **_step_handlers(office),
        **_proofing_handlers(office, gateways),
        **_confirmation_handlers(office, gateways),
        **_signing_handlers(office, authority, delegating, signer),
        **_assembly_handlers(office),
        **_notice_handlers(office, gateways),
        **_party_handlers(office, gateways),
    }


def _step_handlers(office: Office) -> dict[type[Effect], Handler]:
    store, clock = office.store, office.clock

    def advance(effect: AdvanceApplication) -> None:
        application.advance_application(effect.application_id, effect.event, store=store, now=clock.now())

    def expire(effect: ExpireApplication) -> None:
        application.expire_application(effect.application_id, store=store, now=clock.now())

    def withdraw(effect: WithdrawUnaccepted) -> None:
        delivery.withdraw_unaccepted(effect.application_id, store=store, now=clock.now())

    return {
        AdvanceApplication: _without_id(advance),
        ExpireApplication: _without_id(expire),
        WithdrawUnaccepted: _without_id(withdraw),
    }


def _proofing_handlers(office: Office, gateways: Gateways) -> dict[type[Effect], Handler]:
    store, clock, policy = office.store, office.clock, office.settings.policy.proofing
    examine = partial(
        reading.carry_out_examine_document, store=store, reader=gateways.reader, policy=policy, clock=clock
    )
    check = partial(
        registry.carry_out_check_registry,
        store=store,
        registry=gateways.registry,
        policy=policy,
        chance=office.chance,
        clock=clock,
    )
    call = partial(placing.carry_out_place_call, store=store, voice=gateways.voice, policy=policy, clock=clock)

    def inquire(effect: proofing.InquireOwnership) -> None:
        account.carry_out_inquire_ownership(effect, store=store, bank=gateways.bank, policy=policy, clock=clock)

    def send(effect: proofing.SendDeposit) -> None:
        sending.carry_out_send_deposit(effect, store=store, bank=gateways.bank, policy=policy, clock=clock)

    def settle(effect: proofing.SettleDeposit) -> None:
        sending.carry_out_settle_deposit(effect, store=store, bank=gateways.bank, policy=policy, clock=clock)

    def expire_deposit(effect: proofing.ExpireDeposit) -> None:
        confirmation.expire_deposit(effect, store=store, policy=policy, now=clock.now())

    def expire_call(effect: proofing.ExpireCall) -> None:
        placing.expire_call(effect, store=store, policy=policy, now=clock.now())

    return {
        proofing.ExamineDocument: _without_id(examine),
        proofing.CheckRegistry: _without_id(check),
        proofing.InquireOwnership: _without_id(inquire),
        proofing.SendDeposit: _without_id(send),
        proofing.SettleDeposit: _without_id(settle),
        proofing.PlaceCall: _without_id(call),
        proofing.ExpireDeposit: _without_id(expire_deposit),
        proofing.ExpireCall: _without_id(expire_call),
    }


def _confirmation_handlers(office: Office, gateways: Gateways) -> dict[type[Effect], Handler]:
    store, clock, policy = office.store, office.clock, office.settings.policy.step_up
    call = partial(calling.carry_out_place_call, store=store, voice=gateways.voice, policy=policy, clock=clock)

    def expire(effect: ExpireConfirmation) -> None:
        calling.expire_confirmation(effect, store=store, policy=policy, now=clock.now())

    def alert(effect: AlertDisowned) -> None:
        calling.carry_out_alert_disowned(
            effect,
            notifier=gateways.notifier,
            operators_email=office.settings.neighbours.notice.operators_email,
            language="ko",
        )

    return {
        PlaceConfirmationCall: _without_id(call),
        ExpireConfirmation: _without_id(expire),
        AlertDisowned: _without_id(alert),
    }


def _signing_handlers(
    office: Office, authority: CertificateAuthority, delegating: DelegatingAuthority, signer: KeyStoreStatementSigner
) -> dict[type[Effect], Handler]:
    store, clock = office.store, office.clock
    issuer_name = display_name(parse_certificate(office.published.issuing_der).subject.public_bytes())

    def revoke(effect: RevokeCertificate) -> None:
        revocation.revoke(
            effect.serial, effect.reason, actor=f"application:{effect.application_id}", store=store, now=clock.now()
        )

    def suspend(effect: SuspendPredecessor) -> None:
        revocation.suspend_for_reissue(
            effect.serial,
            application_id=effect.application_id,
            store=store,
            policy=office.settings.policy.revocation,
            now=clock.now(),
        )

    def state_succession(effect: StateSuccession) -> None:
        delivery.state_succession(
            effect.application_id, store=store, signer=signer, issuer_name=issuer_name, now=clock.now()
        )

    def issue_crl(effect: IssueCrl) -> None:
        del effect
        _issue_crl(office, authority, clock.now())

    def replace_delegate(effect: ReplaceDelegate) -> None:
        del effect
        _keep_delegates(office, delegating, clock.now())
        _issue_crl(office, authority, clock.now())

    return {
        ReplaceDelegate: _without_id(replace_delegate),
        RevokeCertificate: _without_id(revoke),
        SuspendPredecessor: _without_id(suspend),
        StateSuccession: _without_id(state_succession),
        IssueCrl: _without_id(issue_crl),
    }


def _assembly_handlers(office: Office) -> dict[type[Effect], Handler]:
    bench = open_signature_bench(
        office.settings, office.published, store=office.store, workshop=office.workshop, verifier=office.verifier
    )
    assemble = partial(assembly.carry_out_assemble_signature, store=office.store, bench=bench, clock=office.clock)
    return {AssembleSignature: _without_id(assemble)}


def _notice_handlers(office: Office, gateways: Gateways) -> dict[type[Effect], Handler]:
    store, language = office.store, "ko"

    def alert(effect: proofing.RaiseAlert) -> None:
        closing.carry_out_raise_alert(
            effect,
            store=store,
            notifier=gateways.notifier,
            operators_email=office.settings.neighbours.notice.operators_email,
            language=language,
        )

    tell = partial(
        telling.carry_out_notify,
        store=store,
        notifier=gateways.notifier,
        cipher=office.cipher,
        policy=office.settings.policy.notices,
        clock=office.clock,
    )
    prove = partial(
        telling.carry_out_send_code,
        store=store,
        notifier=gateways.notifier,
        cipher=office.cipher,
        policy=office.settings.policy.notices,
        clock=office.clock,
    )

    def alert_outage(effect: RaiseOutageAlert, effect_id: str) -> None:
        since = datetime.fromtimestamp(effect.since, KST)
        gateways.notifier.send(
            notice_id=effect_id,
            channel=Channel.EMAIL,
            to=office.settings.neighbours.notice.operators_email,
            language=language,
            template="outage_began_office",
            params={"case": effect.neighbour, "at": since.isoformat(" ", "minutes")},
        )

    return {
        proofing.RaiseAlert: _without_id(alert),
        RaiseOutageAlert: alert_outage,
        WarnOfEnd: partial(carry_out_warn, office=office, gateways=gateways),
        NotifySubscriber: tell,
        SendContactCode: _without_id(prove),
    }


def _party_handlers(office: Office, gateways: Gateways) -> dict[type[Effect], Handler]:
    def spread(effect: SpreadEvents) -> None:
        feeds.carry_out_spread(effect, store=office.store)

    def send(effect: SendWebhooks) -> None:
        policy = office.settings.policy.party_events
        posting.carry_out_send(effect, store=office.store, way=gateways.webhooks, policy=policy, clock=office.clock)

    def alert(effect: AlertWebhookDisabled, effect_id: str) -> None:
        at = datetime.fromtimestamp(effect.at, KST)
        gateways.notifier.send(
            notice_id=effect_id,
            channel=Channel.EMAIL,
            to=office.settings.neighbours.notice.operators_email,
            language="ko",
            template="webhook_disabled_office",
            params={"case": effect.client_id, "at": at.isoformat(" ", "minutes")},
        )

    return {SpreadEvents: _without_id(spread), SendWebhooks: _without_id(send), AlertWebhookDisabled: alert}


def ticks_of(office: Office, authority: CertificateAuthority, delegating: DelegatingAuthority) -> Mapping[str, Tick]:
    """Return what is done again and again. Five or six fields as in cron, seconds first where six; UTC."""
    settings = office.settings
    head_signer, witness, heads = open_audit_signer(settings), open_witness(settings), AuditHeads(office.database)

    def complete(now: datetime) -> None:
        issuance.complete_prepared(store=office.store, authority=authority, policy=settings.policy.issuance, now=now)

    def tidy(now: datetime) -> None:
        application.expire_applications(store=office.store, now=now)
        closing.close_ended_cases(store=office.store, now=now)
        closing.drop_old_limits(store=office.store, now=now)
        issue_lock.open_cooled(store=office.store, policy=settings.policy.issue_lock, now=now)
        revocation.end_holds(store=office.store, policy=settings.policy.revocation, now=now)
        assembly.tidy(store=office.store, policy=settings.policy.signature_request, now=now)
        tidy_tickets(store=office.store, policy=settings.policy.support, now=now)
        office.store.transact(lambda tx: tx.accounts.drop_ended_sessions(now))
        transfer.sweep_slots(store=office.store, now=now)
        feeds.tidy_events(store=office.store, policy=settings.policy.party_events, now=now)

    def erase(now: datetime) -> None:
        erase_overdue(store=office.store, policy=settings.policy.proofing.retention, now=now)

    def remind(now: datetime) -> None:
        expiry.remind(store=office.store, policy=settings.policy.notices.expiry, now=now)

    return {
        "complete-prepared": Tick(cron="*/10 * * * * *", handler=complete),
        "tidy": Tick(cron="*/30 * * * * *", handler=tidy),
        "crl": Tick(cron="*/5 * * * *", handler=lambda now: _issue_crl(office, authority, now)),
        "delegates": Tick(cron="*/10 * * * *", handler=lambda now: _keep_delegates(office, delegating, now)),
        "webhooks": Tick(
            cron="* * * * *", handler=lambda now: _discard(posting.queue_due(store=office.store, now=now))
        ),
        "endings": Tick(cron="7 * * * *", handler=partial(watch_endings, office)),
        "retention": Tick(cron="17 * * * *", handler=erase),
        "expiry": Tick(cron="* * * * *", handler=remind),
        "audit-head": Tick(
            cron="*/15 * * * * *", handler=lambda now: _discard(publish_head(heads, head_signer, witness, now))
        ),
    }


def _discard(_: object) -> None:
    """Ticks return nothing."""


def _keep_delegates(office: Office, delegating: DelegatingAuthority, now: datetime) -> None:
    policy = office.settings.policy.delegates
    keep_delegates(store=office.store, authority=delegating, policy=policy, chance=office.chance, now=now)


def _issue_crl(office: Office, authority: CertificateAuthority, now: datetime) -> None:
    issue_lists(open_list_maker(office, authority), now)


def work(settings: Settings, stop: threading.Event) -> bool:
    """Run a worker until `stop` is set; return False when it must be started again."""
    office = open_office(settings)
    refuse_lost_audit_key(settings, office.database)
    keystore = open_keystore(settings)
    authority = open_authority(settings, office.published, keystore)
    delegating = open_delegating_authority(settings, authority)
    signer = KeyStoreStatementSigner(
        keystore=keystore,
        label="statement",
        certificate_der=office.published.statement_der,
        chain_der=office.published.chain_der[:1],
    )
    guard = open_guard(office)
    opened = open_gateways(settings, office, guard)
    gateways = watched(opened, guard)
    issuance.complete_prepared(
        store=office.store, authority=authority, policy=settings.policy.issuance, now=office.clock.now()
    )
    _keep_delegates(office, delegating, office.clock.now())
    _issue_crl(office, authority, office.clock.now())
    worker = EffectWorker(
        queue=office.queue,
        handlers=guarded(handlers_of(office, gateways, authority, delegating, signer), office, guard),
        ticks=ticks_of(office, authority, delegating),
        clock=office.clock,
        settings=WorkerSettings(poll_s=settings.queue_poll_s, queues=queue_rules(settings)),
    )
    opened.reader.warm_up()
    try:
        return run_worker(worker, stop)
    finally:
        publish_head(
            AuditHeads(office.database), open_audit_signer(settings), open_witness(settings), office.clock.now()
        )
        opened.reader.close()
