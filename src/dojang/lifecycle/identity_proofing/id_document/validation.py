"""Whether what was read off one document can be right. Pure: a reading, a day, thresholds; out come findings.

Nothing here corrects a value. A failed check on a printed number is far more often a misreading than a forgery, so it
goes to review, not to refusal; only what is plainly legible and plainly over (an expired document) refuses.
"""

from datetime import date

from dojang.lifecycle.identity_proofing.id_document import licence_number, mrz, rrn
from dojang.lifecycle.identity_proofing.id_document.finding import Finding, FindingCode, Severity
from dojang.lifecycle.identity_proofing.id_document.model import DocumentKind, DocumentReading, FieldName, Side
from dojang.lifecycle.identity_proofing.id_document.thresholds import Needs, Thresholds

FIRST_RESIDENT_CARD = date(1968, 11, 21)  # the day the first resident cards were handed out


def validate(reading: DocumentReading, *, today: date, thresholds: Thresholds) -> tuple[Finding, ...]:
    """Return every finding about the fields of `reading`, completeness first."""
    if reading.kind is None or reading.side is None:
        return ()
    found = [*check_completeness(reading, thresholds=thresholds)]
    found += check_rrn(reading, today=today)
    found += check_licence_number(reading)
    found += check_passport(reading, today=today)
    found += check_dates(reading, today=today)
    return tuple(found)


def needs_of(reading: DocumentReading, thresholds: Thresholds) -> Needs:
    """Return what this side of this document must show; nothing for an unknown kind or a back."""
    if reading.kind is None or reading.side is None:
        return Needs()
    return thresholds.needs.get((reading.kind, reading.side), Needs())


def check_completeness(reading: DocumentReading, *, thresholds: Thresholds) -> list[Finding]:
    """Missing critical fields call for another photograph, missing or doubtful others for a look."""
    needs = needs_of(reading, thresholds)
    found = []
    for name in (*needs.critical, *needs.important):
        read = reading.fields.get(name)
        if read is None or not read.value:
            severity = Severity.RETAKE if name in needs.critical else Severity.REVIEW
            found.append(_finding(reading, FindingCode.UNREADABLE_FIELD, severity, name))
        elif read.confidence < thresholds.least_confidence.get(name, 0.0):
            found.append(_finding(reading, FindingCode.LOW_CONFIDENCE, Severity.REVIEW, name))
    return found


def check_rrn(reading: DocumentReading, *, today: date) -> list[Finding]:
    """Shape and date must hold; the check digit only where the number must have one; birth date and sex must agree."""
    text = reading.find_value(FieldName.RRN)
    if text is None:
        return []
    number = rrn.find_rrn(text, latest_birth=today)
    if number is None:
        return [_finding(reading, FindingCode.RRN_MALFORMED, Severity.REVIEW, FieldName.RRN)]
    found = []
    if number.check is rrn.RrnCheck.FAILS:
        must = rrn.has_check_digit(number, issued_on=_find_date(reading, FieldName.ISSUED_ON))
        detail = "must_hold" if must else "may_be_new_number"
        found.append(_finding(reading, FindingCode.RRN_CHECKSUM, Severity.REVIEW, FieldName.RRN, detail))
    born = _find_date(reading, FieldName.BIRTH_DATE)
    sex = reading.find_value(FieldName.SEX)
    if born is not None and born != number.birth_date:
        found.append(_finding(reading, FindingCode.RRN_CONTRADICTS, Severity.REVIEW, FieldName.BIRTH_DATE))
    if sex is not None and sex != number.sex:
        found.append(_finding(reading, FindingCode.RRN_CONTRADICTS, Severity.REVIEW, FieldName.SEX))
    return found


def check_licence_number(reading: DocumentReading) -> list[Finding]:
    """Twelve digits in four groups with a region code that exists."""
    text = reading.find_value(FieldName.LICENCE_NUMBER)
    if text is None or licence_number.is_licence_number(text):
        return []
    return [_finding(reading, FindingCode.LICENCE_NUMBER_MALFORMED, Severity.REVIEW, FieldName.LICENCE_NUMBER)]


