"""Answers kept in memory, on both databases: never older than the store, whoever changed it, and bounded."""

import base64
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography.x509 import ocsp

from builders.edge import Answer, Caller, EdgeOffice, founded, open_edge
from builders.proofing import KIM
from builders.status import appoint, issue, resume, revoke, suspend
from dojang.adapters.store.engine import Database
from dojang.adapters.store.status_change import LEASE_S
from dojang.authorities import open_responder
from dojang.pki import der, oid
from dojang.web.app import Audience, create_app
from dojang.web.ocsp_front import OcspFront

GOOD, REVOKED = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED
AS_REQUEST = {"Content-Type": "application/ocsp-request"}


@pytest.fixture
def edge(database: Database, tmp_path: Path) -> Iterator[EdgeOffice]:
    url = database.url.render_as_string(hide_password=False)
    opened = open_edge(founded(tmp_path), database_url=url)
    appoint(opened)
    yield opened
    opened.close()


@pytest.fixture
def other(edge: EdgeOffice) -> Iterator[EdgeOffice]:
    """The same office in what could be another process: a store and connections of its own."""
    settings = edge.office.settings
    opened = open_edge(settings.data_dir, database_url=settings.database_url)
    opened.clock.time = edge.clock.time
    yield opened
    opened.close()


def request_for(edge: EdgeOffice, serial: int) -> bytes:
    name_hash, key_hash = open_responder(edge.office.settings, edge.office.published).hashes.of(oid.SHA256)
    named = der.sequence(der.oid(oid.SHA256))
    asked = der.sequence(named, der.octet_string(name_hash), der.octet_string(key_hash), der.integer(serial))
    return der.sequence(der.sequence(der.sequence(der.sequence(asked))))


def get(caller: Caller, request_der: bytes, **headers: str) -> Answer:
    return caller("GET", f"/ocsp/{quote(base64.b64encode(request_der).decode(), safe='')}", headers=headers)


def post(caller: Caller, request_der: bytes) -> Answer:
    return caller("POST", "/ocsp", content=request_der, headers=AS_REQUEST)


def said(answer: Answer) -> ocsp.OCSPCertStatus:
    return ocsp.load_der_ocsp_response(answer.content).certificate_status


def shows(edge: EdgeOffice, caller: Caller, request_der: bytes, wanted: ocsp.OCSPCertStatus) -> None:
    """At once where the watch is exact; where it holds a lease, when that has run out at the latest."""
    if not edge.office.database.is_sqlite:
        time.sleep(LEASE_S)
    assert said(get(caller, request_der)) is said(post(caller, request_der)) is wanted


def test_what_another_process_changes_shows_in_kept_answers(edge: EdgeOffice, other: EdgeOffice) -> None:
    held = issue(edge)
    request_der = request_for(edge, held.signing.serial)
    here, there = edge.caller([Audience.PROTOCOLS]), other.caller([Audience.PROTOCOLS])
    for _ in range(3):
        for caller in (here, there):
            shows(edge, caller, request_der, GOOD)
        suspend(other, held.signing.serial)
        for caller in (here, there):
            shows(edge, caller, request_der, REVOKED)
        resume(edge, held.signing.serial)
    revoke(other, held.key_management.serial)  # a set ends as a whole
    shows(edge, here, request_der, REVOKED)
    assert get(here, request_der).content == get(there, request_der).content


def test_kept_answers_are_signed_anew_in_time(edge: EdgeOffice) -> None:
    request_der = request_for(edge, issue(edge).signing.serial)
    caller = edge.caller([Audience.PROTOCOLS])
    first = get(caller, request_der)
    assert get(caller, request_der).content == first.content
    edge.clock.time += timedelta(minutes=edge.office.settings.policy.ocsp.sign_every_minutes)
    later = ocsp.load_der_ocsp_response(get(caller, request_der).content)
    assert later.this_update_utc > ocsp.load_der_ocsp_response(first.content).this_update_utc
    assert later.this_update_utc <= edge.clock.now() < later.next_update_utc


