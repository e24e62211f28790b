"""Invented Korean names: Hangul, Hanja where the syllables have some, and the Latin letters of a passport.

Given names are random syllables, so no dictionary of names can guess them. Romanisation follows the Revised
Romanization, with the customary spelling for surnames. Knows nothing of people or documents.
"""

from dataclasses import dataclass

import numpy as np

# Surname, Hanja, customary Latin spelling, relative frequency.
SURNAMES: tuple[tuple[str, str, str, int], ...] = (
    ("김", "金", "KIM", 20), ("이", "李", "LEE", 14), ("박", "朴", "PARK", 8), ("최", "崔", "CHOI", 5),
    ("정", "鄭", "JUNG", 4), ("강", "姜", "KANG", 3), ("조", "趙", "CHO", 3), ("윤", "尹", "YOON", 3),
    ("장", "張", "JANG", 3), ("임", "林", "LIM", 3), ("한", "韓", "HAN", 2), ("오", "吳", "OH", 2),
    ("서", "徐", "SEO", 2), ("신", "申", "SHIN", 2), ("권", "權", "KWON", 2), ("황", "黃", "HWANG", 2),
    ("안", "安", "AHN", 2), ("송", "宋", "SONG", 2), ("전", "全", "JEON", 2), ("홍", "洪", "HONG", 2),
    ("유", "柳", "YOO", 2), ("고", "高", "KO", 2), ("문", "文", "MOON", 2), ("양", "梁", "YANG", 2),
    ("손", "孫", "SON", 2), ("배", "裵", "BAE", 1), ("백", "白", "BAEK", 1), ("허", "許", "HEO", 1),
    ("남", "南", "NAM", 1), ("심", "沈", "SIM", 1), ("노", "盧", "NOH", 1), ("하", "河", "HA", 1),
    ("곽", "郭", "KWAK", 1), ("성", "成", "SUNG", 1), ("차", "車", "CHA", 1), ("주", "朱", "JOO", 1),
    ("우", "禹", "WOO", 1), ("구", "具", "KOO", 1), ("민", "閔", "MIN", 1), ("탁", "卓", "TAK", 1),
    ("남궁", "南宮", "NAMGOONG", 1), ("황보", "皇甫", "HWANGBO", 1), ("제갈", "諸葛", "JEGAL", 1),
    ("선우", "鮮于", "SUNWOO", 1), ("사공", "司空", "SAGONG", 1),
)  # fmt: skip

# Syllables of given names and Hanja read so.
SYLLABLES: dict[str, str] = {
    "민": "民敏旻", "서": "瑞書序", "준": "俊準濬", "지": "智志知", "현": "賢鉉炫", "우": "宇佑雨", "수": "秀洙守",
    "영": "英永榮", "정": "貞正廷", "은": "恩銀殷", "진": "眞珍鎭", "호": "浩鎬昊", "성": "成聖星", "윤": "允潤倫",
    "하": "夏河", "도": "道度", "연": "娟姸蓮", "경": "京慶敬", "미": "美", "혜": "惠慧", "희": "姬熙喜",
    "주": "珠周柱", "원": "元源媛", "재": "在載宰", "동": "東", "훈": "勳薰", "철": "哲", "상": "相尙", "기": "基起",
    "태": "泰太", "석": "錫碩", "선": "善宣仙", "숙": "淑", "순": "順淳", "옥": "玉", "자": "子", "인": "仁寅",
    "용": "龍勇", "찬": "贊燦", "규": "奎圭", "한": "漢翰", "빈": "彬", "나": "娜", "라": "羅", "다": "多", "아": "雅",
    "유": "裕有", "채": "彩", "예": "藝禮", "소": "素昭", "승": "承昇", "시": "始時", "율": "律", "건": "建健",
    "환": "煥桓", "범": "範", "열": "烈", "섭": "燮", "만": "萬", "복": "福", "봉": "鳳", "필": "弼", "혁": "赫",
    "완": "完", "일": "一日", "강": "康剛", "근": "根", "덕": "德", "대": "大", "명": "明", "문": "文", "병": "炳秉",
    "창": "昌", "춘": "春", "학": "學", "형": "亨炯", "화": "花和", "효": "孝",
}  # fmt: skip

# Syllables of names that are written in Hangul only.
_NATIVE = "가온슬봄솔빛별샘찬들람누리루나래초롱이든새로움힘찬보라"

_INITIALS = ("G", "KK", "N", "D", "TT", "R", "M", "B", "PP", "S", "SS", "", "J", "JJ", "CH", "K", "T", "P", "H")
_MEDIALS = ("A", "AE", "YA", "YAE", "EO", "E", "YEO", "YE", "O", "WA", "WAE", "OE", "YO",
            "U", "WO", "WE", "WI", "YU", "EU", "UI", "I")  # fmt: skip
_FINALS = ("", "K", "K", "K", "N", "N", "N", "T", "L", "K", "M", "L", "L", "L", "P", "L",
           "M", "P", "P", "T", "T", "NG", "T", "T", "K", "T", "P", "T")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One person's name in the three scripts. `hanja` is empty for names that have none."""

    surname: str
    given: str
    hanja: str
    surname_latin: str
    given_latin: str

    @property
    def hangul(self) -> str:
        """Surname and given name without a space, as printed."""
        return self.surname + self.given


def romanise_syllable(syllable: str) -> str:
    """Return the Revised Romanization of one Hangul syllable, in capitals. Raises `ValueError` for anything else."""
    index = ord(syllable) - 0xAC00
    if not 0 <= index < 11172:
        raise ValueError("not a Hangul syllable")
    return _INITIALS[index // 588] + _MEDIALS[index % 588 // 28] + _FINALS[index % 28]


def invent_name(rng: np.random.Generator) -> Name:
    """Return a random name of two to four syllables: most have three, and about one in seven has no Hanja."""
    weights = np.array([entry[3] for entry in SURNAMES], dtype=np.float64)
    surname, hanja, surname_latin, _ = SURNAMES[int(rng.choice(len(SURNAMES), p=weights / weights.sum()))]
    length = int(rng.choice([1, 2, 3], p=[0.08, 0.86, 0.06])) if len(surname) == 1 else int(rng.integers(1, 3))
    native = bool(rng.random() < 0.14) or length == 3
    pool = tuple(dict.fromkeys(_NATIVE)) if native else tuple(SYLLABLES)
    given = "".join(pool[int(i)] for i in rng.choice(len(pool), size=length, replace=False))
    if native:
        hanja = ""
    else:
        hanja += "".join(SYLLABLES[syllable][int(rng.integers(len(SYLLABLES[syllable])))] for syllable in given)
    return Name(
        surname=surname,
        given=given,
        hanja=hanja,
        surname_latin=surname_latin,
        given_latin="".join(romanise_syllable(syllable) for syllable in given),
    )
