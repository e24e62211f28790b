"""The relying parties' interface: who may ask, how much, what is answered, and that junk has its code."""

import base64
from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from builders.edge import Answer, Caller, EdgeOffice
from builders.hierarchy import VIRTUAL_ID
from builders.signatures import SIGNED_AT, HouseTrust, KnownStatuses, blank_pdf, person, sign_pdf
from dojang.adapters.signatures.reader import make_reading
from dojang.controls.relying_parties import usecases as parties
from dojang.controls.relying_parties.model import PartyState
from dojang.lifecycle.reliance.model import SignatureReading, StatusEvidence, StatusState, VerificationRequest
from dojang.lifecycle.reliance.verification import Verifier
from dojang.web.app import Audience

CONTENT = b"transfer 10,000 won"


@dataclass(frozen=True)
class ReaderHere:
    """The reader without a process of its own."""

    def read(self, request: VerificationRequest) -> tuple[SignatureReading, ...]:
        return make_reading()(request)


@dataclass(frozen=True)
class Site:
    """A registered party and how it asks."""

    edge: EdgeOffice
    caller: Caller
    client_id: str
    authorization: dict[str, str]

    def ask(self, path: str, **body: object) -> Answer:
        return self.caller("POST", path, headers=self.authorization, json=body)

    def verify(self, **body: object) -> Answer:
        return self.ask("/v1/verifications", **body)


def text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": f"Basic {text(f'{client_id}:{secret}'.encode())}"}


@pytest.fixture
def site(fresh_edge: EdgeOffice) -> Site:
    """A party of an office that trusts the test hierarchy, at a moment when its certificates are valid."""
    revoked = StatusEvidence(serial=666, state=StatusState.REVOKED, source="register", since=SIGNED_AT)
    verifier = Verifier(reader=ReaderHere(), trust=HouseTrust(house=person().house), sources=(KnownStatuses(revoked),))
    fresh_edge.clock.time = SIGNED_AT
    edge = replace(fresh_edge, office=replace(fresh_edge.office, verifier=verifier))
    registered = parties.register_party(
        "견본 상점",
        redirect_uris=["https://shop.example/back"],
        actor="operator:1",
        store=edge.office.store,
        chance=edge.office.chance,
        now=edge.clock.now(),
    )
    client_id = registered.party.client_id
    return Site(edge, edge.caller([Audience.RELYING_PARTY]), client_id, basic(client_id, registered.secret))


def bare(serial: int = 4711) -> dict[str, str]:
    who = person(serial=serial)
    return {
        "format": "pkcs1",
        "signature": text(who.sign(CONTENT)),
        "content": text(CONTENT),
        "certificate": text(who.certificate_der),
    }


def test_a_signature_is_verified(site: Site) -> None:
    answer = site.verify(**bare())
    assert answer.status == 200
    assert answer.json["passed"] is True
    (report,) = answer.json["verifications"]
    assert (report["indication"], report["sub_indication"]) == ("PASSED", None)
    assert report["signer"]["serial"] == "4711"
    assert [one["state"] for one in report["statuses"]] == ["good", "good"]
    assert len(report["chain"]) == 3


def test_a_document_with_two_signatures_has_two_reports(site: Site) -> None:
    twice = sign_pdf(person(), sign_pdf(person(), blank_pdf()), field_name="Second")
    answer = site.verify(format="pdf", signature=text(twice))
    assert [one["name"] for one in answer.json["verifications"]] == ["Signature1", "Second"]
    assert answer.json["passed"] is True


def test_a_verdict_is_an_answer_and_not_an_error(site: Site) -> None:
    answer = site.verify(**bare(serial=666), signed_after=SIGNED_AT.isoformat())
    assert answer.status == 200
    assert answer.json["passed"] is False
    (report,) = answer.json["verifications"]
    assert (report["indication"], report["sub_indication"]) == ("FAILED", "REVOKED")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"signature": "not base64!"}, 400, "request.malformed"),
        ({"format": "xml"}, 400, "request.malformed"),
        ({"policies": ["not an identifier"]}, 400, "request.malformed"),
        ({"signed_after": "2026-01-01T00:00:00"}, 400, "request.malformed"),
        ({"surplus": 1}, 400, "request.malformed"),
        ({"certificates": ["AA=="] * 65}, 400, "request.malformed"),
        ({"content": None}, 422, "reliance.signed_content_needed"),
        ({"certificate": "MAA="}, 422, "reliance.signature_unreadable"),
        ({"format": "cms"}, 422, "reliance.signature_unreadable"),
        ({"format": "pdf"}, 422, "reliance.signature_unreadable"),
    ],
)
def test_what_cannot_be_verified_has_a_code_and_is_audited(
    site: Site, changes: dict[str, object], status: int, code: str
) -> None:
    answer = site.verify(**{**bare(), **changes})
    assert (answer.status, answer.code) == (status, code)
    assert site.edge.refusals()[-1][:2] == (f"relying_party:{site.client_id}", code)


def test_junk_beside_the_signature_does_no_harm(site: Site) -> None:
    junk = [text(b"junk"), text(b"\x30\x80"), ""]
    answer = site.verify(**bare(), certificates=junk, ocsp_responses=junk, crls=junk)
    assert answer.json["passed"] is True


def test_documents_may_be_larger_than_photographs_but_not_endless(site: Site) -> None:
    limit = site.edge.office.settings.policy.reliance.max_bytes
    assert limit > site.edge.office.settings.web.max_photograph_bytes
    large = site.verify(**{**bare(), "content": text(bytes(limit - 4000))})
    assert large.json["verifications"][0]["sub_indication"] == "SIG_CRYPTO_FAILURE"
    beyond = site.verify(**{**bare(), "content": text(bytes(limit + 1))})
    assert (beyond.status, beyond.code) == (413, "request.too_large")


