"""Delivery's table, the acceptance statement, and who may sign it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from builders.office import NOW
from dojang.lifecycle.application.model import PREDECESSOR_REASONS, ReissueReason
from dojang.lifecycle.delivery import rules
from dojang.lifecycle.delivery.model import (
    AcceptanceWindowClosed,
    Accepted,
    DeliveryState,
    Downloaded,
    SuccessionStatement,
    TimeToAcceptRanOut,
)
from dojang.lifecycle.issuance.model import CertificateKind, CertificateSet, IssuedCertificate

LATER = NOW + timedelta(hours=1)
ACCEPTED = Accepted(at=LATER, statement=b"statement", signature=b"signature")


def certificate(kind: CertificateKind, serial: int) -> IssuedCertificate:
    return IssuedCertificate(
        serial=serial,
        kind=kind,
        profile="p",
        spki_sha256="0" * 64,
        not_before=NOW,
        not_after=LATER,
        certificate_der=kind.encode(),
    )


SET = CertificateSet(
    issuance_id="issuance-1",
    application_id="application-1",
    subscriber_id="subscriber-1",
    person_key="key",
    predecessor_serial=3,
    issued_at=NOW,
    signing=certificate(CertificateKind.SIGNING, 2**53 - 1),
    key_management=certificate(CertificateKind.KEY_MANAGEMENT, 9),
)


def test_download_accept_download_again() -> None:
    fetched = rules.advance(rules.begin(SET), Downloaded(at=NOW))
    assert (fetched.state, fetched.downloaded_at) == (DeliveryState.AVAILABLE, NOW)
    assert rules.advance(fetched, Downloaded(at=LATER)) is fetched
    accepted = rules.advance(fetched, ACCEPTED)
    assert (accepted.state, accepted.ended_at, accepted.signature) == (DeliveryState.ACCEPTED, LATER, b"signature")
    assert rules.advance(accepted, Downloaded(at=LATER)) is accepted
    assert rules.advance(accepted, TimeToAcceptRanOut(at=LATER)) is accepted


def test_a_withdrawn_set_cannot_be_accepted() -> None:
    withdrawn = rules.advance(rules.begin(SET), TimeToAcceptRanOut(at=NOW))
    assert withdrawn.state is DeliveryState.WITHDRAWN
    with pytest.raises(AcceptanceWindowClosed):
        rules.advance(withdrawn, ACCEPTED)


def test_the_acceptance_statement_names_exactly_both_certificates() -> None:
    statement = json.loads(rules.acceptance_statement(SET))
    assert statement["signing_serial"] == str(2**53 - 1)
    assert statement["application"] == "application-1"
    other = replace(SET, key_management=replace(SET.key_management, certificate_der=b"other"))
    assert rules.acceptance_statement(other) != rules.acceptance_statement(SET)
    assert rules.acceptance_statement(SET) == rules.acceptance_statement(replace(SET, chain_der=(b"chain",)))


def test_every_reason_to_reissue_ends_the_predecessor() -> None:
    assert set(PREDECESSOR_REASONS) == set(ReissueReason)
    assert PREDECESSOR_REASONS[ReissueReason.LEAKED] == "keyCompromise"
    assert PREDECESSOR_REASONS[ReissueReason.PASSWORD_FORGOTTEN] == "superseded"


def test_the_succession_statement_is_canonical() -> None:
    statement = SuccessionStatement(
        predecessor_serial=3, successor_serial=9, subject="cn=홍가람", issuer="cn=CA", accepted_at=NOW
    )
    assert statement.to_json().decode() == (
        '{"accepted_at":"2026-11-23T01:00:00Z","issuer":"cn=CA","predecessor_serial":3,"subject":"cn=홍가람",'
        '"successor_serial":9,"type":"dojang.succession.v1"}'
    )
