"""Under which names the audit log speaks of one matter: of an application also as its case and its certificates."""

import sqlalchemy as sa

from dojang.adapters.store.tables.identity_proofing import proofing_case, proofing_review
from dojang.adapters.store.tables.issuance import certificate, issuance


def related_subjects(connection: sa.Connection, subject: str) -> tuple[str, ...]:
    """Return `subject` first, and if it is an application the ids of its case, its reviews and its issuance, and the
    serial numbers of its certificates.
    """
    case = sa.select(proofing_case.c.id).where(proofing_case.c.application_id == subject)
    reviews = sa.select(proofing_review.c.id).where(proofing_review.c.case_id.in_(case.scalar_subquery()))
    issued = sa.select(issuance.c.id).where(issuance.c.application_id == subject)
    serials = sa.select(certificate.c.serial).where(certificate.c.issuance_id.in_(issued.scalar_subquery()))
    found = [subject]
    for query in (case, reviews.order_by(proofing_review.c.id), issued, serials.order_by(certificate.c.serial)):
        found += [str(one) for one in connection.execute(query).scalars()]
    return tuple(dict.fromkeys(found))
