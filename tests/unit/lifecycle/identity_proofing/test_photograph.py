"""Photographs handed in and read: what is accepted, what is kept, what a bad one costs."""

from dataclasses import replace

import pytest

from builders.proofing import HONG, ProofingOffice, examination_of, finding
from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.lifecycle.application.model import ApplicationExpired, ApplicationNotFound, ApplicationState
from dojang.lifecycle.identity_proofing.document import DocumentState, ImageForm
from dojang.lifecycle.identity_proofing.errors import (
    CheckOutOfTurn,
    DocumentNotAccepted,
    FieldInvalid,
    TooManyDocuments,
)
from dojang.lifecycle.identity_proofing.id_document.errors import (
    FileTooLarge,
    ImageTooSmall,
    ReaderBroken,
    ReaderTimedOut,
    UnsupportedFile,
)
from dojang.lifecycle.identity_proofing.id_document.finding import FindingCode, Severity
from dojang.lifecycle.identity_proofing.id_document.model import Decision, DocumentKind, Side
from dojang.lifecycle.identity_proofing.model import CaseState, Check, CheckState, ExamineDocument
from dojang.lifecycle.identity_proofing.policy import DocumentPolicy, ProofingPolicy

DOCUMENT = Check.ID_DOCUMENT


@pytest.fixture
def office() -> ProofingOffice:
    office = ProofingOffice()
    office.settle_in(HONG)
    office.apply(HONG)
    return office


def test_the_first_side_opens_the_case_and_waits_for_the_second(office: ProofingOffice) -> None:
    office.submit_side(HONG, Side.FRONT, HONG.front)
    shown = office.view(HONG)
    assert shown.document is not None
    assert shown.document.sides_missing == (Side.BACK,)
    assert office.state(HONG, DOCUMENT) is CheckState.AWAITED
    assert not [one for one in office.line.emitted if isinstance(one, ExamineDocument)]
    office.submit_side(HONG, Side.BACK, HONG.back)
    assert office.state(HONG, DOCUMENT) is CheckState.RUNNING


def test_a_side_may_be_photographed_again_before_the_other(office: ProofingOffice) -> None:
    office.submit_side(HONG, Side.FRONT, b"\xff\xd8\xff blurred")
    office.submit_side(HONG, Side.FRONT, HONG.front)
    office.submit_side(HONG, Side.BACK, HONG.back)
    office.pump()
    assert office.state(HONG, DOCUMENT) is CheckState.CONFIRMING


def test_originals_are_deleted_and_masked_pictures_kept(office: ProofingOffice) -> None:
    office.photograph(HONG)
    forms = {form for _, _, form in office.store.tables.images}
    assert forms == {ImageForm.MASKED, ImageForm.RECTIFIED}
    assert HONG.front not in office.store.tables.images.values()
    # The back could not be masked for certain, so nothing of it is kept.
    assert {side for _, side, _ in office.store.tables.images} == {Side.FRONT}


def test_a_reading_is_recorded_once(office: ProofingOffice) -> None:
    office.photograph(HONG)
    effect = next(one for one in office.line.emitted if isinstance(one, ExamineDocument))
    office.carry_out(effect)
    assert office.reader.looks == 1


