"""Sign the log's head and hand it to the witness; check the log; enter who read it."""

from datetime import datetime

from dojang.controls.audit_log.checkpoint import SignedTreeHead, TreeHead, sign_head
from dojang.controls.audit_log.export import AuditRange
from dojang.controls.audit_log.ports import AuditLogReader, HeadKeeper, HeadKey, HeadSigner, Witness
from dojang.controls.audit_log.verify import VerifiedLog, verify_log
from dojang.kernel.audit import AuditEntry
from dojang.kernel.transaction import Store, Transaction


def publish_head(keeper: HeadKeeper, signer: HeadSigner, witness: Witness, now: datetime) -> SignedTreeHead:
    """Sign the committed head, store it beside the log and outside of it; return it.

    Called often (a tick of the worker, and at its end): entries are beyond doubt from then on. The same head again
    changes nothing but the time in what is returned. Raises `AuditLogUnwritable`.
    """
    frontier = keeper.frontier()
    signed = sign_head(TreeHead(size=frontier.size, root=frontier.root, at=now), signer)
    keeper.keep(signed)
    witness.remember(signed)
    return signed


def check_log(reader: AuditLogReader, key: HeadKey, witness: Witness) -> VerifiedLog:
    """Check the whole log (`dojang audit verify`). Raises `AuditLogBroken`."""
    return verify_log(reader, key, witness.read())


def enter_export(chosen: AuditRange, *, actor: str, store: Store[Transaction], now: datetime) -> None:
    """Enter that a range is handed out, before it is."""
    entry = AuditEntry(
        tag="audit_log:range:exported",
        at=now,
        actor=actor,
        subject="audit-log",
        data={"first": str(chosen.first), "size": str(chosen.size)},
    )
    store.transact(lambda tx: tx.record(entry))


def enter_look(subject: str, *, actor: str, store: Store[Transaction], now: datetime) -> None:
    """Enter that somebody looked what is on record about `subject`, which names something: it has entries."""
    entry = AuditEntry(tag="audit_log:entries:shown", at=now, actor=actor, subject="audit-log", data={"about": subject})
    store.transact(lambda tx: tx.record(entry))
