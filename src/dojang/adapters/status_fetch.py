"""Status of other authorities' certificates, fetched from the addresses that stand in them (OCSP first, then CRL).

Addresses come out of certificates, that is from strangers: only hosts the operator named are asked, without redirects,
within bounds of time and size. What comes back proves itself (`pki.revocation_evidence`) or is nothing.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from dojang.lifecycle.reliance.model import StatusEvidence
from dojang.lifecycle.reliance.verification import from_revocation_evidence
from dojang.pki.revocation_evidence import MAX_EVIDENCE_BYTES, read_crl_evidence, read_ocsp_evidence

_TIMEOUT_S: Final = 5.0
_MAX_ADDRESSES: Final = 4


class FetchedStatus:
    """Implements `lifecycle.reliance.ports.StatusSource` over HTTP for certificates whose addresses name `hosts`."""

    def __init__(self, hosts: Collection[str]) -> None:
        self._hosts = frozenset(one.lower() for one in hosts)
        self._client = httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False, trust_env=False)

    def find_status(self, certificate_der: bytes, issuer_der: bytes, now: datetime) -> StatusEvidence | None:
        """See the port."""
        pair = {"certificate_der": certificate_der, "issuer_der": issuer_der}
        certificate = x509.load_der_x509_certificate(certificate_der)
        for address in self._known(_ocsp_addresses(certificate)):
            answer = self._ask("POST", address, _ocsp_request(certificate, issuer_der))
            proven = answer and read_ocsp_evidence(answer, **pair, at=now, now=now)
            if proven:
                return from_revocation_evidence(proven, "ocsp")
        for address in self._known(_crl_addresses(certificate)):
            answer = self._ask("GET", address, None)
            proven = answer and read_crl_evidence(answer, **pair, at=now, now=now)
            if proven:
                return from_revocation_evidence(proven, "crl")
        return None

    def close(self) -> None:
        """Close kept connections."""
        self._client.close()

    def _known(self, addresses: Iterator[str]) -> Iterator[str]:
        for number, address in enumerate(addresses):
            if number == _MAX_ADDRESSES:
                return
            try:
                parts = urlsplit(address)
                host = (parts.hostname or "").lower()
            except ValueError:
                continue
            if parts.scheme in ("http", "https") and host in self._hosts and parts.username is None:
                yield address

    def _ask(self, method: str, address: str, content: bytes | None) -> bytes | None:
        headers = {"content-type": "application/ocsp-request"} if content else {}
        try:
            with self._client.stream(method, address, content=content, headers=headers) as answer:
                if answer.status_code != httpx.codes.OK:
                    return None
                read = bytearray()
                for part in answer.iter_bytes():
                    read += part
                    if len(read) > MAX_EVIDENCE_BYTES:
                        return None
                return bytes(read)
        except (httpx.HTTPError, httpx.InvalidURL):
            return None


def hosts_of(certificate_der: bytes) -> frozenset[str]:
    """Return the hosts a certificate's own addresses name: what somebody who trusts it may be asked to allow."""
    certificate = x509.load_der_x509_certificate(certificate_der)
    addresses = (*_ocsp_addresses(certificate), *_crl_addresses(certificate))
    return frozenset(urlsplit(one).hostname or "" for one in addresses if one.isascii()) - {""}


def _ocsp_addresses(certificate: x509.Certificate) -> Iterator[str]:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, ValueError):
        return
    for one in access:
        location = one.access_location
        if one.access_method == AuthorityInformationAccessOID.OCSP and isinstance(
            location, x509.UniformResourceIdentifier
        ):
            yield location.value


def _crl_addresses(certificate: x509.Certificate) -> Iterator[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, ValueError):
        return
    for point in points:
        for name in point.full_name or ():
            if isinstance(name, x509.UniformResourceIdentifier):
                yield name.value


def _ocsp_request(certificate: x509.Certificate, issuer_der: bytes) -> bytes:
    issuer = x509.load_der_x509_certificate(issuer_der)
    # SHA-1 names the issuer here and protects nothing; every responder knows it (RFC 5019 section 2.1.1).
    request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1()).build()  # noqa: S303
    return request.public_bytes(Encoding.DER)
