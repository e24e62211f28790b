"""An encrypted letter: CMS AuthEnvelopedData to the customer's key-management certificate. Source: RFC 5083."""

import base64

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from dojang.sandbox.shop.office import Office, OfficeRefused
from dojang.sandbox.shop.openssl import cms


def recipient_certificate(serial: str, office: Office) -> bytes:
    """Return the certificate to encrypt to the owner of the signing certificate `serial`, PEM. Raises `OfficeRefused`.

    The office tells it to sites that know the person. Whose it is, we check ourselves, up to our root.
    """
    told = office.ask("GET", f"/v1/recipients/{serial}").json()
    certificate, *above = (
        x509.load_der_x509_certificate(base64.b64decode(one)) for one in (told["certificate"], *told["chain"])
    )
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    path = [certificate, *above]
    try:
        for child, parent in zip(path, [*above, office.registration.root], strict=True):
            child.verify_directly_issued_by(parent)
    except (InvalidSignature, TypeError, ValueError):
        raise OfficeRefused("shop.recipient_refused") from None
    if not usage.key_encipherment:
        raise OfficeRefused("shop.recipient_refused")
    return certificate.public_bytes(Encoding.PEM)


def encrypt(text: str, certificate_pem: bytes) -> bytes:
    """Return the letter (DER): AES-256-GCM under RSAES-OAEP, so that a change on its way is noticed."""
    entity = f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}".encode()
    options = ("-encrypt", "-binary", "-outform", "DER", "-aes-256-gcm", "-recip", "{recipient}")
    oaep = ("-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256")
    return cms(*options, *oaep, stdin=entity, recipient=certificate_pem)
