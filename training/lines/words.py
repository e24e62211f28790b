"""What the training lines say: mostly syllables at random, so that the network reads letters and not a language.

Names are a surname and random syllables, roads are random syllables; provinces, districts and issuers are public facts
shared with the reader's own lists. Nothing comes from the sandbox's specimens.
"""

import random
from collections.abc import Callable

from dojang.adapters.id_document.places import DISTRICTS, WARDS, licence_issuers, resident_card_issuers

ALL_SYLLABLES = tuple(chr(0xAC00 + at) for at in range(11172))


def _in_standard(char: str) -> bool:
    """Tell whether KS X 1001 has the character: two bytes (the codec spells other syllables out in eight)."""
    try:
        return len(char.encode("euc_kr")) == 2
    except UnicodeEncodeError:
        return False


COMMON_SYLLABLES = tuple(char for char in ALL_SYLLABLES if _in_standard(char))  # KS X 1001: 2,350


def _is_plain(char: str) -> bool:
    """No doubled initial, no rare vowel, one of the seven commonest endings or none: what names are made of."""
    at = ord(char) - 0xAC00
    doubled, rare = {1, 4, 8, 10, 13}, {3, 10, 15}
    return at // 588 not in doubled and at % 588 // 28 not in rare and at % 28 in {0, 1, 4, 8, 16, 17, 21}


PLAIN_SYLLABLES = tuple(char for char in COMMON_SYLLABLES if _is_plain(char))
HANJA_DRAWN = tuple(char for char in map(chr, range(0x4E00, 0x9FA6)) if _in_standard(char))

_SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민나진지엄채원천방공현함변염여추도"
    "소석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용예경봉사부가복태목형피두감음빈동온호범좌팽승간견당"
)
_DOUBLE_SURNAMES = ("남궁", "황보", "제갈", "선우", "사공", "서문", "독고", "동방", "망절", "어금")
_PHRASES = (
    "주민등록증", "운전면허증", "자동차운전면허증", "주민등록번호", "성명", "이름", "주소", "생년월일", "발급일",
    "발급일자", "발급기관", "유효기간", "적성검사기간", "갱신기간", "면허번호", "면허종류", "조건", "국적",
    "대한민국", "여권", "여권번호", "관할", "기간만료일", "한글성명", "성별", "암호일련번호", "재외국민", "모바일",
    "견본", "주소변경사항", "변경내용", "확인", "연월일", "오른손 엄지", "우무지인", "1종보통", "1종대형", "1종소형",
    "1종특수", "2종보통", "2종소형", "2종원동기", "대형견인", "소형견인", "구난", "자동변속기", "수동변속기",
    "안경착용", "없음", "장기기증", "동장", "읍장", "면장", "구청장", "시장", "군수", "경찰청장", "지방경찰청장",
    "외교부장관", "발행관청", "서명", "직인생략", "외국인등록증", "체류자격", "국내거소신고증",
    "이 증을 습득하신 분은", "가까운 우체통에", "넣어 주시기 바랍니다", "국번없이 1382", "진위확인",
)  # fmt: skip
_LICENCE_ISSUERS, _CARD_ISSUERS = licence_issuers(), resident_card_issuers()
_BUILDINGS = ("아파트", "빌라", "타운", "맨션", "오피스텔", "연립", "주택", "마을", "단지", "빌딩", "하이츠", "파크")


def _uniform(draw: random.Random) -> str:
    pool = ALL_SYLLABLES if draw.random() < 0.35 else COMMON_SYLLABLES
    length = draw.randint(1, 12)
    text = "".join(draw.choice(pool) for _ in range(length))
    for _ in range(draw.choice((0, 0, 1, 2))):
        at = draw.randint(0, len(text))
        text = text[:at] + " " + text[at:]
    return text


def _syllables(draw: random.Random, least: int, most: int) -> str:
    pool = PLAIN_SYLLABLES if draw.random() < 0.7 else COMMON_SYLLABLES
    return "".join(draw.choice(pool) for _ in range(draw.randint(least, most)))


def _name(draw: random.Random) -> str:
    surname = draw.choice(_DOUBLE_SURNAMES) if draw.random() < 0.06 else draw.choice(_SURNAMES)
    if draw.random() < 0.3:
        surname = draw.choice(COMMON_SYLLABLES)
    name = surname + _syllables(draw, 1, 3 if draw.random() < 0.15 else 2)
    if draw.random() < 0.2:
        name = " ".join(name)
    if draw.random() < 0.45:
        brackets = draw.choice(("({})", " ({})", "( {} )"))
        name += brackets.format("".join(draw.choice(HANJA_DRAWN) for _ in range(len(name.replace(" ", "")))))
    label = draw.choice(("", "", "", "", "성명 ", "이름: ", "성명: ", "성 명 "))
    return label + name


