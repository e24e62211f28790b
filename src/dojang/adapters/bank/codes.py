"""What the hub's result codes mean to us. Only listed codes are definite: an unknown code never says "no money moved".

Source: KFTC Open Banking as read in public code (integrations notes, section 2.1); check against the contract document.
"""

from dojang.lifecycle.identity_proofing.neighbours import DepositAnswer, OwnershipAnswer

OK_API = "A0000"
OK_BANK = "000"
TOKEN_REFUSED = frozenset({"O0001", "O0002", "O0003"})
DUPLICATE = "A0326"
NO_SUCH_TRANSFER = "A0310"

# The outcome is open; transfer/result must settle it.
_OPEN = frozenset({"A0001", "A0007", "A0017", DUPLICATE, "400", "803", "804", "822"})
# The office's own contract, pass phrase or limits are at fault; nothing moved.
OUR_FAULT = frozenset({"A0101", "A0102", "A0106", "A0307"})
# This account cannot get the deposit; nothing moved.
_REFUSED = frozenset(
    {"A0312", "A0321", "412", "414", "415", "416", "417", "419", "420", "421", "425", "463", "467", "471", "472"}
    | {"490", "499", "815"}
)
_OWNERSHIP = {
    "412": OwnershipAnswer.NO_SUCH_ACCOUNT,
    "490": OwnershipAnswer.SAFE_BLOCKED,
    "463": OwnershipAnswer.MISMATCH,
    "815": OwnershipAnswer.MISMATCH,
    "A0312": OwnershipAnswer.MISMATCH,
} | dict.fromkeys(
    ("414", "415", "416", "417", "419", "420", "421", "425", "467", "471", "472", "499"),
    OwnershipAnswer.ACCOUNT_UNUSABLE,
)


def find_ownership(rsp_code: str, bank_rsp_code: str) -> OwnershipAnswer | None:
    """Return what a failed real-name inquiry says of the account, or None when it says nothing of it."""
    return _OWNERSHIP.get(bank_rsp_code) or _OWNERSHIP.get(rsp_code)


def deposit_answer(rsp_code: str, bank_rsp_code: str) -> DepositAnswer:
    """Return what is known of a deposit after these two codes ("" where the answer has none)."""
    if rsp_code == OK_API and bank_rsp_code == OK_BANK:
        return DepositAnswer.SENT
    if rsp_code in _OPEN or bank_rsp_code in _OPEN:
        return DepositAnswer.UNKNOWN
    if rsp_code in _REFUSED or bank_rsp_code in _REFUSED:
        return DepositAnswer.REFUSED
    return DepositAnswer.UNKNOWN
