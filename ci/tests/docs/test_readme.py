"""What the README, CONTRIBUTING and HOSTING say can be typed, clicked and counted is so."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from nbgrader.apps import NbGraderApp
from nbgrader.utils import is_grade, is_solution
from traitlets.config import Application
from traitlets.utils.importstring import import_item

from autograder.__main__ import parser
from autograder.course import Course
from autograder.notebooks.notebook import read
from ci.__main__ import COMMANDS
from cs231n_lite.__main__ import parser as student_parser

ROOT = Path(__file__).resolve().parents[3]
PAGES = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md", "HOSTING.md")}
STARTS = re.compile(r"^(python3?|nbgrader|pip|git|source \S+$|\.ci/run|jupyter|\.venv/bin/\S+)\b")


def shell_commands(text: str) -> list[str]:
    """Every line of an indented or fenced block, and every `quoted` word row, that is a command."""
    blocks = re.findall(r"^```(?:\w*)\n(.*?)^```", text, flags=re.M | re.S)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    quoted = [
        match
        for match in re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
        if " " in match
    ]
    return [
        command for command in (line.split("  #")[0].strip() for line in [*lines, *quoted]) if STARTS.match(command)
    ]


EVERY = [(page, command) for page, text in PAGES.items() for command in shell_commands(text)]


def nbgrader_app(words: list[str]) -> type[Application]:
    """The nbgrader application that a row of words starts, subcommand by subcommand."""
    app: type[Application] = NbGraderApp
    for word in words:
        subcommands = app().subcommands
        if not subcommands:
            break
        assert word in subcommands, f"nbgrader has no command {word!r} here; it knows {', '.join(subcommands)}"
        entry = subcommands[word][0]
        app = entry if isinstance(entry, type) else import_item(entry)
    return app


def check_python(command: str, words: list[str]) -> None:
    """Check what Python is asked to run: words[0] is python."""
    if words[1:3] == ["-m", "ci"]:
        assert words[3] in [name for name, _ in COMMANDS], command
    elif words[1:3] == ["-m", "autograder"]:
        parser().parse_args(words[3:])
    elif words[1:3] == ["-m", "cs231n_lite"]:
        student_parser().parse_args(words[3:])
    elif words[1:] == ["lab.py"]:
        assert (ROOT / "ci" / "lab" / "student" / words[1]).is_file(), command
    elif words[1:3] == ["-m", "pytest"]:
        assert all((ROOT / word.split("::")[0]).exists() for word in words[3:] if "/" in word), command
    else:
        known = (words[1] == "-m" and words[2] in {"venv", "pip"}) or words[1] == "-c"
        assert known, f"{command}: not known to this test"


def check(command: str) -> None:
    words = shlex.split(command)
    if words[0].startswith("python") or words[0].endswith("/python"):
        check_python(command, words)
    elif words[0] == "nbgrader":
        named = [word for word in words[1:] if not word.startswith("-")]
        options = [word.lstrip("-").split("=")[0] for word in words[1:] if word.startswith("-")]
        app = nbgrader_app(named)
        for option in options:
            accepted = option in app().aliases or option in app().flags or "." in option
            assert accepted, f"{command}: nbgrader {named[0]} has no option {option}"
    elif words[0] == "pip" and "-r" in words:
        assert (ROOT / words[words.index("-r") + 1]).is_file(), command
    elif words[0] == ".ci/run":
        assert (ROOT / ".ci" / "run").is_file()


def test_readme_shows_the_two_commands() -> None:
    shown = [command for page, command in EVERY if page == "README.md"]
    assert {"python3 -m ci demo", "python3 -m ci test", "python3 -m ci lab"} <= set(shown)
    assert sum(command.startswith("nbgrader ") for command in shown) >= 3


@pytest.mark.parametrize(("page", "command"), EVERY)
def test_command_exists_with_its_options(page: str, command: str) -> None:
    check(command)


@pytest.mark.parametrize(
    "command",
    [
        "python3 -m ci tets",
        "python -m autograder bulid",
        "python -m autograder grade 1-x --jsn out.json",
        "nbgrader autograd 1-x",
        "nbgrader export --too=x.csv",
        "pip install -r requirement.txt",
    ],
)
def test_wrong_command_would_be_found(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises((AssertionError, SystemExit)):
        check(command)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", PAGES[page]):
        if "://" not in target:
            assert (ROOT / target).exists(), f"{page}: {target}"


def test_the_map_names_every_folder_of_the_two_packages_and_none_that_is_not_there() -> None:
    rows = re.findall(r"^\| `([a-z0-9_/]+/)` \| .+ \|$", PAGES["README.md"].split("## Map")[1], flags=re.MULTILINE)
    packages = {
        f"{path.parent.relative_to(ROOT)}/"
        for top in ("cs231n_lite", "autograder")
        for path in (ROOT / top).rglob("__init__.py")
    }
    assert packages | {"source/", "assignments/", "solutions/", "ci/"} <= set(rows)
    assert [name for name in rows if not (ROOT / name).is_dir()] == []


@pytest.mark.parametrize("package", ["cs231n_lite", "autograder"])
def test_every_folder_says_in_a_sentence_what_it_is_for(package: str) -> None:
    silent = [
        path
        for path in (ROOT / package).rglob("__init__.py")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


@pytest.mark.parametrize("assignment", Course().assignments())
def test_numbers_of_the_table_are_those_of_the_notebook(assignment: str) -> None:
    row = next(line for line in PAGES["README.md"].splitlines() if line.startswith(f"| [{assignment}]"))
    graded = [cell for path in Course().notebooks(assignment) for cell in read(path).cells if is_grade(cell)]
    marked = [cell for cell in graded if cell.metadata.nbgrader.points]  # a stretch exercise is in no count
    points = sum(cell.metadata.nbgrader.points for cell in marked)
    by_hand = sum(cell.metadata.nbgrader.points for cell in marked if is_solution(cell))
    assert [int(number) for number in re.findall(r"\d+", row.split("|", 3)[3])] == [len(marked), points, by_hand]


def test_python_version_is_that_of_pyproject() -> None:
    range_of_pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "requires-python"
    ]
    versions = set(re.findall(r"Python (3\.\d+)", PAGES["README.md"]))
    assert versions == {range_of_pyproject.removeprefix(">=")}
