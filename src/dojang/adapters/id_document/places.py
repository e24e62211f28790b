"""Closed lists of who issues documents and where people live: provinces, districts, mayors, police agencies.

Districts as of 2026 from general knowledge, former names kept because old cards bear them. Used to snap misread text.
"""

DISTRICTS = {
    "서울특별시": (
        "종로구 중구 용산구 성동구 광진구 동대문구 중랑구 성북구 강북구 도봉구 노원구 은평구 서대문구 "
        "마포구 양천구 강서구 구로구 금천구 영등포구 동작구 관악구 서초구 강남구 송파구 강동구"
    ),
    "부산광역시": (
        "중구 서구 동구 영도구 부산진구 동래구 남구 북구 해운대구 사하구 금정구 강서구 연제구 수영구 사상구 기장군"
    ),
    "대구광역시": "중구 동구 서구 남구 북구 수성구 달서구 달성군 군위군",
    "인천광역시": "중구 동구 미추홀구 남구 연수구 남동구 부평구 계양구 서구 강화군 옹진군 제물포구 영종구 검단구",
    "광주광역시": "동구 서구 남구 북구 광산구",
    "대전광역시": "동구 중구 서구 유성구 대덕구",
    "울산광역시": "중구 남구 동구 북구 울주군",
    "세종특별자치시": "",
    "경기도": (
        "수원시 성남시 고양시 용인시 부천시 안산시 안양시 남양주시 화성시 평택시 의정부시 시흥시 파주시 "
        "광명시 김포시 군포시 광주시 이천시 양주시 오산시 구리시 안성시 포천시 의왕시 하남시 여주시 "
        "동두천시 과천시 양평군 가평군 연천군"
    ),
    "강원특별자치도": (
        "춘천시 원주시 강릉시 동해시 태백시 속초시 삼척시 홍천군 횡성군 영월군 평창군 정선군 철원군 "
        "화천군 양구군 인제군 고성군 양양군"
    ),
    "충청북도": "청주시 충주시 제천시 보은군 옥천군 영동군 증평군 진천군 괴산군 음성군 단양군",
    "충청남도": (
        "천안시 공주시 보령시 아산시 서산시 논산시 계룡시 당진시 금산군 부여군 서천군 청양군 홍성군 예산군 태안군"
    ),
    "전북특별자치도": (
        "전주시 군산시 익산시 정읍시 남원시 김제시 완주군 진안군 무주군 장수군 임실군 순창군 고창군 부안군"
    ),
    "전라남도": (
        "목포시 여수시 순천시 나주시 광양시 담양군 곡성군 구례군 고흥군 보성군 화순군 장흥군 강진군 "
        "해남군 영암군 무안군 함평군 영광군 장성군 완도군 진도군 신안군"
    ),
    "경상북도": (
        "포항시 경주시 김천시 안동시 구미시 영주시 영천시 상주시 문경시 경산시 의성군 청송군 영양군 "
        "영덕군 청도군 고령군 성주군 칠곡군 예천군 봉화군 울진군 울릉군 군위군"
    ),
    "경상남도": (
        "창원시 진주시 통영시 사천시 김해시 밀양시 거제시 양산시 의령군 함안군 창녕군 고성군 남해군 "
        "하동군 산청군 함양군 거창군 합천군"
    ),
    "제주특별자치도": "제주시 서귀포시",
}
# Wards of large cities: their heads issue resident cards too.
WARDS = {
    "수원시": "장안구 권선구 팔달구 영통구",
    "성남시": "수정구 중원구 분당구",
    "고양시": "덕양구 일산동구 일산서구",
    "용인시": "처인구 기흥구 수지구",
    "부천시": "원미구 소사구 오정구",
    "안산시": "상록구 단원구",
    "안양시": "만안구 동안구",
    "화성시": "만세구 효행구 병점구 동탄구",
    "청주시": "상당구 서원구 흥덕구 청원구",
    "천안시": "동남구 서북구",
    "전주시": "완산구 덕진구",
    "포항시": "남구 북구",
    "창원시": "의창구 성산구 마산합포구 마산회원구 진해구",
}
_FORMER = {"강원도": "강원특별자치도", "전라북도": "전북특별자치도", "제주도": "제주특별자치도"}
PROVINCES = (*DISTRICTS, *_FORMER)
_POLICE_REGIONS = [
    "서울특별시",
    "부산광역시",
    "대구광역시",
    "인천광역시",
    "광주광역시",
    "대전광역시",
    "울산광역시",
    "세종특별자치시",
    "경기도남부",
    "경기도북부",
    "강원특별자치도",
    "강원도",
    "충청북도",
    "충청남도",
    "전북특별자치도",
    "전라북도",
    "전라남도",
    "경상북도",
    "경상남도",
    "제주특별자치도",
]
_POLICE_FORMER = [
    "서울",
    "부산",
    "대구",
    "인천",
    "광주",
    "대전",
    "울산",
    "세종",
    "경기남부",
    "경기북부",
    "강원",
    "충북",
    "충남",
    "전북",
    "전남",
    "경북",
    "경남",
    "제주",
    "경기",
]


def districts_of(province: str) -> tuple[str, ...]:
    """Return the cities, counties and districts of a province, former province names included."""
    return tuple(DISTRICTS.get(_FORMER.get(province, province), "").split())


def resident_card_issuers() -> tuple[str, ...]:
    """Return every head of a district, city or county (and ward), as printed: `서울특별시 종로구청장`."""
    found = []
    for province in PROVINCES:
        for district in districts_of(province):
            found.append(f"{province} {_head(district)}")
            found += [f"{province} {district} {_head(ward)}" for ward in WARDS.get(district, "").split()]
    return (*found, "세종특별자치시장")


def licence_issuers() -> tuple[str, ...]:
    """Return the police agencies that issue licences, under present and former names."""
    present = [f"{region}경찰청장" for region in _POLICE_REGIONS]
    return (
        *present,
        *(f"{region}지방경찰청장" for region in _POLICE_FORMER),
        *(f"{r}경찰청장" for r in _POLICE_FORMER),
    )


def _head(district: str) -> str:
    return district + {"구": "청장", "시": "장", "군": "수"}[district[-1]]
