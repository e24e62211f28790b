"""Issue CRLs: complete and delta, for all and per partition, exactly one per number, in memory that does not grow.

Entries pass one by one from the store into a spool; what is signed is a digest. Source: RFC 5280 section 5.
"""

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from dojang.kernel.audit import AuditEntry
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store
from dojang.lifecycle.status import rules
from dojang.lifecycle.status.model import ALL, Crl, CrlState, ListKind, ListScope
from dojang.lifecycle.status.policy import CrlPolicy
from dojang.lifecycle.status.ports import OpenSpool, Spool, StatusTransaction
from dojang.pki.crl import CrlHead, RevokedEntry, encode_entry, frame_crl, frame_tbs_crl
from dojang.pki.signer import CertificateSigner

PIECE_BYTES: Final = 1 << 20
_ROUNDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlAuthority:
    """Who signs lists and where they are found.

    `last_number` is that of the last list made before this store existed: the ceremony's. Addresses hold
    `{partition}`; `delta_uri` and `partition_delta_uri` are None where no delta is issued.
    """

    signer: CertificateSigner
    last_number: int = 0
    partition_uri: str | None = None
    delta_uri: str | None = None
    partition_delta_uri: str | None = None

    def uri_of(self, scope: ListScope) -> str | None:
        """Return the distribution point of a partition; None for the list of all."""
        return _filled(self.partition_uri, scope) if scope.partition is not None else None

    def freshest_of(self, scope: ListScope) -> str | None:
        """Return where the deltas of a scope are."""
        return self.delta_uri if scope.partition is None else _filled(self.partition_delta_uri, scope)


def _filled(uri: str | None, scope: ListScope) -> str | None:
    return None if uri is None else uri.replace("{partition}", str(scope.partition))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMaker:
    """Everything lists are made with. Octets are stored in pieces of `piece_bytes`."""

    store: Store[StatusTransaction] = field(repr=False)
    authority: CrlAuthority
    policy: CrlPolicy
    open_spool: OpenSpool = field(repr=False)
    chance: Chance = field(repr=False)
    piece_bytes: int = PIECE_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """A list to be made. `latest` is the one it follows as far as its maker saw; `number` that of one it goes with."""

    scope: ListScope
    kind: ListKind
    latest: Crl | None
    base_number: int | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entries:
    """Encoded entries in a spool."""

    spool: Spool
    count: int
    size_bytes: int
    digest: str


def issue_lists(maker: ListMaker, now: datetime) -> tuple[Crl, ...]:
    """Issue every list that is due, and forget those past keeping; return the new ones."""
    known = maker.store.read(lambda tx: tx.crls.list_partitionings())
    issued = [one for scope in rules.scopes(maker.policy, known) for one in issue_scope(scope, maker, now)]
    if issued:
        maker.store.transact(lambda tx: tx.crls.drop_old(now - timedelta(days=maker.policy.keep_days)))
    return tuple(issued)


def issue_scope(scope: ListScope, maker: ListMaker, now: datetime) -> tuple[Crl, ...]:
    """Issue the complete list of one scope if it is due, and the delta list if that is; return the new ones.

    1. The entries of one snapshot go into a spool; their digest tells whether anything has changed.
    2. The next number is recorded as prepared. An unfinished one is taken over: whoever began it cannot complete it.
    3. Digest of the whole list, signature, octets stored piece by piece, each in a transaction of its own.
    4. The list is completed with its audit entry, unless it was taken over meanwhile.

    Two workers at once, or a crash anywhere, still give one list per number; what was not completed was never seen.
    """
    complete = _persist(lambda: _complete(scope, maker, now))
    delta = None
    if maker.authority.freshest_of(scope) is not None:
        number = None if complete is None else complete.number
        delta = _persist(lambda: _delta(scope, maker, now, number=number))
    return tuple(one for one in (complete, delta) if one is not None)


class _Overtaken(Exception):
    """Another worker issued a list between our look at the entries and our reservation: look again."""


def _persist(attempt: Callable[[], Crl | None]) -> Crl | None:
    for _ in range(_ROUNDS):
        with contextlib.suppress(_Overtaken):
            return attempt()
    return None


def _complete(scope: ListScope, maker: ListMaker, now: datetime) -> Crl | None:
    latest, unfinished = maker.store.read(
        lambda tx: (tx.crls.find_latest(scope, ListKind.COMPLETE), tx.crls.find_unfinished(scope, ListKind.COMPLETE))
    )
    due = rules.is_old(latest, maker.policy, now) or unfinished is not None
    if not (due or rules.follows_changes(latest, maker.policy)):
        return None
    with maker.open_spool() as spool:
        since = rules.entries_from(latest)
        entries = maker.store.read(lambda tx: _collect(tx.crls.stream_revoked(scope, since), spool))
        if not due and latest is not None and entries.digest == latest.content_digest:
            return None
        return _issue(_Order(scope=scope, kind=ListKind.COMPLETE, latest=latest), entries, maker, now)


