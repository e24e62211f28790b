"""Korea's provinces and districts, and who signs cards there.

The districts are public facts; roads, house numbers and apartment blocks are invented. Names follow the day of issue:
Gangwon and North Jeolla were renamed in 2023 and 2024, the police agencies in 2021. Knows nothing of people.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

# Province -> districts as written in an address (a general district carries its city's name before it).
DISTRICTS: dict[str, tuple[str, ...]] = {
    name: tuple(part.strip() for part in districts.split(","))
    for name, districts in {
        "서울특별시": "종로구,중구,용산구,성동구,광진구,동대문구,중랑구,성북구,강북구,도봉구,노원구,은평구,서대문구,"
        "마포구,양천구,강서구,구로구,금천구,영등포구,동작구,관악구,서초구,강남구,송파구,강동구",
        "부산광역시": "중구,서구,동구,영도구,부산진구,동래구,남구,북구,해운대구,사하구,금정구,강서구,연제구,수영구,"
        "사상구,기장군",
        "대구광역시": "중구,동구,서구,남구,북구,수성구,달서구,달성군,군위군",
        "인천광역시": "중구,동구,미추홀구,연수구,남동구,부평구,계양구,서구,강화군,옹진군",
        "광주광역시": "동구,서구,남구,북구,광산구",
        "대전광역시": "동구,중구,서구,유성구,대덕구",
        "울산광역시": "중구,남구,동구,북구,울주군",
        "세종특별자치시": "",
        "경기도": "수원시 장안구,수원시 권선구,수원시 팔달구,수원시 영통구,성남시 수정구,성남시 중원구,성남시 분당구,"
        "의정부시,안양시 만안구,안양시 동안구,부천시 원미구,부천시 소사구,부천시 오정구,광명시,평택시,동두천시,"
        "안산시 상록구,안산시 단원구,고양시 덕양구,고양시 일산동구,고양시 일산서구,과천시,구리시,남양주시,오산시,"
        "시흥시,군포시,의왕시,하남시,용인시 처인구,용인시 기흥구,용인시 수지구,파주시,이천시,안성시,김포시,화성시,"
        "광주시,양주시,포천시,여주시,연천군,가평군,양평군",
        "강원특별자치도": "춘천시,원주시,강릉시,동해시,태백시,속초시,삼척시,홍천군,횡성군,영월군,평창군,정선군,철원군,"
        "화천군,양구군,인제군,고성군,양양군",
        "충청북도": "청주시 상당구,청주시 서원구,청주시 흥덕구,청주시 청원구,충주시,제천시,보은군,옥천군,영동군,증평군,"
        "진천군,괴산군,음성군,단양군",
        "충청남도": "천안시 동남구,천안시 서북구,공주시,보령시,아산시,서산시,논산시,계룡시,당진시,금산군,부여군,서천군,"
        "청양군,홍성군,예산군,태안군",
        "전북특별자치도": "전주시 완산구,전주시 덕진구,군산시,익산시,정읍시,남원시,김제시,완주군,진안군,무주군,장수군,"
        "임실군,순창군,고창군,부안군",
        "전라남도": "목포시,여수시,순천시,나주시,광양시,담양군,곡성군,구례군,고흥군,보성군,화순군,장흥군,강진군,해남군,"
        "영암군,무안군,함평군,영광군,장성군,완도군,진도군,신안군",
        "경상북도": "포항시 남구,포항시 북구,경주시,김천시,안동시,구미시,영주시,영천시,상주시,문경시,경산시,의성군,"
        "청송군,영양군,영덕군,청도군,고령군,성주군,칠곡군,예천군,봉화군,울진군,울릉군",
        "경상남도": "창원시 의창구,창원시 성산구,창원시 마산합포구,창원시 마산회원구,창원시 진해구,진주시,통영시,"
        "사천시,김해시,밀양시,거제시,양산시,의령군,함안군,창녕군,고성군,남해군,하동군,산청군,함양군,거창군,합천군",
        "제주특별자치도": "제주시,서귀포시",
    }.items()
}

_POPULATION = (94, 33, 23, 30, 14, 14, 11, 4, 137, 15, 16, 21, 17, 18, 25, 32, 7)

# Province -> licence region code and police agency (before 2021, since 2021), idocr.md section 6.
_POLICE: dict[str, tuple[int, str, str]] = {
    "서울특별시": (11, "서울지방경찰청장", "서울특별시경찰청장"),
    "부산광역시": (12, "부산지방경찰청장", "부산광역시경찰청장"),
    "경기도": (13, "경기남부지방경찰청장", "경기도남부경찰청장"),
    "강원특별자치도": (14, "강원지방경찰청장", "강원특별자치도경찰청장"),
    "충청북도": (15, "충북지방경찰청장", "충청북도경찰청장"),
    "충청남도": (16, "충남지방경찰청장", "충청남도경찰청장"),
    "전북특별자치도": (17, "전북지방경찰청장", "전북특별자치도경찰청장"),
    "전라남도": (18, "전남지방경찰청장", "전라남도경찰청장"),
    "경상북도": (19, "경북지방경찰청장", "경상북도경찰청장"),
    "경상남도": (20, "경남지방경찰청장", "경상남도경찰청장"),
    "제주특별자치도": (21, "제주지방경찰청장", "제주특별자치도경찰청장"),
    "대구광역시": (22, "대구지방경찰청장", "대구광역시경찰청장"),
    "인천광역시": (23, "인천지방경찰청장", "인천광역시경찰청장"),
    "광주광역시": (24, "광주지방경찰청장", "광주광역시경찰청장"),
    "대전광역시": (25, "대전지방경찰청장", "대전광역시경찰청장"),
    "울산광역시": (26, "울산지방경찰청장", "울산광역시경찰청장"),
    "세종특별자치시": (25, "세종지방경찰청장", "세종특별자치시경찰청장"),
}
_NORTH_GYEONGGI = {
    "의정부시",
    "고양시",
    "남양주시",
    "파주시",
    "구리시",
    "포천시",
    "양주시",
    "동두천시",
    "가평군",
    "연천군",
}
_AGENCIES_RENAMED_ON = date(2021, 1, 1)
_FORMER_PROVINCES = {
    "강원특별자치도": ("강원도", date(2023, 6, 11)),
    "전북특별자치도": ("전라북도", date(2024, 1, 18)),
}

_ROAD_STEMS = ("한빛", "새솔", "가람", "늘푸른", "참샘", "은하", "달맞이", "솔밭", "너른들", "까치", "청운", "백양",
               "송현", "월계", "동백", "매화", "덕암", "수정", "도담", "미르", "봉황", "비룡", "학마을", "중앙", "시청",
               "강변", "호수", "문화", "평화", "태평", "충무", "율곡", "다산", "퇴계")  # fmt: skip
_DONG_STEMS = (
    "한솔",
    "가람",
    "송정",
    "신흥",
    "오산",
    "월계",
    "내곡",
    "상봉",
    "중앙",
    "덕암",
    "산곡",
    "금호",
    "화정",
    "용현",
)
_BLOCKS = ("한빛", "푸른숲", "새솔마을", "은하수", "가온", "누리", "두레", "하늘채운", "솔향기", "미르")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A road-name address (도로명주소). The province bears its name of today; `printed_on` gives the one of a day."""

    province: str
    district: str  # empty for Sejong, which has none
    street: str  # road, house number, and what follows the comma
    block: str  # legal dong and block in brackets, or empty

    def printed_on(self, day: date) -> str:
        """Return the one-line address as a card issued on that day shows it."""
        parts = (province_on(self.province, day), self.district, self.street, self.block)
        return " ".join(part for part in parts if part)


