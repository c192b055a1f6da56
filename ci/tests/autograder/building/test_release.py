"""The zip that students get: what is in it, what is not, told by its content, and that it works by itself."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder import HOME
from autograder.__main__ import main
from autograder.building.leaks import hidden_regions
from autograder.building.release import release
from autograder.course import Course
from autograder.notebooks.notebook import read
from autograder.notebooks.versions import released
from autograder.problem import Problem
from ci.tests.autograder.small_course import ASSIGNMENT, NOTEBOOK, small

WORDS = re.compile(r"[A-Za-z_]\w*|\d[\d.e]*")


@pytest.fixture(scope="module")
def zipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release") / "course.zip"
    release(Course(), [], path)
    return path


def texts(path: Path) -> dict[str, str]:
    """What stands in each file, without white space, by its name below the folder that holds all."""
    with zipfile.ZipFile(path) as archive:
        return {
            name.partition("/")[2]: "".join(
                archive.read(name).decode("utf-8", "replace").replace("\\n", "").replace("\\", "").split()
            )
            for name in archive.namelist()
        }


def telling(lines: list[str], words: int) -> set[str]:
    """Of some lines those that nobody would write by chance: of so many words and more."""
    return {"".join(line.replace("\\", "").split()) for line in lines if len(WORDS.findall(line)) >= words}


def hidden() -> set[str]:
    """The lines of all solutions and hidden tests that stand nowhere else in source/."""
    regions, visible = [], []
    for assignment in Course().assignments():
        for path in Course().notebooks(assignment):
            master = read(path)
            regions += [line for cell in master.cells for region in hidden_regions(cell) for line in region]
            visible += [cell.source for cell in released(master, Course().config()).cells]
    shown = "".join("".join(visible).split())
    return {line for line in telling(regions, 6) if line not in shown}


def answers() -> set[str]:
    """The lines of the corpus's answers that no notebook shows."""
    shown = "".join("".join(path.read_text(encoding="utf-8").split()) for path in HOME.glob("assignments/*/*.ipynb"))
    lines = [line for path in HOME.glob("autograder/audit/[0-9]*.py") for line in path.read_text("utf-8").splitlines()]
    return {line for line in telling(lines, 8) if line.replace('"', '\\"') not in shown and line not in shown}


def found(zipped: Path, lines: set[str]) -> dict[str, set[str]]:
    return {
        name: there
        for name, text in texts(zipped).items()
        if (there := {line for line in lines if line in text or line.replace('"', '\\"') in text})
    }


def test_no_line_of_a_solution_or_a_hidden_test_is_in_any_file(zipped: Path) -> None:
    lines = hidden()
    assert len(lines) > 200, "there is something to look for"
    assert found(zipped, lines) == {}


def test_no_answer_of_the_corpus_is_in_any_file(zipped: Path) -> None:
    lines = answers()
    assert len(lines) > 200
    assert found(zipped, lines) == {}


