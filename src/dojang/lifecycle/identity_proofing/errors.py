"""Refusals of identity proofing as a whole; the account and the call have their own beside them."""

from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class ProofingCaseNotFound(DojangError):
    """No proofing has begun for this application."""

    code = "identity_proofing.case_not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CaseEnded(DojangError):
    """The proofing case takes nothing more; `state` says how it ended."""

    code = "identity_proofing.case_ended"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CheckOutOfTurn(DojangError):
    """The check cannot do this now; `check` and `state` say where it stands."""

    code = "identity_proofing.out_of_turn"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CheckNotReady(DojangError):
    """Another check comes first; `needs` names it."""

    code = "identity_proofing.not_ready"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CheckNotRequired(DojangError):
    """The policy does not ask for this check (`check`)."""

    code = "identity_proofing.check_not_required"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class DocumentNotAccepted(DojangError):
    """This kind of document is not accepted; `accepted` lists those that are."""

    code = "identity_proofing.document_not_accepted"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TooManyDocuments(DojangError):
    """Too many photographs were handed in within a day; `scope` and `retry_after_s` say more."""

    code = "identity_proofing.too_many_documents"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class FieldInvalid(DojangError):
    """Values do not have the form their fields have; `fields` names them."""

    code = "identity_proofing.field_invalid"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class FieldMissing(DojangError):
    """The document's kind needs these `fields`; the applicant types what could not be read."""

    code = "identity_proofing.field_missing"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class FieldFixed(DojangError):
    """These `fields` cannot be corrected by hand; a new photograph can."""

    code = "identity_proofing.field_fixed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class RrnRequired(DojangError):
    """The document bears no resident registration number, so it must be entered."""

    code = "identity_proofing.rrn_required"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PersonalDataDiffer(DojangError):
    """What was entered differs from the document; `findings` has one code a field, `tries_left` counts."""

    code = "identity_proofing.personal_data_differ"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PersonAlreadyApplying(DojangError):
    """This person has an open application under another account."""

    code = "identity_proofing.person_already_applying"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PersonFrozen(DojangError):
    """The person said on the telephone that they did not apply; an operator speaks to them before anybody goes on."""

    code = "identity_proofing.person_frozen"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CaseNotFrozen(DojangError):
    """There is no such case, or nothing to lift."""

    code = "identity_proofing.case_not_frozen"
    fault: ClassVar[Fault] = Fault.OPERATOR


class OtherPersonsAccount(DojangError):
    """The signed-in account belongs to another person than the document."""

    code = "identity_proofing.other_person"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class NotVerified(DojangError):
    """Identity has not been verified for this application."""

    code = "identity_proofing.not_verified"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class VerificationExpired(DojangError):
    """Identity was verified too long ago."""

    code = "identity_proofing.verification_expired"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class NothingKnown(DojangError):
    """The account's owner was never identified, or what they entered is no longer kept."""

    code = "identity_proofing.nothing_known"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class IdentityNotKept(DojangError):
    """The person's number is no longer kept, or was never verified: a virtual ID takes identity proofing anew."""

    code = "identity_proofing.identity_not_kept"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ReviewNotFound(DojangError):
    """No such review item."""

    code = "proofing_review.not_found"
    fault: ClassVar[Fault] = Fault.OPERATOR


class ReviewAlreadyDecided(DojangError):
    """The review item is no longer open; `state` says what became of it."""

    code = "proofing_review.already_decided"
    fault: ClassVar[Fault] = Fault.OPERATOR


class ReviewOfOneself(DojangError):
    """Nobody reviews their own case."""

    code = "proofing_review.of_oneself"
    fault: ClassVar[Fault] = Fault.OPERATOR
