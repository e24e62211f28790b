"""Errors as RFC 9457 problem documents. The only file that knows a status number for an error.

A status follows from whose fault it is; `STATUS` names the codes that HTTP has a better word for. The words come from
the catalogue in the caller's language. What is not a `DojangError` is a bug: answered "internal" with a support code.
"""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from dojang.controls.relying_parties.model import PartyRefused
from dojang.kernel.catalogue import Catalogue
from dojang.kernel.errors import DojangError, Fault

MEDIA_TYPE = "application/problem+json"

STATUS_OF_FAULT: Mapping[Fault, int] = {
    Fault.SUBSCRIBER: 422,
    Fault.OPERATOR: 500,
    Fault.NEIGHBOUR: 503,
    Fault.OURS: 500,
}

STATUS: Mapping[str, int] = {
    # 400, 404, 405, 413, 415: the request itself
    "request.malformed": 400,
    "request.not_found": 404,
    "request.method_not_allowed": 405,
    "request.too_large": 413,
    "id_document.file_too_large": 413,
    "pki.request_too_large": 413,
    "transfer.message_too_large": 413,
    "signature_document.too_large": 413,
    "request.unsupported_media_type": 415,
    "id_document.unsupported_file": 415,
    # 401, 403: who asks
    "access.session_required": 401,
    "access.sign_in_refused": 401,
    "access.role_required": 403,
    "access.passkey_refused": 401,
    "relying_party.refused": 401,
    "access.hand_off_refused": 401,
    "access.hand_off_ended": 401,
    "access.fresh_sign_in_required": 403,
    "proofing_review.of_oneself": 403,
    "step_up.required": 403,
    "signature_request.somebody_elses": 403,
    # 404: what is asked for
    "access.passkey_not_found": 404,
    "access.hand_off_not_found": 404,
    "access.session_not_found": 404,
    "application.not_found": 404,
    "identity_proofing.case_not_found": 404,
    "identity_proofing.nothing_known": 404,
    "proofing_review.not_found": 404,
    "delivery.not_found": 404,
    "delivery.succession_not_found": 404,
    "renewal.not_found": 404,
    "revocation.certificate_not_found": 404,
    "status.unknown_serial": 404,
    "step_up.not_found": 404,
    "status.crl_not_found": 404,
    "support.ticket_not_found": 404,
    "notices.contact_not_found": 404,
    "relying_party.not_found": 404,
    "sign_in_request.not_found": 404,
    "party_events.no_webhook": 404,
    "known_certificate.not_found": 404,
    "signature_request.not_found": 404,
    "notices.notice_not_found": 404,
    "recipient.unknown": 404,
    "access.device_not_found": 404,
    "transfer.not_found": 404,
    # 409: the state it is in
    "access.login_name_taken": 409,
    "access.passkey_known": 409,
    "access.passkey_limit_reached": 409,
    "application.already_open": 409,
    "application.out_of_turn": 409,
    "application.closed": 409,
    "application.certificate_already_held": 409,
    "application.held_elsewhere": 409,
    "identity_proofing.out_of_turn": 409,
    "identity_proofing.not_ready": 409,
    "identity_proofing.not_verified": 409,
    "identity_proofing.case_ended": 409,
    "identity_proofing.check_not_required": 409,
    "identity_proofing.person_already_applying": 409,
    "identity_proofing.person_frozen": 409,
    "identity_proofing.case_not_frozen": 404,
    "account_deposit.in_progress": 409,
    "ars_call.in_progress": 409,
    "proofing_review.already_decided": 409,
    "issuance.identity_not_proven": 409,
    "issuance.already_requested": 409,
    "issuance.idempotency_key_reused": 409,
    "issuance.abandoned": 409,
    "delivery.not_ready": 409,
    "delivery.predecessor_ended": 409,
    "identity_proofing.identity_not_kept": 409,
    "renewal.too_early": 409,
    "renewal.suspended": 409,
    "renewal.revoked": 409,
    "renewal.succeeded": 409,
    "renewal.person_not_on_record": 409,
    "renewal.replayed": 409,
    "renewal.terms_differ": 409,
    "renewal.already_signed": 409,
    "renewal.not_signed": 409,
    "revocation.already_revoked": 409,
    "revocation.not_held": 409,
    "revocation.held_by_office": 409,
    "support.ticket_closed": 409,
    "transfer.out_of_turn": 409,
    "transfer.to_itself": 409,
    "step_up.not_confirmed": 409,
    "issue_lock.locked": 409,
    "issue_lock.not_locked": 409,
    "issue_lock.person_not_known": 409,
    "step_up.used": 409,
    "recipient.unreachable": 409,
    "step_up.certificate_unusable": 409,
    "step_up.no_telephone": 409,
    "step_up.in_progress": 409,
    "signature_request.idempotency_key_reused": 409,
    "signature_request.nothing_prepared": 409,
    "signature_request.not_ready": 409,
    # 410: its time has passed
    "access.passkey_challenge_expired": 410,
    "application.expired": 410,
    "identity_proofing.verification_expired": 410,
    "account_deposit.expired": 410,
    "delivery.window_closed": 410,
    "notices.code_expired": 410,
    "notices.link_spent": 410,
    "renewal.too_late": 410,
    "transfer.over": 410,
    "step_up.expired": 410,
    "sign_in_request.over": 410,
    "party_events.gone": 410,
    "signature_request.over": 410,
    "signature_request.document_gone": 410,
    # 422: an operator's mistake, not the office's
    "revocation.reason_not_allowed": 422,
    # 429: too often
    "request.too_many": 429,
    "access.account_locked": 429,
    "application.too_many_issues": 429,
    "identity_proofing.too_many_documents": 429,
    "account_deposit.too_many": 429,
    "account_deposit.too_soon": 429,
    "account_deposit.locked": 429,
    "ars_call.too_many": 429,
    "transfer.too_many": 429,
    "ars_call.too_soon": 429,
    "support.too_many": 429,
    "relying_party.quota_spent": 429,
    "party_events.watch_limit": 429,
    "notices.codes_too_many": 429,
    "step_up.too_many": 429,
    "step_up.too_soon": 429,
    "step_up.paused": 429,
    # 503: not now, and nobody's mistake who asks
    "account_deposit.budget_spent": 503,
    "audit.log_unwritable": 503,
    "audit.nothing_signed": 404,
    "audit.range_too_long": 409,
    "store.unreachable": 503,
    "access.passkeys_unavailable": 503,
    "authority.signer_elsewhere": 503,
    "authority.signer_refused_us": 503,
}


