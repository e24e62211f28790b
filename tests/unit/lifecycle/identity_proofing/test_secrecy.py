"""Nothing personal or secret stands in the audit log, in an effect, in an error, or in a repr."""

import pytest

from builders.proofing import HONG, Person, ProofingOffice
from dojang.kernel.errors import DojangError
from dojang.lifecycle.identity_proofing.account_deposit.model import WrongDeposit


def secrets_of(person: Person, office: ProofingOffice) -> list[str]:
    amount_and_text = office.statement(person)
    return [
        person.name,
        person.rrn,
        person.rrn.replace("-", ""),
        person.rrn[-7:],
        person.phone,
        person.account.number,
        person.birth_date.isoformat(),
        amount_and_text[1][:6],
        "시험로",
    ]


@pytest.fixture
def office() -> ProofingOffice:
    office = ProofingOffice()
    office.know(HONG)
    office.submit_account(HONG)
    with pytest.raises(WrongDeposit):
        office.confirm_deposit(HONG, 1, "0000000")
    office.confirm_deposit(HONG, *office.statement(HONG))
    office.answer_call(HONG)
    return office


def test_the_audit_log_holds_ids_only(office: ProofingOffice) -> None:
    log = "\n".join(f"{one.tag} {one.actor} {one.subject} {dict(one.data)}" for one in office.store.entries)
    assert [secret for secret in secrets_of(HONG, office) if secret in log] == []


def test_effects_hold_ids_only(office: ProofingOffice) -> None:
    effects = "\n".join(repr(one) for one in office.line.emitted)
    assert [secret for secret in secrets_of(HONG, office) if secret in effects] == []


def test_reprs_of_everything_stored_hide_it(office: ProofingOffice) -> None:
    tables = office.store.tables
    stored = [
        *tables.cases.values(),
        *tables.documents.values(),
        *tables.fields.values(),
        *tables.personal_data.values(),
        *tables.deposits.values(),
        *tables.calls.values(),
        *tables.verifications.values(),
        office.view(HONG),
    ]
    written = "\n".join(repr(one) for one in stored)
    assert [secret for secret in secrets_of(HONG, office) if secret in written] == []


def test_every_step_left_an_audit_entry(office: ProofingOffice) -> None:
    tags = {one.tag.removeprefix("identity_proofing:") for one in office.store.entries}
    assert {
        "case:opened",
        "photograph:submitted",
        "id_document:submitted",
        "id_document:confirmation_asked",
        "fields:confirmed",
        "id_document:passed",
        "personal_data:passed",
        "registry:submitted",
        "registry:passed",
        "account_deposit:submitted",
        "account:inquired",
        "deposit:sending",
        "deposit:bank_sent",
        "deposit:wrong_code",
        "deposit:confirmed",
        "account_deposit:passed",
        "call:ringing",
        "call:confirmed",
        "ars_call:passed",
        "case:verified",
    } <= tags


def test_errors_carry_codes_and_counts_only(office: ProofingOffice) -> None:
    with pytest.raises(DojangError) as refused:
        office.submit_account(HONG)
    assert [secret for secret in secrets_of(HONG, office) if secret in str(refused.value)] == []
