"""Finding codes of identity proofing beyond the document's own: stable, in the catalogue, shown to the applicant."""

from dojang.kernel.errors import FindingCode


class ProofingFindingCode(FindingCode):
    """Why a check was not passed, or not yet."""

    READER_UNAVAILABLE = "identity_proofing.reader_unavailable"
    CORRECTED_IDENTIFIER = "identity_proofing.corrected_identifier"
    TYPED_RRN = "identity_proofing.typed_rrn"
    REVIEW_REJECTED = "identity_proofing.review_rejected"
    TRIES_USED_UP = "identity_proofing.tries_used_up"

    NAME_DIFFERS = "personal_data.name_differs"
    BIRTH_DATE_DIFFERS = "personal_data.birth_date_differs"
    SEX_DIFFERS = "personal_data.sex_differs"
    RRN_DIFFERS = "personal_data.rrn_differs"

    REGISTRY_MISMATCH = "registry_check.mismatch"
    REGISTRY_SERIAL_MISMATCH = "registry_check.serial_mismatch"
    REGISTRY_LOST = "registry_check.lost_or_cancelled"
    REGISTRY_UNAVAILABLE = "registry_check.unavailable"
    REGISTRY_TOO_MANY = "registry_check.too_many"

    OWNER_DIFFERS = "account_deposit.owner_differs"
    NO_SUCH_ACCOUNT = "account_deposit.no_such_account"
    ACCOUNT_UNUSABLE = "account_deposit.account_unusable"
    SAFE_BLOCKED = "account_deposit.safe_blocked"
    DEPOSIT_REFUSED = "account_deposit.refused_by_bank"
    DEPOSIT_UNSETTLED = "account_deposit.outcome_unknown"
    DEPOSIT_EXPIRED = "account_deposit.expired"
    DEPOSIT_EXHAUSTED = "account_deposit.exhausted"
    SHARED_ACCOUNT = "account_deposit.shared_account"
    BANK_UNAVAILABLE = "account_deposit.bank_unavailable"

    CALL_WRONG_NUMBER = "ars_call.wrong_number"
    CALL_NO_ANSWER = "ars_call.no_answer"
    CALL_BUSY = "ars_call.busy"
    CALL_DECLINED = "ars_call.declined"
    CALL_UNREACHABLE = "ars_call.unreachable"
    CALL_HUNG_UP = "ars_call.hung_up"
    CALL_SILENCE = "ars_call.silence"
    CALL_NOT_REQUESTED = "ars_call.not_requested"
    CALL_NOT_YOUR_LINE = "ars_call.not_your_line"
    CALL_INTERRUPTED = "ars_call.interrupted"
    CALL_EXPIRED = "ars_call.expired"
    NETWORK_UNAVAILABLE = "ars_call.network_unavailable"
