"""Sign-in requests of relying parties: values, states, events and errors.

A request is what a party asked for (OpenID Connect authorization request); the customer answers it by signing its
statement with a certificate of ours. Must not know HTTP or tokens' encoding. Source: OpenID Connect Core section 3.1.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class SignInState(StrEnum):
    """Where a sign-in request stands, and who acts next."""

    OPEN = "open"  # the customer: sign or decline
    PROVEN = "proven"  # the party: redeem the code
    REDEEMED = "redeemed"  # nobody
    DECLINED = "declined"  # nobody
    SPENT = "spent"  # nobody: too many signatures that did not hold, or its code was shown twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the party asked for, already checked. `code_challenge` is S256 of RFC 7636."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None = None
    nonce: str | None = None
    code_challenge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Who signed in, with which certificate, when."""

    subscriber_id: str
    serial: int
    proven_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRequest:
    """One request. `statement` is what is signed; codes and tokens are kept as digests; `…expires_at` are exclusive."""

    id: str
    asked: Asked
    party_name: str
    statement: bytes = field(repr=False)
    made_at: datetime
    expires_at: datetime
    state: SignInState = SignInState.OPEN
    tries_left: int
    proof: Proof | None = None
    code_digest: str | None = field(default=None, repr=False)
    code_expires_at: datetime | None = None
    token_digest: str | None = field(default=None, repr=False)
    token_expires_at: datetime | None = None


# --- events ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureHeld:
    """The statement was signed with a certificate of ours that is good."""

    proof: Proof
    code_digest: str = field(repr=False)
    code_expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFailed:
    """Something was sent that is no such signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDeclined:
    """The customer does not want to sign in there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRedeemed:
    """The party showed the code and got its tokens."""

    token_digest: str = field(repr=False)
    token_expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeShownAgain:
    """A code came a second time: one of the two was not the party's (RFC 6749 section 4.1.2)."""


SignInEvent = SignatureHeld | SignatureFailed | CustomerDeclined | CodeRedeemed | CodeShownAgain


# --- errors ---------------------------------------------------------------------------------------------------------


class SignInRequestNotFound(DojangError):
    """There is no such sign-in request."""

    code: ClassVar[str] = "sign_in_request.not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class SignInRequestOver(DojangError):
    """The request was answered, declined or spent already, or its time has passed; `state` says which."""

    code: ClassVar[str] = "sign_in_request.over"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class SignInSignatureRefused(DojangError):
    """The signature proves no good certificate of ours; `sub_indication` says why, `tries_left` how often more.

    Where no try is left, `location` leads back to the party.
    """

    code: ClassVar[str] = "sign_in_request.signature_refused"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class AuthorizationRefused(DojangError):
    """A party's authorization request is not what was registered or described; the party is told by `error`."""

    code: ClassVar[str] = "sign_in_request.authorization_refused"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CodeRefused(DojangError):
    """The code is not this party's, not for this address, spent, or too old."""

    code: ClassVar[str] = "sign_in_request.code_refused"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TokenRefused(DojangError):
    """The access token is nobody's, or its time has passed."""

    code: ClassVar[str] = "sign_in_request.token_refused"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
