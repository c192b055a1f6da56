"""Who may import whom: the contracts of pyproject.toml hold, and a planted wrong import breaks one of them."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("cs231n_lite", "autograder")
# What a student's machine has, and nothing heavier.
OUTSIDERS = {"cs231n_lite", "numpy", "matplotlib", *sys.stdlib_module_names}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Hold the packages of a folder against its contracts."""
    line = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-cache",
    ]
    env = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "1000"}
    return subprocess.run(line, cwd=folder, env=env, capture_output=True, text=True)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages' code, with the contracts, to plant faults in."""
    folder = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("*.pyc", "*.npz", "[0-9]*.py"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_all_contracts_hold(house: Path) -> None:
    result = lint(house)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("cs231n_lite/drawing/svg.py", "import cs231n_lite.checking.backward", "checks and pictures"),
        ("cs231n_lite/reporting/report.py", "import cs231n_lite.diagnosing.recording", "checks and pictures"),
        ("cs231n_lite/tracing/tape.py", "import cs231n_lite.graph", "checks and pictures"),
        ("cs231n_lite/checking/values.py", "import cs231n_lite.diagnosing.backward_rules", "how a gradient flows back"),
        ("autograder/course.py", "import autograder.grading.grade", "from the command down"),
        ("autograder/sandbox/box.py", "import autograder.examining.job", "from the command down"),
        ("autograder/inside/student.py", "import autograder.problem", "knows nothing of the grader"),
        ("autograder/examiner/examiner.py", "import autograder.notebooks.notebook", "knows nothing of students' files"),
        ("autograder/sandbox/process.py", "import nbformat", "is light"),
    ],
)
def test_planted_wrong_import_breaks_its_contract(house: Path, module: str, line: str, contract: str) -> None:
    path = house / module
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n\ndef _planted() -> None:\n    {line}\n", encoding="utf-8")
    try:
        result = lint(house)
    finally:
        path.write_text(text, encoding="utf-8")
    assert result.returncode == 1, result.stdout + result.stderr
    assert any(contract in row and "BROKEN" in row for row in result.stdout.splitlines()), result.stdout


def outsiders(package: Path, allowed: set[str]) -> list[str]:
    """Return the imports of a package that are none of those allowed, as FILE: NAME."""
    strangers = []
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            strangers += [f"{path.name}: {name}" for name in names if name.split(".")[0] not in allowed]
    return strangers


def test_what_students_import_needs_numpy_and_matplotlib_alone() -> None:
    assert not outsiders(ROOT / "cs231n_lite", OUTSIDERS)


def test_planted_heavy_library_is_found(tmp_path: Path) -> None:
    (tmp_path / "heavy.py").write_text("def f():\n    from pandas import DataFrame\n", encoding="utf-8")
    assert outsiders(tmp_path, OUTSIDERS) == ["heavy.py: pandas"]
