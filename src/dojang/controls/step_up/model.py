"""A further proof for one act of a signed-in person: acts, confirmation calls and their states, effects, errors.

A confirmation is bound to one act and its target and is used once. The number to press exists in clear only while the
call is live. Must not know what the acts do. Source: NIST SP 800-63B (re-authentication), integrations notes section 5.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.effects import Effect
from dojang.kernel.errors import DojangError, Fault


class Act(StrEnum):
    """What needs a further proof, and what its target is."""

    REVOKE = "revoke"  # end a certificate; target: its serial number
    RESUME = "resume"  # lift a hold; target: the serial number
    UNLOCK_ISSUING = "unlock_issuing"  # open the issue lock; target: the lock's id


class ConfirmationState(StrEnum):
    """Where a confirmation stands, and who acts next."""

    REQUESTED = "requested"  # a worker asks whose line it is, then rings
    RINGING = "ringing"  # the owner answers and presses the number
    CONFIRMED = "confirmed"  # the owner does what was confirmed, while there is time
    USED = "used"  # nobody; the act is done
    WRONG_NUMBER = "wrong_number"  # the owner asks for another call
    NO_ANSWER = "no_answer"  # the owner asks for another call
    BUSY = "busy"  # the owner asks for another call
    DECLINED = "declined"  # the owner asks for another call
    UNREACHABLE = "unreachable"  # the owner; switched off or no such number
    HUNG_UP = "hung_up"  # the owner asks for another call
    SILENCE = "silence"  # the owner asks for another call; perhaps a voicemail answered
    NOT_REQUESTED = "not_requested"  # the owner changes the password: 0#, somebody else asked
    NOT_OWNER = "not_owner"  # the owner proves a telephone anew, at a branch or with a re-issue
    INTERRUPTED = "interrupted"  # the owner asks for another call; our side broke off, nothing counted
    EXPIRED = "expired"  # the owner asks for another call


LIVE = frozenset({ConfirmationState.REQUESTED, ConfirmationState.RINGING})
FREE_OF_CHARGE = frozenset({ConfirmationState.INTERRUPTED, ConfirmationState.EXPIRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """One confirmation by telephone. `number` is to be pressed and None once the call is over.

    `expires_at` is exclusive: of the call while it is live, of the right to act once confirmed. `phone_key` is a blind
    index of the telephone.
    """

    id: str
    subscriber_id: str
    act: Act
    target: str
    phone_key: str
    state: ConfirmationState
    number: str | None = field(repr=False)
    requested_at: datetime
    expires_at: datetime
    rung_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenTelephone:
    """The telephone a subscriber proved to be theirs, and whose line it is to be. Digits only."""

    phone: str = field(repr=False)
    name: str = field(repr=False)
    birth_date: date = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCertificate:
    """A subscriber's own signing certificate. `state` is "good", "held" or "revoked"; `not_after` inclusive."""

    serial: int
    certificate_der: bytes = field(repr=False)
    not_after: datetime
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureProof:
    """A signature over `rules.act_statement` with the key of the certificate `serial`.

    RSASSA-PKCS1-v1_5 or ECDSA (DER), SHA-256.
    """

    serial: int
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallProof:
    """A confirmation by telephone, by its id."""

    confirmation_id: str


Proof = SignatureProof | CallProof


# --- effects --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceConfirmationCall(Effect):
    """Ring the proven telephone and have the number pressed."""

    confirmation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireConfirmation(Effect):
    """End a confirmation call that was never placed within its window."""

    confirmation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDisowned(Effect):
    """Tell the office's operators that a signed-in person's act was disowned on the telephone."""

    confirmation_id: str


# --- errors ---------------------------------------------------------------------------------------------------------


class ProofRequired(DojangError):
    """The act needs a signature with the certificate's key or a confirmation call; `act` names it."""

    code: ClassVar[str] = "step_up.required"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ConfirmationNotFound(DojangError):
    """No such confirmation, or somebody else's, or one for another act."""

    code: ClassVar[str] = "step_up.not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class NotConfirmed(DojangError):
    """The call has not ended with the right number; `state` says where it stands."""

    code: ClassVar[str] = "step_up.not_confirmed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ConfirmationUsed(DojangError):
    """A confirmation counts once."""

    code: ClassVar[str] = "step_up.used"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ConfirmationExpired(DojangError):
    """It was confirmed too long ago."""

    code: ClassVar[str] = "step_up.expired"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class SignatureWrong(DojangError):
    """The signature is not over this act's statement with that certificate's key."""

    code: ClassVar[str] = "step_up.signature_wrong"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CertificateUnusable(DojangError):
    """This act cannot be proven with that certificate: not the person's, ended, suspended or over."""

    code: ClassVar[str] = "step_up.certificate_unusable"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TelephoneUnproven(DojangError):
    """The person has never proven a telephone, so nobody can be called."""

    code: ClassVar[str] = "step_up.no_telephone"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ConfirmationInProgress(DojangError):
    """A call is under way."""

    code: ClassVar[str] = "step_up.in_progress"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CallTooSoon(DojangError):
    """Calls need a growing pause between them; `retry_after_s` says how long."""

    code: ClassVar[str] = "step_up.too_soon"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TooManyCalls(DojangError):
    """The day's cap is reached; `retry_after_s` says when there is room."""

    code: ClassVar[str] = "step_up.too_many"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CallsPaused(DojangError):
    """Somebody answered a call with "I did not ask": for a while nobody is called; `retry_after_s` says how long."""

    code: ClassVar[str] = "step_up.paused"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
