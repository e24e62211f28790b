"""Certificates made to mislead or to exhaust: each is answered with a code, after bounded work.

Work is counted, not timed: a budget that is spent raises `PathTooComplex` whatever the machine.
"""

import ipaddress
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from dojang.kernel.errors import DojangError
from dojang.pki.certificate import CertificateMalformed, certificate_pem
from dojang.pki.path.errors import (
    CertificateForged,
    CriticalExtensionUnknown,
    IssuerUnknown,
    NameNotPermitted,
    PathInvalid,
    PathTooComplex,
    PolicyNotAccepted,
)
from dojang.pki.path.policies import PolicyInputs
from dojang.pki.path.verification import VerifiedPath, verify_path

NOW = datetime(2026, 11, 23, tzinfo=UTC)
Extensions = Sequence[tuple[x509.ExtensionType, bool]]


@cache
def key(owner: str) -> ec.EllipticCurvePrivateKey:
    del owner  # the cache's key
    return ec.generate_private_key(ec.SECP256R1())


def name(common: str, *units: str, mail: str | None = None) -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, one) for one in units]
    attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, common))
    if mail:
        attributes.append(x509.NameAttribute(NameOID.EMAIL_ADDRESS, mail))
    return x509.Name(attributes)


def make(
    subject: x509.Name, issuer: x509.Name, *, owner: str, signer: str, ca: bool = False, extensions: Extensions = ()
) -> bytes:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key(owner).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
    )
    if ca:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    for value, critical in extensions:
        builder = builder.add_extension(value, critical=critical)
    return builder.sign(key(signer), hashes.SHA256()).public_bytes(Encoding.DER)


ROOT, CA, LEAF = name("root"), name("ca"), name("leaf", "staff")


def root() -> bytes:
    return make(ROOT, ROOT, owner="root", signer="root", ca=True)


def verify(leaf: bytes, *above: bytes, policies: PolicyInputs | None = None) -> VerifiedPath:
    return verify_path(leaf, intermediates_der=above, anchors_der=[root_der()], at=NOW, policies=policies)


@cache
def root_der() -> bytes:
    return root()


def openssl_accepts(leaf: bytes, above: Sequence[bytes], directory: Path) -> bool:
    for file, many in (("leaf", [leaf]), ("above", above), ("anchors", [root_der()])):
        (directory / file).write_bytes(b"".join(certificate_pem(one) for one in many))
    moment = str(int(NOW.timestamp()))
    command = ["openssl", "verify", "-attime", moment, "-CAfile", "anchors", "-untrusted", "above", "leaf"]
    return subprocess.run(command, cwd=directory, capture_output=True, check=False).returncode == 0


# --- exhaustion -----------------------------------------------------------------------------------------------------


def test_thousands_of_issuers_with_one_name_spend_the_budget() -> None:
    leaf = make(LEAF, CA, owner="leaf", signer="nobody")
    crowd = [make(CA, ROOT, owner=f"ca{number % 200}", signer="root", ca=True) for number in range(2000)]
    with pytest.raises(PathTooComplex):
        verify(leaf, *crowd)


def test_the_right_issuer_among_a_crowd_is_found_by_its_key_identifier() -> None:
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(key("ca").public_key())
    leaf = make(LEAF, CA, owner="leaf", signer="ca", extensions=[(authority, False)])

    def issuer(owner: str) -> bytes:
        identifier = x509.SubjectKeyIdentifier.from_public_key(key(owner).public_key())
        return make(CA, ROOT, owner=owner, signer="root", ca=True, extensions=[(identifier, False)])

    crowd = [issuer(f"ca{number % 200}") for number in range(500)]
    assert len(verify(leaf, *crowd, issuer("ca")).certificates) == 3


def test_more_certificates_than_any_hierarchy_has_are_not_read() -> None:
    leaf = make(LEAF, CA, owner="leaf", signer="ca")
    with pytest.raises(PathTooComplex):
        verify(leaf, *(b"%d" % number for number in range(5000)))


def test_a_web_of_cross_certificates_ends() -> None:
    """Ten authorities that all certified each other: 10! paths, none of which reaches an anchor."""
    names = [name(f"ca{number}") for number in range(10)]
    web = [
        make(names[subject], names[issuer], owner=f"ca{subject}", signer=f"ca{issuer}", ca=True)
        for subject in range(10)
        for issuer in range(10)
        if subject != issuer
    ]
    leaf = make(LEAF, names[0], owner="leaf", signer="ca0")
    with pytest.raises((PathTooComplex, IssuerUnknown)):
        verify(leaf, *web)


