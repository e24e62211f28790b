"""`dojang audit export|check|key` and the auditor's routes: take a range along, and check it without the office."""

import json
from pathlib import Path

import pytest

from builders.command import Run
from builders.edge import Caller, EdgeOffice
from builders.proofing import HONG, Person
from dojang.adapters.store.audit_log import AuditHeads
from dojang.bootstrap import open_audit_signer
from dojang.controls.access.model import Role
from dojang.controls.audit_log.checkpoint import TreeHead, sign_head
from dojang.web.app import Audience
from dojang.web.operator_audit import LARGEST_ANSWER


@pytest.fixture
def person(office: EdgeOffice) -> Person:
    office.add_account("the.auditor", Role.AUDITOR)
    office.add_account("the.officer", Role.OFFICER)
    proven = office.person("gildong", HONG)
    office.proofing.prove(proven)
    return proven


@pytest.fixture
def auditor(office: EdgeOffice, person: Person) -> Caller:
    return office.caller([Audience.OPERATOR]).signed_in(office.token("the.auditor"))


def test_a_range_is_taken_along_and_checked_without_the_office(
    run: Run, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = run("audit", "key").out.strip()
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    run("audit", "head")
    size = run("audit", "export", first, "--as", "the.auditor").out.strip()
    run("audit", "head")
    assert int(run("audit", "export", second, "--first", size, "--as", "the.auditor").out) > int(size)
    assert person.application_id in first.read_text()
    assert HONG.name not in first.read_text()
    assert "audit_log:range:exported" in second.read_text()  # the taking of the first
    monkeypatch.setenv("DOJANG_CONFIG", "/nowhere")
    done = run("audit", "check", second, "--key", key, "--after", first)
    assert (done.code, f"entries {size} to" in done.out) == (0, True)
    first.write_text(first.read_text().replace('"passed"', '"failed"', 1))
    broken = run("audit", "check", first, "--key", key)
    assert broken.refusal is not None
    assert broken.refusal.code == "audit.log_broken"


def test_the_public_key_is_enough_to_verify(run: Run, office: EdgeOffice, person: Person) -> None:
    key = run("audit", "key").out.strip()
    run("audit", "head")
    (office.office.settings.secrets_dir / "audit.key").rename(office.office.settings.secrets_dir / "elsewhere")
    assert run("audit", "verify", "--key", key).code == 0
    lost = run("audit", "verify")
    assert lost.refusal is not None
    assert lost.refusal.code == "secrecy.keys_lost"
    wrong = run("audit", "verify", "--key", key[:-4])
    assert wrong.refusal is not None
    assert wrong.refusal.code == "audit.key_unreadable"


@pytest.mark.parametrize("name", ["the.officer", "gildong", "nobody"])
def test_auditors_alone_take_ranges(run: Run, person: Person, tmp_path: Path, name: str) -> None:
    run("audit", "head")
    done = run("audit", "export", tmp_path / "x", "--as", name)
    assert done.refusal is not None
    assert done.refusal.code == "access.role_required"
    assert not (tmp_path / "x").exists()


def test_over_http(run: Run, office: EdgeOffice, auditor: Caller, person: Person, tmp_path: Path) -> None:
    assert auditor("GET", "/v1/operator/audit/head").code == "audit.nothing_signed"
    run("audit", "head")
    head = auditor("GET", "/v1/operator/audit/head").json
    got = auditor("GET", "/v1/operator/audit/range?first=3&entries=10000")
    assert (got.status, got.headers["content-type"]) == (200, "application/jsonl")
    assert json.loads(got.content.splitlines()[0]) | {"before": None} == {
        "format": "dojang-audit-range-1",
        "first": 3,
        "size": head["size"],
        "before": None,
    }
    taken = tmp_path / "taken.jsonl"
    taken.write_bytes(got.content)
    assert run("audit", "check", taken, "--key", run("audit", "key").out.strip()).code == 0
    assert auditor("GET", f"/v1/operator/audit/range?first={head['size']}").code == "audit.nothing_signed"
    for wrong in ("range?first=-1", "range?entries=10001", "entries?subject=", "entries?subject=a%20b"):
        assert auditor("GET", f"/v1/operator/audit/{wrong}").status == 400


def test_one_matter_over_http_with_its_case_and_the_look_is_entered(
    office: EdgeOffice, auditor: Caller, person: Person
) -> None:
    entries = auditor("GET", f"/v1/operator/audit/entries?subject={person.application_id}&newest=1000").json
    tags = [one["tag"] for one in entries]
    assert {"identity_proofing:case:opened", "identity_proofing:ars_call:passed"} <= set(tags)
    assert [one["position"] for one in entries] == sorted(one["position"] for one in entries)
    text = json.dumps(entries, ensure_ascii=False)
    assert not [one for one in (HONG.name, HONG.phone, HONG.rrn, HONG.account.number) if one in text]
    looks = [json.loads(one.data)["about"] for one in office.leaves() if one.tag == "audit_log:entries:shown"]
    assert looks == [person.application_id]
    assert auditor("GET", "/v1/operator/audit/entries?subject=nobody").json == []
    assert len([one for one in office.leaves() if one.tag == "audit_log:entries:shown"]) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/operator/reviews"),
        ("GET", "/v1/operator/frozen-cases"),
        ("GET", "/v1/operator/certificates/1"),
        ("POST", "/v1/operator/certificates/1/revocation"),
        ("GET", "/v1/operator/tickets"),
    ],
)
def test_an_auditor_does_nothing_else(auditor: Caller, method: str, path: str) -> None:
    assert auditor(method, path).code == "access.role_required"


def test_a_range_without_heads_in_between_is_not_put_into_one_answer(office: EdgeOffice, auditor: Caller) -> None:
    head = TreeHead(size=LARGEST_ANSWER + 1, root=bytes(32), at=office.clock.now())
    AuditHeads(office.office.database).keep(sign_head(head, open_audit_signer(office.office.settings)))
    assert auditor("GET", "/v1/operator/audit/range?first=0&entries=10").code == "audit.range_too_long"
    assert "audit_log:range:exported" not in {one.tag for one in office.leaves()}
