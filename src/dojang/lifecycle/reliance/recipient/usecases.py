"""Remember whom a party knows; tell it under which certificate to write to them."""

from collections.abc import Sequence
from datetime import datetime

from dojang.kernel.audit import AuditEntry
from dojang.kernel.transaction import Store
from dojang.lifecycle.reliance.acquaintance import Acquaintance, AcquaintanceSource
from dojang.lifecycle.reliance.model import Indication, Verification
from dojang.lifecycle.reliance.recipient import rules
from dojang.lifecycle.reliance.recipient.model import Recipient, RecipientUnknown
from dojang.lifecycle.reliance.recipient.policy import RecipientPolicy
from dojang.lifecycle.reliance.recipient.ports import AcquaintanceTransaction, RecipientTransaction

MAX_SERIAL = 2**63 - 1


def remember_signers(
    tx: AcquaintanceTransaction, client_id: str, reports: Sequence[Verification], *, now: datetime
) -> None:
    """Note, in the transaction that records a verification, that the party knows who signed.

    Counts signatures that passed, with certificates of ours alone: another authority's may bear the same serial number.
    """
    for report in reports:
        signer = report.signer
        if report.indication is not Indication.PASSED or signer is None or not 0 < signer.serial <= MAX_SERIAL:
            continue
        owner = tx.owners.find_owner(signer.serial)
        if owner is not None and tx.owners.find_certificate(signer.serial) == signer.certificate_der:
            tx.acquaintances.remember(
                Acquaintance(client_id=client_id, subscriber_id=owner, source=AcquaintanceSource.SIGNATURE, seen_at=now)
            )


def find_recipient(
    serial: int, client_id: str, *, store: Store[RecipientTransaction], policy: RecipientPolicy, now: datetime
) -> Recipient:
    """Return under which certificate the party writes to the person it saw `serial` (a signing certificate) of.

    Raises `RecipientUnknown`, `RecipientUnreachable`.
    """

    def work(tx: RecipientTransaction) -> Recipient:
        owner = tx.owners.find_owner(serial) if 0 < serial <= MAX_SERIAL else None
        if owner is None:
            raise RecipientUnknown()
        rules.require_known(tx.acquaintances.find_acquaintance(client_id, owner), known_days=policy.known_days, now=now)
        recipient = rules.choose_recipient(tx.accepted_sets.list_accepted(owner), serial, now)
        tx.record(
            AuditEntry(
                tag="reliance:recipient:told",
                at=now,
                actor=f"relying_party:{client_id}",
                subject=str(serial),
                data={"client": client_id, "current": str(recipient.serial)},
            )
        )
        return recipient

    return store.transact(work)