def test_policies_do_not_multiply() -> None:
    """The policy tree of RFC 5280 doubles per level under these mappings; the graph of RFC 9618 does not."""
    first, second = "1.2.3.1", "1.2.3.2"
    mappings = asn1_x509.PolicyMappings(
        [
            {"issuer_domain_policy": one, "subject_domain_policy": other}
            for one in (first, second)
            for other in (first, second)
        ]
    )
    extensions: Extensions = [
        (x509.CertificatePolicies([policy(first), policy(second)]), False),
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.33"), mappings.dump()), True),
    ]
    names = [ROOT, *(name(f"ca{number}") for number in range(10))]
    chain = [
        make(names[number], names[number - 1], owner=f"ca{number}", signer=f"ca{number - 1}" if number > 1 else "root",
             ca=True, extensions=extensions)
        for number in range(1, 11)
    ]  # fmt: skip
    leaf = make(LEAF, names[10], owner="leaf", signer="ca10",
                extensions=[(x509.CertificatePolicies([policy(first)]), False)])  # fmt: skip
    accepted = PolicyInputs(accepted=frozenset({second}), explicit_policy=True)
    assert verify(leaf, *chain, policies=accepted).policies == {second}


def policy(identifier: str) -> x509.PolicyInformation:
    return x509.PolicyInformation(x509.ObjectIdentifier(identifier), None)


def test_a_thousand_policies_are_too_many() -> None:
    many = [policy(f"1.2.3.{number}") for number in range(1001)]
    leaf = make(LEAF, ROOT, owner="leaf", signer="root", extensions=[(x509.CertificatePolicies(many), False)])
    with pytest.raises(PathTooComplex):
        verify(leaf)


def test_names_times_constraints_are_counted() -> None:
    subtrees = [x509.DNSName(f"{number}.example") for number in range(600)]
    names = x509.SubjectAlternativeName([x509.DNSName(f"{number}.other.example") for number in range(600)])
    above = make(CA, ROOT, owner="ca", signer="root", ca=True,
                 extensions=[(x509.NameConstraints(None, subtrees), True)])  # fmt: skip
    with pytest.raises(PathTooComplex):
        verify(make(LEAF, CA, owner="leaf", signer="ca", extensions=[(names, False)]), above)


def test_a_certificate_of_a_hundred_kilobytes_is_not_read() -> None:
    padding = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x04\x83\x01\x86\xa0" + bytes(100_000))
    with pytest.raises(CertificateMalformed):
        verify(make(LEAF, ROOT, owner="leaf", signer="root", extensions=[(padding, False)]))


# --- deception ------------------------------------------------------------------------------------------------------


def test_mapping_to_any_policy_is_refused() -> None:
    mapping = asn1_x509.PolicyMappings([{"issuer_domain_policy": "1.2.3", "subject_domain_policy": "2.5.29.32.0"}])
    extensions: Extensions = [
        (x509.CertificatePolicies([policy("1.2.3")]), False),
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.33"), mapping.dump()), False),
    ]
    above = make(CA, ROOT, owner="ca", signer="root", ca=True, extensions=extensions)
    with pytest.raises(PolicyNotAccepted):
        verify(make(LEAF, CA, owner="leaf", signer="ca"), above)


@pytest.mark.parametrize("value", [b"", b"\x30\x00\x00", b"\x30\x80\x00\x00", b"\x30\x02\x30\x05", b"\x05\x00"])
def test_mappings_that_cannot_be_read_are_refused(value: bytes) -> None:
    extension = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.33"), value)
    above = make(CA, ROOT, owner="ca", signer="root", ca=True, extensions=[(extension, True)])
    with pytest.raises(DojangError):
        verify(make(LEAF, CA, owner="leaf", signer="ca"), above)


def test_an_extension_that_cannot_be_read_is_refused_critical_or_not() -> None:
    for critical in (True, False):
        extension = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.19"), b"\x30\x03\x02\x01")
        with pytest.raises(CriticalExtensionUnknown):
            verify(make(LEAF, ROOT, owner="leaf", signer="root", extensions=[(extension, critical)]))


def test_the_algorithm_beside_the_signature_must_be_the_signed_one() -> None:
    leaf = make(LEAF, ROOT, owner="leaf", signer="root")
    sha256, sha384 = bytes.fromhex("06082a8648ce3d040302"), bytes.fromhex("06082a8648ce3d040303")
    at = leaf.rindex(sha256)
    with pytest.raises(CertificateForged):
        verify(leaf[:at] + sha384 + leaf[at + len(sha384) :])


def test_unreadable_certificates_beside_the_chain_do_no_harm() -> None:
    above = make(CA, ROOT, owner="ca", signer="root", ca=True)
    verify(make(LEAF, CA, owner="leaf", signer="ca"), b"", b"\x30\x00", b"junk" * 99, above)


Constraint = tuple[list[x509.GeneralName] | None, list[x509.GeneralName] | None]


