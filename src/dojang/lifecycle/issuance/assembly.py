"""From checked keys to linted bytes, and from linted bytes to certificates.

Holds no state and touches no store. Sources: RFC 5280 section 4.1, RFC 2986 (PKCS#10), RFC 8017 section 7.1 (OAEP).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from dojang.kernel.ports import Chance
from dojang.lifecycle.identity_proofing.model import VerifiedIdentity
from dojang.lifecycle.issuance import rules
from dojang.lifecycle.issuance.authority import CertificateAuthority
from dojang.lifecycle.issuance.model import (
    CertificateKind,
    Issuance,
    IssuanceRequest,
    IssuanceState,
    IssuedCertificate,
    PreparedCertificate,
    PreparedIssuance,
    ProvenRenewal,
    RandomNumberUnreadable,
    RegisteredSubject,
)
from dojang.lifecycle.issuance.ports import VirtualIds
from dojang.lifecycle.issuance.rules import Admission
from dojang.pki.certificate import Serial, assemble_certificate, build_tbs_certificate
from dojang.pki.csr import parse_certification_request
from dojang.pki.lint import LintedCertificate, lint_certificate
from dojang.pki.lint.linted import LintProofForged
from dojang.pki.name import SubscriberName
from dojang.pki.npki.random_number import RANDOM_NUMBER_BYTES
from dojang.pki.public_key import PublicKey
from dojang.pki.validity import Validity


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedKeys:
    """Both public keys, possession proven and found good."""

    signing: PublicKey
    key_management: PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A prepared issuance with the lint proofs of both its certificates, and the digits if they are new."""

    prepared: PreparedIssuance
    proofs: tuple[LintedCertificate, LintedCertificate]
    new_subject: RegisteredSubject | None


def check_keys(request: IssuanceRequest, authority: CertificateAuthority) -> CheckedKeys:
    """Parse both PKCS#10, verify possession and key quality. Raises the errors of `pki.csr` and `KeysNotDistinct`."""
    signing = parse_certification_request(
        request.signing_request_der, authority.key_algorithms(CertificateKind.SIGNING)
    ).public_key
    key_management = parse_certification_request(
        request.key_management_request_der, authority.key_algorithms(CertificateKind.KEY_MANAGEMENT)
    ).public_key
    rules.require_distinct(signing, key_management)
    return CheckedKeys(signing=signing, key_management=key_management)


def identify(
    request: IssuanceRequest,
    identity: VerifiedIdentity | ProvenRenewal,
    authority: CertificateAuthority,
    virtual_ids: VirtualIds,
) -> bytes:
    """Return the SAN otherName for the person behind the proof under the R sent along; R is not kept anywhere.

    Raises `RandomNumberUnreadable`, and for a renewal identity proofing's `IdentityNotKept`.
    """
    r = authority.transport_key.open_sealed(request.sealed_r, bound_to=request.application_id)
    if len(r) != RANDOM_NUMBER_BYTES or r[0] == 0:
        raise RandomNumberUnreadable()
    compute = virtual_ids.compute_again if isinstance(identity, ProvenRenewal) else virtual_ids.compute
    return compute(identity.case_id, r)


def draft(
    request: IssuanceRequest,
    admission: Admission,
    keys: CheckedKeys,
    identity_der: bytes,
    *,
    authority: CertificateAuthority,
    issuance_id: str,
    chance: Chance,
    now: datetime,
) -> Draft:
    """Draw serials and missing digits, build both to-be-signed certificates and lint them. Raises `LintFailed`."""
    identity = admission.identity
    new_subject: RegisteredSubject | None = None
    if isinstance(identity, ProvenRenewal):
        subject_der = identity.subject_der  # relying parties know the holder by it: octet for octet the same
    else:
        subject = admission.subject
        if subject is None:
            subject = new_subject = rules.draw_subject(identity.person_key, chance, now)
        subject_der = _subject_der(authority, identity.name, subject)
    validity = rules.validity_for(admission.application, now)
    signing, signing_proof = _build(
        CertificateKind.SIGNING, keys.signing, identity_der, subject_der, validity, authority, issuance_id, chance
    )
    key_management, key_management_proof = _build(
        CertificateKind.KEY_MANAGEMENT, keys.key_management, None, subject_der, validity, authority, issuance_id, chance
    )
    issuance = Issuance(
        id=issuance_id,
        application_id=request.application_id,
        subscriber_id=request.subscriber_id,
        person_key=identity.person_key,
        idempotency_key=request.idempotency_key,
        request_digest=request.digest,
        predecessor_serial=rules.succeeds(admission.application),
        state=IssuanceState.PREPARED,
        prepared_at=now,
    )
    return Draft(
        prepared=PreparedIssuance(issuance=issuance, signing=signing, key_management=key_management),
        proofs=(signing_proof, key_management_proof),
        new_subject=new_subject,
    )


def _subject_der(authority: CertificateAuthority, real_name: str, subject: RegisteredSubject) -> bytes:
    return authority.subject_der(
        SubscriberName(
            real_name=real_name,
            bank_code=authority.bank_code,
            branch=authority.branch,
            first_registered=subject.registered_on,
            sequence=subject.sequence,
            sequence_digits=rules.SEQUENCE_DIGITS,
        )
    )


def _build(
    kind: CertificateKind,
    key: PublicKey,
    identity_der: bytes | None,
    subject_der: bytes,
    validity: Validity,
    authority: CertificateAuthority,
    issuance_id: str,
    chance: Chance,
) -> tuple[PreparedCertificate, LintedCertificate]:
    profile = authority.profile_for(kind, key.algorithm)
    serial = Serial.draw(chance)
    tbs_der = build_tbs_certificate(
        profile=profile,
        issuer=authority.issuer,
        serial=serial,
        subject_der=subject_der,
        spki_der=key.spki_der,
        validity=validity,
        identity_der=identity_der,
        crl_partition=authority.partition_of(serial),
    )
    prepared = PreparedCertificate(
        issuance_id=issuance_id,
        kind=kind,
        serial=int(serial),
        profile=profile.name,
        spki_sha256=hashlib.sha256(key.spki_der).hexdigest(),
        not_before=validity.not_before,
        not_after=validity.not_after,
        tbs_der=tbs_der,
    )
    proof = lint_certificate(tbs_der, profile=profile, issuer=authority.issuer, record_id=prepared.record_id)
    return prepared, proof


def relint(prepared: PreparedIssuance, authority: CertificateAuthority) -> tuple[LintedCertificate, LintedCertificate]:
    """Return the lint proofs of recorded bytes: a proof does not survive its process. Raises `LintFailed`."""
    signing, key_management = (
        lint_certificate(
            one.tbs_der,
            profile=authority.profile_named(one.profile),
            issuer=authority.issuer,
            record_id=one.record_id,
        )
        for one in prepared.certificates
    )
    return signing, key_management


def sign(prepared: PreparedCertificate, proof: LintedCertificate, authority: CertificateAuthority) -> IssuedCertificate:
    """Sign one certificate. Raises `LintProofForged` when the proof is of other bytes or another record."""
    if proof.record_id != prepared.record_id or proof.tbs_der != prepared.tbs_der:
        raise LintProofForged()
    signature = authority.signer.sign_certificate(proof)
    return IssuedCertificate(
        serial=prepared.serial,
        kind=prepared.kind,
        profile=prepared.profile,
        spki_sha256=prepared.spki_sha256,
        not_before=prepared.not_before,
        not_after=prepared.not_after,
        certificate_der=assemble_certificate(prepared.tbs_der, authority.signer.algorithm, signature),
    )
