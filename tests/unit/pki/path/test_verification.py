"""Certification paths, OpenSSL judging the same chains wherever it can."""

import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from builders.hierarchy import NOW, hierarchy, subscriber_certificate
from dojang.pki.certificate import CertificateMalformed, certificate_pem
from dojang.pki.path.errors import (
    CertificateExpired,
    CertificateForged,
    CertificateNotYetValid,
    CriticalExtensionUnknown,
    IssuerNotAuthorized,
    IssuerUnknown,
    KeyUsageRefused,
    PathInvalid,
    PolicyNotAccepted,
    SignatureAlgorithmRefused,
)
from dojang.pki.path.policies import PolicyInputs
from dojang.pki.path.verification import VerifiedPath, verify_path
from dojang.pki.profile import KeyUsage
from dojang.pki.public_key import KeyAlgorithm

POLICY = "1.3.6.1.4.1.32473.1.1"
SOON = NOW + timedelta(hours=1)


def _openssl_accepts(
    leaf_der: bytes, intermediates: list[bytes], anchors: list[bytes], directory: Path, *, at: datetime
) -> bool:
    for name, many in (("leaf", [leaf_der]), ("above", intermediates), ("anchors", anchors)):
        (directory / name).write_bytes(b"".join(certificate_pem(one) for one in many))
    command = ["openssl", "verify", "-attime", str(int(at.timestamp())), "-policy_check", "-policy", "2.5.29.32.0",
               "-CAfile", "anchors", "-untrusted", "above", "leaf"]  # fmt: skip
    return subprocess.run(command, cwd=directory, capture_output=True, check=False).returncode == 0


class Factory:
    """Makes certificates no honest authority would, with the cryptography library's own builder."""

    def __init__(self) -> None:
        self.keys: dict[str, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey] = {}

    def key(self, name: str) -> ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey:
        return self.keys.setdefault(name, ec.generate_private_key(ec.SECP256R1()))

    def make(
        self,
        subject: str,
        issuer: str,
        *,
        ca: bool = False,
        path_length: int | None = None,
        usage: str | None = None,
        policies: tuple[str, ...] = (),
        require_policy: int | None = None,
        extra: tuple[tuple[x509.ExtensionType, bool], ...] = (),
        digest: hashes.SHA256 | hashes.SHA224 | None = None,
        signed_by: str | None = None,
        days: int = 100,
    ) -> bytes:
        def name(text: str) -> x509.Name:
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

        builder = (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name(issuer))
            .public_key(self.key(subject).public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW)
            .not_valid_after(NOW + timedelta(days=days))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key(subject).public_key()), critical=False)
        )
        if ca or path_length is not None:
            builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=path_length), critical=True)
        if usage is not None:
            bits = dict.fromkeys(_BITS, False) | {usage: True}
            builder = builder.add_extension(x509.KeyUsage(**bits), critical=True)
        if policies:
            information = [x509.PolicyInformation(x509.ObjectIdentifier(one), None) for one in policies]
            builder = builder.add_extension(x509.CertificatePolicies(information), critical=True)
        if require_policy is not None:
            builder = builder.add_extension(x509.PolicyConstraints(require_policy, None), critical=True)
        for value, critical in extra:
            builder = builder.add_extension(value, critical=critical)
        signer = self.key(signed_by or issuer)
        return builder.sign(signer, digest or hashes.SHA256()).public_bytes(Encoding.DER)


_BITS = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip


def _verify(leaf_der: bytes, *, at: datetime = SOON, policies: frozenset[str] | None = None,
            usage: KeyUsage | None = None) -> VerifiedPath:  # fmt: skip
    house = hierarchy()
    return verify_path(
        leaf_der,
        intermediates_der=[house.issuing_der],
        anchors_der=[house.root_der],
        at=at,
        policies=PolicyInputs(accepted=policies, explicit_policy=policies is not None),
        key_usage=usage,
    )


def test_a_subscriber_certificate_leads_to_the_root() -> None:
    path = _verify(subscriber_certificate(), policies=frozenset({POLICY, "1.2.3"}), usage=KeyUsage.NON_REPUDIATION)
    assert [one.serial_number for one in path.certificates] == [4711, 2, 1]
    assert path.policies == {POLICY}
    assert path.leaf.serial_number == 4711
    assert path.at == SOON


@pytest.mark.parametrize("issuing_key", list(KeyAlgorithm))
def test_every_kind_of_issuing_key(issuing_key: KeyAlgorithm) -> None:
    house = hierarchy(KeyAlgorithm.EC_P256, issuing_key)
    verify_path(
        subscriber_certificate(house=house),
        intermediates_der=[house.issuing_der],
        anchors_der=[house.root_der],
        at=SOON,
        policies=PolicyInputs(accepted=frozenset({POLICY}), explicit_policy=True),
    )