@pytest.mark.parametrize(
    ("constraint", "names", "allowed"),
    [
        (([x509.DNSName("bank.example")], None), [x509.DNSName("bank.example")], True),
        (([x509.DNSName("bank.example")], None), [x509.DNSName("a.b.bank.example")], True),
        (([x509.DNSName("bank.example")], None), [x509.DNSName("notbank.example")], False),
        (([x509.DNSName("bank.example")], None), [x509.DNSName("bank.example.evil")], False),
        ((None, [x509.DNSName("bank.example")]), [x509.DNSName("x.bank.example")], False),
        ((None, [x509.DNSName("bank.example")]), [x509.DNSName("BANK.example")], False),
        (([x509.RFC822Name("bank.example")], None), [x509.RFC822Name("a@bank.example")], True),
        (([x509.RFC822Name("bank.example")], None), [x509.RFC822Name("a@sub.bank.example")], False),
        (([x509.RFC822Name(".bank.example")], None), [x509.RFC822Name("a@sub.bank.example")], True),
        (([x509.RFC822Name("a@bank.example")], None), [x509.RFC822Name("b@bank.example")], False),
        (([x509.UniformResourceIdentifier(".bank.example")], None),
         [x509.UniformResourceIdentifier("https://www.bank.example/x")], True),
        (([x509.UniformResourceIdentifier("bank.example")], None),
         [x509.UniformResourceIdentifier("https://www.bank.example/x")], False),
        (([x509.IPAddress(ipaddress.ip_network("192.0.2.0/24"))], None),
         [x509.IPAddress(ipaddress.ip_address("192.0.2.9"))], True),
        (([x509.IPAddress(ipaddress.ip_network("192.0.2.0/24"))], None),
         [x509.IPAddress(ipaddress.ip_address("198.51.100.9"))], False),
        (([x509.DirectoryName(x509.Name(list(LEAF)[:1]))], None), [], True),
        (([x509.DirectoryName(name("x"))], None), [], False),
        ((None, [x509.DirectoryName(x509.Name(list(LEAF)[:1]))]), [], False),
        (([x509.DNSName("bank.example")], None), [x509.RFC822Name("a@other.example")], True),
    ],
)  # fmt: skip
def test_name_constraints_as_openssl_reads_them(
    constraint: Constraint, names: list[x509.GeneralName], allowed: bool, tmp_path: Path
) -> None:
    above = make(CA, ROOT, owner="ca", signer="root", ca=True, extensions=[(x509.NameConstraints(*constraint), True)])
    extensions: Extensions = [(x509.SubjectAlternativeName(names), False)] if names else []
    leaf = make(LEAF, CA, owner="leaf", signer="ca", extensions=extensions)
    assert openssl_accepts(leaf, [above], tmp_path) is allowed
    if allowed:
        verify(leaf, above)
    else:
        with pytest.raises(NameNotPermitted):
            verify(leaf, above)


def test_mail_in_the_subject_counts_when_there_are_no_alternative_names() -> None:
    constraints = x509.NameConstraints([x509.RFC822Name("bank.example")], None)
    above = make(CA, ROOT, owner="ca", signer="root", ca=True, extensions=[(constraints, True)])
    verify(make(name("leaf", mail="a@bank.example"), CA, owner="leaf", signer="ca"), above)
    with pytest.raises(NameNotPermitted):
        verify(make(name("leaf", mail="a@evil.example"), CA, owner="leaf", signer="ca"), above)


def test_a_form_that_cannot_be_compared_is_refused_where_it_is_constrained() -> None:
    other = x509.OtherName(x509.ObjectIdentifier("1.2.3.4"), b"\x0c\x01a")
    for constraints in (x509.NameConstraints([other], None), x509.NameConstraints(None, [other])):
        above = make(CA, ROOT, owner="ca", signer="root", ca=True, extensions=[(constraints, True)])
        verify(make(LEAF, CA, owner="leaf", signer="ca"), above)
        names = x509.SubjectAlternativeName([other])
        with pytest.raises(NameNotPermitted):
            verify(make(LEAF, CA, owner="leaf", signer="ca", extensions=[(names, False)]), above)


def test_a_second_path_that_holds_is_enough() -> None:
    narrow = x509.NameConstraints([x509.DirectoryName(name("x"))], None)
    strict = make(CA, ROOT, owner="ca", signer="root", ca=True, extensions=[(narrow, True)])
    plain = make(CA, ROOT, owner="ca", signer="root", ca=True)
    leaf = make(LEAF, CA, owner="leaf", signer="ca")
    for above in ((strict, plain), (plain, strict)):
        assert len(verify(leaf, *above).certificates) == 3
    with pytest.raises(PathInvalid):
        verify(leaf, strict)
