"""What of this office's authority ends when: certificates of the ceremony, the root's list, the delegates in office.

The worker asks once an hour and has the operators told (`controls.endings`); a log line says it every hour as well.
"""

from collections.abc import Iterator
from datetime import datetime

import structlog
from cryptography import x509

from dojang.adapters.authority_folder import read_root_list
from dojang.bootstrap import Office
from dojang.controls.delegates.model import DelegateKind
from dojang.controls.endings.model import SHORT_DAYS, Ending, WarnOfEnd
from dojang.controls.endings.usecases import warn_of_ends
from dojang.gateways import Gateways
from dojang.kernel.notice import Channel
from dojang.pki.certificate import parse_certificate
from dojang.pki.validity import KST

_log = structlog.get_logger("dojang.worker")


def endings_of(office: Office, now: datetime) -> Iterator[Ending]:
    """Yield everything that ends. The root's list is read anew: a ceremony may have put another one there."""
    published = office.published
    for name, certificate_der in (
        ("root certificate", published.root_der),
        ("issuing certificate", published.issuing_der),
        ("transport certificate", published.transport_der),
        ("statement certificate", published.statement_der),
    ):
        yield Ending(name=name, ends_at=parse_certificate(certificate_der).not_valid_after_utc)
    root_list = x509.load_der_x509_crl(read_root_list(office.settings.authority_dir))
    if root_list.next_update_utc is not None:
        yield Ending(name="root list", ends_at=root_list.next_update_utc, warned_days=SHORT_DAYS)
    for kind in DelegateKind:
        found = office.store.read(lambda tx, kind=kind: tx.delegates.find_in_office(kind, now))  # type: ignore[misc]  # bound at once
        if found is not None:
            yield Ending(name=f"delegate {found.label}", ends_at=found.not_after, warned_days=SHORT_DAYS)


def watch_endings(office: Office, now: datetime) -> None:
    """Log what ends soon, and have the operators told of it once for each stage."""
    for one in warn_of_ends(endings_of(office, now), store=office.store, now=now):
        _log.warning("ends_soon", what=one.name, ends_at=one.ends_at.isoformat())


def carry_out_warn(effect: WarnOfEnd, effect_id: str, *, office: Office, gateways: Gateways) -> None:
    """Write to the operators; `effect_id` makes it one letter."""
    ends_at = datetime.fromtimestamp(effect.ends_at, KST)
    gateways.notifier.send(
        notice_id=effect_id,
        channel=Channel.EMAIL,
        to=office.settings.neighbours.notice.operators_email,
        language="ko",
        template="authority_ends_office",
        params={"case": effect.name, "at": ends_at.isoformat(" ", "minutes")},
    )
