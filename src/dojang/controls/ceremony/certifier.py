"""One certificate of a ceremony: found and checked, or prepared, linted, signed and kept.

To-be-signed bytes are kept before they are signed, so that a run cut off in between signs the same bytes again. Knows
nothing of other certificates than the one above.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from dojang.controls.ceremony.artefacts import Artefacts
from dojang.controls.ceremony.spec import CertificateSpec
from dojang.kernel.errors import DojangError, Fault
from dojang.kernel.ports import Chance
from dojang.pki import der, extensions, oid
from dojang.pki.certificate import (
    CertificateMalformed,
    Issuer,
    Serial,
    assemble_certificate,
    build_tbs_certificate,
    certificate_pem,
    parse_certificate,
    parse_certificates_pem,
    self_issuer,
    spki_of,
)
from dojang.pki.keystore import KeyStore, KeyUse
from dojang.pki.lint import LintedCertificate, LintFailed, lint_certificate
from dojang.pki.lint.tbs import Tbs, parse_tbs
from dojang.pki.profile import KeyUsage, OperatorValues, Profile
from dojang.pki.profile_file import load_profile
from dojang.pki.public_key import KeyAlgorithm, PublicKey, PublicKeyUnsupported, is_signature, parse_public_key
from dojang.pki.signer import KeyStoreSigner
from dojang.pki.validity import Validity, full_validity, not_after_years

_SUBJECT_ALT_NAME = der.whole(der.oid(oid.SUBJECT_ALT_NAME), der.OBJECT_IDENTIFIER)


class CeremonyContradiction(DojangError):
    """What lies in the output directory or the key store is not what the ceremony file asks for.

    `artefact` names it, `reason` says how it differs; `findings` are the linter's.
    """

    code: ClassVar[str] = "ceremony.contradiction"
    fault: ClassVar[Fault] = Fault.OPERATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """An authority that certifies others: its key's label, how it is referred to, and its certificate."""

    label: str
    issuer: Issuer
    certificate_der: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """One certificate to be made, with its profile, its key and who certifies it (None: itself)."""

    spec: CertificateSpec
    profile: Profile
    key: PublicKey
    authority: Authority | None
    identity_der: bytes | None

    def issuer(self, serial: Serial, validity: Validity) -> Issuer:
        if self.authority is not None:
            return self.authority.issuer
        return self_issuer(name_der=self.spec.subject.der, key=self.key, serial=serial, validity=validity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certifier:
    """Makes the certificates of one ceremony. `now` is when it runs, UTC."""

    operator: OperatorValues
    keystore: KeyStore
    artefacts: Artefacts
    now: datetime
    chance: Chance

    def certify(self, spec: CertificateSpec, *, by: Authority | None, real_name: str | None = None) -> bytes:
        """Return the certificate the specification asks for, in DER, made now or earlier.

        Keeps it as `<label>.pem`. `by` is None for a root. Raises `CeremonyContradiction` when an earlier one differs.
        """
        order = self._order(spec, by, real_name)
        name = f"{spec.label}.pem"
        kept = self.artefacts.find(name)
        if kept is not None:
            return self._checked(kept, order, name)
        draft = f"{spec.label}.tbs"
        tbs_der = self.artefacts.find(draft)
        if tbs_der is None:
            tbs_der = self._prepare(order)
            self.artefacts.keep(draft, tbs_der)
        issuer, linted = self._lint(tbs_der, order, draft)
        signer = KeyStoreSigner(keystore=self.keystore, label=by.label if by else spec.label, issuer=issuer)
        certificate_der = assemble_certificate(tbs_der, signer.algorithm, signer.sign_certificate(linted))
        self.artefacts.make(name, certificate_pem(certificate_der))
        self.artefacts.discard(draft)
        return certificate_der

    def _order(self, spec: CertificateSpec, by: Authority | None, real_name: str | None) -> _Order:
        profile = load_profile(spec.profile, self.operator)
        return _Order(
            spec=spec,
            profile=profile,
            key=self._key(spec, profile),
            authority=by,
            identity_der=None if real_name is None else extensions.identity_name(real_name),
        )

    def _key(self, spec: CertificateSpec, profile: Profile) -> PublicKey:
        """Return the public key under the label; the key pair is made now if there is none.

        Where the certificate is there and its key is not, the key was taken offline: the certificate speaks for it.
        """
        kept = self.artefacts.find(f"{spec.label}.pem")
        if spec.label in self.keystore.labels():
            spki_der = self.keystore.public_key(spec.label)
        elif kept is not None:
            spki_der = self._certified_spki(kept, f"{spec.label}.pem")
        else:
            opens = KeyUsage.KEY_ENCIPHERMENT in profile.key_usage
            spki_der = self.keystore.generate(spec.label, spec.key, KeyUse.DECRYPT if opens else KeyUse.SIGN)
        try:
            return parse_public_key(spki_der, frozenset({spec.key}))
        except PublicKeyUnsupported:
            raise CeremonyContradiction(artefact=spec.label, reason="key_algorithm") from None

    def _certified_spki(self, kept: bytes, name: str) -> bytes:
        try:
            return spki_of(parse_certificates_pem(kept)[0])
        except (DojangError, IndexError):
            raise CeremonyContradiction(artefact=name, reason="unreadable") from None

    def _prepare(self, order: _Order) -> bytes:
        serial = Serial.draw(self.chance)
        validity = full_validity(self.now, years=order.spec.years)
        issuer = order.issuer(serial, validity)
        # Nobody outlives their issuer.
        validity = Validity(
            not_before=max(validity.not_before, issuer.validity.not_before),
            not_after=min(validity.not_after, issuer.validity.not_after),
        )
        return build_tbs_certificate(
            profile=order.profile,
            issuer=issuer,
            serial=serial,
            subject_der=order.spec.subject.der,
            spki_der=order.key.spki_der,
            validity=validity,
            identity_der=order.identity_der,
        )

    def _checked(self, kept: bytes, order: _Order, name: str) -> bytes:
        """Return an earlier certificate once it is the one asked for and its signature holds."""
        try:
            (certificate_der,) = parse_certificates_pem(kept)
            certificate = parse_certificate(certificate_der)
        except (CertificateMalformed, ValueError):
            raise CeremonyContradiction(artefact=name, reason="unreadable") from None
        issuer, _ = self._lint(certificate.tbs_certificate_bytes, order, name)
        key = parse_public_key(issuer.spki_der, frozenset(KeyAlgorithm))
        if not is_signature(key, certificate.tbs_certificate_bytes, certificate.signature):
            raise CeremonyContradiction(artefact=name, reason="signature")
        self.artefacts.note(name, kept)
        return certificate_der

    def _lint(self, tbs_der: bytes, order: _Order, name: str) -> tuple[Issuer, LintedCertificate]:
        """Return the issuer and the lint proof of bytes that are what the specification asks for."""
        try:
            tbs = parse_tbs(tbs_der)
            serial, validity = Serial(tbs.serial), Validity(not_before=tbs.not_before, not_after=tbs.not_after)
        except DojangError:
            raise CeremonyContradiction(artefact=name, reason="unreadable") from None
        for reason, differs in _differences(tbs, order):
            if differs:
                raise CeremonyContradiction(artefact=name, reason=reason)
        issuer = order.issuer(serial, validity)
        try:
            linted = lint_certificate(tbs_der, profile=order.profile, issuer=issuer, record_id=order.spec.label)
        except LintFailed as failed:
            findings = failed.fields["findings"]
            raise CeremonyContradiction(artefact=name, reason="profile", findings=findings) from None
        return issuer, linted


def _differences(tbs: Tbs, order: _Order) -> tuple[tuple[str, bool], ...]:
    identity = tbs.find(_SUBJECT_ALT_NAME)
    wanted = None if order.identity_der is None else der.sequence(order.identity_der)
    return (
        ("subject", tbs.subject_der != order.spec.subject.der),
        ("key", tbs.spki_der != order.key.spki_der),
        ("years", tbs.not_after > not_after_years(tbs.not_before, order.spec.years)),
        ("real_name", (identity.value_der if identity else None) != wanted),
    )
