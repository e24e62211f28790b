"""Rules of the deployed NPKI profile that RFC 5280 does not impose. Source: npki.md 1.2 to 1.5."""

from datetime import datetime
from functools import lru_cache

from dojang.pki.certificate import MAX_SERIAL
from dojang.pki.lint.context import IDENTIFIERS, LintContext
from dojang.pki.lint.identity import identity_findings
from dojang.pki.lint.names import SUBSCRIBER_COMMON_NAME, subject_attributes, subject_findings
from dojang.pki.lint.tbs import Tbs
from dojang.pki.profile import ExtensionName
from dojang.pki.validity import day_kst, end_of_day_kst, start_of_day_kst


def findings(tbs: Tbs, context: LintContext) -> list[str]:
    """Return the codes of everything a deployed client would stumble over. Raises `DerMalformed`."""
    role = context.profile.role
    attributes = subject_attributes(tbs.subject_der)
    found = subject_findings(attributes, role)
    if tbs.serial > MAX_SERIAL:
        found.append("npki.serial_too_large")
    if not _are_whole_days(tbs.not_before, tbs.not_after):
        found.append("npki.validity_not_whole_days")
    extension = tbs.find(IDENTIFIERS[ExtensionName.SUBJECT_ALT_NAME])
    if extension is not None:
        subscriber = SUBSCRIBER_COMMON_NAME.match(attributes[-1][2]) if attributes else None
        found += identity_findings(extension.value_der, role, subscriber["real_name"] if subscriber else None)
    return found


@lru_cache(maxsize=1024)
def _are_whole_days(not_before: datetime, not_after: datetime) -> bool:
    return not_before == start_of_day_kst(not_before) and not_after == end_of_day_kst(day_kst(not_after))
