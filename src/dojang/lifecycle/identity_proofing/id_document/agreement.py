"""Whether a front and a back belong to one document, as far as both print the same things.

A resident card's back holds changes of address and a fingerprint: it never repeats name or number, so it is not
comparable unless it bears the number. A licence's back may repeat number, birth date and name in English. Kinds that
differ always disagree.
"""

from dojang.lifecycle.identity_proofing.id_document.finding import Finding, FindingCode, Severity
from dojang.lifecycle.identity_proofing.id_document.model import Agreement, DocumentReading, FieldName, Side

COMPARABLE = (FieldName.RRN, FieldName.LICENCE_NUMBER, FieldName.BIRTH_DATE, FieldName.SERIAL)
SURE = 0.9  # confidence from which one differing value is believed


def compare_sides(front: DocumentReading, back: DocumentReading | None) -> tuple[Agreement, tuple[Finding, ...]]:
    """Return how the sides agree, and a finding for each field that differs.

    A difference between confidently read values refuses; a doubtful one goes to review.
    """
    if back is None or front.kind is None or back.kind is None:
        return Agreement.NOT_COMPARABLE, ()
    if front.kind is not back.kind:
        detail = f"{front.kind.value} and {back.kind.value}"
        code = FindingCode.SIDES_DISAGREE
        return Agreement.DISAGREE, (Finding(code=code, severity=Severity.REFUSE, side=Side.BACK.value, detail=detail),)
    shared = [name for name in COMPARABLE if name in front.fields and name in back.fields]
    if not shared:
        return Agreement.NOT_COMPARABLE, ()
    differing = [name for name in shared if front.fields[name].value != back.fields[name].value]
    if not differing:
        return Agreement.AGREE, ()
    sure = [name for name in differing if min(front.fields[name].confidence, back.fields[name].confidence) >= SURE]
    # One field may be misread; two that differ, or one of two that were both seen clearly, are another person's card.
    severity = Severity.REFUSE if len(sure) >= 2 or len(sure) == len(shared) else Severity.REVIEW
    return Agreement.DISAGREE, tuple(
        Finding(code=FindingCode.SIDES_DISAGREE, severity=severity, side=Side.BACK.value, field=name.value)
        for name in differing
    )
