"""Issue CRLs, exactly one per number, and look up what is known of a serial number."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dojang.kernel.audit import AuditEntry
from dojang.kernel.transaction import Store
from dojang.lifecycle.status import rules
from dojang.lifecycle.status.model import CertificateStatus, Crl, CrlNotFound, CrlState, StatusUnknown
from dojang.lifecycle.status.policy import CrlPolicy
from dojang.lifecycle.status.ports import StatusTransaction
from dojang.pki.crl import RevokedEntry, assemble_crl, build_tbs_crl
from dojang.pki.signer import CertificateSigner

_ROUNDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlAuthority:
    """Who signs the CRL. `last_number` is that of the last one made before this store existed: the ceremony's."""

    signer: CertificateSigner
    last_number: int = 0


def issue_crl(
    *, store: Store[StatusTransaction], authority: CrlAuthority, policy: CrlPolicy, now: datetime
) -> Crl | None:
    """Issue the next CRL when its entries changed or the latest grows old; return it, or None when neither is so.

    1. What another run prepared but did not sign is finished first.
    2. The entries are compared with the latest CRL; the next number and the to-be-signed bytes are recorded, unless
       another worker recorded that number first (then all begins again).
    3. The bytes are signed, outside any transaction.
    4. The CRL is stored; when another worker was first, its bytes stand.

    Two workers at once, or a crash between 2 and 4, still give one CRL per number.
    """
    issued = None
    for _ in range(_ROUNDS):
        latest = store.read(lambda tx: tx.crls.find_latest())
        if latest is not None and latest.state is CrlState.PREPARED:
            issued = _sign(latest, store, authority, now)
            continue
        following = _prepare_next(latest, store, authority, policy, now)
        if following is None:
            break
        if following.state is CrlState.PREPARED:
            return _sign(following, store, authority, now)
    return issued


def get_crl(number: int | None = None, *, store: Store[StatusTransaction]) -> Crl:
    """Return the latest issued CRL, or the one of that number. Raises `CrlNotFound`."""
    found = store.read(lambda tx: tx.crls.find_crl(number))
    if found is None:
        raise CrlNotFound()
    return found


def get_status(serial: int, *, store: Store[StatusTransaction]) -> CertificateStatus:
    """Return what is known of an issued serial number. Raises `StatusUnknown`."""
    found = store.read(lambda tx: tx.statuses.find_status(serial))
    if found is None:
        raise StatusUnknown()
    return found


def _prepare_next(
    latest: Crl | None,
    store: Store[StatusTransaction],
    authority: CrlAuthority,
    policy: CrlPolicy,
    now: datetime,
) -> Crl | None:
    """Record the successor of `latest` and return it; return whoever was faster, or None when none is due."""
    entries = store.read(lambda tx: tx.crls.list_revoked(rules.entries_from(latest)))
    digest = rules.content_digest(entries)
    if not rules.is_due(latest, digest, policy, now):
        return None
    number = max(authority.last_number, latest.number if latest else 0) + 1
    following = _build(number, entries, digest, authority, policy, now)

    def work(tx: StatusTransaction) -> Crl:
        tx.crls.lock_sequence()
        newest = tx.crls.find_latest()
        if newest is not None and (latest is None or newest.number != latest.number):
            return newest
        tx.crls.add_prepared(following)
        return following

    return store.transact(work)


def _build(
    number: int,
    entries: tuple[RevokedEntry, ...],
    digest: str,
    authority: CrlAuthority,
    policy: CrlPolicy,
    now: datetime,
) -> Crl:
    next_update = now + timedelta(hours=policy.valid_hours)
    return Crl(
        number=number,
        state=CrlState.PREPARED,
        this_update=now,
        next_update=next_update,
        entry_count=len(entries),
        content_digest=digest,
        tbs_der=build_tbs_crl(
            issuer=authority.signer.issuer, number=number, this_update=now, next_update=next_update, entries=entries
        ),
    )


def _sign(prepared: Crl, store: Store[StatusTransaction], authority: CrlAuthority, now: datetime) -> Crl | None:
    """Sign and store a prepared CRL; return it, or None when another worker stored it first."""
    signature = authority.signer.sign_crl(prepared.tbs_der)
    crl_der = assemble_crl(prepared.tbs_der, authority.signer.algorithm, signature)

    def work(tx: StatusTransaction) -> bool:
        if not tx.crls.complete(prepared.number, crl_der):
            return False
        tx.record(
            AuditEntry(
                tag="status:crl:issued",
                at=now,
                actor="system",
                subject=str(prepared.number),
                data={"entries": str(prepared.entry_count)},
            )
        )
        return True

    return replace(prepared, state=CrlState.ISSUED, crl_der=crl_der) if store.transact(work) else None