def _delta(scope: ListScope, maker: ListMaker, now: datetime, *, number: int | None) -> Crl | None:
    """Issue a delta to the oldest complete list that is still valid, so that it serves whoever holds any of them."""
    base, latest, unfinished = maker.store.read(
        lambda tx: (
            tx.crls.find_oldest_valid(scope, now),
            tx.crls.find_latest(scope, ListKind.DELTA),
            tx.crls.find_unfinished(scope, ListKind.DELTA),
        )
    )
    if base is None:
        return None
    with maker.open_spool() as spool:
        since = rules.changes_from(base)
        entries = maker.store.read(lambda tx: _collect(tx.crls.stream_changes(scope, since), spool))
        same = latest is not None and (latest.content_digest, latest.base_number) == (entries.digest, base.number)
        if same and number is None and unfinished is None:
            return None
        order = _Order(scope=scope, kind=ListKind.DELTA, latest=latest, base_number=base.number, number=number)
        return _issue(order, entries, maker, now)


def _collect(entries: Iterator[RevokedEntry], spool: Spool) -> _Entries:
    running, count, size, pending = hashlib.sha256(), 0, 0, bytearray()
    for entry in entries:
        pending += encode_entry(entry)
        count += 1
        if len(pending) >= PIECE_BYTES:
            running.update(pending)
            spool.write(bytes(pending))
            size += len(pending)
            pending.clear()
    running.update(pending)
    spool.write(bytes(pending))
    return _Entries(spool=spool, count=count, size_bytes=size + len(pending), digest=running.hexdigest())


def _issue(order: _Order, entries: _Entries, maker: ListMaker, now: datetime) -> Crl | None:
    """Number, sign and store a list; return it, or None when another worker took it over. Raises `_Overtaken`."""
    draft = _reserve(order, entries, maker, now)
    scope = order.scope
    authority = maker.authority
    head = CrlHead(
        number=draft.number,
        this_update=draft.this_update,
        next_update=draft.next_update,
        distribution_point_uri=authority.uri_of(scope),
        base_number=draft.base_number,
        freshest_uri=authority.freshest_of(scope) if order.kind is ListKind.COMPLETE else None,
    )
    before, after = frame_tbs_crl(head, issuer=authority.signer.issuer, entries_bytes=entries.size_bytes)
    running = hashlib.sha256(before)
    for piece in entries.spool.read():
        running.update(piece)
    running.update(after)
    signature = authority.signer.sign_crl_digest(running.digest())
    tbs_bytes = len(before) + entries.size_bytes + len(after)
    start, end = frame_crl(tbs_bytes, authority.signer.algorithm, signature)
    pieces = _pieces(start + before, entries.spool.read(), after + end, maker.piece_bytes)
    _store_pieces(draft, pieces, maker)
    done = replace(draft, state=CrlState.ISSUED, size_bytes=len(start) + tbs_bytes + len(end))
    return done if maker.store.transact(lambda tx: _finish(tx, done, now)) else None


def _reserve(order: _Order, entries: _Entries, maker: ListMaker, now: datetime) -> Crl:
    """Record the list as prepared: under the unfinished one's number, else the one ordered, else the next."""
    scope, kind = order.scope, order.kind
    draft = Crl(
        scope=scope,
        kind=kind,
        number=0,
        base_number=order.base_number,
        state=CrlState.PREPARED,
        this_update=now,
        next_update=now + timedelta(hours=maker.policy.valid_hours),
        entry_count=entries.count,
        size_bytes=0,
        content_digest=entries.digest,
        content_id=maker.chance.new_id(),
    )

    def work(tx: StatusTransaction) -> Crl:
        tx.crls.lock_sequence()
        newest = tx.crls.find_latest(scope, kind)
        if newest is not None and (order.latest is None or newest.number != order.latest.number):
            raise _Overtaken()
        unfinished = tx.crls.find_unfinished(scope, kind)
        if unfinished is not None:
            tx.crls.take_over(unfinished, draft.content_id)
            return replace(draft, number=unfinished.number)
        earlier = maker.authority.last_number if scope == ALL else 0
        following = max(earlier, tx.crls.last_number(scope)) + 1
        numbered = replace(draft, number=following if order.number is None else order.number)
        tx.crls.add_prepared(numbered)
        return numbered

    return maker.store.transact(work)


def _pieces(start: bytes, entries: Iterator[bytes], end: bytes, piece_bytes: int) -> Iterator[bytes]:
    pending = bytearray(start)
    for part in chain(entries, (end,)):
        pending += part
        while len(pending) >= piece_bytes:
            yield bytes(pending[:piece_bytes])
            del pending[:piece_bytes]
    if pending:
        yield bytes(pending)


def _store_pieces(draft: Crl, pieces: Iterator[bytes], maker: ListMaker) -> None:
    for position, piece in enumerate(pieces):
        maker.store.transact(
            lambda tx, position=position, piece=piece: tx.crls.add_chunk(draft.content_id, position, piece)  # type: ignore[misc]  # bound at once
        )


def _finish(tx: StatusTransaction, done: Crl, now: datetime) -> bool:
    if not tx.crls.complete(done):
        return False
    tx.record(
        AuditEntry(
            tag=f"status:{'crl' if done.kind is ListKind.COMPLETE else 'delta_crl'}:issued",
            at=now,
            actor="system",
            subject=str(done.number),
            data={"scope": done.scope.name, "entries": str(done.entry_count)},
        )
    )
    return True
