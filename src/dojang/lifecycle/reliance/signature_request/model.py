"""Signature requests of relying parties: values, states, events, effects and errors.

A party hands in what is to be signed; one customer looks at it and signs on their own device, or declines; the office
puts timestamp and status beside the signature and hands it back. Must not know HTTP, PDF libraries or how messages are
encoded. Sources: ETSI EN 319 122-1, EN 319 142-1 (levels B-T and B-LT).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.effects import Effect
from dojang.kernel.errors import DojangError, Fault, FindingCode


class SignableKind(StrEnum):
    """What is to be signed."""

    PDF = "pdf"  # comes back as the same PDF with a PAdES signature
    TEXT = "text"  # comes back as a CMS message that carries the text
    DIGEST = "digest"  # the party keeps the document; a CMS message without content comes back


class SignatureRequestState(StrEnum):
    """Where a signature request stands, and who acts next."""

    OPEN = "open"  # the customer: open it
    BOUND = "bound"  # the customer who opened it: sign or decline
    SIGNED = "signed"  # we: timestamp, status, verification
    COMPLETED = "completed"  # the party: fetch the result
    DECLINED = "declined"  # nobody
    EXPIRED = "expired"  # nobody
    FAILED = "failed"  # nobody: `reason` says why


OVER = frozenset(
    {
        SignatureRequestState.COMPLETED,
        SignatureRequestState.DECLINED,
        SignatureRequestState.EXPIRED,
        SignatureRequestState.FAILED,
    }
)


class EndReason(FindingCode):
    """Why a request failed, where no verification says so."""

    TRIES_SPENT = "signature_request.tries_spent"
    TOO_LATE = "signature_request.too_late"
    NOT_TIMESTAMPED = "signature_request.not_timestamped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the customer is told beside the document. Forgotten with it."""

    purpose: str = field(repr=False)
    amount_krw: int | None = field(default=None, repr=False)
    file_name: str | None = field(default=None, repr=False)

    @property
    def description(self) -> str:
        """Return purpose and amount in one line: what is signed along with the document."""
        return self.purpose if self.amount_krw is None else f"{self.purpose} (KRW {self.amount_krw:,})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the party asked for. `subject` is its own name for the one customer who may sign (OpenID Connect `sub`)."""

    client_id: str
    kind: SignableKind
    terms: Terms
    content: bytes | None = field(default=None, repr=False)
    sha256: str
    expires_in_minutes: int | None = None
    redirect_uri: str | None = None
    state: str | None = None
    subject: str | None = None
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRequest:
    """One request. `sha256` (hex) is that of the document as it was handed in; `pages` are a PDF's.

    `expires_at` is exclusive. `terms` are None once the document was deleted. `subscriber_id` is whom it is bound to,
    `serial` the signer's certificate, `reason` why it failed: a sub-indication, or a code of ours.
    """

    id: str
    client_id: str
    party_name: str
    kind: SignableKind
    terms: Terms | None = None
    sha256: str
    size_bytes: int
    pages: int | None = None
    redirect_uri: str | None = None
    party_state: str | None = None
    subject: str | None = None
    idempotency_key: str
    fingerprint: str
    made_at: datetime
    expires_at: datetime
    state: SignatureRequestState = SignatureRequestState.OPEN
    tries_left: int
    subscriber_id: str | None = None
    serial: int | None = None
    signed_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What a device is given to sign, and then its signature.

    What is signed is `attributes_der` (SET OF). A PDF's byte range is the document as it was handed in, then `before`,
    then a gap of `gap_bytes` for the signature, then `after`; of other documents, these are empty.
    """

    certificate_der: bytes = field(repr=False)
    attributes_der: bytes = field(repr=False)
    before: bytes = field(default=b"", repr=False)
    gap_bytes: int = 0
    after: bytes = field(default=b"", repr=False)
    prepared_at: datetime
    signature: bytes | None = field(default=None, repr=False)


# --- events ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOpened:
    """Somebody signed in opened the request: from now on it is theirs."""

    subscriber_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureHeld:
    """The prepared attributes were signed with a good certificate of the customer's."""

    serial: int
    signed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRefused:
    """Something was sent that is no such signature."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDeclined:
    """The customer does not want to sign this."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePassed:
    """Nobody signed in time."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureAssembled:
    """Timestamp and status are in place, and our own verification passed."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyFailed:
    """The signature cannot be completed: the certificate ended meanwhile, or it took too long."""

    at: datetime
    reason: str


