"""The documents say what the code says: generated parts are fresh, links lead somewhere, examples are accepted."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from dojang.config import Environment, parse_settings
from dojang.controls.ceremony import parse_ceremony

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "dojang"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
READMES = ("README.md", "README.ko.md")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)(?P<target>[^)#\s]+)")
FOLLOWED = re.compile(r"^\d\. .*\]\((?P<path>src/[^)]+)\) `(?P<name>[\w.]+)`$", re.MULTILINE)
HANGUL = re.compile(r"[가-힣]")


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def table_after(heading: str, text: str) -> list[list[str]]:
    """Return the cells of the first table after `heading`, without its head."""
    rows = text.split(heading, 1)[1].split("\n| --- ", 1)[1].split("\n\n", 1)[0].splitlines()[1:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def defines(path: Path, dotted: str) -> bool:
    """Whether the module defines a function, class or method of that name."""
    body: list[ast.stmt] = ast.parse(path.read_text("utf-8")).body
    for name in dotted.split("."):
        found = [one for one in body if isinstance(one, ast.FunctionDef | ast.ClassDef) and one.name == name]
        if not found:
            return False
        body = found[0].body
    return True


@pytest.fixture(scope="module")
def renderer() -> ModuleType:
    spec = spec_from_file_location("render_docs", ROOT / "tools" / "render_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_parts_are_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "render_docs.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_stale_part_is_noticed(renderer: ModuleType) -> None:
    render: Callable[[str, set[str]], str] = renderer.render
    stale = "<!-- generated:needs -->\n| check |\n<!-- /generated -->"
    fresh = render(stale, set())
    assert fresh != stale
    assert render(fresh, set()) == fresh


def test_every_generator_refuses_what_it_does_not_know(renderer: ModuleType) -> None:
    with pytest.raises(SystemExit, match="nothing generates"):
        renderer.render("<!-- generated:nothing -->\n<!-- /generated -->", set())


def test_sections_are_in_numerical_order(renderer: ModuleType) -> None:
    sections = ["RFC 5280 4.2.1.10", "RFC 5280 4.2.1.9", "KCAC.TS.ENC", "RFC 822 1"]
    assert sorted(sections, key=renderer.section_order) == [
        "KCAC.TS.ENC",
        "RFC 822 1",
        "RFC 5280 4.2.1.9",
        "RFC 5280 4.2.1.10",
    ]


@pytest.mark.parametrize("readme", READMES)
def test_one_certificate_can_be_followed_over_eight_links(readme: str) -> None:
    links = [(found["path"], found["name"]) for found in FOLLOWED.finditer(read(readme))]
    assert len(links) == 8
    assert [link for link in links if not defines(ROOT / link[0], link[1])] == []


def test_both_readmes_follow_the_same_certificate() -> None:
    english, korean = (FOLLOWED.findall(read(name)) for name in READMES)
    assert english == korean


def test_a_link_that_defines_nothing_is_noticed() -> None:
    assert not defines(SOURCE / "bootstrap.py", "SignsHere.sign")
    assert not defines(SOURCE / "bootstrap.py", "issue")


def test_both_readmes_have_the_same_parts_and_the_korean_one_is_korean() -> None:
    english, korean = (read(name) for name in READMES)
    for mark in ("\n## ", "\n```", "](docs/", "\n- "):
        assert english.count(mark) == korean.count(mark), mark
    headings = [line for line in korean.splitlines() if line.startswith("## ")]
    assert all(HANGUL.search(heading) for heading in headings)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files(document: Path) -> None:
    targets = [found["target"] for found in LINK.finditer(document.read_text("utf-8"))]
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_glossary_words_stand_in_the_code() -> None:
    text = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    words = set(re.findall(r"\w+", text))
    rows = [line for line in read("docs/glossary.md").splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) > 50
    missing = []
    for row in rows:
        field, korean, code = (cell.strip() for cell in row.strip("|").split(" | "))
        assert field, row
        assert HANGUL.search(korean) or korean.isupper(), row
        named = re.findall(r"`([^`]+)`", code)
        assert named, row
        missing += [one for one in named if one.rpartition(".")[2] not in words or one.split(".")[0] not in words]
    assert missing == []


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["models"]]
    names = {re.split(r"[<>=]", one)[0] for one in declared}
    rows = table_after("## Dependencies and why", read("ARCHITECTURE.md"))
    assert {re.findall(r"`([^`]+)`", row[0])[0] for row in rows} == names
    assert all(len(row) == 4 and all(row) for row in rows)


def test_every_metric_is_documented() -> None:
    made = set()
    for path in SOURCE.rglob("*.py"):
        made |= set(re.findall(r'(?:Counter|Histogram|Gauge|Summary)\(\s*"([a-z_]+)"', path.read_text("utf-8")))
    documented = set(re.findall(r"^\| `(dojang_[a-z_]+)`", read("docs/operating.md"), re.MULTILINE))
    assert documented == made


def test_every_environment_variable_is_documented() -> None:
    read_somewhere = set()
    for path in [*SOURCE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        if path != Path(__file__).resolve():
            read_somewhere |= set(re.findall(r'"(DOJANG_[A-Z_]+)"', path.read_text("utf-8")))
    documented = set(re.findall(r"^\| `(DOJANG_[A-Z_]+)`", read("docs/operating.md"), re.MULTILINE))
    assert documented >= read_somewhere - {"DOJANG_TEST_PASSWORD"}


def test_the_example_settings_are_a_production_office_that_starts() -> None:
    block = read("docs/operating.md").split("```toml\n", 1)[1].split("```", 1)[0]
    settings = parse_settings(tomllib.loads(block))
    assert settings.environment is Environment.PRODUCTION
    assert settings.sandbox_neighbours == ()


def test_the_example_ceremony_is_accepted() -> None:
    spec = parse_ceremony((ROOT / "docs" / "ceremony.example.yaml").read_bytes())
    assert {one.label for one in spec.delegates} >= {"transport", "statement"}
    assert spec.issuing.crl_uri.endswith("/crl/issuing.crl")


def test_the_picture_speaks_both_languages() -> None:
    picture = read("docs/img/journey.svg")
    assert 'role="img"' in picture
    for word in ("Apply", "신청", "Prove", "신원확인", "Issue", "발급", "Accept", "인수"):
        assert f">{word}<" in picture


def test_numbered_steps_of_issuance_are_nine(renderer: ModuleType) -> None:
    steps = re.findall(r"^(\d+)\. ", renderer.issue_steps(), re.MULTILINE)
    assert steps == [str(number) for number in range(1, 10)]
