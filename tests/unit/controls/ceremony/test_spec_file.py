"""Ceremony files: what is wrong is named by its field, and nothing unread slips through."""

import pytest

from dojang.controls.ceremony import parse_ceremony
from dojang.controls.ceremony.spec import CeremonySpecInvalid
from dojang.pki.public_key import KeyAlgorithm

FILE = """
title: 모의 의식
place: 서울
witnesses: [{name: 김참관, role: 감사}]
root:
  key: rsa-4096
  subject: {country: kr, organization: Dojang, common_name: Root}
  crl: {uri: http://ca.example/root.crl}
issuing:
  key: rsa-2048
  subject: {country: kr, organization: Dojang, common_name: CA}
  real_name: 도장은행
  crl: {uri: http://ca.example/issuing.crl}
  ocsp: http://ocsp.example
delegates:
  - label: transport
    key: rsa-2048
    subject: {country: kr, organization: Dojang, common_name: Transport}
"""


def test_defaults_fill_what_is_left_out() -> None:
    spec = parse_ceremony(FILE.encode())
    assert spec.operator.arc == "1.3.6.1.4.1.32473"
    assert (spec.root.certificate.label, spec.root.certificate.profile) == ("root", "root")
    assert (spec.issuing.certificate.label, spec.issuing.certificate.profile) == ("issuing", "issuing-ca")
    assert (spec.root.certificate.years, spec.issuing.certificate.years) == (20, 10)
    assert (spec.root.crl_hours, spec.issuing.crl_hours) == (24 * 365, 24)
    assert spec.root.certificate.key is KeyAlgorithm.RSA_4096
    assert spec.root.real_name is None
    assert spec.delegates[0].profile == "transport"
    assert spec.delegates[0].years == 3


@pytest.mark.parametrize(
    ("old", "new", "field", "reason"),
    [
        ("title: 모의 의식", "title: ''", "title", "text"),
        ("place: 서울\n", "", "place", "missing"),
        ("witnesses: [{name: 김참관, role: 감사}]", "witnesses: []", "witnesses", "missing"),
        ("role: 감사", "rolle: 감사", "witnesses[0].rolle", "unknown"),
        ("{name: 김참관, role: 감사}", "김참관", "witnesses[0].", "not_a_mapping"),
        ("root:\n  key", "root:\n  keys: 1\n  key", "root.keys", "unknown"),
        ("rsa-4096", "rsa-1024", "root.key", "not_allowed_by_profile"),
        ("    key: rsa-2048", "    key: ec-p256", "delegates[0].key", "not_allowed_by_profile"),
        ("label: transport", "label: ../transport", "delegates[0].label", "form"),
        ("label: transport", "label: carrier", "delegates[0].profile", "profile_not_found"),
        ("label: transport", "label: transport\n    profile: personal-signing", "delegates[0].profile", "role"),
        ("label: transport", "label: issuing\n    profile: transport", "label", "repeated"),
        ("common_name: Transport", "common_name: CA", "subject", "repeated"),
        ("country: kr, organization: Dojang, common_name: CA", "country: korea, organization: Dojang, common_name: CA",
         "issuing.subject.country", "form"),
        ("  real_name: 도장은행\n", "", "issuing.real_name", "missing"),
        ("http://ca.example/root.crl", "ldap://ca.example", "root.crl.uri", "uri"),
        ("ocsp: http://ocsp.example", "ocsp: ocsp.example", "issuing.ocsp", "uri"),
        ("issuing.crl}", "issuing.crl, hours: 0}", "issuing.crl.hours", "number"),
        ("issuing.crl}", "issuing.crl, hours: true}", "issuing.crl.hours", "number"),
        ("  real_name", "  years: 11\n  real_name", "issuing.years", "not_allowed_by_profile"),
        ("place: 서울", "place: 서울\noperator: {arc: 1.x}", "operator.arc", "not_an_identifier"),
        ("place: 서울", "place: 서울\noperator: {notice: '\U0001F600'}", "issuing.profile", "profile_invalid"),
        ("place: 서울", "place: 서울\nplace: 부산", "", "not_yaml"),
        ("title: 모의 의식", "title: [", "", "not_yaml"),
        ("title: 모의 의식", "title: !!python/name:os.system x", "", "not_yaml"),
    ],
)  # fmt: skip
def test_every_mistake_is_named(old: str, new: str, field: str, reason: str) -> None:
    assert old in FILE
    with pytest.raises(CeremonySpecInvalid) as caught:
        parse_ceremony(FILE.replace(old, new).encode())
    assert (caught.value.fields["field"], caught.value.fields["reason"]) == (field, reason)


@pytest.mark.parametrize("content", [b"", b"- a", b"1", b"\xff\xfe\x00", b"a: &a [*a]", b"x" * 70_000])
def test_junk_is_refused(content: bytes) -> None:
    with pytest.raises(CeremonySpecInvalid):
        parse_ceremony(content)
