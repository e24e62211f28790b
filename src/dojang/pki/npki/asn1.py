"""The ASN.1 structures of the NPKI formats, and the one way to read them without foreign exceptions.

Structures only: no cryptography, no meaning. Sources: KCAC.TS.SIVID section 6, RFC 5958, RFC 7292, RFC 8018.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any as Untyped
from typing import ClassVar, TypeVar

from asn1crypto import core, parser

from dojang.pki.npki.errors import Malformed

MAX_STRUCTURE_BYTES = 1_048_576

Fields = list[tuple[Untyped, ...]]


class Structure(core.Sequence):  # type: ignore[misc]  # asn1crypto ships no types
    """A SEQUENCE with named fields."""


class ListOf(core.SequenceOf):  # type: ignore[misc]  # asn1crypto ships no types
    """A SEQUENCE OF."""


class AnySet(core.SetOf):  # type: ignore[misc]  # asn1crypto ships no types
    """A SET OF whatever the attribute's type says."""

    _child_spec = core.Any


class AlgorithmIdentifier(Structure):
    """RFC 5280 section 4.1.1.2."""

    _fields: ClassVar[Fields] = [("algorithm", core.ObjectIdentifier), ("parameters", core.Any, {"optional": True})]


class AttributeTypeAndValue(Structure):
    """One type with one value, without the SET of an Attribute."""

    _fields: ClassVar[Fields] = [("type", core.ObjectIdentifier), ("value", core.Any)]


class UserInfo(ListOf):
    """The `userInfo` of IdentifyData."""

    _child_spec = AttributeTypeAndValue


class IdentifyDataStructure(Structure):
    """KCAC.TS.SIVID: real name, then what identifies its bearer."""

    _fields: ClassVar[Fields] = [("real_name", core.UTF8String), ("user_info", UserInfo, {"optional": True})]


class VirtualIdStructure(Structure):
    """KCAC.TS.SIVID: `VID`."""

    _fields: ClassVar[Fields] = [
        ("hash_algorithm", AlgorithmIdentifier),
        ("virtual_id", core.OctetString, {"explicit": 0}),
    ]


class Attribute(Structure):
    """RFC 5958 section 2 and RFC 7292 section 4.2."""

    _fields: ClassVar[Fields] = [("type", core.ObjectIdentifier), ("values", AnySet)]


class Attributes(core.SetOf):  # type: ignore[misc]  # asn1crypto ships no types
    """SET OF Attribute."""

    _child_spec = Attribute


class PrivateKeyInfo(Structure):
    """RFC 5958 section 2 (OneAsymmetricKey), a superset of PKCS#8."""

    _fields: ClassVar[Fields] = [
        ("version", core.Integer),
        ("private_key_algorithm", AlgorithmIdentifier),
        ("private_key", core.OctetString),
        ("attributes", Attributes, {"implicit": 0, "optional": True}),
        ("public_key", core.OctetBitString, {"implicit": 1, "optional": True}),
    ]


class EncryptedPrivateKeyInfo(Structure):
    """RFC 5958 section 3."""

    _fields: ClassVar[Fields] = [("encryption_algorithm", AlgorithmIdentifier), ("encrypted_data", core.OctetString)]


class PbeParameters(Structure):
    """RFC 8018 appendix A.3 and RFC 7292 appendix C: salt and iterations."""

    _fields: ClassVar[Fields] = [("salt", core.OctetString), ("iterations", core.Integer)]


class Pbkdf2Parameters(Structure):
    """RFC 8018 appendix A.2; `prf` absent means HMAC-SHA1."""

    _fields: ClassVar[Fields] = [
        ("salt", core.OctetString),
        ("iterations", core.Integer),
        ("key_length", core.Integer, {"optional": True}),
        ("prf", AlgorithmIdentifier, {"optional": True}),
    ]


class Pbes2Parameters(Structure):
    """RFC 8018 appendix A.4."""

    _fields: ClassVar[Fields] = [
        ("key_derivation", AlgorithmIdentifier),
        ("encryption_scheme", AlgorithmIdentifier),
    ]


