"""The misbehaving customers, what is asked about each, and what must come back. Data alone.

Indications and sub-indications are written as relying parties read them: this program does not know the office.
Source: ETSI EN 319 102-1 section 5.1.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dojang.pki.profile import SANDBOX_ARC

GOOD_POLICY: Final = f"{SANDBOX_ARC}.1.1"
PASSWORD: Final = "Misbehave!2741"  # noqa: S105 - published: the keys are meant to be used by anybody
WRONG_ARC: Final = f"{SANDBOX_ARC}.66"
NOT_ONE_OF_OURS: Final = "NOT_ONE_OF_OURS"  # the office signs in its own customers only

# Sub-indications of the standard that this office never gives, and why.
NEVER_GIVEN: Final[Mapping[str, str]] = {
    "SIG_CONSTRAINTS_FAILURE": "No signature policy is applied: attributes a policy could demand are not asked for.",
    "SIGNED_DATA_NOT_FOUND": "A missing document is refused with reliance.signed_content_needed before any verdict.",
}


class Flaw(StrEnum):
    """What is wrong with a customer's certificate."""

    NONE = "good"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    STALE_STATUS = "stale-status"
    STATUS_UNREACHABLE = "status-unreachable"
    WRONG_POLICY = "wrong-policy"
    WRONG_KEY_USAGE = "wrong-key-usage"
    WEAK_KEY = "weak-key"
    WEAK_CERTIFICATE = "weak-certificate"
    UNKNOWN_ISSUER = "unknown-issuer"
    FORGED = "forged"
    REVOKED_ISSUER = "revoked-issuer"
    EXPIRED_ISSUER = "expired-issuer"
    UNKNOWN_EXTENSION = "unknown-extension"
    BACKWARDS = "backwards"


class Form(StrEnum):
    """How something was signed."""

    PKCS1 = "pkcs1"
    CMS = "cms"
    CMS_DETACHED = "cms-detached"
    PDF = "pdf"


