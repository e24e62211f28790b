"""The linter: passes what Dojang builds, names what is wrong with anything else, and alone makes the proof."""

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from builders.hierarchy import (
    ISSUING_NAME,
    NOW,
    OFFICE,
    OPERATOR,
    VIRTUAL_ID,
    customer_key,
    hierarchy,
    spki,
    subscriber_name,
    subscriber_tbs,
)
from dojang.pki import der
from dojang.pki.certificate import Issuer, Serial, build_tbs_certificate
from dojang.pki.extensions import identity_name
from dojang.pki.lint import LintedCertificate, LintFailed, lint_certificate
from dojang.pki.lint.linted import LintProofForged
from dojang.pki.profile import ExtensionName, KeyUsage, OperatorValues, Profile
from dojang.pki.profile_file import load_profile, profile_names
from dojang.pki.public_key import KeyAlgorithm, SignatureAlgorithm
from dojang.pki.validity import Validity, full_validity

PROFILE = load_profile("personal-signing", OPERATOR)


def _findings(tbs_der: bytes, profile: Profile = PROFILE, issuer: Issuer | None = None) -> list[str]:
    try:
        lint_certificate(tbs_der, profile=profile, issuer=issuer or hierarchy().issuer, record_id="r")
    except LintFailed as failed:
        found = failed.fields["findings"]
        assert isinstance(found, list)
        assert found, "a refusal says why"
        return found
    return []


@pytest.mark.parametrize("name", [name for name in profile_names() if name not in ("root", "issuing-ca")])
def test_what_dojang_builds_passes(name: str) -> None:
    profile = load_profile(name, OPERATOR)
    assert _findings(subscriber_tbs(profile), profile) == []


def test_a_proof_holds_bytes_record_and_a_stable_digest() -> None:
    tbs_der, issuer = subscriber_tbs(PROFILE), hierarchy().issuer
    linted = lint_certificate(tbs_der, profile=PROFILE, issuer=issuer, record_id="r1")
    again = lint_certificate(tbs_der, profile=PROFILE, issuer=issuer, record_id="r1")
    other = lint_certificate(tbs_der, profile=PROFILE, issuer=issuer, record_id="r2")
    assert (linted.tbs_der, linted.record_id, linted.profile) == (tbs_der, "r1", "personal-signing")
    assert linted.lint_digest == again.lint_digest != other.lint_digest
    assert len(linted.lint_digest) == 64


def test_only_the_linter_makes_a_proof() -> None:
    linted = lint_certificate(subscriber_tbs(PROFILE), profile=PROFILE, issuer=hierarchy().issuer, record_id="r")
    values = {one.name: getattr(linted, one.name) for one in dataclasses.fields(linted)}
    with pytest.raises(LintProofForged):
        LintedCertificate(**values, seal=object())
    with pytest.raises((LintProofForged, ValueError, TypeError)):
        replace(linted, tbs_der=b"other")  # type: ignore[call-arg]  # the point of the test
    with pytest.raises(LintProofForged):
        pickle.dumps(linted)
    with pytest.raises(LintProofForged):
        copy.copy(linted)
    with pytest.raises(dataclasses.FrozenInstanceError):
        linted.tbs_der = b"other"  # type: ignore[misc]  # the point of the test
    assert "tbs_der" not in repr(linted)


def test_a_record_must_be_named() -> None:
    with pytest.raises(LintFailed):
        lint_certificate(subscriber_tbs(PROFILE), profile=PROFILE, issuer=hierarchy().issuer, record_id="")


def _rebuilt(**changes: object) -> Callable[[], bytes]:
    def build() -> bytes:
        parts: dict[str, object] = {
            "profile": PROFILE,
            "issuer": hierarchy().issuer,
            "serial": Serial(4711),
            "subject_der": subscriber_name().der,
            "spki_der": spki(customer_key()),
            "validity": full_validity(NOW, years=1),
            "identity_der": identity_name("도하람", VIRTUAL_ID),
        }
        given = {key: value() if callable(value) else value for key, value in changes.items()}
        return build_tbs_certificate(**{**parts, **given})  # type: ignore[arg-type]  # parts are checked by the linter

    return build


def _profile(**changes: object) -> Callable[[], Profile]:
    return lambda: replace(PROFILE, **changes)  # type: ignore[arg-type]  # deliberately any field


