"""The virtual ID (가상식별번호): a hash in the certificate that only R and the identification number reproduce.

VID = h(h(DER(SEQUENCE { PrintableString idn, BIT STRING R }))). Knows nothing of certificates beyond the value of their
subjectAltName, and keeps no identification number. Source: KCAC.TS.SIVID v1.21.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from asn1crypto import core

from dojang.pki import der
from dojang.pki.npki import asn1, oid
from dojang.pki.npki.errors import (
    AlgorithmUnsupported,
    HashNotWritable,
    IdentificationNumberMalformed,
    VirtualIdMismatch,
)
from dojang.pki.npki.random_number import RandomNumber

PERSON_DIGITS: Final = 13  # 주민등록번호
ORGANISATION_DIGITS: Final = 10  # 사업자등록번호, 고유번호


class VirtualIdHash(StrEnum):
    """The hash applied twice."""

    SHA256 = "sha256"  # everything issued today
    SHA1 = "sha1"  # old certificates: read, never written


_HASH_OIDS: Final = {VirtualIdHash.SHA256: oid.SHA256, VirtualIdHash.SHA1: oid.SHA1}
_SHA256_DER: Final = der.sequence(der.oid(oid.SHA256))
_VIRTUAL_ID_DER: Final = der.oid(oid.VIRTUAL_ID)
_DIGEST_BYTES: Final = {VirtualIdHash.SHA256: 32, VirtualIdHash.SHA1: 20}


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualId:
    """A virtual ID as it stands in a certificate. Raises `ValueError` when the digest has the wrong length."""

    digest: bytes
    hash_algorithm: VirtualIdHash = VirtualIdHash.SHA256

    def __post_init__(self) -> None:
        """Hold the digest to its hash's length."""
        if len(self.digest) != _DIGEST_BYTES[self.hash_algorithm]:
            raise ValueError("digest length does not fit the hash")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyData:
    """What the subjectAltName says about the holder: the real name, and for subscribers the virtual ID."""

    real_name: str = field(repr=False)
    virtual_id: VirtualId | None = None


def hash_content_der(idn: str, random_number: RandomNumber) -> bytes:
    """Return the DER of HashContent. `idn` is 10 or 13 ASCII digits, hyphens and blanks ignored.

    The result contains both secrets in clear. Raises `IdentificationNumberMalformed`.
    """
    digits = idn.replace("-", "").replace(" ", "")
    if len(digits) not in (PERSON_DIGITS, ORGANISATION_DIGITS) or not (digits.isascii() and digits.isdigit()):
        raise IdentificationNumberMalformed
    return der.sequence(der.printable_string(digits), der.bit_string(random_number.value))


def compute_virtual_id(
    idn: str, random_number: RandomNumber, hash_algorithm: VirtualIdHash = VirtualIdHash.SHA256
) -> VirtualId:
    """Compute the virtual ID of an identification number under R. Raises `IdentificationNumberMalformed`."""
    once = hashlib.new(hash_algorithm.value, hash_content_der(idn, random_number), usedforsecurity=False).digest()
    twice = hashlib.new(hash_algorithm.value, once, usedforsecurity=False).digest()
    return VirtualId(digest=twice, hash_algorithm=hash_algorithm)


def verify_virtual_id(virtual_id: VirtualId, idn: str, random_number: RandomNumber) -> VirtualId:
    """Return the certificate's virtual ID once identification number and R reproduce it (본인확인).

    Compares in constant time. Raises `VirtualIdMismatch`, `IdentificationNumberMalformed`.
    """
    computed = compute_virtual_id(idn, random_number, virtual_id.hash_algorithm)
    if not hmac.compare_digest(computed.digest, virtual_id.digest):
        raise VirtualIdMismatch
    return virtual_id


def virtual_id_der(virtual_id: VirtualId) -> bytes:
    """Return the DER of VID, its hash algorithm without parameters as deployed. Raises `HashNotWritable` for SHA-1."""
    if virtual_id.hash_algorithm is not VirtualIdHash.SHA256:
        raise HashNotWritable
    return _virtual_id_der(virtual_id.digest)


def identify_data_der(identify_data: IdentifyData) -> bytes:
    """Return the DER of IdentifyData. Raises `HashNotWritable` for SHA-1."""
    virtual_id = identify_data.virtual_id
    if virtual_id is not None and virtual_id.hash_algorithm is not VirtualIdHash.SHA256:
        raise HashNotWritable
    return encode_identify_data(identify_data.real_name, None if virtual_id is None else virtual_id.digest)


def encode_identify_data(real_name: str, virtual_id_digest: bytes | None) -> bytes:
    """Return the DER of IdentifyData over a SHA-256 virtual ID, or the real name alone; neither is checked."""
    parts = [der.utf8_string(real_name)]
    if virtual_id_digest is not None:
        attribute = der.sequence(_VIRTUAL_ID_DER, _virtual_id_der(virtual_id_digest))
        parts.append(der.sequence(attribute))
    return der.sequence(*parts)


def _virtual_id_der(digest: bytes) -> bytes:
    return der.sequence(_SHA256_DER, der.explicit(0, der.octet_string(digest)))


def parse_virtual_id(encoded: bytes) -> VirtualId:
    """Parse a VID; the hash's NULL parameter may be there or not. Raises `Malformed`, `AlgorithmUnsupported`."""
    with asn1.decoding("VID"):
        structure = asn1.load(asn1.VirtualIdStructure, encoded)
        hash_oid = structure["hash_algorithm"]["algorithm"].dotted
        parameters = structure["hash_algorithm"]["parameters"]
        if not isinstance(parameters, core.Void) and parameters.dump() != b"\x05\x00":
            raise ValueError("hash parameters")
        digest = structure["virtual_id"].native
        for hash_algorithm, known_oid in _HASH_OIDS.items():
            if hash_oid == known_oid:
                return VirtualId(digest=digest, hash_algorithm=hash_algorithm)
    raise AlgorithmUnsupported(algorithm=hash_oid)


def parse_identify_data(encoded: bytes) -> IdentifyData:
    """Parse an IdentifyData; attributes other than VID are skipped. Raises `Malformed`, `AlgorithmUnsupported`."""
    virtual_id = None
    with asn1.decoding("IdentifyData"):
        structure = asn1.load(asn1.IdentifyDataStructure, encoded)
        real_name = structure["real_name"].native
        if not isinstance(structure["user_info"], core.Void):
            for attribute in structure["user_info"]:
                if attribute["type"].dotted == oid.VIRTUAL_ID and virtual_id is None:
                    virtual_id = parse_virtual_id(attribute["value"].dump())
    return IdentifyData(real_name=real_name, virtual_id=virtual_id)