def test_only_a_registered_party_is_answered(site: Site) -> None:
    for headers in (basic(site.client_id, "wrong"), basic("nobody", "wrong"), basic("x" * 300, "y"), {}):
        answer = site.caller("POST", "/v1/verifications", headers=headers, json=bare())
        assert (answer.status, answer.code) == (401, "relying_party.refused")
        assert answer.headers["www-authenticate"] == 'Basic realm="dojang"'
    assert site.edge.refusals()[-1][1] == "relying_party.refused"


def test_a_barred_party_and_an_old_secret_are_refused(site: Site) -> None:
    store, now = site.edge.office.store, site.edge.clock.now()
    parties.set_party_state(site.client_id, PartyState.BARRED, actor="operator:1", store=store, now=now)
    assert site.verify(**bare()).code == "relying_party.refused"
    parties.set_party_state(site.client_id, PartyState.ACTIVE, actor="operator:1", store=store, now=now)
    assert site.verify(**bare()).status == 200
    renewed = parties.renew_secret(
        site.client_id, actor="operator:1", store=store, chance=site.edge.office.chance, now=now
    )
    assert site.verify(**bare()).code == "relying_party.refused"
    fresh = replace(site, authorization=basic(site.client_id, renewed.secret))
    assert fresh.verify(**bare()).status == 200
    tags = [one.tag for one in site.edge.leaves() if one.tag.startswith("relying_parties:")]
    assert [tag.rpartition(":")[2] for tag in tags] == ["registered", "barred", "active", "secret_renewed"]


def test_every_verification_is_audited_without_what_was_signed(site: Site) -> None:
    site.verify(**bare())
    leaf = next(one for one in reversed(site.edge.leaves()) if one.tag == "reliance:signature:verified")
    assert (leaf.actor, leaf.subject) == (f"relying_party:{site.client_id}", site.client_id)
    assert "PASSED" in leaf.data
    assert "도하람" not in leaf.data


# --- whose certificate it is ----------------------------------------------------------------------------------------


def identity_check(site: Site, number: str, r: bytes) -> Answer:
    return site.ask("/v1/identity-checks", certificate=text(person().certificate_der), number=number, r=text(r))


def test_a_wrong_number_does_not_match_and_guesses_are_counted(site: Site) -> None:
    assert len(VIRTUAL_ID) == 32  # of nobody: no number leads to it
    allowed = site.edge.office.settings.policy.relying_parties.identity_checks_per_hour
    for _ in range(allowed):
        answer = identity_check(site, "9001019999999", bytes(range(1, 21)))
        assert (answer.status, answer.code) == (422, "npki.virtual_id_mismatch")
    answer = identity_check(site, "9001019999999", bytes(range(1, 21)))
    assert (answer.status, answer.code) == (429, "relying_party.quota_spent")
    assert 0 < answer.json["retry_after_s"] <= 3600


def test_neither_number_nor_r_is_repeated_anywhere(site: Site) -> None:
    number, r = "9001019876543", bytes(range(50, 70))
    answers = [
        identity_check(site, number, r),
        identity_check(site, number, b"short"),
        identity_check(site, number + "x", r),
        site.ask("/v1/identity-checks", certificate="MAA=", number=number, r=text(r)),
    ]
    for answer in answers:
        assert answer.status in (400, 422)
        assert number.encode() not in answer.content
        assert text(r).encode() not in answer.content
    log = " ".join(f"{one.subject} {one.data}" for one in site.edge.leaves())
    assert number not in log
    assert text(r) not in log


def test_the_right_number_and_r_match(site: Site, customer: tuple[bytes, str, bytes]) -> None:
    certificate_der, number, r = customer
    answer = site.ask("/v1/identity-checks", certificate=text(certificate_der), number=number, r=text(r))
    assert (answer.status, answer.json) == (200, {"matches": True})


@pytest.fixture
def customer() -> tuple[bytes, str, bytes]:
    """A certificate whose virtual ID was computed from an invented number and R."""
    from builders.hierarchy import OPERATOR, customer_key, hierarchy, sign, subscriber_tbs
    from dojang.pki.extensions import identity_name
    from dojang.pki.npki.random_number import RandomNumber
    from dojang.pki.npki.virtual_id import compute_virtual_id
    from dojang.pki.profile_file import load_profile

    number, r = "9001019876543", bytes(range(1, 21))
    digest = compute_virtual_id(number, RandomNumber(value=r)).digest
    profile = load_profile("personal-signing", OPERATOR)
    tbs = subscriber_tbs(profile, key=customer_key(), identity_der=identity_name("도하람", digest))
    return sign(hierarchy().signer, profile, tbs_der=tbs), number, r


def test_the_office_knows_its_own_certificates_from_its_register(fresh_edge: EdgeOffice) -> None:
    """A real office vouches for its issuing CA from the root's list, and for strangers not at all."""
    verifier, published = fresh_edge.office.verifier, fresh_edge.office.published
    now: datetime = fresh_edge.clock.now()
    (register, *_) = verifier.sources
    assert published.root_der in verifier.trust.anchors()
    own = register.find_status(published.issuing_der, published.root_der, now)
    assert own is None or (own.source, own.state) == ("crl", StatusState.GOOD)
    assert register.find_status(person().certificate_der, person().house.issuing_der, now) is None
