"""Accounts, sessions and their errors."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault

SESSION_ID_DIGITS = 24


class Role(StrEnum):
    """What an account may do. A subscriber is never an operator under the same account."""

    SUBSCRIBER = "subscriber"  # applies for and holds certificates
    REVIEWER = "reviewer"  # decides doubtful identity proofing (registration officer)
    OFFICER = "officer"  # issues CRLs, revokes by reason (certification officer)
    SUPPORT = "support"  # answers what subscribers hand over; sees masked timelines and messages, no evidence
    AUDITOR = "auditor"  # reads and verifies the audit log, changes nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account. `password_hash` is an Argon2id string; `locked_until` is exclusive."""

    id: str
    login_name: str
    password_hash: str = field(repr=False)
    role: Role
    language: str
    created_at: datetime
    failed_sign_ins: int = 0
    locked_until: datetime | None = None
    version: int = 0


class SignInMethod(StrEnum):
    """What opened a session."""

    PASSWORD = "password"  # noqa: S105 - names a method
    PASSKEY = "passkey"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One signed-in session, found by the SHA-256 of its token. `expires_at` is exclusive.

    `browser` says in a word or two where it was opened, for its owner's list; it proves nothing.
    """

    token_digest: str = field(repr=False)
    account_id: str
    role: Role
    opened_at: datetime
    expires_at: datetime
    ends_at_latest: datetime
    method: SignInMethod = SignInMethod.PASSWORD
    browser: str = ""
    device_id: str | None = None

    @property
    def id(self) -> str:
        """A name for lists: part of the digest, from which no token can be had."""
        return self.token_digest[:SESSION_ID_DIGITS]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The answer to a sign-in: the token goes to the caller once and is stored nowhere."""

    token: str = field(repr=False)
    session: Session


class LoginNameTaken(DojangError):
    """The login name belongs to another account."""

    code = "access.login_name_taken"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class LoginNameUnsuitable(DojangError):
    """A login name is 4 to 40 of a-z, 0-9, '.', '_', '-', beginning with a letter."""

    code = "access.login_name_unsuitable"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PasswordUnsuitable(DojangError):
    """An account password has 10 to 128 characters and is not the login name. `rule` names what is broken."""

    code = "access.password_unsuitable"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class SignInRefused(DojangError):
    """Login name and password do not belong together. `tries_left` until the account is locked for a while."""

    code = "access.sign_in_refused"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class AccountLocked(DojangError):
    """Too many failed sign-ins; `retry_after_s` says when it opens again."""

    code = "access.account_locked"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class SessionRequired(DojangError):
    """No session, or one that has ended."""

    code = "access.session_required"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class SessionNotFound(DojangError):
    """The account has no such session, or it has ended."""

    code = "access.session_not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class RoleRequired(DojangError):
    """The account may not do this."""

    code = "access.role_required"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class AttemptKind(StrEnum):
    """What is counted of callers who have no session, each kind for itself."""

    SIGN_UP = "sign_up"  # by address
    SIGN_IN = "sign_in"  # by address
    PASSKEY_CHALLENGE = "passkey_challenge"  # by address: challenges asked for, answered or not
    HAND_OFF = "hand_off"  # by address: codes of hand-offs claimed, right or wrong
    REFUSAL = "refusal"  # by address: any other refused request without a session
    TIMESTAMP = "timestamp"  # by address: time-stamps asked for, or by relying party where one shows itself
    SUPPORT = "support"  # by address: failures handed over, or looked for, before sign-in
    CONTACT_CODE = "contact_code"  # by account: codes sent to prove a contact
    CONTACT_ADDRESS = "contact_address"  # by address of e-mail: the same, whoever asks
    UNKNOWN_NAME = "unknown_name"  # by login name: sign-ins to accounts that do not exist
    VERIFICATION = "verification"  # by relying party
    IDENTITY_CHECK = "identity_check"  # by relying party: guesses at a number
    PARTY_CHANGE = "party_change"  # by relying party: what it wants to be told of, and where
    PARTY_POLL = "party_poll"  # by relying party
    RECIPIENT = "recipient"  # by relying party: asking whom to encrypt to
    SIGNATURE_REQUEST = "signature_request"  # by relying party


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptCount:
    """How many attempts fell into the running window, the last one included. `ends_at` is exclusive."""

    count: int
    ends_at: datetime


class TooManyRequests(DojangError):
    """Too much came from one address in a short while; `retry_after_s` says when there is room again."""

    code = "request.too_many"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
