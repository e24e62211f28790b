"""RFC 6960, RFC 5019 and RFC 9654, judged by OpenSSL over HTTP, by the cryptography library and by pkilint."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from pkilint.bin import lint_ocsp_response

from builders.edge import EdgeOffice, founded, open_edge
from builders.proofing import KIM
from builders.served import Served
from builders.status import OpenSsl, appoint, issue, resume, revoke, set_clock, suspend
from dojang.lifecycle.issuance.model import CertificateSet
from dojang.web.app import Audience


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeOffice]:
    opened = open_edge(founded(tmp_path_factory.mktemp("ocsp")))
    set_clock(opened)
    appoint(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def held(edge: EdgeOffice) -> CertificateSet:
    return issue(edge)


@pytest.fixture(scope="module")
def url(edge: EdgeOffice) -> Iterator[str]:
    with Served(edge.app([Audience.PROTOCOLS])) as served:
        yield f"{served.url}/ocsp"


@pytest.fixture
def openssl(edge: EdgeOffice, held: CertificateSet, tmp_path: Path) -> OpenSsl:
    judge = OpenSsl.of(edge, tmp_path)
    judge.keep_certificate("leaf", held.signing.certificate_der)
    judge.keep_certificate("leaf-km", held.key_management.certificate_der)
    return judge


@pytest.fixture(autouse=True)
def good_again(edge: EdgeOffice, held: CertificateSet) -> Iterator[None]:
    set_clock(edge)
    yield
    set_clock(edge)
    if edge.office.store.read(lambda tx: tx.statuses.find_standing(held.signing.serial)).state == "held":
        resume(edge, held.signing.serial)


def get(url: str, request_der: bytes, **headers: str) -> httpx.Response:
    encoded = quote(base64.b64encode(request_der).decode(), safe="")
    return httpx.get(f"{url}/{encoded}", headers=headers, trust_env=False)


def post(url: str, request_der: bytes, content_type: str = "application/ocsp-request") -> httpx.Response:
    return httpx.post(url, content=request_der, headers={"Content-Type": content_type}, trust_env=False)


@pytest.mark.section("RFC 6960 2.2")
def test_openssl_believes_good_held_resumed(edge: EdgeOffice, held: CertificateSet, url: str, openssl: OpenSsl) -> None:
    said = openssl.ask(url, "leaf.pem")
    assert "Response verify OK" in said
    assert "leaf.pem: good" in said
    suspend(edge, held.signing.serial)
    said = openssl.ask(url, "leaf.pem", "leaf-km.pem")
    assert "Response verify OK" in said
    assert said.count("revoked") == 2
    assert said.count("Reason: certificateHold") == 2
    resume(edge, held.signing.serial)
    assert "leaf.pem: good" in openssl.ask(url, "leaf.pem")


@pytest.mark.section("RFC 6960 2.2")
def test_a_revocation_shows_in_the_very_next_answer(edge: EdgeOffice, url: str, openssl: OpenSsl) -> None:
    ended = issue(edge, "gone", KIM, index=1)
    openssl.keep_certificate("gone", ended.signing.certificate_der)
    assert "gone.pem: good" in openssl.ask(url, "gone.pem", options=("-no_nonce",))
    revoke(edge, ended.signing.serial)
    said = openssl.ask(url, "gone.pem", options=("-no_nonce",))
    assert "Response verify OK" in said
    assert "gone.pem: revoked" in said
    assert "Reason: keyCompromise" in said


@pytest.mark.section("RFC 6960 2.2")
@pytest.mark.parametrize("serial", ["1", str(2**53 - 1), str(2**70), str(2**159)])
def test_what_was_never_issued_is_unknown(url: str, openssl: OpenSsl, serial: str) -> None:
    said = openssl.ask(url, serial)
    assert "Response verify OK" in said
    assert "unknown" in said


@pytest.mark.section("RFC 6960 4.1.1")
@pytest.mark.parametrize("name", ["sha1", "sha256", "sha384", "sha512"])
def test_every_usual_hash_names_the_issuer(url: str, openssl: OpenSsl, name: str) -> None:
    assert "leaf.pem: good" in openssl.ask(url, "leaf.pem", options=(f"-{name}",))


@pytest.mark.section("RFC 9654 2.1")
def test_the_nonce_comes_back(url: str, openssl: OpenSsl) -> None:
    said = openssl.ask(url, "leaf.pem", options=("-nonce",))
    assert "Response verify OK" in said
    assert "WARNING" not in said  # what OpenSSL says of a missing nonce
    answered = ocsp.load_der_ocsp_response((openssl.directory / "response.der").read_bytes())
    assert answered.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce


@pytest.mark.section("RFC 9654 2.1")
@pytest.mark.parametrize(("length", "status"), [(1, 0), (32, 0), (128, 0), (0, 1), (129, 1)])
def test_nonces_of_every_length(held: CertificateSet, edge: EdgeOffice, url: str, length: int, status: int) -> None:
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        x509.load_der_x509_certificate(held.signing.certificate_der),
        x509.load_der_x509_certificate(edge.office.published.issuing_der),
        SHA1(),  # noqa: S303 - names the issuer
    )
    request = builder.add_extension(x509.OCSPNonce(bytes(range(length))), critical=False).build()
    answered = ocsp.load_der_ocsp_response(post(url, request.public_bytes(Encoding.DER)).content)
    assert answered.response_status.value == status


@pytest.mark.section("RFC 5019 6.2")
def test_an_answer_without_nonce_can_be_cached_and_revalidated(edge: EdgeOffice, url: str, openssl: OpenSsl) -> None:
    request = openssl.request("leaf.pem")
    first, second = get(url, request), get(url, request)
    assert first.content == second.content == post(url, request).content
    answered = ocsp.load_der_ocsp_response(first.content)
    (single,) = answered.responses
    assert first.headers["content-type"] == "application/ocsp-response"
    assert parsedate_to_datetime(first.headers["last-modified"]) == single.this_update_utc
    assert parsedate_to_datetime(first.headers["expires"]) == single.next_update_utc
    assert first.headers["cache-control"] == "max-age=1, public, no-transform, must-revalidate"
    assert single.this_update_utc <= edge.clock.now() < single.next_update_utc
    again = get(url, request, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.section("RFC 5019 6.2")
def test_what_issuance_or_a_nonce_could_overtake_is_not_cached(url: str, openssl: OpenSsl) -> None:
    for request in (openssl.request("12345"), openssl.request("leaf.pem", options=("-nonce",))):
        assert get(url, request).headers["cache-control"] == "no-store"


@pytest.mark.section("RFC 5019 5")
def test_the_address_may_hold_its_slashes_as_they_are(url: str, openssl: OpenSsl) -> None:
    for serial in range(1, 400):
        encoded = base64.b64encode(_plain(openssl, serial))
        if b"/" in encoded:
            break
    assert b"/" in encoded
    answer = httpx.get(f"{url}/{encoded.decode()}", trust_env=False)
    assert ocsp.load_der_ocsp_response(answer.content).response_status is ocsp.OCSPResponseStatus.SUCCESSFUL


def _plain(openssl: OpenSsl, serial: int) -> bytes:
    """A request whose serial number alone is changed."""
    template = openssl.directory / "template.der"
    if not template.exists():
        template.write_bytes(openssl.request(str(0x7F0000)))
    return template.read_bytes().replace(b"\x7f\x00\x00", (0x7F0000 + serial).to_bytes(3, "big"))


@pytest.mark.section("RFC 5019 2.2.3")
def test_another_issuers_certificate_is_nobodys_to_answer_for(
    edge: EdgeOffice, url: str, openssl: OpenSsl, held: CertificateSet
) -> None:
    openssl("ocsp", "-issuer", "root.pem", "-cert", "issuing.pem", "-no_nonce", "-reqout", "foreign.der")
    answer = post(url, (openssl.directory / "foreign.der").read_bytes())
    assert (answer.status_code, answer.content) == (200, bytes.fromhex("30030a0106"))
    assert edge.refusals()[-1] == ("anonymous", "ocsp.not_authoritative", "POST /ocsp")


@pytest.mark.section("RFC 6960 2.3")
@pytest.mark.parametrize(
    "junk", [b"", b"\x30\x00", b"junk" * 10, b"\x30\x80\x00\x00", b"\x30\x03\x30\x01\x00", b"x" * 9000]
)
def test_what_cannot_be_read_is_malformed(edge: EdgeOffice, url: str, junk: bytes) -> None:
    answer = post(url, junk)
    assert (answer.status_code, answer.content) == (200, bytes.fromhex("30030a0101"))
    assert answer.headers["cache-control"] == "no-store"
    assert edge.refusals()[-1] == ("anonymous", "ocsp.request_malformed", "POST /ocsp")


@pytest.mark.parametrize("address", ["%%%", "not base64", "AAA", quote("é")])
def test_what_is_no_base64_is_malformed(url: str, address: str) -> None:
    assert httpx.get(f"{url}/{quote(address, safe='')}", trust_env=False).content == bytes.fromhex("30030a0101")


def test_another_content_type_is_refused_by_http(url: str, openssl: OpenSsl) -> None:
    answer = post(url, openssl.request("leaf.pem"), "application/octet-stream")
    assert (answer.status_code, answer.json()["code"]) == (415, "request.unsupported_media_type")


@pytest.mark.section("RFC 6960 4.2.1")
@pytest.mark.parametrize("which", [("leaf.pem",), ("leaf.pem", "12345", "leaf-km.pem")])
def test_pkilint_finds_nothing_in_answers(
    url: str, openssl: OpenSsl, which: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    path = openssl.directory / "answer.der"
    path.write_bytes(post(url, openssl.request(*which)).content)
    capsys.readouterr()
    lint_ocsp_response.main(["lint", "-s", "NOTICE", "-f", "TEXT", str(path)])
    assert capsys.readouterr().out.strip() == ""


def test_the_delegate_is_short_lived_and_replaced_in_time(edge: EdgeOffice, url: str, openssl: OpenSsl) -> None:
    assert appoint(edge) == ()
    edge.clock.time += timedelta(days=21)
    made = appoint(edge)
    assert [(one.label, one.kind.value) for one in made] == [("ocsp-2", "ocsp")]
    answered = ocsp.load_der_ocsp_response(get(url, openssl.request("leaf.pem")).content)
    (delegate,) = answered.certificates
    assert delegate.serial_number == made[0].serial
    assert delegate.extensions.get_extension_for_class(x509.OCSPNoCheck)


def test_a_body_that_comes_in_pieces_is_answered(url: str, openssl: OpenSsl) -> None:
    request = openssl.request("leaf.pem")
    pieces = (request[index : index + 7] for index in range(0, len(request), 7))
    answer = httpx.post(url, content=pieces, headers={"Content-Type": "application/ocsp-request"}, trust_env=False)
    assert answer.content == post(url, request).content


def test_a_body_too_large_for_any_request_is_refused_like_any_other(edge: EdgeOffice, url: str) -> None:
    pieces = (b"x" * 5000 for _ in range(3))
    answer = httpx.post(url, content=pieces, headers={"Content-Type": "application/ocsp-request"}, trust_env=False)
    assert (answer.status_code, answer.content) == (200, bytes.fromhex("30030a0101"))
    assert edge.refusals()[-1] == ("anonymous", "ocsp.request_malformed", "POST /ocsp")


def test_answers_are_counted_by_their_route(edge: EdgeOffice, url: str, openssl: OpenSsl) -> None:
    get(url, openssl.request("leaf.pem"))
    counted = edge.caller()("GET", "/metrics").content.decode()
    assert 'method="GET",route="/ocsp/{encoded:path}",status="200"' in counted
