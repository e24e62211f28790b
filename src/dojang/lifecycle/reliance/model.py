"""Verification of signatures: what is asked, what was read, what is concluded, and the errors.

Indications and sub-indications are those of ETSI EN 319 102-1 section 5.1; a report says PASSED where the standard says
TOTAL-PASSED. Must not know any library that reads signatures.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class SignatureFormat(StrEnum):
    """What is to be verified."""

    PKCS1 = "pkcs1"  # a bare signature (RSASSA-PKCS1-v1_5 or ECDSA) with its content and certificate
    CMS = "cms"  # CMS SignedData, with its content or detached
    PDF = "pdf"  # signatures inside a PDF document (PAdES and its forerunners)


class Indication(StrEnum):
    """The verdict."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    INDETERMINATE = "INDETERMINATE"


class SubIndication(StrEnum):
    """Why a signature did not pass."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    TRY_LATER = "TRY_LATER"
    SIGNED_DATA_NOT_FOUND = "SIGNED_DATA_NOT_FOUND"


FAILURES = frozenset(
    {
        SubIndication.FORMAT_FAILURE,
        SubIndication.HASH_FAILURE,
        SubIndication.SIG_CRYPTO_FAILURE,
        SubIndication.REVOKED,
        SubIndication.EXPIRED,
        SubIndication.NOT_YET_VALID,
    }
)


class Alteration(StrEnum):
    """What became of a signed document after the signature."""

    NONE = "none"  # the signature covers all of it
    PERMITTED = "permitted"  # later revisions add what the signer allowed: signatures, timestamps, form entries
    SUSPICIOUS = "suspicious"  # anything else


# --- what is asked --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationRequest:
    """What is to be verified.

    `signature` is the signature itself, the CMS message in DER, or the whole PDF. `content` is what was signed where
    the signature does not carry it. `certificate_der` is needed for PKCS1 and counts as a candidate otherwise.
    `signed_after`, when the relying party can vouch for it (the moment it made the challenge), is proof that the
    signature is not older; UTC.
    """

    format: SignatureFormat
    signature: bytes = field(repr=False)
    content: bytes | None = field(default=None, repr=False)
    certificate_der: bytes | None = field(default=None, repr=False)
    certificates_der: tuple[bytes, ...] = field(default=(), repr=False)
    ocsp_responses_der: tuple[bytes, ...] = field(default=(), repr=False)
    crls_der: tuple[bytes, ...] = field(default=(), repr=False)
    signed_after: datetime | None = None
    accepted_policies: frozenset[str] | None = None


# --- what was read --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampReading:
    """An RFC 3161 token over the signature. `holds` covers its imprint, its digest and its signature; `at` is UTC."""

    at: datetime
    holds: bool
    certificate_der: bytes = field(repr=False)
    certificates_der: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReading:
    """One signature as it was read, before anybody is trusted.

    `name` is the PDF's field name, empty otherwise. `defect` says why nothing more could be read. `digest_matches`
    compares the content, `holds` the signature over the signed attributes. `claimed_at` is the signer's own claim.
    """

    name: str = ""
    defect: SubIndication | None = None
    certificate_der: bytes | None = field(default=None, repr=False)
    certificates_der: tuple[bytes, ...] = field(default=(), repr=False)
    digest_matches: bool = False
    holds: bool = False
    is_algorithm_trusted: bool = False
    claimed_at: datetime | None = None
    timestamps: tuple[TimestampReading, ...] = ()
    ocsp_responses_der: tuple[bytes, ...] = field(default=(), repr=False)
    crls_der: tuple[bytes, ...] = field(default=(), repr=False)
    alteration: Alteration = Alteration.NONE


class StatusState(StrEnum):
    """What a status source says of a certificate."""

    GOOD = "good"
    HELD = "held"
    REVOKED = "revoked"
    UNKNOWN = "unknown"  # nobody could say, or nobody was asked


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEvidence:
    """What is known of one certificate's status, and from where ("register", "ocsp" or "crl").

    `since` and `reason` (RFC 5280 name) belong to held and revoked certificates; `this_update` is when the source
    spoke.
    """

    serial: int
    state: StatusState
    source: str = ""
    this_update: datetime | None = None
    since: datetime | None = None
    reason: str | None = None
    evidence_der: bytes | None = field(default=None, repr=False)


# --- what is concluded ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signed. `subject` and `issuer` are distinguished names as people read them; `policies` those that held."""

    common_name: str
    subject: str
    issuer: str
    serial: int
    policies: tuple[str, ...]
    certificate_der: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The report on one signature.

    `proven_at` is the earliest trusted timestamp, `claimed_at` what the signer says, `checked_at` the moment of the
    verification, all UTC. `chain_der` goes from the signer's certificate to the anchor. `detail` is the dotted code of
    the path error behind the sub-indication, if there was one.
    """

    indication: Indication
    sub_indication: SubIndication | None
    name: str
    checked_at: datetime
    signer: Signer | None = None
    claimed_at: datetime | None = None
    proven_at: datetime | None = None
    alteration: Alteration = Alteration.NONE
    chain_der: tuple[bytes, ...] = field(default=(), repr=False)
    statuses: tuple[StatusEvidence, ...] = ()
    detail: str | None = None


# --- errors ---------------------------------------------------------------------------------------------------------


class SignatureUnreadable(DojangError):
    """The bytes are not a signature of the named format, or hold none."""

    code: ClassVar[str] = "reliance.signature_unreadable"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class SignatureTooDemanding(DojangError):
    """Reading the signature took more time or memory than any honest one; `timeout_s` is the limit in seconds."""

    code: ClassVar[str] = "reliance.signature_too_demanding"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class SignedContentNeeded(DojangError):
    """The signature does not carry what it signs, and nothing was given beside it; or PKCS#1 without certificate.

    `missing` is "content" or "certificate".
    """

    code: ClassVar[str] = "reliance.signed_content_needed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