def _issuer(**changes: object) -> Callable[[], Issuer]:
    return lambda: replace(hierarchy().issuer, **changes)  # type: ignore[arg-type]  # deliberately any field


def _without(*names: ExtensionName) -> tuple[ExtensionName, ...]:
    return tuple(name for name in PROFILE.extensions if name not in names)


KST_DAY = full_validity(NOW, years=1)
SWAPPED = (PROFILE.extensions[1], PROFILE.extensions[0], *PROFILE.extensions[2:])
CN = "도하람()0097041" + "20260305" + "000000007"


def _subject(*attributes: tuple[str, bytes]) -> bytes:
    return der.sequence(*(der.set_of(der.sequence(der.oid(kind), value)) for kind, value in attributes))


C, O, OU, CNO = "2.5.4.6", "2.5.4.10", "2.5.4.11", "2.5.4.3"  # noqa: E741  # attribute names of RFC 4514
GOOD = [(C, der.printable_string("kr")), (O, der.utf8_string("Dojang")), (CNO, der.utf8_string(CN))]


@pytest.mark.parametrize(
    ("build", "finding"),
    [
        (_rebuilt(issuer=_issuer(name_der=ISSUING_NAME.der[:-1] + b"2")), "rfc5280.issuer_name"),
        (_rebuilt(issuer=_issuer(signature_algorithm=SignatureAlgorithm.ECDSA_SHA256)), "rfc5280.signature_algorithm"),
        (_rebuilt(issuer=_issuer(key_identifier=b"\0" * 20)), "profile.authority_key_identifier"),
        (_rebuilt(issuer=_issuer(serial=3)), "profile.authority_key_identifier"),
        (_rebuilt(issuer=_issuer(issuer_name_der=ISSUING_NAME.der)), "profile.authority_key_identifier"),
        (_rebuilt(issuer=_issuer(crl_uri="http://other.example/x.crl")), "profile.crl_distribution_points"),
        (_rebuilt(issuer=_issuer(ocsp_uri="http://other.example/")), "profile.authority_info_access"),
        (_rebuilt(profile=_profile(extensions=SWAPPED)), "profile.extension_order"),
        (_rebuilt(profile=_profile(extensions=_without(ExtensionName.CERTIFICATE_POLICIES))),
         "profile.extension_order"),
        (_rebuilt(profile=_profile(extensions=_without(ExtensionName.SUBJECT_KEY_IDENTIFIER))),
         "rfc5280.subject_key_identifier"),
        (_rebuilt(profile=_profile(extensions=(*PROFILE.extensions, ExtensionName.KEY_USAGE))),
         "rfc5280.extension_repeated"),
        (_rebuilt(profile=_profile(critical=frozenset({ExtensionName.KEY_USAGE}))), "profile.extension_criticality"),
        (_rebuilt(profile=_profile(critical=PROFILE.critical | {ExtensionName.SUBJECT_ALT_NAME})),
         "profile.extension_criticality"),
        (_rebuilt(profile=_profile(key_usage=frozenset({KeyUsage.DIGITAL_SIGNATURE}))), "profile.key_usage"),
        (_rebuilt(profile=_profile(key_usage=PROFILE.key_usage | {KeyUsage.KEY_CERT_SIGN})), "profile.key_usage"),
        (_rebuilt(profile=_profile(policies=("1.2.410.200005.1.1.4",))), "profile.certificate_policies"),
        (_rebuilt(profile=_profile(policies=(*PROFILE.policies, "1.3.6.1.4.1.32473.1.9"))),
         "profile.certificate_policies"),
        (_rebuilt(profile=_profile(notice="다른 안내")), "profile.certificate_policies"),
        (_rebuilt(profile=_profile(cps_uri="http://other.example")), "profile.certificate_policies"),
        (_rebuilt(profile=_profile(notice=None)), "profile.certificate_policies"),
        (_rebuilt(profile=_profile(extensions=(*PROFILE.extensions, ExtensionName.BASIC_CONSTRAINTS))),
         "profile.extension_order"),
        (_rebuilt(validity=full_validity(NOW, years=4)), "profile.validity_too_long"),
        (_rebuilt(validity=Validity(not_before=NOW, not_after=KST_DAY.not_after)), "npki.validity_not_whole_days"),
        (_rebuilt(validity=Validity(not_before=KST_DAY.not_before, not_after=NOW + timedelta(days=9))),
         "npki.validity_not_whole_days"),
        (_rebuilt(validity=full_validity(NOW - timedelta(days=2), years=1)), "profile.validity_outside_issuer"),
        (_rebuilt(validity=full_validity(NOW.replace(year=2035), years=3)), "profile.validity_outside_issuer"),
        (_rebuilt(spki_der=lambda: spki(customer_key(KeyAlgorithm.EC_P256))), "profile.public_key_kind"),
        (_rebuilt(spki_der=lambda: spki(rsa.generate_private_key(3, 2048))), "rfc5280.public_key_weak"),
        (_rebuilt(spki_der=lambda: spki(ec.generate_private_key(ec.SECP384R1()))), "profile.public_key_kind"),
        (_rebuilt(subject_der=der.sequence()), "rfc5280.subject_empty"),
        (_rebuilt(subject_der=OFFICE.der), "npki.subject_order"),
        (_rebuilt(subject_der=_subject(GOOD[1], GOOD[0], GOOD[2])), "npki.subject_order"),
        (_rebuilt(subject_der=_subject(*GOOD, (CNO, der.utf8_string(CN)))), "npki.subject_order"),
        (_rebuilt(subject_der=_subject(*GOOD, ("2.5.4.5", der.printable_string("1")))), "npki.subject_order"),
        (_rebuilt(subject_der=_subject((C, der.utf8_string("kr")), *GOOD[1:])), "npki.subject_string_type"),
        (_rebuilt(subject_der=_subject(GOOD[0], (O, der.printable_string("Dojang")), GOOD[2])),
         "npki.subject_string_type"),
        (_rebuilt(subject_der=_subject((C, der.printable_string("kor")), *GOOD[1:])),
         "rfc5280.subject_attribute_length"),
        (_rebuilt(subject_der=_subject(GOOD[0], (O, der.utf8_string("o" * 65)), GOOD[2])),
         "rfc5280.subject_attribute_length"),
        (_rebuilt(subject_der=_subject(*GOOD[:2], (CNO, der.utf8_string("도하람")))), "npki.common_name_form"),
        (_rebuilt(subject_der=_subject(*GOOD[:2], (CNO, der.utf8_string(CN + "1")))), "npki.common_name_form"),
        (_rebuilt(identity_der=lambda: identity_name("다른이", VIRTUAL_ID)), "npki.identity_not_subject"),
        (_rebuilt(identity_der=lambda: identity_name("도하람")), "npki.virtual_id_form"),
        (_rebuilt(identity_der=lambda: identity_name("도하람", VIRTUAL_ID[:20])), "npki.virtual_id_form"),
        (_rebuilt(identity_der=der.implicit(2, b"host.example")), "npki.identity_form"),
        (_rebuilt(identity_der=lambda: identity_name("도하람", VIRTUAL_ID) * 2), "npki.identity_form"),
    ],
)  # fmt: skip
def test_every_deviation_is_named(build: Callable[[], bytes], finding: str) -> None:
    assert finding in _findings(build())


