"""The ceremony: root, issuing authority, delegates, first revocation lists, transcript.

Every step looks for its result first: what is there is checked and left alone, what is missing is made. So a run
that was cut off goes on where it stopped, and a run over a finished ceremony changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from dojang.controls.ceremony.artefacts import Artefacts
from dojang.controls.ceremony.certifier import Authority, CeremonyContradiction, Certifier
from dojang.controls.ceremony.spec import AuthoritySpec, CeremonySpec
from dojang.controls.ceremony.transcript import render_transcript
from dojang.kernel.errors import DojangError
from dojang.kernel.ports import Chance
from dojang.pki.certificate import Issuer, certificate_pem, issuer_from_certificate, parse_certificate, validity_of
from dojang.pki.crl import assemble_crl, build_tbs_crl, parse_crl
from dojang.pki.keystore import KeyStore
from dojang.pki.path.verification import verify_path
from dojang.pki.signer import KeyStoreSigner

FIRST_CRL_NUMBER = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CeremonyRecord:
    """What a ceremony left behind. `made` names the files of this run: empty when everything was there already.

    `issuer` is the issuing authority as subscriber certificates refer to it; `digests` are SHA-256 by file name.
    """

    root_der: bytes = field(repr=False)
    issuing_der: bytes = field(repr=False)
    delegates_der: Mapping[str, bytes] = field(repr=False)
    root_crl_der: bytes = field(repr=False)
    issuing_crl_der: bytes = field(repr=False)
    issuer: Issuer = field(repr=False)
    digests: Mapping[str, str]
    transcripts: tuple[Path, ...]
    made: tuple[str, ...]


def run_ceremony(
    spec: CeremonySpec, *, keystore: KeyStore, out_dir: Path, now: datetime, chance: Chance
) -> CeremonyRecord:
    """Carry the ceremony out, or carry it on, or find it finished; return what it left behind.

    1. check that witnessed files are unaltered; 2. root; 3. issuing authority; 4. delegates; 5. verify every path;
    6. first list of each authority; 7. transcript over everything not yet witnessed.

    Writes `<label>.pem`, `chain.pem` (issuing, then root), `<label>.crl` (DER), `transcript.md` and `record.json` below
    `out_dir`; a later run that adds delegates writes `transcript-2.md`. Raises `CeremonyContradiction`,
    `ArtefactAltered`, `RecordUnreadable` and the key store's errors.
    """
    artefacts = Artefacts(out_dir, chance)
    sessions = artefacts.sessions()
    artefacts.check(sessions)  # 1
    certifier = Certifier(operator=spec.operator, keystore=keystore, artefacts=artefacts, now=now, chance=chance)
    root = _authority(spec.root, certifier.certify(spec.root.certificate, by=None))  # 2
    issuing_der = certifier.certify(spec.issuing.certificate, by=root, real_name=spec.issuing.real_name)  # 3
    issuing = _authority(spec.issuing, issuing_der)
    artefacts.make_once("chain.pem", certificate_pem(issuing_der) + certificate_pem(root.certificate_der))
    delegates = {one.label: certifier.certify(one, by=issuing) for one in spec.delegates}  # 4
    for certificate_der in (issuing_der, *delegates.values()):  # 5
        _verify(certificate_der, issuing=issuing, root=root)
    lists = {
        one.label: _first_crl(authority_spec, one, keystore=keystore, artefacts=artefacts, now=now)  # 6
        for authority_spec, one in ((spec.root, root), (spec.issuing, issuing))
    }
    certificates = {root.label: root.certificate_der, issuing.label: issuing_der, **delegates}
    sessions = artefacts.witness(  # 7
        lambda number, fresh: render_transcript(spec, number=number, at=now, fresh=fresh, certificates=certificates)
    )
    return CeremonyRecord(
        root_der=root.certificate_der,
        issuing_der=issuing_der,
        delegates_der=delegates,
        root_crl_der=lists[root.label],
        issuing_crl_der=lists[issuing.label],
        issuer=issuing.issuer,
        digests={name: digest for session in sessions for name, digest in session.digests.items()},
        transcripts=tuple(artefacts.path(session.transcript) for session in sessions),
        made=artefacts.made,
    )


def _authority(spec: AuthoritySpec, certificate_der: bytes) -> Authority:
    issuer = issuer_from_certificate(certificate_der, crl_uri=spec.crl_uri, ocsp_uri=spec.ocsp_uri)
    return Authority(label=spec.certificate.label, issuer=issuer, certificate_der=certificate_der)


def _verify(certificate_der: bytes, *, issuing: Authority, root: Authority) -> None:
    """Verify a path on the first day it could hold, so that a finished ceremony can be checked years later."""
    verify_path(
        certificate_der,
        intermediates_der=[issuing.certificate_der],
        anchors_der=[root.certificate_der],
        at=validity_of(parse_certificate(certificate_der)).not_before,
    )


def _first_crl(
    spec: AuthoritySpec, authority: Authority, *, keystore: KeyStore, artefacts: Artefacts, now: datetime
) -> bytes:
    """Return the authority's first, empty list: number 1, from `now` for as many hours as the file says.

    Both lists are full ones: a root issues to authorities only, and OpenSSL's `-crl_check_all` holds the root itself
    against its list, which a partial list without a matching distribution point in the root would fail.
    """
    name = f"{authority.label}.crl"
    kept = artefacts.find(name)
    if kept is not None:
        try:
            parse_crl(kept, issuer=authority.issuer)
        except DojangError:
            raise CeremonyContradiction(artefact=name, reason="signature") from None
        artefacts.note(name, kept)
        return kept
    tbs_der = build_tbs_crl(
        issuer=authority.issuer,
        number=FIRST_CRL_NUMBER,
        this_update=now,
        next_update=now + timedelta(hours=spec.crl_hours),
        entries=(),
    )
    signer = KeyStoreSigner(
        keystore=keystore,
        label=authority.label,
        issuer=authority.issuer,
        certificate_der=authority.certificate_der,
    )
    crl_der = assemble_crl(tbs_der, signer.algorithm, signer.sign_crl(tbs_der))
    artefacts.make(name, crl_der)
    return crl_der
