"""The house keeps its shape: tests lie as the packages do and lean on none of theirs, privacy is kept, no circles."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("cs231n_lite", "autograder")
# Modules that have no test file of their name. This list may only shrink: a new module comes with its test.
WITHOUT = {
    f"{folder}/{module}.py"
    for folder, modules in {
        "autograder": "__main__ course demo problem tamper",
        "autograder/auditing": (
            "audited checkpoints command equivalent exercise hostile_batch html_report judging_pool "
            "judging_worker kill_matrix mutants operators read_exercises sampling text_report verdicts"
        ),
        "autograder/building": "leaks rules",
        "autograder/corpus": "hand_in",
        "autograder/doctor": "excesses intrusions lab prove",
        "autograder/examiner": "changes examiner plain_asserts remote_student standins",
        "autograder/examining": (
            "examination examiner_process job known_results master_cells notes step student_pass "
            "student_process terms test_pass"
        ),
        "autograder/feedback": "sanitise",
        "autograder/gradebook": "server session",
        "autograder/grading": "bar results",
        "autograder/inside": "confine handles namespaces shell snapshots student wire zygote",
        "autograder/intake": "hook misnamed released salvage suspicion unwritten",
        "autograder/notebooks": "kinds notebook parsing",
        "autograder/sandbox": "bubblewrap cgroup guarantees launch pipes process rights surroundings syscalls",
        "cs231n_lite/checking": (
            "contract fresh_points judge_backward judge_loss loss loss_gradients "
            "right_forwards student_functions student_loss values"
        ),
        "cs231n_lite/data": "cars cifar",
        "cs231n_lite/diagnosing": (
            "backward_rules comparison explaining forward_slips gradients naming penalty slips suspects wide_slips"
        ),
        "cs231n_lite/drawing": "diagram export fold labels palette read read_trace svg",
        "cs231n_lite": "graph",
        "cs231n_lite/measuring": "directions wiggle",
        "cs231n_lite/plot": "chart montage",
        "cs231n_lite/reporting": "finding ledger render",
        "cs231n_lite/tracing": "arithmetic patches tape traced_array",
    }.items()
    for module in modules.split()
}


def files(root: Path, *folders: str) -> list[Path]:
    """All Python files below the folders, relative to root; answers of students are data."""
    paths = (path.relative_to(root) for folder in folders for path in (root / folder).rglob("*.py"))
    return sorted(path for path in paths if not {"audit", "answers", "fixtures"} & set(path.parts[:-1]))


def dotted(file: Path) -> str:
    """The name by which a file is imported."""
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")


def tree(root: Path, file: Path) -> ast.Module:
    return ast.parse((root / file).read_text(encoding="utf-8"))


def run(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it but for what stands under `if TYPE_CHECKING:`."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield from run(child)


def imports(root: Path, file: Path, ours: set[str]) -> Iterator[tuple[str, str, str]]:
    """Each import of ours in a file, at any depth: the module, the name taken from it or "", the name bound here."""
    for node in run(tree(root, file)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in ours:
                    yield alias.name, "", alias.asname or alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if inner in ours:
                    yield inner, "", alias.asname or alias.name
                elif node.module in ours:
                    yield node.module, alias.name, alias.asname or alias.name


# Tests lie as the packages do


def untested(root: Path) -> set[str]:
    """The modules of the packages that have no test file of their name in the mirrored folder."""
    modules = (file for file in files(root, *PACKAGES) if file.name != "__init__.py")
    return {str(file) for file in modules if not (root / "ci/tests" / file.parent / f"test_{file.name}").is_file()}


def off_the_list(root: Path, without: set[str]) -> dict[str, str]:
    """The modules for which the list is wrong, with what to do."""
    missing = untested(root)
    new = dict.fromkeys(missing - without, "write ci/tests/FOLDER/test_MODULE.py for it")
    return new | dict.fromkeys(without - missing, "it has a test file now, or is gone: take it off the list WITHOUT")


def test_every_module_has_its_test_file() -> None:
    assert off_the_list(ROOT, WITHOUT) == {}


def test_planted_module_without_a_test_is_noticed(tmp_path: Path) -> None:
    for name in (
        "autograder/__init__.py",
        "autograder/sandbox/box.py",
        "autograder/sandbox/new.py",
        "autograder/audit/1.py",
        "ci/tests/autograder/sandbox/test_box.py",
        "ci/tests/autograder/test_new.py",
    ):
        plant(tmp_path, name)
    assert set(off_the_list(tmp_path, set())) == {"autograder/sandbox/new.py"}
    assert off_the_list(tmp_path, {"autograder/sandbox/new.py"}) == {}


def test_list_that_names_what_is_gone_or_has_a_test_is_noticed(tmp_path: Path) -> None:
    plant(tmp_path, "autograder/sandbox/box.py")
    plant(tmp_path, "ci/tests/autograder/sandbox/test_box.py")
    listed = {"autograder/sandbox/box.py", "autograder/sandbox/gone.py"}
    assert set(off_the_list(tmp_path, listed)) == listed


# Private names stay in their files


def private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def borrowed(root: Path, *folders: str) -> set[str]:
    """Every use of another file's private name, as FILE: MODULE.NAME; patching one in a test is a use."""
    ours = {dotted(file) for file in files(root, *PACKAGES, "ci")}
    uses = set()
    for file in files(root, *folders):
        modules = {}
        for module, name, here in imports(root, file, ours):
            if not name:
                modules[here] = module
            if private(name or module.rpartition(".")[2]):
                uses.add(f"{file}: {module}{name and '.' + name}")
        for node in ast.walk(tree(root, file)):
            if isinstance(node, ast.Attribute) and private(node.attr) and ast.unparse(node.value) in modules:
                uses.add(f"{file}: {modules[ast.unparse(node.value)]}.{node.attr}")
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("setattr", "getattr"):
                uses |= {f"{file}: {name}" for name in patched(node, modules) if private(name.rpartition(".")[2])}
    return uses


