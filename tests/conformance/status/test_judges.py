"""What relying parties fetch over HTTP, judged by three that share nothing with us: OpenSSL, pkilint, pyHanko."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from asn1crypto import cms, crl, ocsp, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pkilint.bin import lint_crl
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathValidationError, RevokedError

from builders.edge import EdgeOffice, founded, open_edge
from builders.proofing import KIM
from builders.served import Served
from builders.status import OpenSsl, appoint, issue, revoke, set_clock
from dojang.authorities import open_authority, open_keystore
from dojang.bootstrap import open_list_maker
from dojang.controls.delegates.revoking import revoke_delegate
from dojang.lifecycle.issuance.model import CertificateSet
from dojang.lifecycle.status.lists import issue_lists
from dojang.web.app import Audience

PARTITIONS = 2
LISTS = ["/crl/root.crl", "/crl/issuing.crl", "/crl/issuing/0.crl", "/crl/issuing/1.crl"]
DELTAS = ["/crl/issuing.delta.crl", "/crl/issuing/0.delta.crl", "/crl/issuing/1.delta.crl"]
TEXT = "계약서".encode()


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeOffice]:
    opened = open_edge(founded(tmp_path_factory.mktemp("judges")), policy={"crl": {"partitions": PARTITIONS}})
    set_clock(opened)
    appoint(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def good(edge: EdgeOffice) -> CertificateSet:
    return issue(edge)


@pytest.fixture(scope="module")
def ended(edge: EdgeOffice) -> CertificateSet:
    made = issue(edge, "gone", KIM, index=1)
    revoke(edge, made.signing.serial)
    return made


@pytest.fixture(scope="module")
def url(edge: EdgeOffice, good: CertificateSet, ended: CertificateSet) -> Iterator[str]:
    publish(edge)
    with Served(edge.app([Audience.PROTOCOLS])) as served:
        yield served.url


def publish(edge: EdgeOffice) -> None:
    settings = edge.office.settings
    authority = open_authority(settings, edge.office.published, open_keystore(settings))
    issue_lists(open_list_maker(edge.office, authority), edge.clock.now())


@pytest.fixture
def openssl(edge: EdgeOffice, good: CertificateSet, ended: CertificateSet, url: str, tmp_path: Path) -> OpenSsl:
    judge = OpenSsl.of(edge, tmp_path)
    judge.keep_certificate("good", good.signing.certificate_der)
    judge.keep_certificate("ended", ended.signing.certificate_der)
    judge.keep("contract.txt", TEXT)
    return judge


def fetched(url: str, path: str) -> bytes:
    answer = httpx.get(f"{url}{path}", trust_env=False)
    assert answer.headers["content-type"] == "application/pkix-crl"
    return answer.content


def keep_lists(openssl: OpenSsl, url: str, *paths: str) -> str:
    pems = [x509.load_der_x509_crl(fetched(url, one)).public_bytes(Encoding.PEM) for one in paths]
    return openssl.keep("lists.pem", b"".join(pems))


def partition_of(issued: CertificateSet) -> str:
    return f"/crl/issuing/{issued.signing.serial % PARTITIONS}.crl"


def delta_of(path: str) -> str:
    """pyHanko wants the delta that a complete list names (freshestCRL)."""
    return path.replace(".crl", ".delta.crl")


def verified(openssl: OpenSsl, leaf: str, lists: str, *options: str) -> str:
    return openssl(
        "verify",
        "-crl_check_all",
        *options,
        "-CRLfile",
        lists,
        "-CAfile",
        "root.pem",
        "-untrusted",
        "issuing.pem",
        leaf,
    )


@pytest.mark.section("RFC 5280 6.3")
def test_openssl_checks_the_whole_chain_with_the_list_of_all(openssl: OpenSsl, url: str) -> None:
    """The list of all is complete for every certificate, also for those that name a partition, in extended mode."""
    lists = keep_lists(openssl, url, "/crl/root.crl", "/crl/issuing.crl")
    assert "good.pem: OK" in verified(openssl, "good.pem", lists, "-extended_crl")
    assert "certificate revoked" in verified(openssl, "ended.pem", lists, "-extended_crl")


@pytest.mark.section("RFC 5280 6.3")
def test_openssl_checks_the_whole_chain_with_the_list_the_certificate_names(
    openssl: OpenSsl, url: str, good: CertificateSet, ended: CertificateSet
) -> None:
    for leaf, issued, verdict in (("good.pem", good, "good.pem: OK"), ("ended.pem", ended, "certificate revoked")):
        lists = keep_lists(openssl, url, "/crl/root.crl", partition_of(issued))
        for options in ((), ("-extended_crl",)):
            assert verdict in verified(openssl, leaf, lists, *options)


@pytest.mark.section("RFC 5280 6.3")
def test_without_the_roots_list_the_chain_is_not_checked(openssl: OpenSsl, url: str, good: CertificateSet) -> None:
    lists = keep_lists(openssl, url, partition_of(good))
    assert "unable to get certificate CRL" in verified(openssl, "good.pem", lists)


@pytest.mark.section("RFC 5280 5.1")
@pytest.mark.parametrize("path", [*LISTS, *DELTAS])
def test_openssl_reads_and_verifies_every_list(openssl: OpenSsl, url: str, path: str) -> None:
    openssl.keep("one.crl", fetched(url, path))
    by = "root.pem" if "root" in path else "issuing.pem"
    assert "verify OK" in openssl("crl", "-inform", "DER", "-in", "one.crl", "-noout", "-CAfile", by)


@pytest.mark.section("RFC 5280 5")
@pytest.mark.parametrize("path", [*LISTS, *DELTAS])
def test_pkilint_finds_nothing_in_any_list(
    openssl: OpenSsl, url: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kind = "ARL" if "root" in path else "CRL"
    (openssl.directory / "one.crl").write_bytes(fetched(url, path))
    capsys.readouterr()
    judged = ["-t", kind, "-p", "PKIX", "--document-format", "DER", str(openssl.directory / "one.crl")]
    lint_crl.main(["lint", "-s", "ERROR", "-f", "TEXT", *judged])
    assert capsys.readouterr().out.strip() == ""


def context(edge: EdgeOffice, url: str, *paths: str, ocsps: tuple[bytes, ...] = ()) -> ValidationContext:
    """pyHanko with what was fetched and nothing else: it must find everything there, or refuse."""
    published = edge.office.published
    return ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(published.root_der)],
        other_certs=[asn1_x509.Certificate.load(published.issuing_der)],
        crls=[crl.CertificateList.load(fetched(url, one)) for one in paths],
        ocsps=[ocsp.OCSPResponse.load(one) for one in ocsps],
        allow_fetching=False,
        revocation_mode="require",
        moment=datetime.now(UTC),
        weak_hash_algos={"md5"},  # names of issuers in CertID are SHA-1 hashes
    )


def judge_path(certificate_der: bytes, by: ValidationContext) -> None:
    leaf = asn1_x509.Certificate.load(certificate_der)
    asyncio.run(CertificateValidator(leaf, validation_context=by).async_validate_path())


def delegate_of(edge: EdgeOffice) -> bytes:
    """The time-stamping delegate's certificate: one of the CA's that pyHanko can read to its end.

    It cannot read a subscriber's: asn1crypto gives up on the tags inside NPKI's otherName, though after revocation.
    """
    found = edge.office.store.read(lambda tx: tx.delegates.find("tsa-1"))
    assert found is not None
    assert found.certificate_der is not None
    return found.certificate_der


@pytest.mark.section("RFC 5280 6.3")
def test_pyhanko_judges_paths_by_our_lists(edge: EdgeOffice, url: str, ended: CertificateSet) -> None:
    judge_path(delegate_of(edge), context(edge, url, "/crl/root.crl", "/crl/issuing.crl", "/crl/issuing.delta.crl"))
    named = partition_of(ended)
    with pytest.raises(RevokedError):
        judge_path(ended.signing.certificate_der, context(edge, url, "/crl/root.crl", named, delta_of(named)))
    with pytest.raises(PathValidationError):
        judge_path(delegate_of(edge), context(edge, url, "/crl/root.crl"))


@pytest.mark.section("RFC 6960 3.2")
def test_pyhanko_judges_paths_by_our_ocsp_answers(
    edge: EdgeOffice, url: str, openssl: OpenSsl, ended: CertificateSet
) -> None:
    def answer(name: str) -> bytes:
        sent = {"Content-Type": "application/ocsp-request"}
        return httpx.post(f"{url}/ocsp", content=openssl.request(name), headers=sent, trust_env=False).content

    openssl.keep_certificate("delegate", delegate_of(edge))
    judge_path(delegate_of(edge), context(edge, url, "/crl/root.crl", ocsps=(answer("delegate.pem"),)))
    by = context(edge, url, "/crl/root.crl", ocsps=(answer("ended.pem"),))
    with pytest.raises(RevokedError):
        judge_path(ended.signing.certificate_der, by)


def stamp(url: str, openssl: OpenSsl) -> cms.SignedData:
    openssl("ts", "-query", "-data", "contract.txt", "-sha256", "-cert", "-out", "query.tsq")
    sent = {"Content-Type": "application/timestamp-query"}
    query = (openssl.directory / "query.tsq").read_bytes()
    reply = httpx.post(f"{url}/tsa", content=query, headers=sent, trust_env=False).content
    openssl.keep("reply.tsr", reply)
    token: cms.SignedData = tsp.TimeStampResp.load(reply)["time_stamp_token"]["content"]
    return token


def digest_of(content: bytes) -> Callable[[str], bytes]:
    return lambda algorithm: hashlib.new(algorithm, content).digest()


@pytest.mark.section("RFC 3161 2.4.2")
def test_pyhanko_trusts_our_time_stamps_with_the_lists_of_all(edge: EdgeOffice, url: str, openssl: OpenSsl) -> None:
    token = stamp(url, openssl)
    by = context(edge, url, "/crl/root.crl", "/crl/issuing.crl", "/crl/issuing.delta.crl")
    judged = asyncio.run(validate_tst_signed_data(token, by, digest_of(TEXT)))
    assert judged["intact"]
    assert judged["valid"]
    assert judged["trust_problem_indic"] is None
    wrong = asyncio.run(validate_tst_signed_data(token, by, digest_of(b"other")))
    assert not wrong["intact"]


@pytest.mark.section("RFC 3161 2.3")
def test_openssl_checks_time_stamps_against_the_lists_too(openssl: OpenSsl, url: str) -> None:
    """The last test that stamps with the first delegate: it is revoked here."""
    stamp(url, openssl)
    lists = keep_lists(openssl, url, "/crl/root.crl", "/crl/issuing.crl")
    bundle = (openssl.directory / "root.pem").read_bytes() + (openssl.directory / lists).read_bytes()
    openssl.keep("trusted.pem", bundle)
    said = openssl(
        *("ts", "-verify", "-data", "contract.txt", "-in", "reply.tsr", "-CAfile", "trusted.pem"),
        *("-untrusted", "issuing.pem", "-crl_check_all"),
    )
    assert "Verification: OK" in said


@pytest.mark.section("RFC 5280 5.3.1")
def test_a_revoked_delegate_is_revoked_to_openssl_and_pyhanko(edge: EdgeOffice, url: str, openssl: OpenSsl) -> None:
    token = stamp(url, openssl)
    revoke_delegate("tsa-1", "keyCompromise", actor="operator:1", store=edge.office.store, now=edge.clock.now())
    publish(edge)
    lists = keep_lists(openssl, url, "/crl/root.crl", "/crl/issuing.crl")
    bundle = (openssl.directory / "root.pem").read_bytes() + (openssl.directory / lists).read_bytes()
    openssl.keep("trusted.pem", bundle)
    said = openssl(
        *("ts", "-verify", "-data", "contract.txt", "-in", "reply.tsr", "-CAfile", "trusted.pem"),
        *("-untrusted", "issuing.pem", "-crl_check_all"),
    )
    assert "certificate revoked" in said
    by = context(edge, url, "/crl/root.crl", "/crl/issuing.crl", "/crl/issuing.delta.crl")
    judged = asyncio.run(validate_tst_signed_data(token, by, digest_of(TEXT)))
    assert judged["trust_problem_indic"] is not None
