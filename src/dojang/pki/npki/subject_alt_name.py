"""IdentifyData inside the certificate: the otherName of subjectAltName, written byte for byte as deployed.

Knows nothing of identification numbers or R. Sources: RFC 5280 section 4.2.1.6, KCAC.TS.SIVID.
"""

from typing import Final

from asn1crypto import core, x509

from dojang.pki import der
from dojang.pki.npki import asn1, oid
from dojang.pki.npki.errors import VirtualIdMissing
from dojang.pki.npki.virtual_id import IdentifyData, VirtualId, identify_data_der, parse_identify_data

SUBJECT_ALT_NAME: Final = "2.5.29.17"


def subject_alt_name_der(identify_data: IdentifyData) -> bytes:
    """Return the DER of the extension's value: GeneralNames with the one otherName. Raises `HashNotWritable`."""
    return der.sequence(other_name_der(identify_data_der(identify_data)))


def other_name_der(identify_data: bytes) -> bytes:
    """Return the GeneralName around an encoded IdentifyData: otherName is [0] IMPLICIT SEQUENCE."""
    return der.explicit(0, der.oid(oid.IDENTIFY_DATA) + der.explicit(0, identify_data))


def find_identify_data(general_names_der: bytes) -> IdentifyData | None:
    """Return the IdentifyData of a subjectAltName's value, wherever it stands among the names, or None.

    Raises `Malformed`, `AlgorithmUnsupported`.
    """
    with asn1.decoding("GeneralNames"):
        for general_name in asn1.load(x509.GeneralNames, general_names_der):
            if general_name.name != "other_name":
                continue
            if general_name.chosen["type_id"].dotted == oid.IDENTIFY_DATA:
                return parse_identify_data(asn1.explicit_content(general_name.chosen["value"]))
    return None


def find_certificate_identify_data(certificate_der: bytes) -> IdentifyData | None:
    """Return the IdentifyData of a certificate, or None. Raises `Malformed`, `AlgorithmUnsupported`."""
    with asn1.decoding("Certificate"):
        certificate = asn1.load(x509.Certificate, certificate_der)
        extensions = certificate["tbs_certificate"]["extensions"]
        if isinstance(extensions, core.Void):
            return None
        for extension in extensions:
            if extension["extn_id"].dotted == SUBJECT_ALT_NAME:
                return find_identify_data(bytes(extension["extn_value"]))
    return None


def get_certificate_virtual_id(certificate_der: bytes) -> VirtualId:
    """Return the virtual ID of a subscriber's certificate. Raises `VirtualIdMissing`, `Malformed`."""
    identify_data = find_certificate_identify_data(certificate_der)
    if identify_data is None or identify_data.virtual_id is None:
        raise VirtualIdMissing
    return identify_data.virtual_id
