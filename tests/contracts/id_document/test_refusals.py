"""What is wrong with a photograph is told by its right name: one drawn photograph for each defect, and sound ones.

The specimens are of the suite that thresholds are set on; figures on the other suite come from `make bench-reader`.
"""

import pytest

from dojang.adapters.id_document.reader import ExaminingReader
from dojang.lifecycle.identity_proofing.id_document.finding import FindingCode
from dojang.lifecycle.identity_proofing.id_document.model import Decision
from dojang.sandbox.specimen.photograph import Defect
from dojang.sandbox.specimen.suite import DEVELOPMENT, SUITE_DAY, plan_defects, plan_suite, take

TOLD = {
    Defect.BLUR: FindingCode.BLURRED,
    Defect.MOTION: FindingCode.SHAKEN,
    Defect.DARK: FindingCode.TOO_DARK,
    Defect.GLARE: FindingCode.GLARE,
    Defect.CUT_OFF: FindingCode.CUT_OFF,
    Defect.TOO_SMALL: FindingCode.TOO_SMALL,
    Defect.NO_DOCUMENT: FindingCode.NO_DOCUMENT,
    Defect.SEVERAL: FindingCode.SEVERAL_DOCUMENTS,
    Defect.SCREEN: FindingCode.SCREEN_SUSPECTED,
    Defect.COPY: FindingCode.COPY_SUSPECTED,
}
HINTS = {Defect.SCREEN, Defect.COPY}
DEFECTIVE = {item.defect: item for item in plan_defects(len(Defect), suite=DEVELOPMENT)}


def test_every_defect_has_its_message() -> None:
    assert set(TOLD) == set(Defect) == set(DEFECTIVE)


@pytest.mark.parametrize("defect", list(Defect))
def test_a_defect_is_told_by_its_name(reader: ExaminingReader, defect: Defect) -> None:
    examination = reader.read_document(take(DEFECTIVE[defect]).jpeg, None, today=SUITE_DAY, expected=None)
    assert examination.reasons[0] == TOLD[defect].value
    assert examination.decision is (Decision.REVIEW if defect in HINTS else Decision.RETAKE)
    assert (examination.masked[0] is None) is (defect not in HINTS)


@pytest.mark.parametrize("index", [0, 4, 7])
def test_a_sound_photograph_is_accepted(reader: ExaminingReader, index: int) -> None:
    item = plan_suite(24, suite=DEVELOPMENT)[index]
    assert item.difficulty.value != "hard"
    examination = reader.read_document(take(item).jpeg, None, today=SUITE_DAY, expected=None)
    assert examination.decision is Decision.ACCEPT, examination.reasons