@pytest.mark.parametrize(
    ("image", "refusal"),
    [(b"", UnsupportedFile), (b"GIF89a", UnsupportedFile), (b"\xff\xd8\xff" + b"x" * 16_000_000, FileTooLarge)],
)
def test_files_that_are_no_photographs_are_refused_at_once(
    office: ProofingOffice, image: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        office.submit_side(HONG, Side.FRONT, image)
    assert office.store.entries[-1].tag == "identity_proofing:photograph:refused"
    assert not office.store.tables.cases


def test_a_kind_not_accepted_is_refused_with_those_that_are() -> None:
    accepted = (DocumentKind.PASSPORT,)
    office = ProofingOffice(policy=ProofingPolicy(document=DocumentPolicy(accepted=accepted)))
    office.settle_in(HONG)
    office.apply(HONG)
    with pytest.raises(DocumentNotAccepted) as refused:
        office.submit_side(HONG, Side.FRONT, HONG.front)
    assert refused.value.fields["accepted"] == ["passport"]


def test_a_passport_has_no_back(office: ProofingOffice) -> None:
    with pytest.raises(FieldInvalid):
        office.submit_side(HONG, Side.BACK, HONG.back, kind=DocumentKind.PASSPORT)


def test_a_bad_photograph_says_why_and_burns_a_try(office: ProofingOffice) -> None:
    blurred = (finding(FindingCode.BLURRED, Severity.RETAKE),)
    office.reader.shown[HONG.front] = examination_of(HONG, decision=Decision.RETAKE, findings=blurred)
    office.photograph(HONG)
    shown = office.view(HONG).checks[0]
    assert (shown.state, shown.tries_left, shown.may_act) == (CheckState.RETRY, 4, True)
    assert office.findings(HONG, DOCUMENT) == ["id_document.blurred"]
    assert not office.store.tables.images


def test_an_expired_document_is_refused_with_its_date(office: ProofingOffice) -> None:
    expired = (finding(FindingCode.EXPIRED, Severity.REFUSE, "2024-12-31"),)
    office.reader.shown[HONG.front] = examination_of(HONG, decision=Decision.REFUSE, findings=expired)
    office.photograph(HONG)
    shown = office.view(HONG).checks[0]
    assert shown.state is CheckState.REFUSED
    assert shown.findings[0].detail == "2024-12-31"


def test_the_last_try_refuses_the_application(office: ProofingOffice) -> None:
    blurred = (finding(FindingCode.BLURRED, Severity.RETAKE),)
    office.reader.shown[HONG.front] = examination_of(HONG, decision=Decision.RETAKE, findings=blurred)
    for _ in range(office.policy.document.attempts):
        office.photograph(HONG)
    assert office.state(HONG, DOCUMENT) is CheckState.FAILED
    assert office.case_state(HONG) is CaseState.REFUSED
    assert office.application_state(HONG) is ApplicationState.REFUSED
    assert "identity_proofing.tries_used_up" in office.findings(HONG, DOCUMENT)


@pytest.mark.parametrize("error", [UnsupportedFile(reason="damaged"), ImageTooSmall(minimum_px=300), FileTooLarge()])
def test_a_file_the_reader_cannot_open_burns_a_try(office: ProofingOffice, error: Exception) -> None:
    office.reader.shown[HONG.front] = error
    office.photograph(HONG)
    assert office.state(HONG, DOCUMENT) is CheckState.RETRY
    assert office.findings(HONG, DOCUMENT) == [error.code]  # type: ignore[attr-defined]  # all of them have one
    assert office.view(HONG).checks[0].tries_left == 4


@pytest.mark.parametrize("error", [ReaderTimedOut(timeout_s=5), ReaderBroken(part="worker")])
def test_a_broken_reader_parks_the_check_and_burns_nothing(office: ProofingOffice, error: Exception) -> None:
    good = office.reader.shown[HONG.front]
    office.reader.shown[HONG.front] = error
    office.photograph(HONG)
    assert office.state(HONG, DOCUMENT) is CheckState.PARKED
    office.reader.shown[HONG.front] = good
    office.pass_time(seconds=10)
    assert office.state(HONG, DOCUMENT) is CheckState.CONFIRMING
    assert office.view(HONG).checks[0].tries_left == 5


def test_a_photograph_that_always_breaks_the_reader_is_given_up(office: ProofingOffice) -> None:
    office.reader.shown[HONG.front] = ReaderBroken(part="worker")
    office.photograph(HONG)
    office.pass_time(minutes=1)
    office.pass_time(minutes=1)
    office.pass_time(minutes=1)
    office.pass_time(minutes=1)
    assert office.state(HONG, DOCUMENT) is CheckState.RETRY
    assert office.findings(HONG, DOCUMENT) == ["identity_proofing.reader_unavailable"]
    assert office.view(HONG).checks[0].tries_left == 5
    assert office.reader.looks == office.policy.document.reader_runs


def test_the_worker_is_told_to_come_again(office: ProofingOffice) -> None:
    office.reader.shown[HONG.front] = ReaderTimedOut(timeout_s=5)
    office.submit_side(HONG, Side.FRONT, HONG.front)
    office.submit_side(HONG, Side.BACK, HONG.back)
    effect = office.line.take_due()
    assert isinstance(effect, ExamineDocument)
    with pytest.raises(NeighbourUnavailable):
        office.carry_out(effect)


def test_another_document_than_announced_is_not_accepted(office: ProofingOffice) -> None:
    seen = examination_of(HONG)
    front = replace(seen.readings[0], kind=DocumentKind.DRIVER_LICENCE)
    office.reader.shown[HONG.front] = replace(seen, readings=(front, seen.readings[1]))
    office.photograph(HONG)
    assert office.state(HONG, DOCUMENT) is CheckState.RETRY
    assert office.findings(HONG, DOCUMENT) == ["id_document.wrong_document"]


def test_a_new_photograph_takes_the_place_of_an_unconfirmed_one(office: ProofingOffice) -> None:
    office.photograph(HONG)
    office.photograph(HONG)
    states = [one.state for one in office.store.tables.documents.values()]
    assert states == [DocumentState.SUPERSEDED, DocumentState.READ]
    first = next(iter(office.store.tables.documents))
    assert not [key for key in office.store.tables.images if key[0] == first]
    assert not office.store.tables.fields[first]


def test_a_confirmed_document_is_not_photographed_over(office: ProofingOffice) -> None:
    office.photograph(HONG)
    office.confirm(HONG)
    with pytest.raises(CheckOutOfTurn):
        office.submit_side(HONG, Side.FRONT, HONG.front)


@pytest.mark.parametrize("scope", ["person", "device"])
def test_photographs_are_limited(scope: str) -> None:
    limits = {"submissions_per_subscriber": 2} if scope == "person" else {"submissions_per_device": 2}
    office = ProofingOffice(policy=ProofingPolicy(document=DocumentPolicy(**limits)))
    office.settle_in(HONG)
    office.apply(HONG)
    office.photograph(HONG)
    office.photograph(HONG)
    with pytest.raises(TooManyDocuments) as refused:
        office.photograph(HONG)
    assert refused.value.fields["scope"] == scope
    office.clock.advance(seconds=int(refused.value.fields["retry_after_s"]))  # type: ignore[arg-type]  # an int
    with pytest.raises(ApplicationExpired):
        office.photograph(HONG)  # a day later there is room, but the application's own day is over


def test_somebody_elses_application_does_not_exist(office: ProofingOffice) -> None:
    stranger = replace(HONG, subscriber_id="stranger")
    with pytest.raises(ApplicationNotFound):
        office.submit_side(replace(stranger), Side.FRONT, HONG.front)
    assert office.store.entries[-1].subject == ""
