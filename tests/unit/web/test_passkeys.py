"""Passkeys and sessions over HTTP, the clock set by hand, an authenticator in software."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from builders.authenticator import PRESENT, SoftAuthenticator
from builders.edge import PASSWORD, Answer, Caller, EdgeOffice, founded, open_edge
from dojang.controls.access.model import Role
from dojang.controls.notices.model import NotifySubscriber

ANDROID = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"


@pytest.fixture
def at_home(tmp_path: Path) -> Iterator[EdgeOffice]:
    """An office with an account, at the address the authenticator was made for."""
    opened = open_edge(founded(tmp_path), web={"port": 8710})
    opened.office = replace(opened.office, store=opened.proofing.store)  # whose effects can be looked at
    opened.add_account("gildong")
    yield opened
    opened.close()


def text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def add(caller: Caller, authenticator: SoftAuthenticator, name: str = "내 폰", **body: Any) -> Answer:
    asked = caller("POST", "/v1/passkeys/challenges", json=body)
    if asked.status != 201:
        return asked
    made = authenticator.make(base64.b64decode(asked.json["challenge"]), base64.b64decode(asked.json["user_handle"]))
    sent = {
        "name": name,
        "client_data": text(made.client_data),
        "attestation_object": text(made.attestation_object),
    }
    return caller("POST", "/v1/passkeys", json=sent)


def challenge_of(caller: Caller) -> bytes:
    asked = caller("POST", "/v1/passkey-challenges")
    assert asked.status == 201, asked.content
    assert asked.json["relying_party_id"] == "localhost"
    return base64.b64decode(asked.json["challenge"])


def answer(caller: Caller, authenticator: SoftAuthenticator, challenge: bytes, **changes: bytes) -> Answer:
    said = replace(authenticator.answer(challenge), **changes)
    sent = {
        name: text(getattr(said, name))
        for name in ("credential_id", "client_data", "authenticator_data", "signature", "user_handle")
    }
    return caller("POST", "/v1/passkey-sessions", json=sent, headers={"User-Agent": ANDROID})


def test_from_the_password_to_a_session_without_one(at_home: EdgeOffice) -> None:
    caller = at_home.caller()
    signed_in = caller.signed_in(at_home.token("gildong"))
    authenticator = SoftAuthenticator()
    added = add(signed_in, authenticator)
    assert added.status == 201, added.content
    assert (added.json["name"], added.json["synced"], added.json["last_used_at"]) == ("내 폰", False, None)
    assert add(signed_in, authenticator).code == "access.passkey_known"

    at_home.clock.advance(minutes=20)  # nobody is signed in any more, no name and no password is sent
    opened = answer(caller, authenticator, challenge_of(caller))
    assert opened.status == 201, opened.content
    assert "httponly" in opened.headers["set-cookie"].lower()
    by_passkey = caller.signed_in(opened.json["token"])
    [listed] = by_passkey("GET", "/v1/passkeys").json
    assert listed["last_used_at"] is not None
    [session] = by_passkey("GET", "/v1/sessions").json
    assert (session["method"], session["browser"], session["is_current"]) == ("passkey", "Chrome · Android", True)
    assert by_passkey("PUT", f"/v1/passkeys/{listed['id']}", json={"name": " 일터  폰"}).json["name"] == "일터 폰"
    assert by_passkey("DELETE", f"/v1/passkeys/{listed['id']}").status == 204
    assert by_passkey("GET", "/v1/passkeys").json == []
    assert answer(caller, authenticator, challenge_of(caller)).code == "access.passkey_refused"
    told = [one for one in at_home.proofing.line.emitted if isinstance(one, NotifySubscriber)]
    assert [one.template for one in told] == ["passkey_added", "passkey_removed"]
    tags = [one.tag for one in at_home.leaves() if one.tag.startswith("access:passkey")]
    assert tags == [f"access:passkey:{what}" for what in ("added", "renamed", "removed", "refused")]


def test_an_old_session_needs_the_password_once_more_and_guesses_at_it_lock(at_home: EdgeOffice) -> None:
    caller = at_home.caller().signed_in(at_home.token("gildong"))
    at_home.clock.advance(minutes=5)
    authenticator = SoftAuthenticator()
    refused = add(caller, authenticator)
    assert (refused.status, refused.code) == (403, "access.fresh_sign_in_required")
    assert add(caller, authenticator, password=PASSWORD).status == 201
    tries = [add(caller, SoftAuthenticator(credential_id=b"other"), password="guess") for _ in range(5)]
    assert [one.code for one in tries] == [*["access.sign_in_refused"] * 4, "access.account_locked"]
    # The lock keeps out guessers at the password, not the owner's passkey.
    anybody = at_home.caller()
    locked = anybody("POST", "/v1/sessions", json={"login_name": "gildong", "password": PASSWORD})
    assert locked.code == "access.account_locked"
    assert answer(anybody, authenticator, challenge_of(anybody)).status == 201


def test_a_challenge_is_answered_once_in_time_and_for_its_purpose(at_home: EdgeOffice) -> None:
    caller = at_home.caller()
    signed_in = caller.signed_in(at_home.token("gildong"))
    authenticator = SoftAuthenticator()
    add(signed_in, authenticator)
    challenge = challenge_of(caller)
    assert answer(caller, authenticator, challenge).status == 201
    replayed = answer(caller, authenticator, challenge)
    assert (replayed.status, replayed.code) == (410, "access.passkey_challenge_expired")
    late = challenge_of(caller)
    at_home.clock.advance(minutes=5)
    assert answer(caller, authenticator, late).code == "access.passkey_challenge_expired"
    assert answer(caller, authenticator, bytes(32)).code == "access.passkey_challenge_expired"
    for_adding = signed_in("POST", "/v1/passkeys/challenges", json={"password": PASSWORD}).json["challenge"]
    assert answer(caller, authenticator, base64.b64decode(for_adding)).code == "access.passkey_challenge_expired"
    # A wrong answer spends the challenge as well.
    spent = challenge_of(caller)
    assert answer(caller, authenticator, spent, signature=b"guess").code == "access.passkey_refused"
    assert answer(caller, authenticator, spent).code == "access.passkey_challenge_expired"


def test_copies_unverified_users_and_strangers_are_refused_and_audited(at_home: EdgeOffice) -> None:
    caller = at_home.caller()
    authenticator = SoftAuthenticator()
    add(caller.signed_in(at_home.token("gildong")), authenticator)
    assert answer(caller, authenticator, challenge_of(caller)).status == 201
    authenticator.count = 0  # a copy made before
    assert answer(caller, authenticator, challenge_of(caller)).code == "access.passkey_refused"
    authenticator.count = 10
    assert answer(caller, authenticator, challenge_of(caller), user_handle=b"somebody").code == "access.passkey_refused"
    authenticator.flags = PRESENT
    assert answer(caller, authenticator, challenge_of(caller)).code == "access.passkey_refused"
    stranger = SoftAuthenticator(credential_id=b"nobody knows it")
    assert answer(caller, stranger, challenge_of(caller)).code == "access.passkey_refused"
    refused = [one for one in at_home.leaves() if one.tag == "access:passkey:refused"]
    assert [one.data for one in refused] == [
        f'{{"reason":"{reason}"}}' for reason in ("sign_count", "user_handle", "assertion", "unknown")
    ]


def test_nobody_touches_anothers_passkeys(at_home: EdgeOffice) -> None:
    at_home.add_account("other.person")
    at_home.add_account("the.officer", Role.OFFICER)
    caller = at_home.caller()
    mine = caller.signed_in(at_home.token("gildong"))
    passkey_id = add(mine, SoftAuthenticator()).json["id"]
    other = caller.signed_in(at_home.token("other.person"))
    assert other("GET", "/v1/passkeys").json == []
    assert other("DELETE", f"/v1/passkeys/{passkey_id}").code == "access.passkey_not_found"
    assert other("PUT", f"/v1/passkeys/{passkey_id}", json={"name": "x"}).code == "access.passkey_not_found"
    officer = caller.signed_in(at_home.token("the.officer"))
    assert officer("POST", "/v1/passkeys/challenges", json={}).code == "access.role_required"
    assert caller("GET", "/v1/passkeys").code == "access.session_required"
    assert len(mine("GET", "/v1/passkeys").json) == 1


def test_challenges_are_counted_by_address(tmp_path: Path) -> None:
    attempts = {"passkey_challenges_per_address": 3}
    office = open_edge(founded(tmp_path), web={"port": 8710}, policy={"access": {"attempts": attempts}})
    caller = office.caller()
    assert [caller("POST", "/v1/passkey-challenges").status for _ in range(4)] == [201, 201, 201, 429]
    assert caller.at("203.0.113.8")("POST", "/v1/passkey-challenges").status == 201
    office.close()


def test_where_one_is_signed_in_and_out_everywhere(at_home: EdgeOffice) -> None:
    at_home.add_account("other.person")
    caller = at_home.caller()
    tokens = []
    for _ in range(3):
        tokens.append(at_home.token("gildong"))
        at_home.clock.advance(seconds=10)
    other = caller.signed_in(at_home.token("other.person"))
    here, there, third = (caller.signed_in(one) for one in tokens)
    listed = here("GET", "/v1/sessions").json
    assert [one["is_current"] for one in listed] == [False, False, True]
    assert not any(token in here("GET", "/v1/sessions").content.decode() for token in tokens)
    assert other("DELETE", f"/v1/sessions/{listed[0]['id']}").code == "access.session_not_found"
    assert here("DELETE", f"/v1/sessions/{listed[0]['id']}").status == 204
    assert third("GET", "/v1/sessions/current").code == "access.session_required"
    assert there("DELETE", "/v1/sessions").status == 204
    assert [one("GET", "/v1/sessions/current").status for one in (here, there, other)] == [401, 401, 200]
    assert [one.tag for one in at_home.leaves()].count("access:session:closed") == 3
