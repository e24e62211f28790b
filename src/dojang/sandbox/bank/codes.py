"""Result codes of the simulated open-banking hub, with their Korean text.

Source: KFTC Open Banking as read in public code (integrations notes, section 2.1); check against the contract document.
"""

from enum import StrEnum

API_CODES = {
    "A0000": "",
    "A0001": "처리 중 (이체결과조회 요망)",
    "A0002": "참가기관 에러",
    "A0007": "처리시간 초과 에러",
    "A0017": "참가기관 응답 시간 초과",
    "A0101": "이용기관 출금 한도 초과",
    "A0307": "암호문구 불일치",
    "A0310": "이체내역 없음",
    "A0312": "예금주명 불일치",
    "A0321": "실명번호 형식 오류",
    "A0326": "거래고유번호 중복",
    "A0003": "요청전문 형식 오류",
    "O0002": "Access Token 거부",
}

BANK_CODES = {
    "000": "",
    "400": "처리 중",
    "412": "해당 계좌 없음",
    "416": "해지 계좌",
    "417": "비실명 계좌",
    "420": "사고신고·거래정지 계좌",
    "463": "실명번호 상이",
    "467": "장기 미사용 계좌",
    "490": "오픈뱅킹 안심차단 계좌",
    "803": "처리 결과 확인 요망",
    "804": "응답 시간 초과",
    "815": "예금주명 불일치",
    "822": "거래고유번호 중복",
}


class AccountStatus(StrEnum):
    """State of a simulated account."""

    OPEN = "open"
    CLOSED = "closed"
    NOT_REAL_NAME = "not_real_name"
    FROZEN = "frozen"
    DORMANT = "dormant"
    SAFE_BLOCKED = "safe_blocked"


STATUS_CODES = {
    AccountStatus.OPEN: "000",
    AccountStatus.CLOSED: "416",
    AccountStatus.NOT_REAL_NAME: "417",
    AccountStatus.FROZEN: "420",
    AccountStatus.DORMANT: "467",
    AccountStatus.SAFE_BLOCKED: "490",
}

BANK_NAMES = {
    "002": "산업은행", "003": "기업은행", "004": "국민은행", "007": "수협은행", "011": "농협은행", "020": "우리은행",
    "023": "SC제일은행", "027": "씨티은행", "031": "iM뱅크", "032": "부산은행", "034": "광주은행", "035": "제주은행",
    "037": "전북은행", "039": "경남은행", "045": "새마을금고", "048": "신협", "071": "우체국", "081": "하나은행",
    "088": "신한은행", "089": "케이뱅크", "090": "카카오뱅크", "092": "토스뱅크", "097": "오픈은행(테스트베드)",
}  # fmt: skip


def coded_answer(code: str) -> dict[str, object]:
    """Return an answer body bearing `code`: five characters for the hub's own, three digits for a bank's."""
    if len(code) == 3:
        message = BANK_CODES.get(code, "")
        item = {"tran_no": "1", "bank_rsp_code": code, "bank_rsp_message": message}
        return {"rsp_code": "A0002", "rsp_message": API_CODES["A0002"], **item, "res_list": [item]}
    return {"rsp_code": code, "rsp_message": API_CODES.get(code, "")}
