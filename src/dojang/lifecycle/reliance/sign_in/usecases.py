"""Open a sign-in request, show it, let the customer sign or decline, let the party redeem the code."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dojang.kernel.audit import AuditEntry
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store
from dojang.lifecycle.reliance import verification
from dojang.lifecycle.reliance.acquaintance import Acquaintance, AcquaintanceSource
from dojang.lifecycle.reliance.model import SignatureFormat, VerificationRequest
from dojang.lifecycle.reliance.sign_in import rules
from dojang.lifecycle.reliance.sign_in.model import (
    Asked,
    CodeRedeemed,
    CodeRefused,
    CodeShownAgain,
    CustomerDeclined,
    Proof,
    SignatureFailed,
    SignatureHeld,
    SignInEvent,
    SignInRequest,
    SignInRequestNotFound,
    SignInRequestOver,
    SignInSignatureRefused,
    SignInState,
)
from dojang.lifecycle.reliance.sign_in.policy import SignInPolicy
from dojang.lifecycle.reliance.sign_in.ports import SignInTransaction
from dojang.lifecycle.reliance.verification import Verifier

SECRET_BYTES = 32
ID_BYTES = 16
CERTIFICATE_SCOPE = "certificate"
_KEPT = timedelta(days=1)
_DROP_BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answered request and the code its party gets, None where the customer declined."""

    request: SignInRequest
    code: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed:
    """A redeemed request and the access token, which nobody can look up again."""

    request: SignInRequest
    token: str = field(repr=False)


def open_request(
    asked: Asked,
    *,
    party_name: str,
    issuer: str,
    store: Store[SignInTransaction],
    policy: SignInPolicy,
    chance: Chance,
    now: datetime,
) -> SignInRequest:
    """Store what a party asked for, with the statement to be signed; `issuer` is our address."""
    request_id = chance.token_bytes(ID_BYTES).hex()
    request = SignInRequest(
        id=request_id,
        asked=asked,
        party_name=party_name,
        statement=rules.statement_of(
            asked,
            request_id=request_id,
            issuer=issuer,
            party_name=party_name,
            challenge=chance.token_bytes(SECRET_BYTES).hex(),
            made_at=now,
        ),
        made_at=now,
        expires_at=now + timedelta(minutes=policy.request_minutes),
        tries_left=policy.tries,
    )

    def work(tx: SignInTransaction) -> None:
        tx.sign_ins.drop_old(now - _KEPT, _DROP_BATCH)
        tx.sign_ins.add(request)
        tx.record(_entry(request, "opened", f"relying_party:{asked.client_id}", now))

    store.transact(work)
    return request


def get_request(request_id: str, *, store: Store[SignInTransaction], now: datetime) -> SignInRequest:
    """Return a request that can still be answered. Raises `SignInRequestNotFound`, `SignInRequestOver`."""
    request = store.read(lambda tx: tx.sign_ins.find_request(request_id))
    if request is None:
        raise SignInRequestNotFound()
    if request.state is not SignInState.OPEN:
        raise SignInRequestOver(state=request.state.value)
    return rules.require_time(request, now)


def prove(
    request_id: str,
    *,
    certificate_der: bytes,
    signature: bytes,
    store: Store[SignInTransaction],
    verifier: Verifier,
    policy: SignInPolicy,
    chance: Chance,
    now: datetime,
) -> Answered:
    """Take the customer's signature over the request's statement and return the code for the party.

    1. The request is open and in time.
    2. The signature is verified as any relying party's would be: path, status, time; the statement is new, so that a
       revocation before it is final.
    3. The certificate is one of ours, and its owner is who signs in.
    4. State, audit entry and the code's digest are stored together; a failed signature costs a try.

    Raises `SignInRequestNotFound`, `SignInRequestOver`, `SignInSignatureRefused`, and what the reader raises.
    """
    request = get_request(request_id, store=store, now=now)
    (report,) = verification.verify(
        VerificationRequest(
            format=SignatureFormat.PKCS1,
            signature=signature,
            content=request.statement,
            certificate_der=certificate_der,
            signed_after=request.made_at,
        ),
        verifier=verifier,
        now=now,
    )
    serial = report.signer.serial if report.signer else 0
    code = chance.token_bytes(SECRET_BYTES).hex()

    def work(tx: SignInTransaction) -> SignInSignatureRefused | None:
        owner = tx.owners.find_owner(serial) if report.sub_indication is None else None
        if owner is None:
            reason = report.sub_indication.value if report.sub_indication else "NOT_ONE_OF_OURS"
            failed = _step(tx, request_id, SignatureFailed(), "signature_failed", "anonymous", now)
            return SignInSignatureRefused(sub_indication=reason, tries_left=failed.tries_left)
        proof = Proof(subscriber_id=owner, serial=serial, proven_at=now)
        expires_at = now + timedelta(seconds=policy.code_seconds)
        event = SignatureHeld(proof=proof, code_digest=rules.digest_of(code), code_expires_at=expires_at)
        _step(tx, request_id, event, "proven", f"subscriber:{owner}", now)
        return None

    refusal = store.transact(work)
    if refusal is not None:
        raise refusal
    return Answered(request=request, code=code)


