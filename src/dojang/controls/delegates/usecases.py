"""Certify delegates, exactly one per number, and replace them before they end."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from dojang.controls.delegates import rules
from dojang.controls.delegates.model import Delegate, DelegateKind, DelegateState
from dojang.controls.delegates.policy import DelegatePolicy
from dojang.controls.delegates.ports import DelegateTransaction
from dojang.kernel.audit import AuditEntry
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store
from dojang.pki.certificate import Serial, assemble_certificate, build_tbs_certificate
from dojang.pki.keystore import KeyExists, KeyStore, KeyUse
from dojang.pki.lint import lint_certificate
from dojang.pki.name import Name
from dojang.pki.profile import OperatorValues
from dojang.pki.profile_file import load_profile
from dojang.pki.public_key import parse_public_key
from dojang.pki.signer import CertificateSigner

_ROUNDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegatingAuthority:
    """Who certifies delegates, below which name, and the store their keys are made in (never the authority's own)."""

    signer: CertificateSigner
    organization_name: Name
    operator: OperatorValues
    keystore: KeyStore = field(repr=False)


def keep_delegates(
    *,
    store: Store[DelegateTransaction],
    authority: DelegatingAuthority,
    policy: DelegatePolicy,
    chance: Chance,
    now: datetime,
) -> tuple[Delegate, ...]:
    """Make every delegate that is missing, revoked or near its end, forget the keys of the ended; return the new ones.

    1. What another run prepared but did not sign is finished first.
    2. The key is made under the next number's label, or found there after a crash.
    3. Serial and to-be-signed bytes are linted and recorded, unless another worker recorded that number first.
    4. The bytes are signed, outside any transaction. 5. The certificate is stored; whose bytes came first stand.
    """
    made = []
    for kind in DelegateKind:
        for _ in range(_ROUNDS):
            newest = store.read(lambda tx, kind=kind: tx.delegates.find_newest(kind))  # type: ignore[misc]  # bound at once
            if newest is not None and newest.state is DelegateState.PREPARED:
                made.append(_sign(newest, store, authority, now))
                continue
            if not rules.is_due(newest, kind, policy, now):
                break
            _prepare(kind, newest.number + 1 if newest else 1, store, authority, policy, chance, now)
    _forget_ended(store, authority.keystore, now)
    return tuple(one for one in made if one is not None)


def _prepare(
    kind: DelegateKind,
    number: int,
    store: Store[DelegateTransaction],
    authority: DelegatingAuthority,
    policy: DelegatePolicy,
    chance: Chance,
    now: datetime,
) -> None:
    label = rules.label_of(kind, number)
    spki_der = _key(authority.keystore, label, policy)
    profile = load_profile(kind.profile, authority.operator)
    issuer = authority.signer.issuer
    validity = rules.validity_for(kind, issuer.validity, policy, now)
    serial = Serial.draw(chance)
    tbs_der = build_tbs_certificate(
        profile=profile,
        issuer=issuer,
        serial=serial,
        subject_der=replace(authority.organization_name, common_name=f"{kind.upper()} {number}").der,
        spki_der=parse_public_key(spki_der, profile.key_algorithms).spki_der,
        validity=validity,
    )
    delegate = Delegate(
        label=label,
        kind=kind,
        number=number,
        state=DelegateState.PREPARED,
        serial=int(serial),
        not_before=validity.not_before,
        not_after=validity.not_after,
        tbs_der=tbs_der,
    )
    lint_certificate(tbs_der, profile=profile, issuer=issuer, record_id=delegate.record_id)

    def work(tx: DelegateTransaction) -> None:
        if not tx.delegates.is_serial_taken(delegate.serial):
            tx.delegates.add_prepared(delegate)

    store.transact(work)


def _key(keystore: KeyStore, label: str, policy: DelegatePolicy) -> bytes:
    try:
        return keystore.generate(label, policy.key, KeyUse.SIGN)
    except KeyExists:
        return keystore.public_key(label)


def _sign(
    prepared: Delegate, store: Store[DelegateTransaction], authority: DelegatingAuthority, now: datetime
) -> Delegate | None:
    """Sign and store a prepared delegate; return it, or None when another worker stored it first."""
    profile = load_profile(prepared.kind.profile, authority.operator)
    linted = lint_certificate(
        prepared.tbs_der, profile=profile, issuer=authority.signer.issuer, record_id=prepared.record_id
    )
    certificate_der = assemble_certificate(
        prepared.tbs_der, authority.signer.algorithm, authority.signer.sign_certificate(linted)
    )

    def work(tx: DelegateTransaction) -> bool:
        if not tx.delegates.complete(prepared.label, certificate_der):
            return False
        tx.record(
            AuditEntry(
                tag="delegates:delegate:issued",
                at=now,
                actor="system",
                subject=prepared.label,
                data={"serial": str(prepared.serial), "not_after": prepared.not_after.isoformat()},
            )
        )
        return True

    done = replace(prepared, state=DelegateState.ISSUED, certificate_der=certificate_der)
    return done if store.transact(work) else None


def _forget_ended(store: Store[DelegateTransaction], keystore: KeyStore, now: datetime) -> None:
    held = keystore.labels()
    for ended in store.read(lambda tx: tx.delegates.list_ended(now)):
        if ended.label in held:
            keystore.delete(ended.label)