def test_a_new_delegate_answers_at_once(edge: EdgeOffice) -> None:
    request_der = request_for(edge, issue(edge).signing.serial)
    caller = edge.caller([Audience.PROTOCOLS])
    get(caller, request_der)
    edge.clock.time += timedelta(days=21)
    get(caller, request_der)
    made = next(one for one in appoint(edge) if one.label == "ocsp-2")
    shows(edge, caller, request_der, GOOD)
    (by,) = ocsp.load_der_ocsp_response(get(caller, request_der).content).certificates
    assert by.serial_number == made.serial


def test_requests_for_two_are_kept_as_one(edge: EdgeOffice) -> None:
    one, two = issue(edge), issue(edge, "another", KIM, index=1)
    asked = [_requests_in(request_for(edge, each.signing.serial)) for each in (one, two)]
    both = der.sequence(der.sequence(der.sequence(*asked)))
    caller = edge.caller([Audience.PROTOCOLS])
    post(caller, both)
    revoke(edge, two.signing.serial)
    shows(edge, caller, request_for(edge, one.signing.serial), GOOD)
    answered = ocsp.load_der_ocsp_response(post(caller, both).content)
    assert [each.certificate_status for each in answered.responses] == [GOOD, REVOKED]


def _requests_in(request_der: bytes) -> bytes:
    """The members of requestList."""
    return der.whole(der.whole(der.whole(request_der, der.SEQUENCE), der.SEQUENCE), der.SEQUENCE)


def test_a_kept_answer_is_revalidated_and_hardened_like_the_first(edge: EdgeOffice) -> None:
    request_der = request_for(edge, issue(edge).signing.serial)
    caller = edge.caller([Audience.PROTOCOLS])
    first, second = get(caller, request_der), get(caller, request_der)
    assert first.headers == second.headers
    assert second.headers["x-content-type-options"] == "nosniff"
    again = get(caller, request_der, **{"If-None-Match": first.headers["etag"]})
    assert (again.status, again.content) == (304, b"")
    assert "content-length" not in again.headers
    assert get(caller, request_der, **{"If-None-Match": '"other"'}).status == 200


def test_what_was_unknown_is_known_when_issued(edge: EdgeOffice) -> None:
    caller = edge.caller([Audience.PROTOCOLS])
    held = issue(edge)
    unknown = request_for(edge, held.signing.serial - 1)
    assert said(post(caller, unknown)) is said(post(caller, unknown)) is ocsp.OCSPCertStatus.UNKNOWN
    assert get(caller, unknown).headers["cache-control"] == "no-store"


def test_only_as_many_requests_are_kept_as_there_is_room_for(edge: EdgeOffice) -> None:
    front = create_app(edge.office, [Audience.PROTOCOLS])
    assert isinstance(front, OcspFront)
    front.replies.capacity = 3
    caller = Caller(front)
    serial = issue(edge).signing.serial
    requests = [_with_harmless_extension(request_for(edge, serial), bytes([n])) for n in range(9)]
    answers = [post(caller, one) for one in requests]
    assert len({one.content for one in answers}) == 1
    assert len(front.replies) == 3


def _with_harmless_extension(request_der: bytes, value: bytes) -> bytes:
    """Say which kinds of answers are acceptable, in so many ways: requests that differ and mean the same."""
    tbs = der.whole(der.whole(request_der, der.SEQUENCE), der.SEQUENCE)
    extension = der.sequence(der.oid(oid.OCSP_ACCEPTABLE_RESPONSES), der.octet_string(value))
    return der.sequence(der.sequence(tbs, der.explicit(2, der.sequence(extension))))


def test_a_bug_on_the_short_way_is_answered_on_the_whole(edge: EdgeOffice) -> None:
    """A store that fails in a way nobody foresaw: the caller gets an answer of ours, not the server's."""
    caller = edge.caller([Audience.PROTOCOLS])
    request_der = request_for(edge, issue(edge).signing.serial)
    edge.office.database.dispose()
    with edge.office.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE status_change RENAME TO elsewhere")
    answer = post(caller, request_der)
    assert answer.status == 200
    assert ocsp.load_der_ocsp_response(answer.content).response_status is ocsp.OCSPResponseStatus.TRY_LATER
