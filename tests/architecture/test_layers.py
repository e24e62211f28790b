"""The layering rule holds, and each contract that keeps it is seen to fail when it is broken on purpose."""

import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]

BREACHES = {
    "inward": ("dojang/kernel/ids.py", "import dojang.pki.oid"),
    "journey": ("dojang/lifecycle/application/breach.py", "import dojang.lifecycle.issuance.model"),
    "sans-io": ("dojang/lifecycle/application/breach.py", "import sqlalchemy"),
    "pki-sans-io": ("dojang/pki/breach.py", "import httpx"),
    "sandbox-apart": ("dojang/sandbox/breach.py", "import dojang.adapters.store.engine"),
    "sandbox-unknown": ("dojang/web/breach.py", "import dojang.sandbox.app"),
}


def lint(tree: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    chosen = [option for one in contracts for option in ("--contract", one)]
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", *chosen],
        cwd=tree,
        env={"PYTHONPATH": str(tree / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("tree")
    ignored = shutil.ignore_patterns("__pycache__", "*.wav", "*.traineddata", "*.onnx")
    shutil.copytree(ROOT / "src", tree / "src", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tree)
    return tree


def test_the_tree_keeps_every_contract(copy: Path) -> None:
    outcome = lint(copy)
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize("contract", BREACHES)
def test_each_contract_notices_its_breach(copy: Path, contract: str) -> None:
    name, line = BREACHES[contract]
    breach = copy / "src" / name
    breach.write_text(line + "\n")
    try:
        assert lint(copy, contract).returncode != 0
    finally:
        breach.unlink()


def foreign_imports(graph: grimp.ImportGraph) -> list[str]:
    """Imports of another step that reach for more than its model."""
    found = []
    for importer in graph.find_descendants("dojang.lifecycle"):
        for imported in graph.find_modules_directly_imported_by(importer):
            theirs = imported.split(".")
            if theirs[:2] != ["dojang", "lifecycle"] or len(theirs) < 3 or importer.split(".")[2] == theirs[2]:
                continue
            if theirs[-1] != "model":
                found.append(f"{importer} -> {imported}")
    return found


def test_a_step_knows_only_the_model_of_another() -> None:
    assert foreign_imports(grimp.build_graph("dojang", cache_dir=None)) == []


def test_reaching_past_a_model_is_noticed() -> None:
    graph = grimp.build_graph("dojang", cache_dir=None)
    graph.add_import(importer="dojang.lifecycle.issuance.usecases", imported="dojang.lifecycle.application.usecases")
    assert "dojang.lifecycle.issuance.usecases -> dojang.lifecycle.application.usecases" in foreign_imports(graph)
