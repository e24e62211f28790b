"""The sandbox as a whole: every answer says what it is, pages are escaped, and a restart remembers."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dojang.sandbox.app import build
from dojang.sandbox.state import State

PEOPLE = {"owner_name": "가온누리", "birth_date": "1990-01-02"}
ACCOUNT = {"bank_code": "088", "number": "110123456789", "holder_name": "가온<i>누리", "birth_date": "1990-01-02"}


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(build(State())) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/environment"),
        *[("GET", f"/{name}/environment") for name in ("bank", "telephony", "registry", "mailbox")],
        ("POST", "/bank/oauth/2.0/token"),
        ("POST", "/bank/v2.0/inquiry/real_name"),
        ("POST", "/bank/v2.0/nothing"),
        ("GET", "/bank/statement/097/1000000000001"),
        ("GET", "/bank/statement/097/1000000000001.json"),
        ("GET", "/bank/statement/097/999.json"),
        ("GET", "/sandbox/bank/ledger"),
        ("POST", "/sandbox/bank/accounts"),
        ("POST", "/sandbox/bank/fault"),
        ("DELETE", "/sandbox/bank/fault"),
        ("DELETE", "/sandbox/nobody/fault"),
        ("GET", "/telephony/handset/01099990000"),
        ("GET", "/telephony/handset/01099990000/calls"),
        ("GET", "/telephony/v1/calls/none"),
        ("POST", "/telephony/v1/line-ownership"),
        ("GET", "/telephony/prompts/ko/greeting.wav"),
        ("POST", "/registry/oauth/token"),
        ("POST", "/registry/v1/kr/public/mw/identity-card/check-status"),
        ("GET", "/sandbox/registry/inquiries"),
        ("GET", "/mailbox/"),
        ("GET", "/mailbox/box/01099990000"),
        ("GET", "/mailbox/box/01099990000.json"),
        ("POST", "/mailbox/messages/v4/send-many/detail"),
        ("GET", "/nothing/here"),
        ("GET", "/bank/nothing/here"),
    ],
)
def test_every_answer_says_that_it_is_a_sandbox(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code < 500
    assert answer.headers["x-environment"] == "sandbox"
    kind = answer.headers["content-type"]
    if kind.startswith("application/json") and answer.text[:1] == "{":
        assert answer.json()["environment"] == "sandbox"
    elif kind.startswith("text/html"):
        assert "environment: sandbox" in answer.text
        assert "모의" in answer.text


def test_what_is_malformed_is_told_without_repeating_it(client: TestClient) -> None:
    answer = client.post("/sandbox/bank/accounts", json={**ACCOUNT, "number": "비밀번호"})
    assert answer.status_code == 422
    assert answer.json() == {"error": "malformed", "fields": ["body.number"], "environment": "sandbox"}


def test_a_statement_page_escapes_its_holder(client: TestClient) -> None:
    assert client.post("/sandbox/bank/accounts", json=ACCOUNT).status_code == 201
    page = client.get("/bank/statement/088/110123456789").text
    assert "가온&lt;i&gt;누리 님" in page
    assert "신한은행" in page
    assert "거래내역이 없어요" in page


@pytest.mark.parametrize("path", ["..%2f..%2f..%2fpyproject", "greeting%00", "GREETING", "nothing"])
def test_only_prompts_are_served_as_sound(client: TestClient, path: str) -> None:
    assert client.get(f"/telephony/prompts/ko/{path}.wav").status_code == 404
    assert client.get("/telephony/prompts/ko/greeting.wav").status_code == 200


def test_a_restart_remembers_people_money_and_lines(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.sqlite"
    state = State(file)
    with TestClient(build(state)) as client:
        client.post("/sandbox/bank/accounts", json=ACCOUNT)
        client.post("/sandbox/telephony/lines", json={"number": "01099990000", **PEOPLE})
        token = client.post(
            "/bank/oauth/2.0/token",
            data={
                "client_id": "dojang-sandbox",
                "client_secret": "sandbox-only",
                "grant_type": "client_credentials",
                "scope": "oob",
            },
        ).json()
        item = {
            "tran_no": "1",
            "bank_tran_id": f"{token['client_use_code']}U000000001",
            "bank_code_std": "088",
            "account_num": "110123456789",
            "print_content": "482913도장",
            "tran_amt": "1",
        }
        body = {
            "cntr_account_num": "1000000000001",
            "wd_pass_phrase": "x",
            "name_check_option": "off",
            "req_cnt": "1",
            "req_list": [item],
        }
        headers = {"authorization": f"Bearer {token['access_token']}"}
        sent = client.post("/bank/v2.0/transfer/deposit/acnt_num", json=body, headers=headers).json()
        assert (sent["rsp_code"], sent["res_list"][0]["bank_rsp_code"]) == ("A0000", "000")
        again = client.post("/bank/v2.0/transfer/deposit/acnt_num", json=body, headers=headers).json()
        assert again["rsp_code"] == "A0326"
        item["bank_tran_id"], body["name_check_option"] = f"{token['client_use_code']}U000000002", "on"
        item["account_holder_name"] = "다른이"
        named = client.post("/bank/v2.0/transfer/deposit/acnt_num", json=body, headers=headers).json()
        assert named["res_list"][0]["bank_rsp_code"] == "815"
    state.close()
    state = State(file)
    with TestClient(build(state)) as client:
        statement = client.get("/bank/statement/088/110123456789.json").json()
        assert (statement["balance_krw"], len(statement["lines"])) == (1, 1)
        assert client.get("/sandbox/bank/ledger").json()["balanced"] is True
        asked = {"inquiry_id": "1", "number": "01099990000", "name": PEOPLE["owner_name"], "birth_date": "1990-01-02"}
        headers = {"authorization": "Bearer sandbox-telephony-key"}
        owner = client.post("/telephony/v1/line-ownership", json=asked, headers=headers).json()
        assert owner["matches"] is True
    state.close()


def test_a_transaction_that_fails_leaves_nothing() -> None:
    state = State()
    with state.transaction() as db:
        db.execute("CREATE TABLE t (x INTEGER)")

    def fail() -> None:
        with state.transaction() as db:
            db.execute("INSERT INTO t VALUES (1)")
            json.loads("{")

    with pytest.raises(json.JSONDecodeError):
        fail()
    with state.transaction() as db:
        assert db.execute("SELECT COUNT(*) FROM t").fetchone()[0] == 0
