"""Stamp: record serial number and imprint, then sign."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dojang.kernel.audit import AuditEntry
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store
from dojang.lifecycle.timestamping.model import Timestamp, TimestampPolicyRefused, TimestampSerialsExhausted
from dojang.lifecycle.timestamping.ports import TimestampHand, TimestampTransaction
from dojang.pki.timestamp import TimestampRequest, assemble_token, build_signed_attributes, build_tst_info

MAX_SERIAL: Final = 2**63 - 1
_DRAWS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampAuthority:
    """Who stamps: the policy tokens are issued under, how exact they are, and what stands above their certificate."""

    policy: str
    accuracy_s: int
    chain_der: tuple[bytes, ...] = field(repr=False)


def stamp(
    request: TimestampRequest,
    *,
    authority: TimestampAuthority,
    hand: TimestampHand,
    delegate: str,
    actor: str,
    store: Store[TimestampTransaction],
    chance: Chance,
    now: datetime,
) -> bytes:
    """Return a token (DER) for what is to be stamped, at `now`. `delegate` is the label of the key that signs.

    `actor` as in the audit log: who asked.

    1. A serial number is drawn and recorded with the imprint and its audit entry: durable before anybody has a token.
    2. The token is signed. A crash in between burns a serial number and nothing else.

    Raises `TimestampPolicyRefused`, `TimestampSerialsExhausted`.
    """
    if request.policy not in (None, authority.policy):
        raise TimestampPolicyRefused(offered=authority.policy)
    recorded = _record(request, authority, delegate, actor, store, chance, now)
    tst_info_der = build_tst_info(
        request, policy=authority.policy, serial=recorded.serial, gen_time=now, accuracy_s=authority.accuracy_s
    )
    attributes_der = build_signed_attributes(tst_info_der, certificate_der=hand.certificate_der)
    return assemble_token(
        tst_info_der,
        attributes_der,
        hand.algorithm,
        hand.sign(attributes_der),
        certificate_der=hand.certificate_der,
        carried_der=(hand.certificate_der, *authority.chain_der) if request.wants_certificate else (),
    )


def _record(
    request: TimestampRequest,
    authority: TimestampAuthority,
    delegate: str,
    actor: str,
    store: Store[TimestampTransaction],
    chance: Chance,
    now: datetime,
) -> Timestamp:
    for _ in range(_DRAWS):
        drawn = Timestamp(
            serial=1 + chance.below(MAX_SERIAL),
            at=now,
            policy=authority.policy,
            hash_algorithm=request.hash_algorithm,
            digest=request.digest,
            delegate=delegate,
        )

        def work(tx: TimestampTransaction, drawn: Timestamp = drawn) -> bool:
            if not tx.timestamps.add(drawn):
                return False
            tx.record(
                AuditEntry(
                    tag="timestamping:timestamp:issued",
                    at=now,
                    actor=actor,
                    subject=str(drawn.serial),
                    data={"delegate": delegate},
                )
            )
            return True

        if store.transact(work):
            return drawn
    raise TimestampSerialsExhausted()
