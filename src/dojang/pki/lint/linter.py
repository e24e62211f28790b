"""The linter itself: run every rule, refuse with all findings at once, or seal the proof.

It never changes the bytes and never signs. A lint takes a fraction of a signature's time, so it runs before each one.
"""

import hashlib

from dojang.pki import der
from dojang.pki.certificate import Issuer
from dojang.pki.lint import npki, profile, rfc5280
from dojang.pki.lint.context import LintContext, lint_context
from dojang.pki.lint.findings import LintFailed
from dojang.pki.lint.linted import SEAL, LintedCertificate
from dojang.pki.lint.tbs import parse_tbs
from dojang.pki.profile import Profile


def lint_certificate(tbs_der: bytes, *, profile: Profile, issuer: Issuer, record_id: str) -> LintedCertificate:
    """Return the proof that `tbs_der` breaks no rule of RFC 5280, the deployed NPKI profile, or this profile and
    issuer.

    `record_id` names the record of intent that the certificate is issued for. Raises `LintFailed` with every finding.
    """
    found = _findings(tbs_der, lint_context(profile, issuer))
    if found or not record_id:
        raise LintFailed(profile=profile.name, findings=sorted(set(found)) or ["profile.record_missing"])
    digest = hashlib.sha256()
    for part in (profile.name.encode(), issuer.key_identifier, record_id.encode(), tbs_der):
        digest.update(len(part).to_bytes(4, "big") + part)
    return LintedCertificate(
        tbs_der=tbs_der,
        profile=profile.name,
        record_id=record_id,
        issuer_key_identifier=issuer.key_identifier,
        lint_digest=digest.hexdigest(),
        seal=SEAL,
    )


def _findings(tbs_der: bytes, context: LintContext) -> list[str]:
    try:
        tbs = parse_tbs(tbs_der)
        return rfc5280.findings(tbs, context) + npki.findings(tbs, context) + profile.findings(tbs, context)
    except der.DerMalformed as error:
        return [f"der.{error.fields['reason']}"]