def _replaced(old: bytes, new: bytes) -> bytes:
    tbs_der = subscriber_tbs(PROFILE)
    assert tbs_der.count(old) == 1, "the test replaces exactly one place"
    return _relength(tbs_der.replace(old, new), len(new) - len(old))


def _relength(tbs_der: bytes, by: int) -> bytes:
    content = tbs_der[4:]
    assert tbs_der[1] == 0x82
    return der.tlv(der.SEQUENCE, content) if by else tbs_der


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x01", "rfc5280.version_not_3"),
        (b"\x02\x02\x12\x67", b"\x02\x01\x00", "rfc5280.serial_not_positive"),
        (b"\x02\x02\x12\x67", b"\x02\x01\x80", "rfc5280.serial_not_positive"),
        (b"\x02\x02\x12\x67", b"\x02\x03\x00\x12\x67", "der.integer_padded"),
        (b"\x02\x02\x12\x67", b"\x02\x07\x20" + bytes(6), "npki.serial_too_large"),
        (b"\x02\x02\x12\x67", b"\x02\x15\x01" + bytes(20), "rfc5280.serial_too_long"),
        (b"260304150000Z", b"260304150060Z", "der.time_form"),
        (b"\x17\x0d260304150000Z", b"\x18\x0f20260304150000Z", "der."),
        (b"\x01\x01\xff\x04\x04\x03\x02\x06\xc0", b"\x01\x01\x01\x04\x04\x03\x02\x06\xc0", "der.default_encoded"),
        (b"\x01\x01\xff\x04\x04\x03\x02\x06\xc0", b"\x01\x01\x00\x04\x04\x03\x02\x06\xc0", "der.default_encoded"),
        (b"\x03\x02\x06\xc0", b"\x03\x02\x05\xc0", "profile.key_usage"),
        (b"\x06\x03\x55\x1d\x23", b"\x06\x03\x55\x1d\x7f", "profile.extension_unknown"),
        (b"\x06\x03\x55\x1d\x0f\x01\x01\xff", b"\x06\x03\x55\x1d\x7f\x01\x01\xff",
         "rfc5280.critical_extension_unknown"),
    ],
)  # fmt: skip
def test_every_deviation_in_the_encoding_is_named(old: bytes, new: bytes, finding: str) -> None:
    assert any(found.startswith(finding) for found in _findings(_replaced(old, new)))


