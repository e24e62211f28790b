"""NIST's path validation suite (PKITS 1.0.1), its certificates as `cryptography-vectors` carries them.

The name of a test's certificate says what is expected; where NIST asks for several runs under different inputs, the
table below has them. Tests about CRLs alone are named in `REVOCATION`: a path is validated here, its status elsewhere.
"""

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import cryptography_vectors
import pytest

from dojang.kernel.errors import DojangError
from dojang.pki.certificate import CertificateMalformed
from dojang.pki.path.errors import PathInvalid, SignatureAlgorithmRefused
from dojang.pki.path.policies import PolicyInputs
from dojang.pki.path.verification import verify_path

CERTIFICATES = Path(cryptography_vectors.__file__).parent / "x509" / "PKITS_data" / "certs"
AT = datetime(2026, 11, 23, tzinfo=UTC)
ANCHOR = "TrustAnchorRootCertificate"

REVOCATION = re.compile(
    r"CRL|cRLSign|IDPwith|cRLIssuer|deltaCRL|istributionPoint|onlyContains|onlySomeReasons|Revoked|SerialNumber"
    r"|SelfIssuedNewWithOldTest5|SelfIssuedOldWithNewTest2"
)
DSA = re.compile(r"^Valid.*DSA")


def nist(*numbers: int) -> frozenset[str]:
    return frozenset(f"2.16.840.1.101.3.2.1.48.{one}" for one in numbers)


def inputs(*numbers: int, explicit: bool = False, no_mapping: bool = False, no_any: bool = False) -> PolicyInputs:
    return PolicyInputs(
        accepted=nist(*numbers) if numbers else None,
        explicit_policy=explicit,
        inhibit_mapping=no_mapping,
        inhibit_any_policy=no_any,
    )


# (certificate, inputs, whether the path holds): PKITS sections 4.8, 4.10 and 4.12.
RUNS: list[tuple[str, PolicyInputs, bool]] = [
    ("ValidCertificatePathTest1EE", inputs(explicit=True), True),
    ("ValidCertificatePathTest1EE", inputs(1, explicit=True), True),
    ("ValidCertificatePathTest1EE", inputs(2, explicit=True), False),
    ("ValidCertificatePathTest1EE", inputs(1, 2, explicit=True), True),
    ("AllCertificatesNoPoliciesTest2EE", inputs(), True),
    ("AllCertificatesNoPoliciesTest2EE", inputs(explicit=True), False),
    ("DifferentPoliciesTest3EE", inputs(), True),
    ("DifferentPoliciesTest3EE", inputs(explicit=True), False),
    ("DifferentPoliciesTest3EE", inputs(1, 2, explicit=True), False),
    *((f"DifferentPoliciesTest{number}EE", inputs(), False) for number in (4, 5, 7, 8, 9, 12)),
    ("OverlappingPoliciesTest6EE", inputs(), True),
    ("OverlappingPoliciesTest6EE", inputs(1), True),
    ("OverlappingPoliciesTest6EE", inputs(2), False),
    ("AllCertificatesSamePoliciesTest10EE", inputs(), True),
    ("AllCertificatesSamePoliciesTest10EE", inputs(1), True),
    ("AllCertificatesSamePoliciesTest10EE", inputs(2), True),
    ("AllCertificatesanyPolicyTest11EE", inputs(), True),
    ("AllCertificatesanyPolicyTest11EE", inputs(1), True),
    ("AllCertificatesSamePoliciesTest13EE", inputs(1), True),
    ("AllCertificatesSamePoliciesTest13EE", inputs(2), True),
    ("AllCertificatesSamePoliciesTest13EE", inputs(3), True),
    ("AnyPolicyTest14EE", inputs(1), True),
    ("AnyPolicyTest14EE", inputs(2), False),
    *((f"UserNoticeQualifierTest{number}EE", inputs(), True) for number in (15, 16, 17, 18, 19)),
    ("UserNoticeQualifierTest18EE", inputs(1), True),
    ("UserNoticeQualifierTest18EE", inputs(2), True),
    ("CPSPointerQualifierTest20EE", inputs(), True),
    ("ValidPolicyMappingTest1EE", inputs(1), True),
    ("ValidPolicyMappingTest1EE", inputs(2), False),
    ("ValidPolicyMappingTest1EE", inputs(no_mapping=True), False),
    ("ValidPolicyMappingTest3EE", inputs(1), False),
    ("ValidPolicyMappingTest3EE", inputs(2), True),
    ("ValidPolicyMappingTest5EE", inputs(1), True),
    ("ValidPolicyMappingTest5EE", inputs(6), False),
    ("ValidPolicyMappingTest6EE", inputs(1), True),
    ("ValidPolicyMappingTest6EE", inputs(6), False),
    ("ValidPolicyMappingTest12EE", inputs(1), True),
    ("ValidPolicyMappingTest12EE", inputs(2), True),
    ("inhibitAnyPolicyTest3EE", inputs(), True),
    ("inhibitAnyPolicyTest3EE", inputs(no_any=True), False),
]


@cache
def certificate(name: str) -> bytes:
    return (CERTIFICATES / f"{name}.crt").read_bytes()


@cache
def intermediates() -> tuple[bytes, ...]:
    """Everybody's issuers at once: the path has to be found among 170 of them."""
    return tuple(path.read_bytes() for path in sorted(CERTIFICATES.glob("*Cert.crt")))


def verify(name: str, policies: PolicyInputs) -> None:
    verify_path(
        certificate(name),
        intermediates_der=intermediates(),
        anchors_der=[certificate(ANCHOR)],
        at=AT,
        policies=policies,
    )


def named(outcome: str) -> list[str]:
    names = sorted(path.stem for path in CERTIFICATES.glob(f"{outcome}*EE.crt"))
    return [name for name in names if not REVOCATION.search(name) and not DSA.search(name)]


def test_the_suite_is_whole() -> None:
    assert len(named("Valid")) == 60
    assert len(named("Invalid")) == 68


@pytest.mark.section("RFC 5280 section 6.1; NIST PKITS")
@pytest.mark.parametrize("name", named("Valid"))
def test_a_path_nist_calls_valid_holds(name: str) -> None:
    verify(name, PolicyInputs())


@pytest.mark.section("RFC 5280 section 6.1; NIST PKITS")
@pytest.mark.parametrize("name", named("Invalid"))
def test_a_path_nist_calls_invalid_is_refused(name: str) -> None:
    with pytest.raises(DojangError):
        verify(name, PolicyInputs())


@pytest.mark.section("RFC 5280 section 6.1; NIST PKITS 4.8, 4.10, 4.12")
@pytest.mark.parametrize(("name", "policies", "holds"), RUNS)
def test_policies_under_the_inputs_nist_asks_for(name: str, policies: PolicyInputs, holds: bool) -> None:
    if holds:
        verify(name, policies)
    else:
        with pytest.raises(PathInvalid):
            verify(name, policies)


@pytest.mark.parametrize("name", ["ValidDSASignaturesTest4EE", "ValidDSAParameterInheritanceTest5EE"])
def test_dsa_is_no_longer_trusted(name: str) -> None:
    with pytest.raises((SignatureAlgorithmRefused, CertificateMalformed)):
        verify(name, PolicyInputs())
