"""What a document states, what the applicant may correct, and what of it an operator must see. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from dojang.lifecycle.identity_proofing.document import DocumentFacts, KeptField
from dojang.lifecycle.identity_proofing.errors import FieldFixed, FieldInvalid, FieldMissing
from dojang.lifecycle.identity_proofing.id_document import licence_number, mrz
from dojang.lifecycle.identity_proofing.id_document.model import DocumentKind, FieldName, FieldSource
from dojang.lifecycle.identity_proofing.id_document.rrn import find_rrn
from dojang.lifecycle.identity_proofing.policy import DocumentPolicy

F = FieldName
NEEDED: Mapping[DocumentKind, tuple[FieldName, ...]] = {
    DocumentKind.RESIDENT_CARD: (F.NAME, F.RRN, F.ISSUED_ON),
    DocumentKind.DRIVER_LICENCE: (F.NAME, F.RRN, F.LICENCE_NUMBER, F.SERIAL, F.EXPIRES_ON),
    DocumentKind.PASSPORT: (F.NAME, F.PASSPORT_NUMBER, F.BIRTH_DATE, F.SEX, F.ISSUED_ON, F.EXPIRES_ON),
}
_DATES = frozenset({F.BIRTH_DATE, F.ISSUED_ON, F.EXPIRES_ON, F.RENEWAL_FROM})
_MACHINE_MADE = frozenset({F.MRZ_LINE_1, F.MRZ_LINE_2})
_PRINTED_RRN = frozenset({DocumentKind.RESIDENT_CARD, DocumentKind.DRIVER_LICENCE})
_LONGEST = 120
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]")


def normal_text(text: str) -> str:
    """Return the text in NFC with single inner blanks and none around."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def normal_name(name: str) -> str:
    """Return a name for comparing: NFC, no blanks, case folded."""
    return "".join(unicodedata.normalize("NFC", name).split()).casefold()


def find_date(text: str | None) -> date | None:
    """Return an ISO 8601 date, or None when the text is none."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None


def normal_value(name: FieldName, text: str, *, today: date) -> str | None:
    """Return a typed value in the form its field has, or None when it cannot be one."""
    if name is F.RRN:
        rrn = find_rrn(text, latest_birth=today)
        return None if rrn is None else rrn.formatted
    if name is F.LICENCE_NUMBER:
        return licence_number.find_licence_number(text)
    if name is F.SEX:
        return text.strip().upper() if text.strip().upper() in ("M", "F") else None
    if name in _DATES:
        day = find_date(text.strip())
        return None if day is None else day.isoformat()
    compact = "".join(text.split()).upper()
    if name is F.SERIAL:
        return compact if licence_number.is_serial(compact) else None
    if name is F.PASSPORT_NUMBER:
        return compact if mrz.is_korean_passport_number(compact) else None
    value = normal_text(text)
    return value if value and len(value) <= _LONGEST and not _CONTROL.search(value) else None


def merge_corrections(
    kind: DocumentKind, kept: Iterable[KeptField], corrections: Mapping[FieldName, str], *, today: date
) -> tuple[KeptField, ...]:
    """Return the values with the applicant's corrections, marked as typed; an unchanged value stays as it was read.

    Raises `FieldFixed` for values made by machine, `FieldInvalid` for malformed ones, `FieldMissing` when the kind
    needs more.
    """
    fixed = [name.value for name in corrections if name in _MACHINE_MADE]
    if fixed:
        raise FieldFixed(fields=fixed)
    fields = {one.name: one for one in kept}
    normal = {name: normal_value(name, text, today=today) for name, text in corrections.items()}
    invalid = [name.value for name, value in normal.items() if value is None]
    if invalid:
        raise FieldInvalid(fields=invalid)
    for name, value in normal.items():
        fields[name] = _corrected(name, fields.get(name), value or "")
    if kind in _PRINTED_RRN and F.RRN in normal:
        # Birth date and sex follow the number; what was derived from the number as read would contradict it.
        for derived in (F.BIRTH_DATE, F.SEX):
            if derived in fields and fields[derived].source is FieldSource.DERIVED:
                del fields[derived]
    missing = [name.value for name in NEEDED[kind] if name not in fields]
    if missing:
        raise FieldMissing(fields=missing)
    malformed = [
        name.value
        for name in NEEDED[kind]
        if fields[name].source is not FieldSource.TYPED and normal_value(name, fields[name].value, today=today) is None
    ]
    if malformed:
        raise FieldInvalid(fields=malformed)
    return tuple(fields[name] for name in FieldName if name in fields)


def _corrected(name: FieldName, before: KeptField | None, value: str) -> KeptField:
    if before is None:
        return KeptField(name=name, value=value, read_value=None, confidence=0.0, source=FieldSource.TYPED)
    if value == before.value:
        return before
    if before.read_value is not None and value == before.read_value:
        return replace(before, value=value, source=FieldSource.VISUAL)
    return replace(before, value=value, source=FieldSource.TYPED)


def find_reviewed_corrections(
    fields: Iterable[KeptField], policy: DocumentPolicy, *, registry_required: bool
) -> tuple[FieldName, ...]:
    """Return the typed identifiers an operator must compare with the picture.

    A name of which the reader was not sure may change by a few characters without: the registry vouches for the name
    that belongs to a number read off the picture. Without the registry, or with a typed number, it may not.
    """
    typed = {one.name: one for one in fields if one.source is FieldSource.TYPED}
    reviewed = [name for name in typed if name in policy.reviewed_corrections]
    if reviewed == [F.NAME] and registry_required and _is_slight(typed[F.NAME], policy):
        return ()
    return tuple(reviewed)


def _is_slight(name: KeptField, policy: DocumentPolicy) -> bool:
    if name.read_value is None or name.confidence >= policy.sure_name_confidence:
        return False
    before, after = normal_name(name.read_value), normal_name(name.value)
    changed = sum(1 for one, other in zip(before, after, strict=False) if one != other) + abs(len(before) - len(after))
    return changed <= policy.free_name_characters


def facts_of(kind: DocumentKind, fields: Iterable[KeptField], *, today: date) -> DocumentFacts:
    """Return what the confirmed values state. Raises `FieldInvalid` when no birth date follows from them."""
    values = {one.name: one.value for one in fields}
    rrn = find_rrn(values[F.RRN], latest_birth=today) if F.RRN in values else None
    birth_date = rrn.birth_date if rrn is not None else find_date(values.get(F.BIRTH_DATE))
    if birth_date is None:
        raise FieldInvalid(fields=[F.BIRTH_DATE.value])
    return DocumentFacts(
        kind=kind,
        name=normal_text(values[F.NAME]),
        birth_date=birth_date,
        sex=rrn.sex if rrn is not None else values.get(F.SEX),
        rrn=rrn.digits if rrn is not None else None,
        issued_on=find_date(values.get(F.ISSUED_ON)),
        expires_on=find_date(values.get(F.EXPIRES_ON)),
        licence_number=values.get(F.LICENCE_NUMBER),
        serial=values.get(F.SERIAL),
        passport_number=values.get(F.PASSPORT_NUMBER),
    )
