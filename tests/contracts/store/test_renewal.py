"""Renewal on both databases: the key that is still valid asks, nobody else does, and the old one dies last."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from builders.applicants import client_keys, issuance_request
from builders.office import office
from builders.renewal import CONSENTS, IN_WINDOW, NEW, OLD, Holder, trust
from builders.world import World
from dojang.adapters.chance import SystemChance
from dojang.adapters.store.engine import Database
from dojang.adapters.store.tables.identity_proofing import verified_identity
from dojang.controls.notices.model import NotifySubscriber
from dojang.kernel.errors import DojangError
from dojang.lifecycle.application.model import (
    ApplicationAlreadyOpen,
    ApplicationExpired,
    ApplicationState,
    ConsentMissing,
    ExpireApplication,
    Ration,
    RevokeCertificate,
    TooManyIssues,
    ValidityNotOffered,
)
from dojang.lifecycle.delivery.model import PredecessorEnded, StateSuccession
from dojang.lifecycle.issuance.model import CertificateSet, IdentityNotProven, KeyCertifiedBefore
from dojang.lifecycle.issuance.policy import IssuancePolicy
from dojang.lifecycle.issuance.usecases import issue
from dojang.lifecycle.renewal.model import (
    AlreadySigned,
    NotSignedYet,
    PersonNotOnRecord,
    PredecessorRevoked,
    PredecessorSucceeded,
    PredecessorSuspended,
    Renewal,
    RenewalNotFound,
    RenewalState,
    RenewalTooEarly,
    RenewalTooLate,
    RequestReplayed,
    RequestUnreadable,
    SignedWithOtherKey,
    TermsDiffer,
)
from dojang.lifecycle.renewal.policy import RenewalPolicy
from dojang.lifecycle.renewal.usecases import get_renewal, offer_renewal, open_renewal, prove_renewal
from dojang.lifecycle.revocation.policy import RevocationPolicy
from dojang.lifecycle.revocation.usecases import resume, revoke, suspend
from dojang.pki.cms import SignedDataForged, sign_content
from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.virtual_id import parse_identify_data, verify_virtual_id
from dojang.pki.validity import not_after_years


@pytest.fixture
def holder(database: Database) -> Holder:
    return Holder(World(database))


def renewed(holder: Holder) -> tuple[Renewal, bytes, CertificateSet]:
    renewal = holder.opens()
    signed = holder.signs(holder.statement(renewal))
    return renewal, signed, holder.sends(renewal, signed)


def refused(holder: Holder, error: type[DojangError], act: Callable[[], object]) -> DojangError:
    """Return the refusal, after seeing to it that the audit log has it and that nothing was made."""
    before, made = holder.world.tags().count("renewal:request:refused"), holder.world.certificates()
    with pytest.raises(error) as caught:
        act()
    assert holder.world.tags().count("renewal:request:refused") == before + 1
    assert holder.world.certificates() == made
    return caught.value


def test_the_successor_has_the_same_subject_and_loses_no_day(holder: Holder) -> None:
    renewal, _, new = renewed(holder)
    before, after = (x509.load_der_x509_certificate(one.signing.certificate_der) for one in (holder.old, new))
    assert after.subject.public_bytes() == before.subject.public_bytes()
    assert new.signing.not_after == not_after_years(holder.old.signing.not_after, 1) == renewal.not_after
    assert new.predecessor_serial == holder.serial
    assert {new.signing.spki_sha256, new.key_management.spki_sha256}.isdisjoint(
        {holder.old.signing.spki_sha256, holder.old.key_management.spki_sha256}
    )


def test_the_virtual_id_is_of_the_same_person_under_the_new_r(holder: Holder) -> None:
    _, _, new = renewed(holder)
    certificate = x509.load_der_x509_certificate(new.signing.certificate_der)
    (name,) = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert isinstance(name, x509.OtherName)
    identity = parse_identify_data(name.value)
    assert identity.real_name == holder.applicant.name
    assert identity.virtual_id is not None
    verify_virtual_id(identity.virtual_id, holder.applicant.rrn, RandomNumber(value=client_keys(NEW).r))


def test_the_old_one_is_revoked_when_the_new_one_is_accepted_and_not_before(holder: Holder) -> None:
    renewal, _, new = renewed(holder)
    effects = holder.world.outbox.effects
    assert ExpireApplication(application_id=renewal.application_id) in effects
    assert not [one for one in effects if isinstance(one, RevokeCertificate)]
    holder.hears(renewal, ApplicationState.ISSUED)
    holder.accepts(new)
    superseded = RevokeCertificate(serial=holder.serial, reason="superseded", application_id=renewal.application_id)
    assert [one for one in holder.world.outbox.effects if isinstance(one, RevokeCertificate)] == [superseded]
    assert StateSuccession(application_id=renewal.application_id) in holder.world.outbox.effects
    told = NotifySubscriber(
        subscriber_id="subscriber-1", template="certificate_renewed", reference=str(new.signing.serial)
    )
    assert told in holder.world.outbox.effects
    holder.hears(renewal, ApplicationState.COMPLETED)
    refused(holder, PredecessorSucceeded, holder.opens)


def test_the_window_opens_at_midnight_in_korea(holder: Holder) -> None:
    first = holder.old.signing.not_after - timedelta(days=31) + timedelta(seconds=1)
    early = refused(holder, RenewalTooEarly, lambda: holder.opens(now=first - timedelta(seconds=1)))
    assert early.fields["opens_at"] == first.isoformat()
    renewal = holder.opens(now=first, years=3)  # the longest there is: the linter must let it pass
    assert holder.sends(
        renewal, holder.signs(holder.statement(renewal)), now=first
    ).signing.not_after == not_after_years(holder.old.signing.not_after, 3)


def test_on_the_last_second_and_after(holder: Holder) -> None:
    last = holder.old.signing.not_after
    renewal = holder.opens(now=last)
    signed = holder.signs(holder.statement(renewal), now=last)
    refused(holder, RenewalTooLate, lambda: holder.sends(renewal, signed, now=last + timedelta(seconds=1)))
    assert holder.sends(renewal, signed, now=last).predecessor_serial == holder.serial


def test_expired_suspended_revoked_and_unknown_are_refused(holder: Holder) -> None:
    refused(holder, RenewalTooLate, lambda: holder.opens(now=holder.old.signing.not_after + timedelta(seconds=1)))
    suspend(
        holder.serial,
        actor="subscriber:subscriber-1",
        store=holder.world.store,
        policy=RevocationPolicy(),
        now=IN_WINDOW,
    )
    refused(holder, PredecessorSuspended, holder.opens)
    resume(holder.serial, actor="subscriber:subscriber-1", store=holder.world.store, now=IN_WINDOW)
    assert holder.opens().state is RenewalState.OPENED
    revoke(holder.serial, "keyCompromise", actor="operator:1", store=holder.world.store, now=IN_WINDOW)
    with pytest.raises(PredecessorRevoked):
        offer_renewal(
            holder.serial,
            "subscriber-1",
            store=holder.world.store,
            trust=trust(),
            policy=RenewalPolicy(),
            ration=Ration(),
            now=IN_WINDOW,
        )
    for serial, subscriber in ((holder.serial, "subscriber-2"), (holder.old.key_management.serial, "subscriber-1")):
        with pytest.raises(RenewalNotFound):
            offer_renewal(
                serial,
                subscriber,
                store=holder.world.store,
                trust=trust(),
                policy=RenewalPolicy(),
                ration=Ration(),
                now=IN_WINDOW,
            )


@pytest.mark.parametrize("end", ["suspend", "revoke"])
def test_a_certificate_that_ends_after_it_signed_yields_nothing(holder: Holder, end: str) -> None:
    """The proof was recorded; the certificate ended before issuance looked: its word counts no more."""
    renewal = holder.opens()
    signed = holder.signs(holder.statement(renewal))
    request = prove_renewal(
        renewal.application_id, "subscriber-1", signed, store=holder.world.store, trust=trust(), now=IN_WINDOW
    )
    if end == "suspend":
        suspend(holder.serial, actor="operator:1", store=holder.world.store, policy=RevocationPolicy(), now=IN_WINDOW)
    else:
        revoke(holder.serial, "keyCompromise", actor="operator:1", store=holder.world.store, now=IN_WINDOW)
    made = holder.world.certificates()
    with pytest.raises(PredecessorSuspended if end == "suspend" else PredecessorRevoked):
        issue(
            request,
            store=holder.world.store,
            authority=office().authority,
            virtual_ids=holder.world.identities,
            policy=IssuancePolicy(),
            ration=Ration(),
            chance=SystemChance(),
            now=IN_WINDOW,
        )
    assert holder.world.certificates() == made
    assert "issuance:request:refused" in holder.world.tags()


def test_a_successor_is_not_accepted_once_its_predecessor_was_revoked(holder: Holder) -> None:
    """Whoever revokes a stolen certificate also stops the renewal the thief had begun with it."""
    renewal, _, new = renewed(holder)
    holder.hears(renewal, ApplicationState.ISSUED)
    suspend(
        holder.serial,
        actor="subscriber:subscriber-1",
        store=holder.world.store,
        policy=RevocationPolicy(),
        now=IN_WINDOW,
    )
    with pytest.raises(PredecessorEnded):
        holder.accepts(new)
    resume(holder.serial, actor="subscriber:subscriber-1", store=holder.world.store, now=IN_WINDOW)
    revoke(holder.serial, "keyCompromise", actor="subscriber:subscriber-1", store=holder.world.store, now=IN_WINDOW)
    with pytest.raises(PredecessorEnded):
        holder.accepts(new)


def test_only_the_certificate_itself_may_sign_for_its_successor(holder: Holder) -> None:
    renewal = holder.opens()
    statement = holder.statement(renewal)
    by_key_management = sign_content(
        statement.to_json(),
        certificate_der=holder.old.key_management.certificate_der,
        sign=_rsa_sign,
        now=IN_WINDOW,
    )
    refused(holder, SignedWithOtherKey, lambda: holder.sends(renewal, by_key_management))
    forged = sign_content(
        statement.to_json(),
        certificate_der=holder.old.signing.certificate_der,
        sign=client_keys(NEW).sign,
        now=IN_WINDOW,
    )
    refused(holder, SignedDataForged, lambda: holder.sends(renewal, forged))


def _rsa_sign(data: bytes) -> bytes:
    key = client_keys(OLD).key_management
    assert isinstance(key, rsa.RSAPrivateKey)
    return key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def test_signed_terms_must_be_those_of_the_renewal(holder: Holder) -> None:
    renewal = holder.opens()
    honest = holder.statement(renewal)
    for changed, fields in (
        (replace(honest, years=3), ["years"]),
        (replace(honest, not_after=honest.not_after + timedelta(days=1)), ["not_after"]),
        (replace(honest, predecessor_serial="7"), ["predecessor_serial"]),
    ):
        signed = holder.signs(changed)
        differ = refused(holder, TermsDiffer, lambda signed=signed: holder.sends(renewal, signed))  # type: ignore[misc]
        assert differ.fields["fields"] == fields
    other = holder.signs(replace(honest, renewal_id="another"))
    refused(holder, RequestReplayed, lambda: holder.sends(renewal, other))
    nonsense = sign_content(
        b'{"type":"dojang.renewal.v1"}',
        certificate_der=holder.old.signing.certificate_der,
        sign=client_keys(OLD).sign,
        now=IN_WINDOW,
    )
    refused(holder, RequestUnreadable, lambda: holder.sends(renewal, nonsense))


def test_the_same_request_again_gets_the_same_set_and_another_none(holder: Holder) -> None:
    renewal, signed, new = renewed(holder)
    assert holder.sends(renewal, signed) == new
    holder.hears(renewal, ApplicationState.ISSUED)
    holder.accepts(new)
    holder.hears(renewal, ApplicationState.COMPLETED)
    revoke(holder.serial, "superseded", actor="system", store=holder.world.store, now=IN_WINDOW)
    assert holder.sends(renewal, signed) == new  # an answer that was lost, long after
    assert holder.world.tags().count("renewal:request:proven") == 1


def test_another_request_for_a_renewal_that_was_signed_for_is_refused(holder: Holder) -> None:
    renewal, _, _ = renewed(holder)
    again = holder.signs(holder.statement(renewal, client_keys(2)))
    refused(holder, AlreadySigned, lambda: holder.sends(renewal, again))


def test_a_request_replayed_for_the_next_renewal_is_refused(holder: Holder) -> None:
    renewal, signed, _ = renewed(holder)
    holder.hears(renewal, ApplicationState.CANCELLED)
    second = holder.opens()
    assert second.application_id != renewal.application_id
    refused(holder, RequestReplayed, lambda: holder.sends(second, signed))


def test_keys_that_were_certified_before_are_refused(holder: Holder) -> None:
    renewal = holder.opens()
    signed = holder.signs(holder.statement(renewal, client_keys(OLD)))
    with pytest.raises(KeyCertifiedBefore):
        holder.sends(renewal, signed)


def test_issuance_takes_no_renewal_without_its_proof(holder: Holder) -> None:
    """What the web process asks for is not what counts: issuance looks the signature up by itself."""
    renewal = holder.opens()
    signed = holder.signs(holder.statement(renewal))
    application = holder.world.store.read(lambda tx: tx.applications.find_application(renewal.application_id))
    assert application is not None
    forged = issuance_request(application, client_keys(2), idempotency_key=f"renewal-{renewal.application_id}")

    def ask() -> object:
        return issue(
            forged,
            store=holder.world.store,
            authority=office().authority,
            virtual_ids=holder.world.identities,
            policy=IssuancePolicy(),
            ration=Ration(),
            chance=SystemChance(),
            now=IN_WINDOW,
        )

    with pytest.raises(NotSignedYet):
        ask()
    prove_renewal(
        renewal.application_id, "subscriber-1", signed, store=holder.world.store, trust=trust(), now=IN_WINDOW
    )
    with pytest.raises(IdentityNotProven):
        ask()


def test_opening_again_returns_the_open_one_and_anything_else_is_refused(holder: Holder) -> None:
    first = holder.opens()
    assert holder.opens(now=IN_WINDOW + timedelta(minutes=1)) == first
    already = refused(holder, ApplicationAlreadyOpen, lambda: holder.opens(years=3))
    assert already.fields["application_id"] == first.application_id
    assert get_renewal(first.application_id, "subscriber-1", store=holder.world.store) == first
    with pytest.raises(RenewalNotFound):
        get_renewal(first.application_id, "subscriber-2", store=holder.world.store)


def test_consents_years_and_room(holder: Holder) -> None:
    refused(holder, ValidityNotOffered, lambda: holder.opens(years=2))
    refused(holder, TooManyIssues, lambda: holder.opens(ration=Ration(period_days=400, issues_per_period=1)))

    def without_consent() -> object:
        return open_renewal(
            holder.serial,
            "subscriber-1",
            years=1,
            consents=(),
            store=holder.world.store,
            trust=trust(),
            policy=RenewalPolicy(),
            ration=Ration(),
            chance=SystemChance(),
            now=IN_WINDOW,
        )

    assert refused(holder, ConsentMissing, without_consent).fields["missing"] == [CONSENTS[0].text_id]


def test_years_that_outlive_the_issuer_are_not_offered(holder: Holder) -> None:
    def offered(days_before: int) -> list[int]:
        offer = offer_renewal(
            holder.serial,
            "subscriber-1",
            store=holder.world.store,
            trust=trust(),
            policy=RenewalPolicy(offered_years=(1, 3, 30)),
            ration=Ration(),
            now=IN_WINDOW + timedelta(days=days_before),
        )
        return [one.years for one in offer.offers]

    assert offered(0) == [1, 3]


def test_a_renewal_signed_too_late_for_its_window_is_refused(holder: Holder) -> None:
    renewal = holder.opens()
    late = IN_WINDOW + timedelta(hours=24)
    signed = holder.signs(holder.statement(renewal), now=late)
    refused(holder, ApplicationExpired, lambda: holder.sends(renewal, signed, now=late))


def test_without_a_proofing_of_ours_there_is_nobody_to_renew_for(database: Database) -> None:
    world = World(database)
    holder = Holder(world)
    with database.writing() as connection:
        connection.execute(verified_identity.delete())
    refused(holder, PersonNotOnRecord, holder.opens)


def test_a_renewed_certificate_can_be_renewed_in_its_turn(holder: Holder) -> None:
    renewal, _, new = renewed(holder)
    holder.hears(renewal, ApplicationState.ISSUED)
    holder.accepts(new)
    holder.hears(renewal, ApplicationState.COMPLETED)
    found = holder.world.store.read(lambda tx: tx.renewals.find_predecessor(new.signing.serial))
    assert found is not None
    assert found.case_id == "case-of-application-1"
    assert found.person_key == holder.applicant.person_key


def test_of_two_devices_that_renew_at_once_one_wins(holder: Holder) -> None:
    renewal = holder.opens()
    requests = [holder.signs(holder.statement(renewal, client_keys(index))) for index in (2, 3, 4, 5)]

    def send(signed: bytes) -> CertificateSet | str:
        try:
            return holder.sends(renewal, signed)
        except DojangError as refusal:
            return refusal.code

    with ThreadPoolExecutor(len(requests)) as pool:
        outcomes = list(pool.map(send, requests))
    made = [one for one in outcomes if isinstance(one, CertificateSet)]
    assert len(made) == 1, outcomes
    assert {one for one in outcomes if isinstance(one, str)} <= {"renewal.already_signed"}
    assert holder.world.certificates() == 4


def test_revoking_while_renewing_leaves_no_set_made_from_a_revoked_certificate(database: Database) -> None:
    """Whatever comes first: a set is made before the revocation, or not at all."""
    holder = Holder(World(database))
    renewal = holder.opens()
    signed = holder.signs(holder.statement(renewal))

    def renew() -> str:
        try:
            holder.sends(renewal, signed)
        except DojangError as refusal:
            return refusal.code
        return "issued"

    with ThreadPoolExecutor(2) as pool:
        outcome = pool.submit(renew)
        pool.submit(
            revoke, holder.serial, "keyCompromise", actor="operator:1", store=holder.world.store, now=IN_WINDOW
        ).result()
    tags = holder.world.tags()
    if outcome.result() == "issued":
        assert tags.index("issuance:certificate_set:prepared", tags.index("renewal:renewal:opened")) < tags.index(
            "revocation:certificate:revoked"
        )
    else:
        assert outcome.result() == "renewal.revoked"
