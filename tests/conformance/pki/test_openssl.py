"""OpenSSL as judge: certificates, lists and CMS messages that Dojang makes."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from builders.hierarchy import NOW, Hierarchy, PrivateKey, customer_key, hierarchy, subscriber_certificate
from dojang.pki.certificate import Serial, certificate_pem
from dojang.pki.cms import sign_content
from dojang.pki.crl import CrlScope, ReasonCode, RevokedEntry, assemble_crl, build_tbs_crl
from dojang.pki.profile_file import profile_names
from dojang.pki.public_key import KeyAlgorithm

LEAVES = tuple(name for name in profile_names() if name not in ("root", "issuing-ca"))
AT = ("-attime", str(int(NOW.timestamp()) + 3600))


@pytest.fixture
def house() -> Hierarchy:
    return hierarchy()


@pytest.fixture
def ca(house: Hierarchy, tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "root.pem").write_bytes(certificate_pem(house.root_der))
    (tmp_path / "issuing.pem").write_bytes(certificate_pem(house.issuing_der))
    return "-CAfile", str(tmp_path / "root.pem"), "-untrusted", str(tmp_path / "issuing.pem")


def _openssl(*arguments: str | Path, fails: bool = False) -> str:
    done = subprocess.run(["openssl", *arguments], capture_output=True, check=False)
    printed = (done.stdout + done.stderr).decode(errors="replace")
    assert (done.returncode != 0) is fails, printed
    return printed


def _list(house: Hierarchy, entries: list[RevokedEntry], **partial: str | CrlScope) -> bytes:
    scope, uri = partial.get("scope", CrlScope.ALL), partial.get("uri")
    assert isinstance(scope, CrlScope)
    tbs_der = build_tbs_crl(
        issuer=house.issuer,
        number=5,
        this_update=NOW,
        next_update=NOW + timedelta(days=1),
        entries=entries,
        scope=scope,
        distribution_point_uri=uri,
    )
    return assemble_crl(tbs_der, house.signer.algorithm, house.signer.sign_crl(tbs_der))


@pytest.mark.section("RFC 5280 6.1")
@pytest.mark.parametrize("profile", LEAVES)
def test_every_leaf_verifies_with_its_policy(ca: tuple[str, ...], tmp_path: Path, profile: str) -> None:
    leaf = tmp_path / "leaf.pem"
    leaf.write_bytes(certificate_pem(subscriber_certificate(profile)))
    policy = _openssl("x509", "-in", leaf, "-noout", "-ext", "certificatePolicies").split("Policy: ")[1].split()[0]
    strict = ("-x509_strict", "-policy_check", "-explicit_policy", *AT)
    assert "OK" in _openssl("verify", *strict, "-policy", policy, *ca, leaf)
    _openssl("verify", *strict, "-policy", "1.3.6.1.4.1.32473.9", *ca, leaf, fails=True)


@pytest.mark.section("RFC 5280 6.1")
@pytest.mark.parametrize("issuing_key", [KeyAlgorithm.RSA_2048, KeyAlgorithm.RSA_3072, KeyAlgorithm.EC_P256])
@pytest.mark.parametrize("root_key", [KeyAlgorithm.RSA_4096, KeyAlgorithm.EC_P256])
def test_hierarchies_of_every_key_kind_verify(
    tmp_path: Path, root_key: KeyAlgorithm, issuing_key: KeyAlgorithm
) -> None:
    house = hierarchy(root_key, issuing_key)
    for name, certificate_der in (
        ("root", house.root_der),
        ("issuing", house.issuing_der),
        ("leaf", subscriber_certificate(house=house)),
    ):
        (tmp_path / f"{name}.pem").write_bytes(certificate_pem(certificate_der))
    ca = ("-CAfile", str(tmp_path / "root.pem"), "-untrusted", str(tmp_path / "issuing.pem"))
    assert "OK" in _openssl("verify", "-x509_strict", "-check_ss_sig", *AT, *ca, tmp_path / "leaf.pem")


@pytest.mark.section("KCAC.TS.CERTPROF")
def test_a_subscriber_certificate_reads_as_the_deployed_ones_do(tmp_path: Path) -> None:
    leaf = tmp_path / "leaf.der"
    leaf.write_bytes(subscriber_certificate())
    printed = _openssl("x509", "-inform", "DER", "-in", leaf, "-noout", "-text", "-nameopt", "utf8,sep_comma_plus")
    titles = [line.strip() for line in printed.splitlines() if line.startswith(" " * 12) and line[12] != " "]
    extensions = titles[next(index for index, line in enumerate(titles) if "Authority Key" in line) :]
    assert [line.split(":")[0] + (" critical" if "critical" in line else "") for line in extensions[:7]] == [
        "X509v3 Authority Key Identifier",
        "X509v3 Subject Key Identifier",
        "X509v3 Key Usage critical",
        "X509v3 Certificate Policies critical",
        "X509v3 Subject Alternative Name",
        "X509v3 CRL Distribution Points",
        "Authority Information Access",
    ]
    assert "Not Before: Mar  4 15:00:00 2026 GMT" in printed
    assert "Not After : Mar  5 14:59:59 2027 GMT" in printed
    assert "DirName:/C=kr/O=Dojang/OU=RootCA/CN=Dojang Sandbox Root 1" in printed
    assert "serial:02" in printed
    assert "Basic Constraints" not in printed
    assert "Extended Key Usage" not in printed


@pytest.mark.section("RFC 5280 4.1")
@pytest.mark.parametrize("profile", ["root", "issuing-ca", *LEAVES])
def test_asn1crypto_writes_every_certificate_back_byte_for_byte(house: Hierarchy, profile: str) -> None:
    fixed = {"root": house.root_der, "issuing-ca": house.issuing_der}
    certificate_der = fixed.get(profile) or subscriber_certificate(profile)
    parsed = asn1_x509.Certificate.load(certificate_der, strict=True)
    for part in ("issuer", "subject", "validity", "subject_public_key_info", "serial_number", "signature"):
        assert parsed["tbs_certificate"][part].copy().dump(force=True) == parsed["tbs_certificate"][part].dump()
    assert parsed.dump() == certificate_der


@pytest.mark.section("RFC 5280 6.3")
def test_a_revoked_certificate_is_refused_and_others_are_not(
    house: Hierarchy, ca: tuple[str, ...], tmp_path: Path
) -> None:
    leaf = tmp_path / "leaf.pem"
    leaf.write_bytes(certificate_pem(subscriber_certificate()))
    for serial, revoked in ((4711, True), (4712, False)):
        entry = RevokedEntry(serial=Serial(serial), revoked_at=NOW, reason=ReasonCode.KEY_COMPROMISE)
        (tmp_path / "list.der").write_bytes(_list(house, [entry]))
        _openssl("crl", "-inform", "DER", "-in", tmp_path / "list.der", "-out", tmp_path / "list.pem")
        check = ("verify", "-crl_check", "-CRLfile", tmp_path / "list.pem", *AT, *ca, leaf)
        assert ("certificate revoked" in _openssl(*check, fails=revoked)) is revoked


@pytest.mark.section("RFC 5280 5.3.1")
def test_every_reason_is_read_as_written(house: Hierarchy, tmp_path: Path) -> None:
    reasons = [reason for reason in ReasonCode if reason is not ReasonCode.REMOVE_FROM_CRL]
    entries = [
        RevokedEntry(serial=Serial(2**53 - 1 - number), revoked_at=NOW, reason=reason)
        for number, reason in enumerate(reasons)
    ]
    path = tmp_path / "list.der"
    path.write_bytes(_list(house, entries))
    (tmp_path / "issuing.pem").write_bytes(certificate_pem(house.issuing_der))
    printed = _openssl(
        "crl", "-inform", "DER", "-in", path, "-noout", "-text", "-CAfile", tmp_path / "issuing.pem", "-verify"
    )
    assert "verify OK" in printed
    assert printed.count("Serial Number:") == len(reasons)
    assert printed.count("X509v3 CRL Reason Code") == len(reasons) - 1, "unspecified is said by saying nothing"
    for shown in ("Key Compromise", "CA Compromise", "Affiliation Changed", "Superseded", "Cessation Of Operation",
                  "Certificate Hold", "Privilege Withdrawn", "AA Compromise"):  # fmt: skip
        assert shown in printed
    native = asn1_crl.CertificateList.load(path.read_bytes())["tbs_cert_list"]["revoked_certificates"]
    assert [one["user_certificate"].native for one in native] == [int(entry.serial) for entry in entries]


@pytest.mark.section("RFC 5280 5.2.5")
def test_a_partition_speaks_for_its_distribution_point_only(
    house: Hierarchy, ca: tuple[str, ...], tmp_path: Path
) -> None:
    leaf = tmp_path / "leaf.pem"
    leaf.write_bytes(certificate_pem(subscriber_certificate()))
    assert house.issuer.crl_uri is not None
    for uri, covers in ((house.issuer.crl_uri, True), ("http://ca.dojang.example/crl/other.crl", False)):
        (tmp_path / "list.der").write_bytes(_list(house, [], scope=CrlScope.USERS, uri=uri))
        _openssl("crl", "-inform", "DER", "-in", tmp_path / "list.der", "-out", tmp_path / "list.pem")
        _openssl(
            "verify", "-crl_check", "-extended_crl", "-CRLfile", tmp_path / "list.pem", *AT, *ca, leaf, fails=not covers
        )


def _sign_with(key: PrivateKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


@pytest.mark.section("RFC 5652 5.6")
@pytest.mark.parametrize("detached", [False, True], ids=["attached", "detached"])
@pytest.mark.parametrize(
    ("profile", "algorithm"),
    [("personal-signing", KeyAlgorithm.RSA_2048), ("personal-signing-ec-p256", KeyAlgorithm.EC_P256)],
)
def test_openssl_verifies_signed_messages(
    house: Hierarchy, ca: tuple[str, ...], tmp_path: Path, profile: str, algorithm: KeyAlgorithm, detached: bool
) -> None:
    content = "계약서 한 장\r\n".encode() * 100
    message = sign_content(
        content,
        certificate_der=subscriber_certificate(profile),
        sign=lambda data: _sign_with(customer_key(algorithm), data),
        now=NOW,
        chain_der=(house.issuing_der,),
        detached=detached,
    )
    (tmp_path / "content").write_bytes(content)
    (tmp_path / "altered").write_bytes(content + b".")
    (tmp_path / "message").write_bytes(message)
    verify = (
        "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", tmp_path / "message", "-out",
        tmp_path / "out", "-CAfile", ca[1], "-purpose", "any", *AT,
    )  # fmt: skip
    if detached:
        assert "successful" in _openssl(*verify, "-content", tmp_path / "content")
        _openssl(*verify, "-content", tmp_path / "altered", fails=True)
    else:
        assert "successful" in _openssl(*verify)
        assert (tmp_path / "out").read_bytes() == content
