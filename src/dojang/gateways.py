"""The neighbours as the worker reaches them: a client of each, watched, and the handlers that wait while one is away.

The worker says which function carries out which effect; here stands which neighbour that function needs. Decides
nothing: breakers are kept by `adapters.outage.Guard`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from dojang.adapters.bank.open_banking import OfficeAccount, OpenBankingGateway
from dojang.adapters.effects.settings import Handler
from dojang.adapters.id_document.pool import PooledReader, PoolSettings, make_examining_reader
from dojang.adapters.neighbour_http import Timeouts
from dojang.adapters.notice.by_channel import ByChannel
from dojang.adapters.notice.message_agent import MessageAgentNotifier
from dojang.adapters.notice.smtp_mail import SmtpNotifier
from dojang.adapters.notice.web_push import WebPushNotifier
from dojang.adapters.notice.wording import Wording
from dojang.adapters.outage import Guard
from dojang.adapters.registry.truth_check import CodefRegistryGateway
from dojang.adapters.telephony.http_voice import HttpVoiceGateway
from dojang.adapters.webhook_post import HttpWebhookPost
from dojang.bootstrap import EFFECT_QUEUES, Office
from dojang.config import Settings
from dojang.controls.notices.telling import unsubscribe_token
from dojang.controls.notices.templates import load_templates
from dojang.controls.outage.model import Neighbour
from dojang.controls.party_events.ports import WebhookPost
from dojang.kernel.effects import Effect
from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.kernel.notice import Channel, NoticeAnswer, Notifier
from dojang.lifecycle.identity_proofing.id_document.errors import ReaderBroken, ReaderTimedOut
from dojang.lifecycle.identity_proofing.neighbours import DepositAnswer
from dojang.lifecycle.identity_proofing.parking import park_effect

SANDBOX_SECRET = "sandbox-only"  # noqa: S105 - what the sandbox publishes
SANDBOX_TELEPHONY_KEY = "sandbox-telephony-key"
# Their queues are called as they are. A notice needs several providers: each call is guarded, not the handler.
NEIGHBOURS = frozenset(Neighbour) - {Neighbour.NOTICE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateways:
    """The neighbours, as the worker reaches them."""

    bank: OpenBankingGateway
    voice: HttpVoiceGateway
    registry: CodefRegistryGateway
    notifier: Notifier
    reader: PooledReader
    webhooks: WebhookPost


def open_gateways(settings: Settings, office: Office, guard: Guard) -> Gateways:
    """Return clients of all neighbours; none is contacted yet."""
    neighbours = settings.neighbours
    production = settings.is_production

    def timeouts(seconds: float) -> Timeouts:
        return Timeouts(answer_s=seconds)

    return Gateways(
        bank=OpenBankingGateway(
            base_url=settings.neighbour_url("bank"),
            client_id=neighbours.bank.client_id,
            client_secret=neighbours.bank.read_secret(SANDBOX_SECRET),
            office=OfficeAccount(
                bank_code=neighbours.bank.account_bank_code,
                number=neighbours.bank.account_number,
                pass_phrase=neighbours.bank.read_pass_phrase(),
                holder_name=neighbours.bank.account_holder,
            ),
            clock=office.clock,
            timeouts=timeouts(neighbours.bank.timeout_s),
            production=production,
        ),
        voice=HttpVoiceGateway(
            base_url=settings.neighbour_url("telephony"),
            api_key=neighbours.telephony.read_secret(SANDBOX_TELEPHONY_KEY),
            caller=neighbours.telephony.caller,
            timeouts=timeouts(neighbours.telephony.timeout_s),
            production=production,
        ),
        registry=CodefRegistryGateway(
            base_url=settings.neighbour_url("registry"),
            client_id=neighbours.registry.client_id,
            client_secret=neighbours.registry.read_secret(SANDBOX_SECRET),
            public_key=neighbours.registry.read_public_key(),
            timeouts=timeouts(neighbours.registry.timeout_s),
            production=production,
        ),
        notifier=_open_notifier(settings, office, guard),
        reader=PooledReader(
            PoolSettings(workers=settings.reader.processes, timeout_s=settings.reader.timeout_s),
            make_reader=partial(make_examining_reader, settings.reader.korean_choice()),
        ),
        webhooks=HttpWebhookPost(
            tls=settings.webhooks.open_tls(),
            timeout_s=settings.webhooks.timeout_s,
            private_hosts=settings.webhooks.private_hosts,
            sandbox=not production,
        ),
    )


def _open_notifier(settings: Settings, office: Office, guard: Guard) -> Notifier:
    """Return all channels as one. Without a mail server, mail goes to the sandbox's mailbox with everything else."""
    notice, email = settings.neighbours.notice, settings.neighbours.email
    wording = Wording(templates=load_templates(), bank=notice.bank_name)
    agent = MessageAgentNotifier(
        base_url=settings.neighbour_url("notice"),
        api_key=notice.client_id,
        api_secret=notice.read_secret(SANDBOX_SECRET),
        sender=notice.sender,
        wording=wording,
        clock=office.clock,
        chance=office.chance,
        timeouts=Timeouts(answer_s=notice.timeout_s),
        production=settings.is_production,
    )
    others: dict[Channel, Notifier] = {
        Channel.PUSH: WebPushNotifier(
            key=office.push_key,
            hosts=settings.policy.notices.push_hosts,
            contact=f"mailto:{notice.operators_email}",
            wording=wording,
            clock=office.clock,
            chance=office.chance,
            timeout_s=notice.timeout_s,
        )
    }
    if email.url:
        others[Channel.EMAIL] = SmtpNotifier(
            url=email.url,
            sender=email.sender,
            wording=wording,
            clock=office.clock,
            link_of=lambda notice_id: (
                f"{settings.public_url}/v1/notices/unsubscribe/{unsubscribe_token(notice_id, office.cipher)}"
            ),
            user=email.client_id,
            password=email.read_secret("") if email.client_id else "",
            timeout_s=email.timeout_s,
            tls=email.open_tls(),
        )

    def behind(send: Callable[[], NoticeAnswer]) -> NoticeAnswer:
        return guard.call(Neighbour.NOTICE, send, failures=(NeighbourUnavailable,))

    return ByChannel(agent, others, behind=behind)