def test_planted_line_is_found(zipped: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.zip"
    shutil.copy(zipped, copy)
    line = sorted(hidden())[0]
    with zipfile.ZipFile(copy, "a") as archive:
        archive.writestr("course/notes.md", f"see {line}")
    assert list(found(copy, hidden())) == ["notes.md"]


def test_names_are_those_of_notebooks_package_and_door(zipped: Path) -> None:
    names = set(texts(zipped))
    assert {"README.md", "LICENSE", "lab.py", "requirements.txt", "pyproject.toml"} <= names
    assert {name.split("/")[0] for name in names if "/" in name} == {"assignments", "cs231n_lite", "ci"}
    assert {name for name in names if name.startswith("ci/")} == {
        *(
            "ci/__init__.py",
            "ci/environment.py",
            "ci/packages.py",
            "ci/progress.py",
            "ci/lab/__init__.py",
            "ci/lab/__main__.py",
        ),
        *("ci/lab/opening.py", "ci/lab/server.py"),
        *("ci/lab/settings/overrides.json", "ci/lab/settings/page_config.json"),
    }
    assert {f"cs231n_lite/asking/{number}.toml" for number in range(1, 5)} <= names, "the questions come along"
    assert not [name for name in names if "autograder" in name or name.endswith(".pyc")]
    words = " ".join(texts(zipped).values())
    assert "importautograder" not in words and "fromautograder" not in words


def test_same_course_gives_the_same_bytes(zipped: Path, tmp_path: Path) -> None:
    release(Course(), [], tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == zipped.read_bytes()


def test_everything_that_the_zip_imports_is_in_it_or_pinned(zipped: Path) -> None:
    files = texts(zipped)
    pins = {
        re.split(r"[=;]", line)[0].strip().replace("-", "_") for line in _file(zipped, "requirements.txt").splitlines()
    }
    known = {*sys.stdlib_module_names, *pins, "cs231n_lite", "ci", "IPython"}
    for name in [name for name in files if name.endswith(".py")]:
        for node in ast.walk(ast.parse(_file(zipped, name))):
            module = (
                node.module
                if isinstance(node, ast.ImportFrom)
                else node.names[0].name
                if isinstance(node, ast.Import)
                else ""
            )
            assert not module or module.split(".")[0] in known, f"{name}: {module}"


def _file(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        top = archive.namelist()[0].split("/")[0]
        return archive.read(f"{top}/{name}").decode("utf-8")


def test_notebook_of_the_zip_runs_untouched_without_the_repository(zipped: Path, tmp_path: Path) -> None:
    """With this environment's libraries and the zip's own package: nothing of the repository is on the path."""
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(tmp_path)
    (top,) = tmp_path.iterdir()
    (notebook,) = (top / "assignments" / "1-computational-graphs").glob("*.ipynb")
    code = (
        "import sys, nbformat, cs231n_lite\n"
        "from nbclient import NotebookClient\n"
        "nb = nbformat.read(sys.argv[1], 4)\n"
        "NotebookClient(nb, timeout=120, resources={'metadata': {'path': sys.argv[2]}}).execute()\n"
        "print(cs231n_lite.__file__)\n"
        "print(any('AssertionError' in str(c.get('outputs')) for c in nb.cells))\n"
    )
    environment = os.environ | {"PYTHONPATH": str(top), "JUPYTER_CONFIG_DIR": str(tmp_path / "none")}
    command = [sys.executable, "-c", code, str(notebook), str(notebook.parent)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == [str(top / "cs231n_lite" / "__init__.py"), "False"]


def test_readme_says_how_to_hand_in_in_the_settings_words(zipped: Path) -> None:
    assert "Hand it in as your course tells you." in _file(zipped, "README.md") and "$" not in _file(
        zipped, "README.md"
    )


# A course of one's own


def made(course: Course) -> Course:
    """The student version, as nbgrader's generate_assignment leaves it."""
    from nbgrader.converters import GenerateAssignment

    from autograder.course import quiet

    with quiet():
        course.nbgrader(GenerateAssignment, ASSIGNMENT, create_assignment=True)
    return course


def test_course_of_ones_own_without_the_package(tmp_path: Path) -> None:
    course = made(small(tmp_path))
    release(course, [], tmp_path / "own.zip")
    names = texts(tmp_path / "own.zip")
    assert f"assignments/{ASSIGNMENT}/{NOTEBOOK}" in names and "lab.py" in names
    assert not [name for name in names if name.startswith("cs231n_lite")] and "pyproject.toml" not in names
    assert "reset" not in _file(tmp_path / "own.zip", "README.md")


def test_version_that_is_not_made_or_not_of_today_is_not_packed(tmp_path: Path) -> None:
    course = small(tmp_path)
    with pytest.raises(Problem, match="there is no student version of it"):
        release(course, [], tmp_path / "own.zip")
    made(course)
    path = course.source / ASSIGNMENT / NOTEBOOK
    path.write_text(path.read_text().replace("# Powers", "# Powers of x"))
    with pytest.raises(Problem, match="is not what source/ gives, in cell text"):
        release(course, [], tmp_path / "own.zip")
    assert not (tmp_path / "own.zip").exists()


def test_command_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    to = tmp_path / "gates.zip"
    assert main(["release", "2-gate-patterns", "--to", str(to)]) == 0
    assert re.search(r"gates\.zip: 1 notebook and what opens it, \d+ files, \d+ kB", capsys.readouterr().out)
    assert main(["release", "--to", str(tmp_path / "no" / "gates.zip")]) == 2