class ContentInfo(Structure):
    """RFC 2315 section 7."""

    _fields: ClassVar[Fields] = [
        ("content_type", core.ObjectIdentifier),
        ("content", core.Any, {"explicit": 0, "optional": True}),
    ]


class AuthenticatedSafe(ListOf):
    """RFC 7292 section 4.1."""

    _child_spec = ContentInfo


class EncryptedContentInfo(Structure):
    """RFC 2315 section 10.1."""

    _fields: ClassVar[Fields] = [
        ("content_type", core.ObjectIdentifier),
        ("encryption_algorithm", AlgorithmIdentifier),
        ("encrypted_content", core.OctetString, {"implicit": 0, "optional": True}),
    ]


class EncryptedData(Structure):
    """RFC 2315 section 13."""

    _fields: ClassVar[Fields] = [("version", core.Integer), ("encrypted_content_info", EncryptedContentInfo)]


class DigestInfo(Structure):
    """RFC 2315 section 9.4."""

    _fields: ClassVar[Fields] = [("digest_algorithm", AlgorithmIdentifier), ("digest", core.OctetString)]


class MacData(Structure):
    """RFC 7292 section 4."""

    _fields: ClassVar[Fields] = [
        ("mac", DigestInfo),
        ("mac_salt", core.OctetString),
        ("iterations", core.Integer, {"default": 1}),
    ]


class Pfx(Structure):
    """RFC 7292 section 4."""

    _fields: ClassVar[Fields] = [
        ("version", core.Integer),
        ("auth_safe", ContentInfo),
        ("mac_data", MacData, {"optional": True}),
    ]


class CertBag(Structure):
    """RFC 7292 section 4.2.3."""

    _fields: ClassVar[Fields] = [("cert_id", core.ObjectIdentifier), ("cert_value", core.OctetString, {"explicit": 0})]


class SafeBag(Structure):
    """RFC 7292 section 4.2."""

    _fields: ClassVar[Fields] = [
        ("bag_id", core.ObjectIdentifier),
        ("bag_value", core.Any, {"explicit": 0}),
        ("bag_attributes", Attributes, {"optional": True}),
    ]


class SafeContents(ListOf):
    """RFC 7292 section 4.2."""

    _child_spec = SafeBag


class CertificateList(ListOf):
    """`CaPubs`: SEQUENCE OF Certificate, root first (KCAC.TS.UI)."""

    _child_spec = core.Any


Spec = TypeVar("Spec", bound=core.Asn1Value)


@contextmanager
def decoding(structure: str) -> Iterator[None]:
    """Turn whatever the ASN.1 library raises inside the block into `Malformed(structure=…)`.

    asn1crypto parses lazily, so every field access on foreign bytes belongs inside such a block.
    """
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError):
        raise Malformed(structure=structure) from None


def load(spec: type[Spec], der: bytes) -> Untyped:
    """Parse exactly one value of `spec` from BER or DER. Call inside `decoding`; trailing bytes are refused."""
    if len(der) > MAX_STRUCTURE_BYTES:
        raise Malformed(structure=spec.__name__)
    return spec.load(der, strict=True)


def first_element(encoded: bytes, structure: str) -> bytes:
    """Return the first complete BER element, dropping bytes behind it. Raises `Malformed`."""
    with decoding(structure):
        if len(encoded) > MAX_STRUCTURE_BYTES:
            raise Malformed(structure=structure)
        return encoded[: parser.peek(encoded)]


def any_of(value: core.Asn1Value) -> Untyped:
    """Wrap a value for a field declared `ANY`."""
    return core.Any(value)


def explicit(value: core.Asn1Value) -> Untyped:
    """Wrap a value for a field declared `[0] EXPLICIT ANY`: asn1crypto does not add the tag by itself."""
    return value.retag({"explicit": 0})


def explicit_content(value: Untyped) -> bytes:
    """Return the encoding inside an `ANY` field with an explicit tag. Call inside `decoding`."""
    inner: bytes = parser.parse(value.dump(), strict=True)[4]
    return inner