def province_on(province: str, day: date) -> str:
    """Return the province's official name on a day."""
    former = _FORMER_PROVINCES.get(province)
    return former[0] if former and day < former[1] else province


def card_authority(address: Address, day: date) -> str:
    """Return who issues resident cards for an address: the mayor or the head of the district or county."""
    province = province_on(address.province, day)
    if not address.district:
        return f"{province}장"
    suffix = {"시": "시장", "군": "군수", "구": "구청장"}[address.district[-1]]
    return f"{province} {address.district[:-1]}{suffix}"


def licence_authority(address: Address, day: date) -> str:
    """Return the police agency whose head issues licences for an address."""
    former, current = _POLICE[address.province][1:]
    if _is_north_gyeonggi(address):
        former, current = "경기북부지방경찰청장", "경기도북부경찰청장"
    if day < _AGENCIES_RENAMED_ON:
        return former
    name = province_on(address.province, day)
    return current.replace(address.province, name)


def licence_region(address: Address) -> int:
    """Return the two-digit region code that begins a licence number."""
    return 28 if _is_north_gyeonggi(address) else _POLICE[address.province][0]


def invent_address(rng: np.random.Generator) -> Address:
    """Return a random address, provinces weighted by population."""
    weights = np.array(_POPULATION, dtype=np.float64)
    province = tuple(DISTRICTS)[int(rng.choice(len(DISTRICTS), p=weights / weights.sum()))]
    district = DISTRICTS[province][int(rng.integers(len(DISTRICTS[province])))]
    road = _pick(rng, _ROAD_STEMS) + _pick(rng, ("로", "로", "대로", "길"))
    if road.endswith("로") and rng.random() < 0.4:
        road += f"{int(rng.integers(2, 120))}번길" if rng.random() < 0.5 else f"{int(rng.integers(2, 60))}길"
    number = f"{int(rng.integers(1, 400))}" + (f"-{int(rng.integers(1, 40))}" if rng.random() < 0.25 else "")
    dong = _pick(rng, _DONG_STEMS) + "동"
    if rng.random() < 0.6:
        room = f"{int(rng.integers(1, 25))}{int(rng.integers(1, 7)):02d}호"
        return Address(
            province=province,
            district=district,
            street=f"{road} {number}, {int(rng.integers(101, 130))}동 {room}",
            block=f"({dong}, {_pick(rng, _BLOCKS)}아파트)",
        )
    block = f"({dong})" if district.endswith("구") else ""
    return Address(province=province, district=district, street=f"{road} {number}", block=block)


def _is_north_gyeonggi(address: Address) -> bool:
    return address.province == "경기도" and address.district.split(" ")[0] in _NORTH_GYEONGGI


def _pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]