@pytest.mark.parametrize(
    ("at", "error"),
    [
        (datetime.fromisoformat("2026-03-04T15:00:00+00:00"), None),
        (datetime.fromisoformat("2026-03-04T14:59:59+00:00"), CertificateNotYetValid),
        (datetime.fromisoformat("2027-03-05T14:59:59+00:00"), None),
        (datetime.fromisoformat("2027-03-05T15:00:00+00:00"), CertificateExpired),
    ],
)
def test_both_ends_of_the_validity_count(at: datetime, error: type[PathInvalid] | None, tmp_path: Path) -> None:
    house, leaf = hierarchy(), subscriber_certificate()
    if (
        at.isoformat() != "2027-03-05T14:59:59+00:00"
    ):  # OpenSSL counts the last second out; RFC 5280 4.1.2.5 counts it in
        judged = _openssl_accepts(leaf, [house.issuing_der], [house.root_der], tmp_path, at=at)
        assert judged is (error is None)
    if error is None:
        _verify(leaf, at=at)
    else:
        with pytest.raises(error) as caught:
            _verify(leaf, at=at)
        assert caught.value.fields["depth"] == 0


@pytest.mark.parametrize(
    ("policies", "accepted"),
    [(None, True), (frozenset({POLICY}), True), (frozenset({"1.2.3"}), False), (frozenset[str](), False)],
)
def test_policies_the_relying_party_accepts(policies: frozenset[str] | None, accepted: bool) -> None:
    if accepted:
        assert _verify(subscriber_certificate(), policies=policies).policies == {POLICY}
    else:
        with pytest.raises(PolicyNotAccepted):
            _verify(subscriber_certificate(), policies=policies)


def test_a_key_management_certificate_does_not_sign() -> None:
    leaf = subscriber_certificate("personal-key-management")
    assert _verify(leaf, usage=KeyUsage.KEY_ENCIPHERMENT).policies == {"1.3.6.1.4.1.32473.1.2"}
    with pytest.raises(KeyUsageRefused):
        _verify(leaf, usage=KeyUsage.DIGITAL_SIGNATURE)


def test_an_altered_certificate_is_forged() -> None:
    leaf = subscriber_certificate()
    position = leaf.index("도하람".encode())
    with pytest.raises(CertificateForged):
        _verify(leaf[:position] + leaf[position : position + 9].swapcase() + leaf[position + 9 :][:-1] + b"\x00")


def test_another_hierarchy_with_the_same_names_is_not_trusted(tmp_path: Path) -> None:
    house, other = hierarchy(), hierarchy(KeyAlgorithm.RSA_2048, KeyAlgorithm.EC_P256)
    leaf = subscriber_certificate()
    with pytest.raises(IssuerUnknown):
        verify_path(leaf, intermediates_der=[other.issuing_der], anchors_der=[other.root_der], at=SOON)
    with pytest.raises(IssuerUnknown):
        verify_path(leaf, intermediates_der=[house.issuing_der], anchors_der=[other.root_der], at=SOON)
    with pytest.raises(IssuerUnknown):
        verify_path(leaf, intermediates_der=[], anchors_der=[house.root_der], at=SOON)
    assert not _openssl_accepts(leaf, [house.issuing_der], [other.root_der], tmp_path, at=SOON)


def test_an_anchor_below_the_root_is_enough() -> None:
    house = hierarchy()
    path = verify_path(subscriber_certificate(), intermediates_der=[], anchors_der=[house.issuing_der], at=SOON)
    assert len(path.certificates) == 2


def test_junk_is_not_a_certificate() -> None:
    for junk in (b"", b"\x30\x03\x02\x01\x00", b"x" * 500):
        with pytest.raises(CertificateMalformed):
            _verify(junk)


Chain = tuple[bytes, list[bytes], list[bytes]]


def _plain(factory: Factory) -> Chain:
    return (
        factory.make("leaf", "ca"),
        [factory.make("ca", "root", ca=True, usage="key_cert_sign")],
        [factory.make("root", "root", ca=True)],
    )


def _leaf_as_issuer(factory: Factory) -> Chain:
    return (
        factory.make("victim", "leaf"),
        [factory.make("leaf", "ca"), factory.make("ca", "root", ca=True)],
        [factory.make("root", "root", ca=True)],
    )


def _issuer_says_no_ca(factory: Factory) -> Chain:
    return (
        factory.make("leaf", "ca"),
        [factory.make("ca", "root", ca=False, usage="key_cert_sign")],
        [factory.make("root", "root", ca=True)],
    )


def _issuer_without_cert_sign(factory: Factory) -> Chain:
    return (
        factory.make("leaf", "ca"),
        [factory.make("ca", "root", ca=True, usage="crl_sign")],
        [factory.make("root", "root", ca=True)],
    )


def _too_long(factory: Factory) -> Chain:
    return (
        factory.make("leaf", "sub"),
        [factory.make("sub", "ca", ca=True), factory.make("ca", "root", ca=True, path_length=0)],
        [factory.make("root", "root", ca=True)],
    )


