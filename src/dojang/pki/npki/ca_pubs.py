"""`CaPubs`: the CA certificates beside a subscriber's, as SEQUENCE OF Certificate, root first.

Source: KCAC.TS.UI.
"""

from asn1crypto import core, x509

from dojang.pki.npki import asn1


def ca_pubs_der(ca_certificates_der: tuple[bytes, ...]) -> bytes:
    """Return the DER of `CaPubs`, in the order given (root first). Raises `Malformed`."""
    with asn1.decoding("CaPubs"):
        members = [asn1.any_of(_certificate(certificate_der)) for certificate_der in ca_certificates_der]
        der: bytes = asn1.CertificateList(members).dump()
    return der


def parse_ca_pubs(encoded: bytes) -> tuple[bytes, ...]:
    """Return the DER certificates of a `CaPubs`; bytes behind the structure are ignored. Raises `Malformed`."""
    element = asn1.first_element(encoded, "CaPubs")
    with asn1.decoding("CaPubs"):
        ders = tuple(certificate.dump() for certificate in asn1.load(asn1.CertificateList, element))
        for der in ders:
            _certificate(der)
    return ders


def _certificate(der: bytes) -> core.Asn1Value:
    certificate = asn1.load(x509.Certificate, der)
    if not certificate["tbs_certificate"]["subject"].dump():
        raise ValueError("not a certificate")
    return certificate