def patched(call: ast.Call, modules: dict[str, str]) -> Iterator[str]:
    """What setattr(module, "name", …) or setattr("module.name", …) reaches for."""
    match call.args:
        case [ast.Constant(value=str(name)), *_] if name.partition(".")[0] in (*PACKAGES, "ci"):
            yield name
        case [target, ast.Constant(value=str(name)), *_] if ast.unparse(target) in modules:
            yield f"{modules[ast.unparse(target)]}.{name}"


def test_no_private_name_is_used_in_another_file() -> None:
    uses = borrowed(ROOT, *PACKAGES, "ci")
    assert not uses, "give it a public name where it is defined, or reach for a public one"


@pytest.mark.parametrize(
    "line",
    [
        "from autograder.box import _inner",
        "from autograder import box\nbox._inner()",
        "import autograder.box\ndef f():\n    return autograder.box._inner",
        "import autograder.box as b\nmonkeypatch.setattr(b, '_inner', 1)",
        "monkeypatch.setattr('autograder.box._inner', 1)",
    ],
)
def test_planted_use_of_a_private_name_is_noticed(tmp_path: Path, line: str) -> None:
    plant(tmp_path, "autograder/box.py", "def _inner(): pass")
    plant(tmp_path, "autograder/other.py", "from autograder.box import __doc__, __file__\nself._inner = 1")
    assert borrowed(tmp_path, "autograder") == set()
    plant(tmp_path, "ci/tests/test_other.py", line)
    assert borrowed(tmp_path, "autograder", "ci") == {"ci/tests/test_other.py: autograder.box._inner"}


# No test leans on another test


def leaning(root: Path) -> set[str]:
    """Every import of a test module or a conftest, as FILE: MODULE."""
    ours = {dotted(file) for file in files(root, "ci")}
    return {
        f"{file}: {module}"
        for file in files(root, *PACKAGES, "ci")
        for module, _, _ in imports(root, file, ours)
        if module.startswith("ci.tests.") and module.rpartition(".")[2].startswith(("test_", "conftest"))
    }


def test_no_module_imports_a_test_module() -> None:
    assert leaning(ROOT) == set(), "what tests share lies in a builders.py, and fixtures in a conftest.py"


def test_planted_import_of_a_test_module_is_noticed(tmp_path: Path) -> None:
    for name in ("test_a.py", "conftest.py", "builders.py"):
        plant(tmp_path, f"ci/tests/{name}")
    plant(tmp_path, "ci/tests/test_b.py", "from ci.tests.builders import x\nfrom ci.tests.test_a import y")
    plant(tmp_path, "ci/bench/c.py", "def f():\n    from ci.tests import conftest")
    assert leaning(tmp_path) == {"ci/tests/test_b.py: ci.tests.test_a", "ci/bench/c.py: ci.tests.conftest"}


# Imports run one way


def circle(root: Path, package: str) -> list[str]:
    """The modules of one circle of imports, each importing the next, or nothing. What is for types alone is not run."""
    ours = {dotted(file) for file in files(root, package)}
    edges = {dotted(file): {module for module, _, _ in imports(root, file, ours)} for file in files(root, package)}
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return [str(module) for module in reversed(error.args[1])]
    return []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_imports_go_in_a_circle(package: str) -> None:
    assert circle(ROOT, package) == []


def test_planted_circle_is_noticed_at_any_depth(tmp_path: Path) -> None:
    plant(tmp_path, "autograder/__init__.py", "HOME = 1")
    plant(tmp_path, "autograder/box.py", "from autograder import HOME\nfrom autograder.sandbox import rights")
    plant(tmp_path, "autograder/sandbox/rights.py", "import autograder.sandbox.cgroup")
    types = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from autograder.box import Box"
    plant(tmp_path, "autograder/sandbox/cgroup.py", types)
    assert circle(tmp_path, "autograder") == []
    plant(tmp_path, "autograder/sandbox/cgroup.py", "def f():\n    from autograder.box import g")
    assert set(circle(tmp_path, "autograder")) == {
        "autograder.box",
        "autograder.sandbox.rights",
        "autograder.sandbox.cgroup",
    }


def plant(root: Path, name: str, text: str = "") -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