def _district(draw: random.Random) -> str:
    province = draw.choice(tuple(DISTRICTS))
    districts = DISTRICTS[province].split()
    district = draw.choice(districts) if districts else ""
    wards = WARDS.get(district, "").split()
    parts = [province, district, draw.choice(wards) if wards else ""]
    return " ".join(part for part in parts if part)


def _street(draw: random.Random) -> str:
    road = _syllables(draw, 1, 4) + draw.choice(("로", "로", "로", "대로", "길", "길"))
    if road.endswith("로") and draw.random() < 0.45:
        side = draw.choice(("번길", "길", "가길", "나길", "다길", "번가길"))
        road += f"{draw.randint(1, 199)}{side}"
    number = f"{draw.randint(1, 999)}" + (f"-{draw.randint(1, 60)}" if draw.random() < 0.3 else "")
    below = "지하 " if draw.random() < 0.03 else ""
    return f"{road} {below}{number}"


def _detail(draw: random.Random) -> str:
    room = f"{draw.randint(1, 30)}{draw.randint(1, 8):02d}호"
    block = draw.choice((f"{draw.randint(101, 140)}동 ", f"{draw.choice('ABCDEabc가나다라마')}동 ", "", "제3층 "))
    dong = _syllables(draw, 1, 3) + draw.choice(("동", "동", "동", "읍", "면", "리", "가", f"{draw.randint(1, 9)}동"))
    building = _syllables(draw, 2, 5) + draw.choice(_BUILDINGS)
    bracket = draw.choice((f"({dong})", f"({dong}, {building})", f"({building})", ""))
    return f"{block}{room} {bracket}".strip()


def _address(draw: random.Random) -> str:
    kind = draw.random()
    if kind < 0.25:
        return _district(draw)
    if kind < 0.5:
        return _street(draw) + draw.choice(("", ","))
    if kind < 0.75:
        return _detail(draw)
    return f"{_district(draw)} {_street(draw)}, {_detail(draw)}"


def _authority(draw: random.Random) -> str:
    text = draw.choice(_LICENCE_ISSUERS if draw.random() < 0.35 else _CARD_ISSUERS)
    return text.replace(" ", "") if draw.random() < 0.2 else text


def _number(draw: random.Random) -> str:
    year, month, day = draw.randint(1930, 2045), draw.randint(1, 12), draw.randint(1, 31)
    kinds: tuple[Callable[[], str], ...] = (
        lambda: f"{year}.{month}.{day}.",
        lambda: f"{year}.{month:02d}.{day:02d}.",
        lambda: f"{year}. {month}. {day}.",
        lambda: f"{year}년 {month}월 {day}일",
        lambda: f"{year}-{month:02d}-{day:02d}",
        lambda: f"{year}.{month:02d}.{day:02d}~{year + 1}.{month:02d}.{day:02d}",
        lambda: f"{draw.randint(0, 999999):06d}-{draw.randint(0, 9999999):07d}",
        lambda: (
            f"{draw.randint(11, 28)}-{draw.randint(0, 99):02d}-{draw.randint(0, 999999):06d}-{draw.randint(0, 99):02d}"
        ),
        lambda: str(draw.randint(0, 10 ** draw.randint(1, 9))),
        lambda: f"제{draw.randint(1, 9999)}호",
        lambda: f"{draw.randint(1, 2)}종 {_syllables(draw, 2, 3)}",
    )
    return draw.choice(kinds)()


def _mixed(draw: random.Random) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    word = "".join(draw.choice(letters) for _ in range(draw.randint(1, 8)))
    word = draw.choice((word, word.lower(), word.capitalize()))
    text = _syllables(draw, 1, 5)
    mark = draw.choice((" ", "", ":", ": ", "/", "·", "-", ", ", ".", " (", "*", "&", "'"))
    return draw.choice(
        (f"{text}{mark}{word}", f"{word}{mark}{text}", f"{text}{mark}{draw.randint(0, 999)}{mark}", word)
    )


_KINDS: tuple[tuple[Callable[[random.Random], str], int], ...] = (
    (_uniform, 40),
    (_name, 15),
    (_address, 24),
    (_authority, 5),
    (lambda draw: draw.choice(_PHRASES), 4),
    (_number, 7),
    (_mixed, 5),
)


def invent(draw: random.Random, *, longest: int) -> str:
    """Return a line of 1 to `longest` characters without spaces at its ends; Hanja as themselves."""
    kind = draw.choices([kind for kind, _ in _KINDS], [weight for _, weight in _KINDS])[0]
    text = " ".join(kind(draw).split())
    if len(text) > longest:
        start = draw.randint(0, len(text) - longest)
        text = text[start : start + longest]
    return text.strip() or draw.choice(COMMON_SYLLABLES)


def invent_plain(draw: random.Random, *, longest: int) -> str:
    """Return uniformly random common syllables: the hardest thing to guess, for validation."""
    return "".join(draw.choice(COMMON_SYLLABLES) for _ in range(draw.randint(2, longest)))
