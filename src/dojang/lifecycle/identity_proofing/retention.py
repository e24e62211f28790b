"""What must not outlive its purpose: codes, amounts, numbers to press, photographs as handed in, open questions.

Runs inside the transaction that ends a case or outdates a check. Source: 개인정보 보호법
article 21 (destroy at once when no longer needed).
"""

from dataclasses import replace
from datetime import datetime

from dojang.lifecycle.identity_proofing.account_deposit.model import LIVE_DEPOSIT, Deposit, DepositState
from dojang.lifecycle.identity_proofing.ars_call.model import LIVE_CALL, ArsCall, CallState
from dojang.lifecycle.identity_proofing.document import DocumentState, ImageForm
from dojang.lifecycle.identity_proofing.model import Check
from dojang.lifecycle.identity_proofing.ports import IdentityProofingTransaction
from dojang.lifecycle.identity_proofing.review.model import ReviewState, ReviewSubject


def end_live_work(tx: IdentityProofingTransaction, case_id: str, now: datetime) -> None:
    """End what is under way for the case: deposit, call, unread photographs, open review items."""
    abandon_deposit(tx, case_id)
    abandon_call(tx, case_id, now)
    supersede_document(tx, case_id)
    withdraw_reviews(tx, case_id, now)


def without_secrets(deposit: Deposit, state: DepositState) -> Deposit:
    """Return the deposit at `state` with nothing left that could confirm or repeat it."""
    return replace(deposit, state=state, amount_krw=None, depositor_text=None, amount_digest="", code_digest="")


def ended_call(call: ArsCall, state: CallState, now: datetime) -> ArsCall:
    """Return the call at `state`, its number gone."""
    return replace(call, state=state, number=None, ended_at=now)


def abandon_deposit(tx: IdentityProofingTransaction, case_id: str) -> None:
    """End the case's live deposit, if any; money under way may still arrive, and means nothing any more."""
    deposit = tx.account_deposits.find_latest_deposit(case_id)
    if deposit is not None and deposit.state in LIVE_DEPOSIT:
        tx.account_deposits.update(without_secrets(deposit, DepositState.ABANDONED))


def abandon_call(tx: IdentityProofingTransaction, case_id: str, now: datetime) -> None:
    """End the case's live call, if any; what is pressed from now on means nothing, but for `0#`."""
    call = tx.ars_calls.find_latest_call(case_id)
    if call is not None and call.state in LIVE_CALL:
        tx.ars_calls.update(ended_call(call, CallState.ABANDONED, now))


def supersede_document(tx: IdentityProofingTransaction, case_id: str) -> None:
    """Delete the photographs as handed in; set aside the newest document, with all it held, unless it was confirmed."""
    document = tx.id_documents.find_latest_document(case_id)
    if document is None:
        return
    tx.id_documents.drop_images(document.id, ImageForm.ORIGINAL)
    if document.state in (DocumentState.COLLECTING, DocumentState.READING, DocumentState.READ):
        tx.id_documents.drop_images(document.id, ImageForm.MASKED)
        tx.id_documents.drop_images(document.id, ImageForm.RECTIFIED)
        tx.id_documents.put_fields(document.id, ())
        tx.id_documents.update(replace(document, state=DocumentState.SUPERSEDED))


def withdraw_reviews(
    tx: IdentityProofingTransaction, case_id: str, now: datetime, *, check: Check | None = None
) -> None:
    """Withdraw open questions about the case's checks, or about one check. Stranded money still wants its answer."""
    for review in tx.reviews.list_reviews_of_case(case_id):
        open_question = review.state is ReviewState.OPEN and review.subject is ReviewSubject.CHECK
        if open_question and check in (None, review.check):
            tx.reviews.update(replace(review, state=ReviewState.WITHDRAWN, decided_at=now))
