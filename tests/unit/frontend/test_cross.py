"""What the browser writes, in other programs' hands: Dojang's own readers, pypinksign, OpenSSL, Python's zipfile.

And what Python writes, in the browser's. The browser's code is run by Node; the certificates are made in Python.
"""

import base64
import io
import os
import random
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import core, pem
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key
from pypinksign import PinkSign, choose_cert

from dojang.pki.cms import verify_signed_content
from dojang.pki.csr import parse_certification_request
from dojang.pki.npki import block_padding, seed
from dojang.pki.npki.folder import get_folder, read_folder
from dojang.pki.npki.folder_name import subject_folder_name
from dojang.pki.npki.key_pair import KeyPair
from dojang.pki.npki.password import find_password_findings
from dojang.pki.npki.pfx import PfxContent, parse_pfx
from dojang.pki.npki.pfx_write import PfxForm, pfx_der
from dojang.pki.npki.private_key import KeyProtection, decrypt_private_key, encrypt_private_key, get_random_number
from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.subject_alt_name import get_certificate_virtual_id, subject_alt_name_der
from dojang.pki.npki.virtual_id import IdentifyData, compute_virtual_id, verify_virtual_id
from dojang.pki.public_key import KeyAlgorithm
from unit.pki.npki import subscriber

Order = Callable[..., dict[str, Any]]

