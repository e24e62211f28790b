"""Verification of signatures that OpenSSL, pyHanko and our own code made, whole, broken and out of time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.hierarchy import NOW
from builders.signatures import (
    SIGNED_AT,
    HouseTrust,
    KnownStatuses,
    Person,
    blank_pdf,
    openssl_cms,
    person,
    repaint,
    sign_pdf,
)
from dojang.adapters.signatures.reader import PooledSignatureReader, make_reading
from dojang.kernel.errors import DojangError
from dojang.lifecycle.reliance.model import (
    Alteration,
    Indication,
    SignatureFormat,
    SignatureReading,
    SignatureUnreadable,
    SignedContentNeeded,
    StatusEvidence,
    StatusState,
    SubIndication,
    Verification,
    VerificationRequest,
)
from dojang.lifecycle.reliance.ports import StatusSource
from dojang.lifecycle.reliance.verification import Verifier, verify
from dojang.pki.cms import sign_content

CONTENT = "계약서: 도장은행 정기예금".encode()
S = SubIndication


@dataclass(frozen=True)
class ReaderHere:
    """The reader without a process of its own."""

    read_any: Callable[[VerificationRequest], tuple[SignatureReading, ...]]

    def read(self, request: VerificationRequest) -> tuple[SignatureReading, ...]:
        return self.read_any(request)


READER = ReaderHere(make_reading())


def judged(
    request: VerificationRequest, *, now: datetime = SIGNED_AT, sources: tuple[StatusSource, ...] = (KnownStatuses(),)
) -> Verification:
    (report,) = verify(
        request, verifier=Verifier(reader=READER, trust=HouseTrust(house=person().house), sources=sources), now=now
    )
    return report


def bare(who: Person, content: bytes = CONTENT, **more: object) -> VerificationRequest:
    return VerificationRequest(
        format=SignatureFormat.PKCS1,
        signature=who.sign(content),
        content=content,
        certificate_der=who.certificate_der,
        **more,  # type: ignore[arg-type]  # each test names fields of the request
    )


def attached(who: Person) -> bytes:
    return sign_content(CONTENT, certificate_der=who.certificate_der, sign=who.sign, now=SIGNED_AT)


def verdict(report: Verification) -> tuple[Indication, SubIndication | None]:
    return report.indication, report.sub_indication


# --- what holds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["personal-signing", "personal-signing-ec-p256"])
def test_a_bare_signature_passes(profile: str) -> None:
    report = judged(bare(person(profile)))
    assert verdict(report) == (Indication.PASSED, None)
    assert report.signer is not None
    assert report.signer.serial == 4711
    assert "도하람" in report.signer.common_name
    assert len(report.chain_der) == 3
    assert [one.state for one in report.statuses] == [StatusState.GOOD, StatusState.GOOD]


@pytest.mark.parametrize("profile", ["personal-signing", "personal-signing-ec-p256"])
@pytest.mark.parametrize("options", [("-nodetach",), (), ("-nodetach", "-noattr"), ("-nodetach", "-md", "sha512")])
def test_what_openssl_signed_passes(profile: str, options: tuple[str, ...], tmp_path: Path) -> None:
    message = openssl_cms(person(profile), CONTENT, tmp_path, *options)
    beside = None if "-nodetach" in options else CONTENT
    report = judged(VerificationRequest(format=SignatureFormat.CMS, signature=message, content=beside))
    assert verdict(report) == (Indication.PASSED, None)


def test_our_own_signed_content_passes_and_says_when() -> None:
    report = judged(VerificationRequest(format=SignatureFormat.CMS, signature=attached(person())))
    assert verdict(report) == (Indication.PASSED, None)
    assert report.claimed_at == SIGNED_AT
    assert report.proven_at is None


def test_a_pdf_signature_passes() -> None:
    report = judged(VerificationRequest(format=SignatureFormat.PDF, signature=sign_pdf(person(), blank_pdf())))
    assert verdict(report) == (Indication.PASSED, None)
    assert (report.name, report.alteration) == ("Signature1", Alteration.NONE)


def test_two_signatures_of_a_pdf_are_two_reports() -> None:
    once = sign_pdf(person(), blank_pdf())
    twice = sign_pdf(person(), once, field_name="Second")
    verifier = Verifier(reader=READER, trust=HouseTrust(house=person().house), sources=(KnownStatuses(),))
    reports = verify(VerificationRequest(format=SignatureFormat.PDF, signature=twice), verifier=verifier, now=SIGNED_AT)
    assert [(one.name, one.alteration, one.indication) for one in reports] == [
        ("Signature1", Alteration.PERMITTED, Indication.PASSED),
        ("Second", Alteration.NONE, Indication.PASSED),
    ]


# --- what was broken ------------------------------------------------------------------------------------------------


def test_other_content_or_another_signature_fails(tmp_path: Path) -> None:
    who = person()
    request = bare(who)
    assert verdict(
        judged(VerificationRequest(format=request.format, signature=request.signature, content=b"other",
                                   certificate_der=who.certificate_der))
    ) == (Indication.FAILED, S.SIG_CRYPTO_FAILURE)  # fmt: skip
    detached = openssl_cms(who, CONTENT, tmp_path)
    report = judged(VerificationRequest(format=SignatureFormat.CMS, signature=detached, content=b"other"))
    assert verdict(report) == (Indication.FAILED, S.HASH_FAILURE)
    broken = detached[:-1] + bytes([detached[-1] ^ 1])
    report = judged(VerificationRequest(format=SignatureFormat.CMS, signature=broken, content=CONTENT))
    assert verdict(report) == (Indication.FAILED, S.SIG_CRYPTO_FAILURE)


def test_a_page_changed_after_signing_fails() -> None:
    signed = sign_pdf(person(), blank_pdf())
    report = judged(
        VerificationRequest(format=SignatureFormat.PDF, signature=signed.replace(b"(contract)", b"(CONTRACT)"))
    )
    assert verdict(report) == (Indication.FAILED, S.HASH_FAILURE)


def test_a_page_drawn_anew_in_a_later_revision_fails() -> None:
    forged = repaint(sign_pdf(person(), blank_pdf()))
    report = judged(VerificationRequest(format=SignatureFormat.PDF, signature=forged))
    assert verdict(report) == (Indication.FAILED, S.FORMAT_FAILURE)
    assert report.alteration is Alteration.SUSPICIOUS


def test_bytes_appended_to_a_pdf_are_told() -> None:
    signed = sign_pdf(person(), blank_pdf())
    report = judged(VerificationRequest(format=SignatureFormat.PDF, signature=signed + b"\n% more\n"))
    assert (verdict(report), report.alteration) == ((Indication.PASSED, None), Alteration.PERMITTED)


def test_a_signature_moved_to_another_certificate_does_not_pass(tmp_path: Path) -> None:
    """Same key, other certificate: the ESS attribute binds the signature to the one it was made with."""
    one, other = person(serial=4711), person(serial=4712)
    message = attached(one).replace(one.certificate_der, other.certificate_der)
    report = judged(VerificationRequest(format=SignatureFormat.CMS, signature=message))
    assert report.indication is not Indication.PASSED


def test_sha1_is_read_but_not_trusted(tmp_path: Path) -> None:
    message = openssl_cms(person(), CONTENT, tmp_path, "-nodetach", "-md", "sha1")
    report = judged(VerificationRequest(format=SignatureFormat.CMS, signature=message))
    assert verdict(report) == (Indication.INDETERMINATE, S.CRYPTO_CONSTRAINTS_FAILURE)


# --- whom to trust, and when ----------------------------------------------------------------------------------------


def revoked(since: datetime, state: StatusState = StatusState.REVOKED) -> tuple[StatusSource, ...]:
    evidence = StatusEvidence(serial=4711, state=state, source="register", since=since, reason="keyCompromise")
    return (KnownStatuses(evidence),)


def test_revocation_counts_from_the_proven_moment() -> None:
    who, since = person(), SIGNED_AT - timedelta(hours=1)
    assert verdict(judged(bare(who), sources=revoked(since))) == (Indication.INDETERMINATE, S.REVOKED_NO_POE)
    fresh = bare(who, signed_after=SIGNED_AT - timedelta(minutes=1))
    assert verdict(judged(fresh, sources=revoked(since))) == (Indication.FAILED, S.REVOKED)
    stamped = sign_pdf(who, blank_pdf(), stamped_at=since - timedelta(hours=1))
    report = judged(VerificationRequest(format=SignatureFormat.PDF, signature=stamped), sources=revoked(since))
    assert verdict(report) == (Indication.PASSED, None)
    assert report.proven_at == since - timedelta(hours=1)
    late = sign_pdf(who, blank_pdf(), stamped_at=since + timedelta(minutes=1))
    report = judged(VerificationRequest(format=SignatureFormat.PDF, signature=late), sources=revoked(since))
    assert verdict(report) == (Indication.INDETERMINATE, S.REVOKED_NO_POE)


def test_suspended_and_unknown_are_reasons_to_ask_again() -> None:
    held = judged(bare(person()), sources=revoked(NOW, StatusState.HELD))
    assert verdict(held) == (Indication.INDETERMINATE, S.TRY_LATER)
    silent = judged(bare(person()), sources=(KnownStatuses(silent=True),))
    assert verdict(silent) == (Indication.INDETERMINATE, S.TRY_LATER)


def test_expiry_counts_from_the_proven_moment() -> None:
    who, later = person(), SIGNED_AT + timedelta(days=500)
    assert verdict(judged(bare(who), now=later)) == (Indication.INDETERMINATE, S.OUT_OF_BOUNDS_NO_POE)
    fresh = bare(who, signed_after=later - timedelta(minutes=1))
    assert verdict(judged(fresh, now=later)) == (Indication.FAILED, S.EXPIRED)
    stamped = sign_pdf(who, blank_pdf(), stamped_at=SIGNED_AT)
    report = judged(VerificationRequest(format=SignatureFormat.PDF, signature=stamped), now=later)
    assert verdict(report) == (Indication.PASSED, None)


def test_a_certificate_from_tomorrow_fails() -> None:
    who = person(now=SIGNED_AT + timedelta(days=30))
    assert verdict(judged(bare(who))) == (Indication.FAILED, S.NOT_YET_VALID)


def test_policies_and_purposes_are_constraints() -> None:
    wrong = judged(bare(person(), accepted_policies=frozenset({"1.2.3"})))
    assert verdict(wrong) == (Indication.INDETERMINATE, S.CHAIN_CONSTRAINTS_FAILURE)
    right = judged(bare(person(), accepted_policies=frozenset({"1.3.6.1.4.1.32473.1.1"})))
    assert verdict(right) == (Indication.PASSED, None)
    encryption = judged(bare(person("personal-key-management")))
    assert verdict(encryption) == (Indication.INDETERMINATE, S.CHAIN_CONSTRAINTS_FAILURE)


def test_nobody_vouches_for_a_strangers_certificate() -> None:
    @dataclass(frozen=True)
    class NoTrust:
        def anchors(self) -> tuple[bytes, ...]:
            return ()

        def intermediates(self) -> tuple[bytes, ...]:
            return ()

    verifier = Verifier(reader=READER, trust=NoTrust(), sources=())
    (report,) = verify(bare(person()), verifier=verifier, now=SIGNED_AT)
    assert verdict(report) == (Indication.INDETERMINATE, S.NO_CERTIFICATE_CHAIN_FOUND)
    assert report.detail == "pki.issuer_unknown"


# --- what is no signature -------------------------------------------------------------------------------------------


def test_what_is_missing_is_named() -> None:
    who = person()
    with pytest.raises(SignedContentNeeded) as caught:
        judged(VerificationRequest(format=SignatureFormat.PKCS1, signature=b"x", certificate_der=who.certificate_der))
    assert caught.value.fields == {"missing": "content"}
    with pytest.raises(SignedContentNeeded) as caught:
        judged(VerificationRequest(format=SignatureFormat.PKCS1, signature=b"x", content=b"y"))
    assert caught.value.fields == {"missing": "certificate"}
    with pytest.raises(SignatureUnreadable):
        judged(VerificationRequest(format=SignatureFormat.PDF, signature=blank_pdf()))


@pytest.mark.parametrize("format", list(SignatureFormat))
@settings(max_examples=60, deadline=None)
@given(junk=st.binary(max_size=400), certificate=st.binary(max_size=60))
def test_junk_raises_only_our_errors(format: SignatureFormat, junk: bytes, certificate: bytes) -> None:
    request = VerificationRequest(format=format, signature=junk, content=b"", certificate_der=certificate)
    with pytest.raises(DojangError):
        judged(request)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_message_never_passes_nor_surprises(data: st.DataObject) -> None:
    whole = attached(person())
    position = data.draw(st.integers(0, len(whole) - 1))
    value = data.draw(st.integers(0, 255))
    damaged = whole[:position] + bytes([value]) + whole[position + 1 :]
    try:
        report = judged(VerificationRequest(format=SignatureFormat.CMS, signature=damaged))
    except DojangError:
        return
    if report.indication is Indication.PASSED:  # the certificates beside the signer's are not signed over
        assert report.signer is not None
        assert report.signer.certificate_der == person().certificate_der


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_damaged_document_never_passes_nor_surprises(data: st.DataObject) -> None:
    whole = sign_pdf(person(), blank_pdf())
    position = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:position] + bytes([whole[position] ^ 0x01]) + whole[position + 1 :]
    try:
        report = judged(VerificationRequest(format=SignatureFormat.PDF, signature=damaged))
    except DojangError:
        return
    assert report.indication is not Indication.PASSED or position >= whole.index(b"/Contents")


# --- in processes of their own --------------------------------------------------------------------------------------


def test_the_pool_reads_what_the_reader_reads() -> None:
    pool = PooledSignatureReader(workers=1, timeout_s=60)
    try:
        request = VerificationRequest(format=SignatureFormat.CMS, signature=attached(person()))
        assert pool.read(request) == READER.read(request)
        with pytest.raises(SignatureUnreadable):
            pool.read(VerificationRequest(format=SignatureFormat.CMS, signature=b"\x30\x80" * 4000))
        with pytest.raises(SignedContentNeeded):
            pool.read(VerificationRequest(format=SignatureFormat.PKCS1, signature=b"x"))
        assert pool.read(request) == READER.read(request)
    finally:
        pool.close()
