"""The driver's licence number `RR-YY-NNNNNN-CC` and the licence's other coded fields.

RR is the issuing police agency (old cards print the region's name instead). No public rule ties the last two digits to
the rest. Source: idocr notes section 6 (region codes from general knowledge, unconfirmed by statute).
"""

import re

REGION_CODES = {
    "11": "서울",
    "12": "부산",
    "13": "경기",
    "14": "강원",
    "15": "충북",
    "16": "충남",
    "17": "전북",
    "18": "전남",
    "19": "경북",
    "20": "경남",
    "21": "제주",
    "22": "대구",
    "23": "인천",
    "24": "광주",
    "25": "대전",
    "26": "울산",
    "28": "경기북부",
}
_SHAPE = re.compile(r"^(\d{2})-(\d{2})-(\d{6})-(\d{2})$")
_DIGITS = re.compile(r"^\d{12}$")
_SERIAL = re.compile(r"^[0-9A-Z]{5,6}$")


def find_licence_number(text: str) -> str | None:
    """Return `##-##-######-##` for 12 digits with or without separators and a known region, else None."""
    compact = re.sub(r"[\s\-–—.·]", "", text)
    for code, name in sorted(REGION_CODES.items(), key=lambda item: -len(item[1])):
        if compact.startswith(name):
            compact = code + compact[len(name) :]
            break
    if not _DIGITS.match(compact) or compact[:2] not in REGION_CODES:
        return None
    return f"{compact[:2]}-{compact[2:4]}-{compact[4:10]}-{compact[10:]}"


def is_licence_number(text: str) -> bool:
    """Tell whether `text` is a licence number in its printed form with a known region code."""
    match = _SHAPE.match(text)
    return match is not None and match[1] in REGION_CODES


def is_serial(text: str) -> bool:
    """Tell whether `text` can be the encrypted serial (암호일련번호): five or six of [0-9A-Z]."""
    return _SERIAL.match(text) is not None
