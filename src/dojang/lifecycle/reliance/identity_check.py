"""Whose certificate it is (본인확인): a resident registration number and R, held against the virtual ID.

Nothing is stored, nothing is returned but that it holds. Source: KCAC.TS.SIVID section 5.
"""

from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.subject_alt_name import get_certificate_virtual_id
from dojang.pki.npki.virtual_id import VirtualId, verify_virtual_id


def check_identity(certificate_der: bytes, *, idn: str, random_number: bytes) -> VirtualId:
    """Return the certificate's virtual ID once number and R reproduce it; compares in constant time.

    `idn` is 13 digits of a person or 10 of an organisation, `random_number` R, 20 bytes. Raises `VirtualIdMismatch`,
    `IdentificationNumberMalformed`, `VirtualIdMissing` and what the NPKI readers raise.
    """
    return verify_virtual_id(get_certificate_virtual_id(certificate_der), idn, RandomNumber(value=random_number))