PASSWORD = "Dojang!9x7q"
APPLICATION = "01J8ZQ6K3V5W7X9Y1A2B3C4D5E"
CONTENT = "한빛은행 앞으로 100원을 이체합니다.".encode()
SIGNED_AT = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What the device sent, and what was issued for it."""

    keys: bytes = field(repr=False)
    random_number: bytes = field(repr=False)
    signing_request: bytes
    key_management_request: bytes
    sealed_r: bytes
    certificate: bytes
    key_management_certificate: bytes
    ca_certificate: bytes
    transport: rsa.RSAPrivateKey

    @property
    def held(self) -> dict[str, Any]:
        """What the device keeps, for its next order."""
        return {
            "keys": self.keys,
            "certificate": self.certificate,
            "keyManagementCertificate": self.key_management_certificate,
            "chain": [self.ca_certificate],
            "password": PASSWORD,
        }


@pytest.fixture(scope="module")
def ordered(device: Order) -> Ordered:
    transport = subscriber.rsa_key("transport")
    spki = transport.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    sent = device("order", applicationId=APPLICATION, transportKey=spki)
    keys = [load_der_private_key(one.native, None) for one in core.SequenceOf.load(sent["keys"], spec=core.OctetString)]
    signing, key_management = (one for one in keys if isinstance(one, rsa.RSAPrivateKey))
    identity = IdentifyData(
        real_name="도장이",
        virtual_id=compute_virtual_id(subscriber.RRN, RandomNumber(value=sent["randomNumber"])),
    )
    return Ordered(
        keys=sent["keys"],
        random_number=sent["randomNumber"],
        signing_request=sent["signingRequest"],
        key_management_request=sent["keyManagementRequest"],
        sealed_r=sent["sealedR"],
        certificate=subscriber.certificate(
            signing, subscriber.usage(sign=True), subscriber.subject_name(), 1001, subject_alt_name_der(identity)
        ),
        key_management_certificate=subscriber.certificate(
            key_management, subscriber.usage(encipher=True), subscriber.subject_name(), 1002
        ),
        ca_certificate=subscriber.subscriber().ca_certificate_der,
        transport=transport,
    )


@pytest.fixture(scope="module")
def kept(device: Order, ordered: Ordered) -> dict[str, Any]:
    return device("keep", **ordered.held, caFolder="dojang", modified="2026-11-23T01:02:04")


@pytest.fixture
def folder(kept: dict[str, Any], tmp_path: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(kept["zip"])) as archive:
        assert archive.testzip() is None
        assert {one.date_time for one in archive.infolist()} == {(2026, 11, 23, 1, 2, 4)}
        archive.extractall(tmp_path)
    return tmp_path


def openssl(*arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, check=False)


def test_the_ca_finds_possession_proven_in_both_requests(ordered: Ordered) -> None:
    for request in (ordered.signing_request, ordered.key_management_request):
        parsed = parse_certification_request(request, frozenset({KeyAlgorithm.RSA_2048}))
        assert parsed.public_key.algorithm is KeyAlgorithm.RSA_2048
        assert openssl("req", "-inform", "DER", "-verify", "-noout", stdin=request).returncode == 0


def test_only_the_transport_key_and_the_right_application_open_r(ordered: Ordered) -> None:
    def opened(label: str) -> bytes:
        oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label.encode())
        return ordered.transport.decrypt(ordered.sealed_r, oaep)

    assert opened(APPLICATION) == ordered.random_number
    with pytest.raises(ValueError, match="Decryption failed"):
        opened("another")


def test_the_zip_is_the_folder_that_dojang_writes(ordered: Ordered, folder: Path) -> None:
    found = get_folder(folder, "도장이")
    assert found.path.relative_to(folder).parts == ("NPKI", "dojang", "USER", subject_folder_name(ordered.certificate))
    content = read_folder(found.path)
    assert content.sign_certificate_der == ordered.certificate
    assert content.km_certificate_der == ordered.key_management_certificate
    assert content.ca_certificates_der == (ordered.ca_certificate,)
    assert content.km_key_encrypted is not None
    assert decrypt_private_key(content.km_key_encrypted, PASSWORD.encode())


def test_pypinksign_opens_the_folder_signs_and_finds_r(ordered: Ordered, folder: Path) -> None:
    chosen = choose_cert(base_path=str(folder), cn="도장이", pw=PASSWORD.encode())
    assert chosen.verify(chosen.sign(CONTENT), CONTENT)
    assert chosen._rand_num.asOctets() == ordered.random_number


@pytest.mark.parametrize("form", ["seed", "seedPbes2", "strong"])
def test_every_form_of_the_key_file_opens_with_r_and_passes_the_identity_check(
    ordered: Ordered, kept: dict[str, Any], form: str
) -> None:
    pkcs8 = decrypt_private_key(kept[form], PASSWORD.encode())
    virtual_id = get_certificate_virtual_id(ordered.certificate)
    assert verify_virtual_id(virtual_id, subscriber.RRN, get_random_number(pkcs8)) == virtual_id


@pytest.mark.parametrize("form", ["seed", "seedPbes2"])
def test_pypinksign_opens_the_compatible_forms(ordered: Ordered, kept: dict[str, Any], form: str) -> None:
    pink = PinkSign(pubkey_data=ordered.certificate, prikey_data=kept[form], prikey_password=PASSWORD.encode())
    pink.load_prikey()
    assert pink.verify(pink.sign(CONTENT), CONTENT)
    assert pink._rand_num.asOctets() == ordered.random_number


@pytest.mark.parametrize(("form", "options"), [("strong", ()), ("seedPbes2", ("-provider", "legacy"))])
def test_openssl_opens_the_pbes2_forms(kept: dict[str, Any], form: str, options: tuple[str, ...]) -> None:
    arguments = ["pkey", "-inform", "DER", "-passin", f"pass:{PASSWORD}", "-noout", "-check"]
    done = openssl(*arguments, *options, *(("-provider", "default") if options else ()), stdin=kept[form])
    assert b"Key is valid" in done.stdout, done.stderr
    wrong = openssl("pkey", "-inform", "DER", "-passin", "pass:wrong", "-noout", stdin=kept["strong"])
    assert wrong.returncode != 0


def test_openssl_and_dojang_open_the_pkcs12_file_and_see_r(
    ordered: Ordered, kept: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "cert.p12"
    path.write_bytes(kept["pfx"])
    done = openssl("pkcs12", "-in", path, "-passin", f"pass:{PASSWORD}", "-nodes", "-info")
    assert done.returncode == 0, done.stderr
    assert b"1.2.410.200004.10.1.1.3" in done.stdout
    assert b"MAC: sha256, Iteration 600000" in done.stderr
    content = parse_pfx(kept["pfx"], PASSWORD.encode())
    assert get_random_number(content.signing.pkcs8_der).value == ordered.random_number
    assert content.key_management is not None
    assert content.ca_certificates_der == (ordered.ca_certificate,)
    pink = PinkSign(p12_data=kept["pfx"], prikey_password=PASSWORD.encode())
    assert pink.verify(pink.sign(CONTENT), CONTENT)


@pytest.mark.parametrize("detached", [False, True])
def test_openssl_and_dojang_verify_the_signed_message(
    device: Order, ordered: Ordered, tmp_path: Path, detached: bool
) -> None:
    message = device("sign", **ordered.held, content=CONTENT, detached=detached, signedAt=SIGNED_AT.isoformat())[
        "message"
    ]
    verified = verify_signed_content(message, content=CONTENT if detached else None)
    assert verified.content == CONTENT
    assert verified.certificate_der == ordered.certificate
    assert verified.signed_at == SIGNED_AT
    (tmp_path / "content").write_bytes(CONTENT)
    beside = ("-content", tmp_path / "content") if detached else ()
    (tmp_path / "ca.pem").write_bytes(pem.armor("CERTIFICATE", ordered.ca_certificate))
    trust = ("-CAfile", tmp_path / "ca.pem", "-purpose", "any", "-no_check_time")
    done = openssl("cms", "-verify", "-inform", "DER", "-binary", "-cades", *trust, *beside, stdin=message)
    assert done.returncode == 0, done.stderr
    assert done.stdout == CONTENT


@pytest.mark.parametrize("protection", list(KeyProtection))
def test_the_browser_opens_key_files_of_dojang(device: Order, protection: KeyProtection) -> None:
    pkcs8 = subscriber.subscriber().sign_pkcs8_der
    file = encrypt_private_key(pkcs8, PASSWORD.encode(), os.urandom, protection)
    assert device("openKey", file=file, password=PASSWORD)["pkcs8"] == pkcs8


def test_the_browser_opens_pkcs12_files_of_dojang(device: Order) -> None:
    holder = subscriber.subscriber()
    content = PfxContent(
        signing=KeyPair(certificate_der=holder.sign_certificate_der, pkcs8_der=holder.sign_pkcs8_der),
        key_management=KeyPair(certificate_der=holder.km_certificate_der, pkcs8_der=holder.km_pkcs8_der),
        ca_certificates_der=(holder.ca_certificate_der,),
    )
    file = pfx_der(content, PASSWORD.encode(), os.urandom, PfxForm.STRONG)
    assert device("openPfx", file=file, password=PASSWORD)["signing"] == holder.sign_pkcs8_der


def test_seed_agrees_with_openssl_on_any_bytes(device: Order) -> None:
    chance = random.Random(4269)
    cases = [
        {name: chance.randbytes(16) for name in ("key", "iv")} | {"plaintext": chance.randbytes(chance.randrange(200))}
        for _ in range(200)
    ]
    expected = [seed.encrypt_cbc(c["key"], c["iv"], block_padding.pad(c["plaintext"], 16)) for c in cases]
    answered = device("seedCbc", cases=cases)["ciphertexts"]
    assert [base64.b64decode(one) for one in answered] == expected


def test_password_rules_agree(device: Order) -> None:
    chance = random.Random(10)
    alphabet = "abcXYZ0129!#'\"\\|₩ 한é😀"
    passwords = ["".join(chance.choices(alphabet, k=chance.randrange(0, 70))) for _ in range(800)]
    passwords += ["Dojang!9x7q", "", "a" * 64, "a" * 65, "Dojang!9x7q\n"]
    judged = device("judgePasswords", passwords=passwords)["findings"]
    assert judged == [[finding.value for finding in find_password_findings(one)] for one in passwords]
    assert [] in judged