def test_times_from_2050_are_generalized() -> None:
    now = datetime(2049, 6, 1, tzinfo=UTC)
    later = replace(hierarchy().issuer, validity=full_validity(now, years=10))
    profile = PROFILE
    build = _rebuilt(validity=full_validity(now, years=3), issuer=lambda: later)
    tbs_der = build()
    assert b"\x17\x0d490531150000Z\x18\x0f20520601145959Z" in tbs_der
    assert _findings(tbs_der, profile, later) == []


def test_no_changed_octet_passes_unless_it_lies_in_a_free_value() -> None:
    """What a flip can change without a finding: serial, day and year, the office's name, the digits, the virtual ID."""
    tbs_der = subscriber_tbs(PROFILE)
    subject = tbs_der.index(subscriber_name().der)
    values = [(tbs_der.index(b"\x02\x02\x12\x67") + 2, 2), (tbs_der.index(VIRTUAL_ID), 32)]
    values.append((tbs_der.index(b"()0097") + 2, 24))
    values += [(tbs_der.index(word, subject), len(word)) for word in (b"kr", b"Dojang", b"personal4IB", b"HANBIT")]
    free = {position for start, length in values for position in range(start, start + length)}
    passing = {
        position
        for position in range(len(tbs_der))
        if not _findings(tbs_der[:position] + bytes([tbs_der[position] ^ 0x01]) + tbs_der[position + 1 :])
    }
    days = set(range(tbs_der.index(b"260304"), tbs_der.index(b"260304") + 6))
    days |= set(range(tbs_der.index(b"270305"), tbs_der.index(b"270305") + 6))
    assert passing - days == free


def test_memory_of_good_extensions_does_not_excuse_bad_ones() -> None:
    assert _findings(subscriber_tbs(PROFILE)) == []
    bad = _rebuilt(profile=_profile(notice="다른 안내"))()
    assert _findings(bad) == _findings(bad) != []
    assert _findings(subscriber_tbs(PROFILE)) == []


def test_profiles_and_issuers_are_not_confused() -> None:
    other = load_profile("personal-signing", OperatorValues(arc="1.3.6.1.4.1.99999"))
    assert "profile.certificate_policies" in _findings(subscriber_tbs(PROFILE), other)
    other_issuer = hierarchy(KeyAlgorithm.RSA_2048, KeyAlgorithm.EC_P256).issuer
    assert "profile.authority_key_identifier" in _findings(subscriber_tbs(PROFILE), issuer=other_issuer)


def test_findings_carry_no_personal_data() -> None:
    with pytest.raises(LintFailed) as caught:
        lint_certificate(
            _rebuilt(identity_der=lambda: identity_name("다른이", VIRTUAL_ID))(),
            profile=PROFILE,
            issuer=hierarchy().issuer,
            record_id="r",
        )
    for secret in ("도하람", "다른이"):
        assert secret not in str(caught.value)
        assert secret not in repr(caught.value)


def test_junk_is_refused_by_name() -> None:
    for junk in (b"", b"\x30", b"\x30\x00", b"\x30\x80\x00\x00", b"\x04\x00", subscriber_tbs(PROFILE) + b"\x00"):
        assert all(found.startswith("der.") for found in _findings(junk))
        assert _findings(junk)