def _just_long_enough(factory: Factory) -> Chain:
    return (
        factory.make("leaf", "sub"),
        [factory.make("sub", "ca", ca=True, path_length=0), factory.make("ca", "root", ca=True, path_length=1)],
        [factory.make("root", "root", ca=True)],
    )


def _unknown_critical(factory: Factory) -> Chain:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.32473.99"), b"\x05\x00")
    _leaf, above, anchors = _plain(factory)
    return factory.make("leaf", "ca", extra=((unknown, True),)), above, anchors


def _unknown_uncritical(factory: Factory) -> Chain:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.32473.99"), b"\x05\x00")
    _leaf, above, anchors = _plain(factory)
    return factory.make("leaf", "ca", extra=((unknown, False),)), above, anchors


def _other_signer(factory: Factory) -> Chain:
    _leaf, above, anchors = _plain(factory)
    return factory.make("leaf", "ca", signed_by="mallory"), above, anchors


def _other_signer_above(factory: Factory) -> Chain:
    leaf, _, anchors = _plain(factory)
    return leaf, [factory.make("ca", "root", ca=True, signed_by="mallory")], anchors


def _expired_above(factory: Factory) -> Chain:
    leaf, _, anchors = _plain(factory)
    return leaf, [factory.make("ca", "root", ca=True, days=0)], anchors


def _required_and_missing(factory: Factory) -> Chain:
    return (
        factory.make("leaf", "ca"),
        [factory.make("ca", "root", ca=True, policies=("2.5.29.32.0",), require_policy=0)],
        [factory.make("root", "root", ca=True)],
    )


def _required_and_there(factory: Factory) -> Chain:
    return (
        factory.make("leaf", "ca", policies=("1.2.3",)),
        [factory.make("ca", "root", ca=True, policies=("2.5.29.32.0",), require_policy=0)],
        [factory.make("root", "root", ca=True)],
    )


def _required_but_disjoint(factory: Factory) -> Chain:
    return (
        factory.make("leaf", "ca", policies=("1.2.3",)),
        [factory.make("ca", "root", ca=True, policies=("1.2.4",), require_policy=0)],
        [factory.make("root", "root", ca=True)],
    )


def _required_later(factory: Factory) -> Chain:
    return (
        factory.make("leaf", "ca"),
        [factory.make("ca", "root", ca=True, policies=("2.5.29.32.0",), require_policy=5)],
        [factory.make("root", "root", ca=True)],
    )


def _required_by_the_leaf(factory: Factory) -> Chain:
    _leaf, above, anchors = _plain(factory)
    return factory.make("leaf", "ca", require_policy=0), above, anchors


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (_plain, None),
        (_just_long_enough, None),
        (_unknown_uncritical, None),
        (_required_and_there, None),
        (_required_later, None),
        (_leaf_as_issuer, IssuerNotAuthorized),
        (_issuer_says_no_ca, IssuerNotAuthorized),
        (_issuer_without_cert_sign, IssuerNotAuthorized),
        (_too_long, IssuerNotAuthorized),
        (_unknown_critical, CriticalExtensionUnknown),
        (_other_signer, CertificateForged),
        (_other_signer_above, CertificateForged),
        (_expired_above, CertificateExpired),
        (_required_and_missing, PolicyNotAccepted),
        (_required_but_disjoint, PolicyNotAccepted),
        (_required_by_the_leaf, PolicyNotAccepted),
    ],
)
def test_chains_that_test_every_rule(
    make: Callable[[Factory], Chain], error: type[PathInvalid] | None, tmp_path: Path
) -> None:
    leaf, above, anchors = make(Factory())
    assert _openssl_accepts(leaf, above, anchors, tmp_path, at=SOON) is (error is None)
    if error is None:
        verify_path(leaf, intermediates_der=above, anchors_der=anchors, at=SOON)
    else:
        with pytest.raises(error):
            verify_path(leaf, intermediates_der=above, anchors_der=anchors, at=SOON)


def test_weak_keys_and_digests_are_refused() -> None:
    factory = Factory()
    factory.keys["ca"] = rsa.generate_private_key(65537, 1024)  # noqa: S505  # the weak key under test
    leaf, above, anchors = _plain(factory)
    with pytest.raises(SignatureAlgorithmRefused):
        verify_path(leaf, intermediates_der=above, anchors_der=anchors, at=SOON)
    factory = Factory()
    _, above, anchors = _plain(factory)
    with pytest.raises(SignatureAlgorithmRefused):
        verify_path(
            factory.make("leaf", "ca", digest=hashes.SHA224()), intermediates_der=above, anchors_der=anchors, at=SOON
        )


def test_loops_end() -> None:
    factory = Factory()
    above = [factory.make("a", "b", ca=True), factory.make("b", "a", ca=True)]
    with pytest.raises(IssuerUnknown):
        verify_path(
            factory.make("leaf", "a"),
            intermediates_der=above,
            anchors_der=[factory.make("root", "root", ca=True)],
            at=SOON,
        )