def check_passport(reading: DocumentReading, *, today: date) -> list[Finding]:
    """Check digits, the shape of Korean numbers, and what the visual zone says against the machine-readable one."""
    line_1, line_2 = reading.find_value(FieldName.MRZ_LINE_1), reading.find_value(FieldName.MRZ_LINE_2)
    if line_1 is None or line_2 is None:
        return []
    zone = mrz.find_mrz(line_1, line_2, today=today)
    if zone is None:
        return [_finding(reading, FindingCode.MRZ_MALFORMED, Severity.REVIEW, FieldName.MRZ_LINE_1)]
    found = [
        _finding(reading, FindingCode.MRZ_CHECK_DIGIT, Severity.REVIEW, FieldName.MRZ_LINE_2, name)
        for name in zone.failed_checks
    ]
    old_in_new = mrz.must_have_new_form(zone.expires_on) and zone.number[1:].isdecimal()
    if zone.issuer == "KOR" and (old_in_new or not mrz.is_korean_passport_number(zone.number)):
        severity = Severity.REVIEW
        found.append(_finding(reading, FindingCode.PASSPORT_NUMBER_MALFORMED, severity, FieldName.PASSPORT_NUMBER))
    pairs = (
        (FieldName.PASSPORT_NUMBER, zone.number),
        (FieldName.BIRTH_DATE, zone.birth_date.isoformat() if zone.birth_date else None),
        (FieldName.EXPIRES_ON, zone.expires_on.isoformat() if zone.expires_on else None),
    )
    for name, machine in pairs:
        printed = reading.find_value(name)
        if printed is not None and machine is not None and printed != machine:
            found.append(_finding(reading, FindingCode.MRZ_CONTRADICTS, Severity.REVIEW, name))
    return found


def check_dates(reading: DocumentReading, *, today: date) -> list[Finding]:
    """Issue dates lie between birth and today; a document past its last day is refused, with that day as the detail."""
    found = []
    issued, expires = _find_date(reading, FieldName.ISSUED_ON), _find_date(reading, FieldName.EXPIRES_ON)
    born = _find_date(reading, FieldName.BIRTH_DATE)
    if reading.find_value(FieldName.ISSUED_ON) is not None:
        too_early = issued is None or issued < FIRST_RESIDENT_CARD or (born is not None and issued <= born)
        if issued is None or too_early or issued > today:
            found.append(_finding(reading, FindingCode.ISSUE_DATE_INVALID, Severity.REVIEW, FieldName.ISSUED_ON))
    if expires is not None and expires < today:
        detail = expires.isoformat()
        found.append(_finding(reading, FindingCode.EXPIRED, Severity.REFUSE, FieldName.EXPIRES_ON, detail))
    elif expires is not None and issued is not None and expires <= issued:
        found.append(_finding(reading, FindingCode.EXPIRY_DATE_INVALID, Severity.REVIEW, FieldName.EXPIRES_ON))
    return found


def check_expectation(reading: DocumentReading, *, expected: DocumentKind | None, expected_side: Side) -> list[Finding]:
    """The photograph must show the announced kind and side; an unknown document is no wrong one."""
    if reading.kind is None:
        return []
    if expected is not None and reading.kind is not expected:
        detail = f"{reading.kind.value} instead of {expected.value}"
        found = Finding(
            code=FindingCode.WRONG_DOCUMENT, severity=Severity.REFUSE, side=expected_side.value, detail=detail
        )
        return [found]
    if reading.side is not expected_side:
        return [Finding(code=FindingCode.WRONG_SIDE, severity=Severity.RETAKE, side=expected_side.value)]
    return []


def _find_date(reading: DocumentReading, name: FieldName) -> date | None:
    text = reading.find_value(name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _finding(
    reading: DocumentReading, code: FindingCode, severity: Severity, name: FieldName, detail: str | None = None
) -> Finding:
    side = (reading.side or Side.FRONT).value
    return Finding(code=code, severity=severity, side=side, field=name.value, detail=detail)