def decline(request_id: str, *, store: Store[SignInTransaction], now: datetime) -> Answered:
    """The customer does not want to. Raises `SignInRequestNotFound`, `SignInRequestOver`."""
    get_request(request_id, store=store, now=now)
    declined = store.transact(lambda tx: _step(tx, request_id, CustomerDeclined(), "declined", "anonymous", now))
    return Answered(request=declined)


def find_by_code(code: str, client_id: str, *, store: Store[SignInTransaction], now: datetime) -> SignInRequest | None:
    """Return the request a code stands for, while it is fresh and its own party's; None otherwise.

    A code that comes a second time ends the request and its token.
    """
    digest = rules.digest_of(code)

    def work(tx: SignInTransaction) -> SignInRequest | None:
        request = tx.sign_ins.find_by_code(digest)
        if request is None or request.asked.client_id != client_id:
            return None
        if request.state is SignInState.REDEEMED:
            _step(tx, request.id, CodeShownAgain(), "code_shown_again", f"relying_party:{client_id}", now)
            return None
        fresh = request.code_expires_at is not None and now < request.code_expires_at
        return request if request.state is SignInState.PROVEN and fresh else None

    return store.transact(work)


def redeem(
    request_id: str, *, store: Store[SignInTransaction], policy: SignInPolicy, chance: Chance, now: datetime
) -> Redeemed:
    """Give the party its access token; of two at once, one gets it. Raises `CodeRefused`.

    From now on the party knows the customer, if the customer agreed to the certificate being seen.
    """
    token = chance.token_bytes(SECRET_BYTES).hex()
    event = CodeRedeemed(
        token_digest=rules.digest_of(token), token_expires_at=now + timedelta(seconds=policy.token_seconds)
    )

    def work(tx: SignInTransaction) -> SignInRequest | None:
        request = tx.sign_ins.find_request(request_id)
        if request is None or request.state is not SignInState.PROVEN:
            return None
        known = _acquaintance(request, now)
        if known is not None:
            tx.acquaintances.remember(known)
        return _step(tx, request_id, event, "redeemed", f"relying_party:{request.asked.client_id}", now)

    redeemed = store.transact(work)
    if redeemed is None:
        raise CodeRefused()
    return Redeemed(request=redeemed, token=token)


def _acquaintance(request: SignInRequest, now: datetime) -> Acquaintance | None:
    if request.proof is None or CERTIFICATE_SCOPE not in request.asked.scopes:
        return None
    return Acquaintance(
        client_id=request.asked.client_id,
        subscriber_id=request.proof.subscriber_id,
        source=AcquaintanceSource.SIGN_IN,
        seen_at=now,
    )


def find_by_token(token: str, *, store: Store[SignInTransaction], now: datetime) -> SignInRequest | None:
    """Return the request an access token stands for while it is good."""
    request = store.read(lambda tx: tx.sign_ins.find_by_token(rules.digest_of(token)))
    if request is None or request.token_expires_at is None or now >= request.token_expires_at:
        return None
    return request


def _step(
    tx: SignInTransaction, request_id: str, event: SignInEvent, action: str, actor: str, now: datetime
) -> SignInRequest:
    request = tx.sign_ins.find_request(request_id)
    if request is None:
        raise SignInRequestNotFound()
    after = rules.advance(request, event)
    tx.sign_ins.update(after)
    tx.record(_entry(after, action, actor, now))
    return after


def _entry(request: SignInRequest, action: str, actor: str, now: datetime) -> AuditEntry:
    data = {"client": request.asked.client_id, "state": request.state.value}
    if request.proof is not None:
        data["serial"] = str(request.proof.serial)
    return AuditEntry(tag=f"reliance:sign_in:{action}", at=now, actor=actor, subject=request.id, data=data)