SignatureRequestEvent = (
    RequestOpened
    | SignatureHeld
    | SignatureRefused
    | CustomerDeclined
    | TimePassed
    | SignatureAssembled
    | AssemblyFailed
)


# --- effects --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AssembleSignature(Effect):
    """Put timestamp and status beside a customer's signature, verify it and hand it to the party."""

    request_id: str


# --- errors ---------------------------------------------------------------------------------------------------------


class SignatureRequestNotFound(DojangError):
    """There is no such signature request, or it is another party's."""

    code: ClassVar[str] = "signature_request.not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class SignatureRequestOver(DojangError):
    """The request was signed, declined, or its time has passed; `state` says which."""

    code: ClassVar[str] = "signature_request.over"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class SignatureRequestTaken(DojangError):
    """Somebody else opened the request first, or its party asked for somebody else."""

    code: ClassVar[str] = "signature_request.somebody_elses"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class RequestKeyReused(DojangError):
    """The idempotency key was used before, for another request."""

    code: ClassVar[str] = "signature_request.idempotency_key_reused"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ReturnAddressUnknown(DojangError):
    """The address to return to is not one of the party's registered ones."""

    code: ClassVar[str] = "signature_request.return_address_unknown"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class WaitTooLong(DojangError):
    """The party wants the request to wait longer than the bank allows; `limit_minutes`."""

    code: ClassVar[str] = "signature_request.wait_too_long"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CertificateNotOwn(DojangError):
    """The certificate to sign with is not one of this customer's signing certificates, or not a good one."""

    code: ClassVar[str] = "signature_request.certificate_not_own"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class NothingPrepared(DojangError):
    """Nothing was prepared for signing, or too long ago: ask for it again."""

    code: ClassVar[str] = "signature_request.nothing_prepared"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class DeviceSignatureRefused(DojangError):
    """The signature does not hold over what was prepared; `sub_indication` says why, `tries_left` how often more."""

    code: ClassVar[str] = "signature_request.signature_refused"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ResultNotReady(DojangError):
    """There is no result: the request is not completed; `state` says where it stands."""

    code: ClassVar[str] = "signature_request.not_ready"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class DocumentGone(DojangError):
    """Document and result were deleted: the time they are kept for has passed."""

    code: ClassVar[str] = "signature_request.document_gone"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class DocumentTooLarge(DojangError):
    """The document is larger than `limit_bytes`."""

    code: ClassVar[str] = "signature_document.too_large"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class DocumentMalformed(DojangError):
    """The document is no text in UTF-8, or no PDF that every reader shows alike; `reason` says which rule broke."""

    code: ClassVar[str] = "signature_document.malformed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class DocumentEncrypted(DojangError):
    """The PDF is encrypted: the customer could not look at it."""

    code: ClassVar[str] = "signature_document.encrypted"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class DocumentActive(DojangError):
    """The PDF holds scripts, programs or forms that may show something else than what is signed; `found` names one."""

    code: ClassVar[str] = "signature_document.active_content"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class DocumentSignedBefore(DojangError):
    """The PDF has signatures already: one request gives one signature, on a document without any."""

    code: ClassVar[str] = "signature_document.signed_before"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class DocumentTooDemanding(DojangError):
    """Reading the PDF took more time or memory than any honest one; `timeout_s` is the limit in seconds."""

    code: ClassVar[str] = "signature_document.too_demanding"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class StatusWithheld(DojangError):
    """The certificate is no longer good, so that no proof of a good status can be put beside its signature."""

    code: ClassVar[str] = "signature_request.status_withheld"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class StatusNotKnown(DojangError):
    """The status of a certificate of the chain cannot be told now: a list of the root's has run out."""

    code: ClassVar[str] = "signature_request.status_not_known"
    fault: ClassVar[Fault] = Fault.OPERATOR
