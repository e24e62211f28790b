"""What certificates point to: the practice statement and the root's list, as files of the operator's."""

import shutil
from pathlib import Path

import pytest

from builders.edge import EdgeOffice, founded, open_edge
from dojang.adapters.practice_statement import PracticeStatementUnreadable, read_practice_statement


def test_a_sandbox_says_what_its_certificates_are_worth(edge: EdgeOffice) -> None:
    answer = edge.caller()("GET", "/cps")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "믿고 쓰지 마세요" in answer.content.decode()
    assert "do not rely" in answer.content.decode()


def test_the_operators_own_statement_is_served_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "cps.txt"
    file.write_text("인증업무준칙 1.0", "utf-8")
    edge = open_edge(founded(tmp_path), authority={"cps_file": str(file)})
    answer = edge.caller()("GET", "/cps")
    assert (answer.content.decode(), answer.headers["content-type"]) == (
        "인증업무준칙 1.0",
        "text/plain; charset=utf-8",
    )
    edge.close()


@pytest.mark.parametrize("name", ["missing.html", "statement.docx"])
def test_a_statement_that_cannot_be_served_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "statement.docx").write_bytes(b"")
    with pytest.raises(PracticeStatementUnreadable):
        read_practice_statement(tmp_path / name, is_production=True)


def test_production_never_shows_the_sandboxs_statement() -> None:
    with pytest.raises(PracticeStatementUnreadable):
        read_practice_statement(None, is_production=True)


def test_the_roots_newest_list_is_served_without_a_restart(tmp_path: Path) -> None:
    edge = open_edge(founded(tmp_path))
    caller = edge.caller()
    folder = edge.office.settings.authority_dir
    first = caller("GET", "/crl/root.crl").content
    shutil.copy(folder / "issuing.crl", folder / "root-10.crl")
    shutil.copy(folder / "root.crl", folder / "root-9.crl")
    assert first == (folder / "root.crl").read_bytes()
    assert caller("GET", "/crl/root.crl").content == (folder / "issuing.crl").read_bytes()
    edge.close()