def watched(gateways: Gateways, guard: Guard) -> Gateways:
    """Return the gateways with every call's outcome told to the guard."""
    return Gateways(
        bank=guard.watched(
            Neighbour.BANK,
            gateways.bank,
            "inquire_ownership",
            "deposit",
            "settle",
            # An unknown outcome may be the bank's word or its silence: only settling tells.
            is_answer=lambda result: result is not DepositAnswer.UNKNOWN,
        ),
        voice=guard.watched(Neighbour.TELEPHONY, gateways.voice, "owner_matches", "place_call"),
        registry=guard.watched(Neighbour.REGISTRY, gateways.registry, "check_document"),
        notifier=gateways.notifier,  # behind its breaker already, channel by channel
        reader=guard.watched(
            Neighbour.READER, gateways.reader, "read_document", failures=(ReaderTimedOut, ReaderBroken)
        ),
        webhooks=gateways.webhooks,  # each party's feed keeps its own pauses
    )


def guarded(handlers: Mapping[type[Effect], Handler], office: Office, guard: Guard) -> Mapping[type[Effect], Handler]:
    """Return the handlers; those of a neighbour's queue stand behind its breaker, and park their checks."""
    policy, clock = office.settings.policy.proofing, office.clock

    def rest(effect: Effect) -> None:
        park_effect(effect, store=office.store, policy=policy, now=clock.now())

    asked = {queue: effects for queue, effects in EFFECT_QUEUES.items() if queue in NEIGHBOURS}
    neighbours = {effect: Neighbour(queue) for queue, effects in asked.items() for effect in effects}
    return {
        effect: guard.handler(neighbours[effect], handler, rest) if effect in neighbours else handler
        for effect, handler in handlers.items()
    }
