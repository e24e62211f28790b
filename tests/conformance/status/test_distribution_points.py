"""Lists at the addresses that stand in the certificates, fetched over HTTP and judged by OpenSSL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from builders.edge import Answer, Caller, EdgeOffice, founded, open_edge
from builders.proofing import KIM
from builders.status import OpenSsl, issue, revoke
from dojang.authorities import open_authority, open_keystore
from dojang.bootstrap import open_list_maker
from dojang.lifecycle.issuance.model import CertificateSet
from dojang.lifecycle.status.lists import issue_lists
from dojang.web.app import Audience

PARTITIONS = 4


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeOffice]:
    opened = open_edge(founded(tmp_path_factory.mktemp("lists")), policy={"crl": {"partitions": PARTITIONS}})
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def ended(edge: EdgeOffice) -> CertificateSet:
    issued = issue(edge)
    revoke(edge, issued.signing.serial)
    return issued


@pytest.fixture(scope="module")
def lives(edge: EdgeOffice, ended: CertificateSet) -> CertificateSet:
    issued = issue(edge, "narae", KIM, index=1)
    settings = edge.office.settings
    authority = open_authority(settings, edge.office.published, open_keystore(settings))
    issue_lists(open_list_maker(edge.office, authority), edge.clock.now())
    return issued


@pytest.fixture
def caller(edge: EdgeOffice, lives: CertificateSet) -> Caller:
    return edge.caller([Audience.PROTOCOLS])


def distribution_point(certificate_der: bytes) -> str:
    certificate = x509.load_der_x509_certificate(certificate_der)
    (point,) = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert point.full_name is not None
    return str(point.full_name[0].value)


def pem(answer: Answer) -> bytes:
    assert answer.headers["content-type"] == "application/pkix-crl"
    return x509.load_der_x509_crl(answer.content).public_bytes(Encoding.PEM)


@pytest.mark.section("RFC 5280 4.2.1.13")
def test_a_certificate_names_its_own_list_and_openssl_finds_it_there(
    edge: EdgeOffice, caller: Caller, ended: CertificateSet, lives: CertificateSet, tmp_path: Path
) -> None:
    openssl = OpenSsl.of(edge, tmp_path)
    moment = str(int(edge.clock.now().timestamp()) + 60)
    for one, verdict in ((ended.signing, "certificate revoked"), (lives.signing, "leaf.pem: OK")):
        uri = distribution_point(one.certificate_der)
        assert uri == f"{edge.office.settings.public_url}/crl/issuing/{one.serial % PARTITIONS}.crl"
        openssl.keep("own.pem", pem(caller("GET", uri.removeprefix(edge.office.settings.public_url))))
        openssl.keep_certificate("leaf", one.certificate_der)
        files = ("-CRLfile", "own.pem", "-CAfile", "root.pem", "-untrusted", "issuing.pem", "leaf.pem")
        assert verdict in openssl("verify", "-crl_check", "-attime", moment, *files)


@pytest.mark.section("RFC 5280 5.2.5")
def test_another_partitions_list_does_not_speak_for_a_certificate(
    edge: EdgeOffice, caller: Caller, lives: CertificateSet, tmp_path: Path
) -> None:
    openssl = OpenSsl.of(edge, tmp_path)
    other = (lives.signing.serial + 1) % PARTITIONS
    openssl.keep("other.pem", pem(caller("GET", f"/crl/issuing/{other}.crl")))
    openssl.keep_certificate("leaf", lives.signing.certificate_der)
    files = ("-CRLfile", "other.pem", "-CAfile", "root.pem", "-untrusted", "issuing.pem", "leaf.pem")
    said = openssl("verify", "-crl_check", "-attime", str(int(edge.clock.now().timestamp()) + 60), *files)
    assert "leaf.pem: OK" not in said
    assert "scope" in said


@pytest.mark.section("RFC 5280 5.2.6")
@pytest.mark.parametrize("below", ["", "/0", "/3"])
def test_a_list_says_where_its_deltas_are_and_they_are_there(edge: EdgeOffice, caller: Caller, below: str) -> None:
    complete = x509.load_der_x509_crl(caller("GET", f"/crl/issuing{below}.crl").content)
    (point,) = complete.extensions.get_extension_for_class(x509.FreshestCRL).value
    assert point.full_name is not None
    path = str(point.full_name[0].value).removeprefix(edge.office.settings.public_url)
    delta = x509.load_der_x509_crl(caller("GET", path).content)
    assert delta.extensions.get_extension_for_class(x509.DeltaCRLIndicator).critical


def test_lists_can_be_cached_and_revalidated(caller: Caller) -> None:
    first = caller("GET", "/crl/issuing/1.crl")
    again = caller("GET", "/crl/issuing/1.crl", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.content) == (304, b"")
    assert first.headers["cache-control"].startswith("public, max-age=")


@pytest.mark.parametrize("path", ["/crl/issuing/4.crl", "/crl/issuing/99.delta.crl"])
def test_a_partition_that_is_none_is_not_found(caller: Caller, path: str) -> None:
    assert caller("GET", path).code == "status.crl_not_found"