class Change(StrEnum):
    """What became of a good signature on its way."""

    NONE = "none"
    ALTERED = "altered"  # the content is another
    BROKEN = "broken"  # the signature value is another
    SHA1 = "sha1"  # made with a digest nobody trusts any more
    NO_CERTIFICATE = "no-certificate"  # the signer's certificate was taken out
    REPAINTED = "repainted"  # a later revision of the document draws something else over it
    TRUNCATED = "truncated"  # the end is missing
    UNSIGNED = "unsigned"  # never signed
    NO_CONTENT = "no-content"  # what was signed is not sent along


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What must come back: an indication with its sub-indication, or the code of a refusal."""

    indication: str | None = None
    sub_indication: str | None = None
    error: str | None = None


PASSED: Final = Verdict(indication="PASSED")


def failed(sub_indication: str) -> Verdict:
    """Return a final failure."""
    return Verdict(indication="FAILED", sub_indication=sub_indication)


def open_question(sub_indication: str) -> Verdict:
    """Return a verdict that more evidence could change."""
    return Verdict(indication="INDETERMINATE", sub_indication=sub_indication)


UNREADABLE: Final = Verdict(error="reliance.signature_unreadable")
CONTENT_NEEDED: Final = Verdict(error="reliance.signed_content_needed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One customer. `real_name` stands in the certificate; `sign_in` is why signing in with it is refused."""

    flaw: Flaw
    real_name: str
    ko: str
    en: str
    verdict: Verdict
    sign_in: str
    asks_for_policy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing to verify. Days are counted back from the founding of the authority.

    `stamped_days` is when a timestamp proves the signature, `signed_after_days` what the asking party vouches for.
    """

    customer: Customer
    name: str
    form: Form
    verdict: Verdict
    change: Change = Change.NONE
    stamped_days: int | None = None
    signed_after_days: int | None = None
    asks_for_policy: bool = False


STAMPED_DAYS: Final = 60  # before any end or revocation
VOUCHED_DAYS: Final = 1  # after all of them


def _customer(
    flaw: Flaw,
    real_name: str,
    verdict: Verdict,
    ko: str,
    en: str,
    *,
    sign_in: str | None = None,
    asks_for_policy: bool = False,
) -> Customer:
    return Customer(
        flaw=flaw,
        real_name=real_name,
        ko=ko,
        en=en,
        verdict=verdict,
        sign_in=sign_in or verdict.sub_indication or NOT_ONE_OF_OURS,
        asks_for_policy=asks_for_policy,
    )


CUSTOMERS: Final = (
    _customer(Flaw.NONE, "시험정상", PASSED, "아무 문제가 없는 인증서", "Nothing is wrong"),
    _customer(
        Flaw.EXPIRED, "시험만료", open_question("OUT_OF_BOUNDS_NO_POE"),
        "유효기간이 끝난 인증서", "The certificate has expired", sign_in="EXPIRED",
    ),
    _customer(
        Flaw.NOT_YET_VALID, "시험미래", failed("NOT_YET_VALID"),
        "유효기간이 아직 시작되지 않은 인증서", "The certificate is not valid yet",
    ),
    _customer(
        Flaw.REVOKED, "시험폐지", open_question("REVOKED_NO_POE"),
        "폐지된 인증서", "The certificate was revoked (keyCompromise)", sign_in="REVOKED",
    ),
    _customer(
        Flaw.SUSPENDED, "시험정지", open_question("TRY_LATER"),
        "효력이 정지된 인증서", "The certificate is suspended (certificateHold)",
    ),
    _customer(
        Flaw.STALE_STATUS, "시험묵은상태", open_question("TRY_LATER"),
        "폐지목록과 OCSP 응답이 오래되어 상태를 알 수 없는 인증서", "CRL and OCSP answer are out of date",
    ),
    _customer(
        Flaw.STATUS_UNREACHABLE, "시험상태없음", open_question("TRY_LATER"),
        "상태를 물어볼 주소가 응답하지 않는 인증서", "Nobody answers where the status should be",
    ),
    _customer(
        Flaw.WRONG_POLICY, "시험다른정책", open_question("CHAIN_CONSTRAINTS_FAILURE"),
        "받아들이지 않는 정책으로 발급된 인증서", "Issued under a policy that was not asked for",
        sign_in=NOT_ONE_OF_OURS, asks_for_policy=True,
    ),
    _customer(
        Flaw.WRONG_KEY_USAGE, "시험암호용", open_question("CHAIN_CONSTRAINTS_FAILURE"),
        "서명에 쓸 수 없는 암호용 인증서로 한 서명", "Signed with a key-management certificate",
    ),
    _customer(
        Flaw.WEAK_KEY, "시험약한키", open_question("CRYPTO_CONSTRAINTS_FAILURE"),
        "RSA-1024 키", "An RSA key of 1024 bits",
    ),
    _customer(
        Flaw.WEAK_CERTIFICATE, "시험약한서명", open_question("CRYPTO_CONSTRAINTS_FAILURE"),
        "발급자가 SHA-1로 서명한 인증서", "The issuer signed the certificate with SHA-1",
    ),
    _customer(
        Flaw.UNKNOWN_ISSUER, "시험모르는발급자", open_question("NO_CERTIFICATE_CHAIN_FOUND"),
        "믿지 않는 최상위 인증기관 아래의 인증서", "Issued below a root that nobody trusts",
    ),
    _customer(
        Flaw.FORGED, "시험위조", open_question("NO_CERTIFICATE_CHAIN_FOUND"),
        "발급자의 이름만 빌린 위조 인증서", "Names our issuer, which never signed it",
    ),
    _customer(
        Flaw.REVOKED_ISSUER, "시험폐지발급자", open_question("REVOKED_CA_NO_POE"),
        "발급한 인증기관이 폐지된 인증서", "The issuing authority was revoked",
    ),
    _customer(
        Flaw.EXPIRED_ISSUER, "시험만료발급자", open_question("OUT_OF_BOUNDS_NO_POE"),
        "발급한 인증기관이 만료된 인증서", "The issuing authority has expired",
    ),
    _customer(
        Flaw.UNKNOWN_EXTENSION, "시험모르는확장", open_question("CHAIN_CONSTRAINTS_FAILURE"),
        "이해할 수 없는 중요(critical) 확장이 든 인증서", "Has a critical extension nobody knows",
    ),
    _customer(
        Flaw.BACKWARDS, "시험거꾸로", open_question("CERTIFICATE_CHAIN_GENERAL_FAILURE"),
        "시작하기 전에 끝나는 인증서", "Ends before it begins",
    ),
)  # fmt: skip

BY_FLAW: Final[Mapping[Flaw, Customer]] = {one.flaw: one for one in CUSTOMERS}


def questions() -> Iterator[Question]:
    """Yield every question: each customer in every form, then what times and changes do to a signature."""
    for customer in CUSTOMERS:
        for form in Form:
            yield Question(
                customer=customer,
                name=form.value,
                form=form,
                verdict=customer.verdict,
                asks_for_policy=customer.asks_for_policy,
            )
    yield from _in_time()
    yield from _changed()


def _in_time() -> Iterator[Question]:
    """A timestamp from before the end saves a signature; a party that knows it is newer makes the failure final."""
    for flaw in (Flaw.EXPIRED, Flaw.REVOKED):
        customer = BY_FLAW[flaw]
        for form in (Form.CMS, Form.PDF):
            yield Question(
                customer=customer, name=f"{form}-stamped", form=form, verdict=PASSED, stamped_days=STAMPED_DAYS
            )
        yield Question(
            customer=customer,
            name="pkcs1-signed-after",
            form=Form.PKCS1,
            verdict=failed(customer.sign_in),
            signed_after_days=VOUCHED_DAYS,
        )
    any_policy = BY_FLAW[Flaw.WRONG_POLICY]
    yield Question(customer=any_policy, name="pkcs1-any-policy", form=Form.PKCS1, verdict=PASSED)
    good = BY_FLAW[Flaw.NONE]
    yield Question(customer=good, name="pkcs1-policy", form=Form.PKCS1, verdict=PASSED, asks_for_policy=True)


_CHANGED: Final = (
    (Form.PKCS1, Change.ALTERED, failed("SIG_CRYPTO_FAILURE")),
    (Form.CMS, Change.ALTERED, failed("HASH_FAILURE")),
    (Form.CMS_DETACHED, Change.ALTERED, failed("HASH_FAILURE")),
    (Form.PDF, Change.ALTERED, failed("HASH_FAILURE")),
    (Form.PKCS1, Change.BROKEN, failed("SIG_CRYPTO_FAILURE")),
    (Form.CMS, Change.BROKEN, failed("SIG_CRYPTO_FAILURE")),
    (Form.CMS, Change.SHA1, open_question("CRYPTO_CONSTRAINTS_FAILURE")),
    (Form.CMS, Change.NO_CERTIFICATE, open_question("NO_SIGNING_CERTIFICATE_FOUND")),
    (Form.PDF, Change.REPAINTED, failed("FORMAT_FAILURE")),
    (Form.CMS, Change.TRUNCATED, UNREADABLE),
    (Form.PDF, Change.UNSIGNED, UNREADABLE),
    (Form.PKCS1, Change.NO_CONTENT, CONTENT_NEEDED),
    (Form.CMS_DETACHED, Change.NO_CONTENT, CONTENT_NEEDED),
)


def _changed() -> Iterator[Question]:
    for form, change, verdict in _CHANGED:
        yield Question(customer=BY_FLAW[Flaw.NONE], name=f"{form}-{change}", form=form, verdict=verdict, change=change)
