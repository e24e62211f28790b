"""CMS SignedData as pyHanko reads it: signers, what they signed, and the timestamps over it.

Nobody is trusted here. Whatever a library says of malformed input becomes one of our errors or a defect. Sources: RFC
5652, RFC 5035, RFC 3161.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import cms, core, tsp
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from pyhanko.sign.general import CMSExtractionError, CMSStructuralError, find_cms_attribute_iter
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import (
    extract_certs_for_validation,
    extract_self_reported_ts,
    validate_sig_integrity,
)

from dojang.lifecycle.reliance.model import (
    SignatureReading,
    SignatureUnreadable,
    SignedContentNeeded,
    SubIndication,
    TimestampReading,
    VerificationRequest,
)
from dojang.pki.oid import REVOCATION_INFO_OCSP

# The many ways in which asn1crypto, cryptography and pyHanko say that input is malformed.
MALFORMED: Final = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    UnsupportedAlgorithm,
    CMSExtractionError,
    CMSStructuralError,
    SignatureValidationError,
)
TRUSTED_DIGESTS: Final = frozenset({"sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512"})
MIN_RSA_BITS: Final = 2048
MAX_SIGNERS: Final = 16
MAX_TIMESTAMPS: Final = 8


def read_cms(request: VerificationRequest) -> tuple[SignatureReading, ...]:
    """Return every signer of a SignedData message. Raises `SignatureUnreadable`, `SignedContentNeeded`."""
    try:
        info = cms.ContentInfo.load(request.signature, strict=True)
        if info["content_type"].native != "signed_data":
            raise SignatureUnreadable()
        signed_data = info["content"].untag()
        if not 1 <= len(signed_data["signer_infos"]) <= MAX_SIGNERS:
            raise SignatureUnreadable()
        content = _content(signed_data, request.content)
        messages = _one_by_one(signed_data)
    except MALFORMED:
        raise SignatureUnreadable() from None
    if content is None:
        raise SignedContentNeeded(missing="content")
    return tuple(read_signer(alone, content) for alone in messages)


def _content(signed_data: cms.SignedData, beside: bytes | None) -> bytes | None:
    """Return what was signed: inside the message, or beside it; None when nobody has it. Both must agree."""
    inside = signed_data["encap_content_info"]["content"]
    if isinstance(inside, core.Void) or inside is None:
        return beside
    carried = bytes(inside)
    if beside is not None and not hmac.compare_digest(carried, beside):
        raise ValueError("two contents")
    return carried


def _one_by_one(signed_data: cms.SignedData) -> list[cms.SignedData]:
    """pyHanko looks at the only signer of a message; a message with several becomes several."""
    whole_der, signers = signed_data.dump(), [one.dump() for one in signed_data["signer_infos"]]
    if len(signers) == 1:
        return [signed_data]
    messages = []
    for signer_der in signers:
        alone = cms.SignedData.load(whole_der)
        alone["signer_infos"] = [cms.SignerInfo.load(signer_der)]
        messages.append(alone)
    return messages


def read_signer(signed_data: cms.SignedData, content: bytes | None, *, digest: bytes | None = None) -> SignatureReading:
    """Return what one signer's signature is worth; `digest` stands for the content where that is a PDF's byte range."""
    try:
        (signer,) = signed_data["signer_infos"]
        certificates = extract_certs_for_validation(signed_data)
        certificate = certificates.signer_cert
        algorithm = signer["digest_algorithm"]["algorithm"].native
        if digest is None:
            digest = _digest(content or b"", algorithm)
        content_type = signed_data["encap_content_info"]["content_type"].native
        matches, holds = validate_sig_integrity(signer, certificate, content_type, digest)
        return SignatureReading(
            certificate_der=certificate.dump(),
            certificates_der=tuple(one.dump() for one in certificates.other_certs),
            digest_matches=matches,
            holds=holds,
            is_algorithm_trusted=_is_trusted(signer, certificate),
            claimed_at=_claimed_at(signer),
            timestamps=tuple(_timestamps(signer)),
            ocsp_responses_der=tuple(_revocation_values(signer, signed_data, "ocsp")),
            crls_der=tuple(_revocation_values(signer, signed_data, "crl")),
        )
    except SignatureValidationError as error:
        return SignatureReading(defect=_defect(error))
    except MALFORMED:
        return SignatureReading(defect=SubIndication.FORMAT_FAILURE)


def _defect(error: SignatureValidationError) -> SubIndication:
    """pyHanko names sub-indications as EN 319 102-1 does; those we do not use are format failures."""
    name = getattr(error.ades_subindication, "name", "")
    return SubIndication(name) if name in SubIndication.__members__ else SubIndication.FORMAT_FAILURE


_HASHES: Final[Mapping[str, Callable[[], hashes.HashAlgorithm]]] = {
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
    "sha3_256": hashes.SHA3_256,
    "sha3_384": hashes.SHA3_384,
    "sha3_512": hashes.SHA3_512,
}


def _digest(content: bytes, algorithm: str) -> bytes:
    digest = hashes.Hash(_HASHES[algorithm]())
    digest.update(content)
    return digest.finalize()


def _is_trusted(signer: cms.SignerInfo, certificate: Any) -> bool:
    key = certificate.public_key
    strong = key.algorithm not in ("rsa", "rsassa_pss") or key.bit_size >= MIN_RSA_BITS
    return strong and key.algorithm != "dsa" and signer["digest_algorithm"]["algorithm"].native in TRUSTED_DIGESTS


def _claimed_at(signer: cms.SignerInfo) -> datetime | None:
    claimed = extract_self_reported_ts(signer)
    return None if claimed is None else claimed.astimezone(UTC).replace(microsecond=0)


def _timestamps(signer: cms.SignerInfo) -> Iterator[TimestampReading]:
    attributes = signer["unsigned_attrs"]
    if isinstance(attributes, core.Void):
        return
    tokens = find_cms_attribute_iter(attributes, "signature_time_stamp_token")
    for number, token in enumerate(tokens):
        if number == MAX_TIMESTAMPS:
            return
        read = read_timestamp(token["content"], signer["signature"].native)
        if read is not None:
            yield read


def read_timestamp(
    token: cms.SignedData, stamped: bytes | None, *, digests: dict[str, bytes] | None = None
) -> TimestampReading | None:
    """Return what a timestamp token over `stamped` says, or None when it cannot be read.

    `digests` stands for `stamped` where that is a PDF's byte range: by name of the hash algorithm.
    """
    try:
        (signer,) = token["signer_infos"]
        certificates = extract_certs_for_validation(token)
        encapsulated = token["encap_content_info"]
        said: tsp.TSTInfo = encapsulated["content"].parsed
        imprint = said["message_imprint"]
        algorithm = imprint["hash_algorithm"]["algorithm"].native
        expected = _digest(stamped, algorithm) if stamped is not None else (digests or {})[algorithm]
        matches = hmac.compare_digest(imprint["hashed_message"].native, expected)
        content = bytes(encapsulated["content"])
        own_digest = _digest(content, signer["digest_algorithm"]["algorithm"].native)
        intact, holds = validate_sig_integrity(signer, certificates.signer_cert, "tst_info", own_digest)
        trusted = _is_trusted(signer, certificates.signer_cert) and algorithm in TRUSTED_DIGESTS
        return TimestampReading(
            at=said["gen_time"].native.astimezone(UTC),
            holds=matches and intact and holds and trusted,
            certificate_der=certificates.signer_cert.dump(),
            certificates_der=tuple(one.dump() for one in certificates.other_certs),
        )
    except MALFORMED:
        return None


def _revocation_values(signer: cms.SignerInfo, signed_data: cms.SignedData, kind: str) -> Iterator[bytes]:
    """Evidence inside the message: SignedData.crls (OCSP as RFC 5940 has it), and Adobe's archival attribute."""
    if not isinstance(signed_data["crls"], core.Void):
        for choice in signed_data["crls"]:
            other = choice.name == "other"
            if kind == "crl" and not other:
                yield choice.chosen.dump()
            elif kind == "ocsp" and other and choice.chosen["other_rev_info_format"].dotted == REVOCATION_INFO_OCSP:
                yield choice.chosen["other_rev_info"].dump()
    attributes = signer["signed_attrs"]
    if isinstance(attributes, core.Void):
        return
    for archival in find_cms_attribute_iter(attributes, "adobe_revocation_info_archival"):
        values = archival[kind]
        if not isinstance(values, core.Void):
            yield from (one.dump() for one in values)
