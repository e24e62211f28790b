"""Values fit for a screen: the RRN's back digits, account numbers and telephones masked. Pure."""

from dojang.controls.voice_call.telephone import masked_phone as masked_phone
from dojang.lifecycle.identity_proofing.id_document.model import FieldName

_MRZ_PERSONAL_NUMBER = slice(28, 42)  # positions 29-42 of line 2: old passports carry the RRN's back digits there
_SHOWN = 4


def masked_value(name: FieldName, value: str) -> str:
    """Return a document's value as a screen may show it."""
    if name is FieldName.RRN:
        return masked_rrn(value)
    if name is FieldName.MRZ_LINE_2:
        return value[: _MRZ_PERSONAL_NUMBER.start] + "*" * 14 + value[_MRZ_PERSONAL_NUMBER.stop :]
    return value


def masked_rrn(rrn: str) -> str:
    """Return `900101-1******`, with or without the hyphen in."""
    digits = rrn.replace("-", "")
    return f"{digits[:6]}-{digits[6:7]}******"


def masked_account(number: str) -> str:
    """Return `***-***-1234`: the last four digits only."""
    return f"***-***-{number[-_SHOWN:]}"