def status_of(error: DojangError) -> int:
    """Return the HTTP status of an error."""
    return STATUS.get(error.code, STATUS_OF_FAULT[error.fault])


def problem_of(
    error: DojangError,
    *,
    language: str,
    request_id: str,
    catalogue: Catalogue,
    more_headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return the problem document of an anticipated error, with Retry-After where waiting helps."""
    words = catalogue.get(error.code, language)
    retry_after_s = error.fields.get("retry_after_s", words.retry_after_s)
    body: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": words.title,
        "status": status_of(error),
        "detail": words.cause,
        "code": error.code,
        "next": words.next,
        "fields": dict(error.fields),
        "request_id": request_id,
    }
    if words.alternative is not None:
        body["alternative"] = words.alternative
    headers = {**(more_headers or {}), "Content-Language": language}
    if retry_after_s is not None:
        body["retry_after_s"] = retry_after_s
        headers["Retry-After"] = str(retry_after_s)
    if status_of(error) == 401:
        scheme = "Basic" if error.code == PartyRefused.code else "Bearer"
        headers["WWW-Authenticate"] = f'{scheme} realm="dojang"'
    return JSONResponse(body, status_code=status_of(error), headers=headers, media_type=MEDIA_TYPE)


class InternalError(DojangError):
    """A bug or a broken machine. `support_code` finds the one log line that tells where."""

    code = "internal"
    fault = Fault.OURS


class NotFound(DojangError):
    """No such page."""

    code = "request.not_found"
    fault = Fault.SUBSCRIBER


class MethodNotAllowed(DojangError):
    """The page exists, the method does not."""

    code = "request.method_not_allowed"
    fault = Fault.SUBSCRIBER


class RequestMalformed(DojangError):
    """The request is not what the interface describes; `where` lists the places at fault, never their values."""

    code = "request.malformed"
    fault = Fault.SUBSCRIBER


class RequestTooLarge(DojangError):
    """The body is larger than `limit_bytes`."""

    code = "request.too_large"
    fault = Fault.SUBSCRIBER


class UnsupportedMediaType(DojangError):
    """The body is of a kind this page does not take; `accepted` lists those it does."""

    code = "request.unsupported_media_type"
    fault = Fault.SUBSCRIBER
