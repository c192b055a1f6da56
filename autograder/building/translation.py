"""An assignment in another language: the student version that source/ gives, with the words of one file beside it.

Beside `gates.ipynb` stands `gates.es.md`: a block for each cell that has words, in jupytext's Markdown, named by the
cell's grade_id, with the hash of the English cell that it translates. Code, tests, points and names of cells are those
of the one notebook; a block whose English has changed, or that has lost a formula, a link or an anchor on the way, is
not shown but named, and its cell stays English until somebody has read both again.
"""

from __future__ import annotations

import ast
import copy
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from autograder.building.handing_out import KEY, exercises
from autograder.building.release import release_faults
from autograder.course import Course
from autograder.notebooks.kinds import is_free, is_test
from autograder.notebooks.notebook import canonical, grade_id, read
from autograder.notebooks.versions import digest, remember
from autograder.problem import Problem

__all__ = ["Block", "blocks", "build_all_in", "build_in", "first_line", "language_file", "translated"]

TEXT = re.compile(
    r"^<!-- #region id=\"([\w-]+)\" of=\"(\w+)\" -->\n(.*?)\n<!-- #endregion -->$|"
    r"^```python id=\"([\w-]+)\" of=\"(\w+)\"\n(.*?)\n```$",
    re.MULTILINE | re.DOTALL,
)
IMPORTS = re.compile(r"^from cs231n_lite import ", re.MULTILINE)
CHOICE = '\nfrom cs231n_lite import language\n\nlanguage("{language}")'
# What a translation leaves as it is: formulas, but for the words in them, where links lead to, anchors and other tags.
FORMULA = re.compile(r"\$\$.*?\$\$|(?<![\\$])\$(?!\$).+?\$", re.DOTALL)
WORDS = re.compile(r"\\(?:text|textbf|mathrm)\{[^}]*\}")
KEPT = {
    "formulas": FORMULA,
    "links": re.compile(r"(?<=\]\()[^)\s]+(?=\))"),
    "tags": re.compile(r"<[a-z/][^>]*>"),
}


@dataclass(frozen=True)
class Block:
    """A translated cell: its text, and the hash of the English that it translates."""

    of: str
    text: str


def language_file(source: Path, language: str) -> Path:
    """Return where the translation of a notebook of source/ stands."""
    return source.with_name(f"{source.stem}.{language}.md")


def blocks(text: str) -> dict[str, Block]:
    """Return the blocks of a file of translations by the grade_ids of their cells."""
    found = {}
    for match in TEXT.finditer(text):
        name, of, words = match.groups()[:3] if match[1] else match.groups()[3:]
        found[name] = Block(of, words.strip("\n"))
    return found


def first_line(cell: NotebookNode) -> str:
    """Return the line that a cell's block begins with, for the English of today."""
    about = f'id="{_name(cell)}" of="{_of(cell)}"'
    return f"<!-- #region {about} -->" if cell.cell_type == "markdown" else f"```python {about}"


def translated(notebook: NotebookNode, parts: dict[str, Block], language: str) -> tuple[NotebookNode, list[str]]:
    """Return a student version in a language, and a line for each cell that stays English and each block too many."""
    notebook, notes = copy.deepcopy(notebook), []
    for cell in notebook.cells:
        block = parts.get(_name(cell))
        amiss = _amiss(cell, block)
        if amiss:
            notes.append(f"cell {_name(cell)} {amiss}")
        elif block is not None:
            cell.source = block.text
    names = {_name(cell) for cell in notebook.cells}
    notes += [
        f"block {name} translates no cell: take it out, or give it the cell's name" for name in parts.keys() - names
    ]
    setup = next((cell for cell in notebook.cells if cell.cell_type == "code" and IMPORTS.search(cell.source)), None)
    if setup is not None:
        setup.source += CHOICE.format(language=language)
    for cell in notebook.cells:
        if "checksum" in cell.metadata.get("nbgrader", {}):
            cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
    if KEY in notebook.metadata:
        notebook.metadata[KEY] |= {"exercises": exercises(notebook), "language": language}
    return notebook, notes


def build_in(course: Course, assignment: str, language: str) -> list[str]:
    """Write an assignment's student version in a language to build/LANGUAGE/; return what is missing or older.

    Raises Problem where there is no file of translations, or where the English version is not what source/ gives.
    """
    place = course.root / "build" / language / "assignments" / assignment
    notes: list[str] = []
    versions = []
    for path in course.notebooks(assignment):
        words = language_file(path, language)
        if not words.is_file():
            raise Problem(f"{words}: is not there; CONTRIBUTING.md says how a translation is begun")
        if faults := release_faults(course, assignment, path):
            raise Problem("\n".join(faults))
        notebook = read(course.release / assignment / path.name)
        notebook, amiss = translated(notebook, blocks(words.read_text(encoding="utf-8")), language)
        versions.append((path, notebook))
        notes += [f"{assignment}/{words.name}: {line}" for line in amiss]
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(course.release / assignment, place, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    for path, notebook in versions:
        (place / path.name).write_text(canonical(notebook), encoding="utf-8")
    remember(course, assignment, [(path.stem, notebook) for path, notebook in versions])
    return notes


def build_all_in(course: Course, assignments: Iterable[str], language: str) -> Iterator[tuple[str, list[str]]]:
    """Build these assignments, or all that have such a file, in a language; yield each one's name and what is amiss."""
    names = [course.named(name) for name in assignments] or [
        name
        for name in course.assignments()
        if any(language_file(path, language).is_file() for path in course.notebooks(name))
    ]
    if not names:
        raise Problem(f"there is no source/*/*.{language}.md; CONTRIBUTING.md says how a translation is begun")
    for name in names:
        yield name, build_in(course, name, language)


def _name(cell: NotebookNode) -> str:
    """What a cell's block is named by: its grade_id; a free cell has none, and its id."""
    return str(cell.id) if is_free(cell) else grade_id(cell)


def _of(cell: NotebookNode) -> str:
    return digest(cell.source)[:8]


def _amiss(cell: NotebookNode, block: Block | None) -> str:
    """Why a cell stays English, "" where its block holds, or where it has no words."""
    if block is None:
        has_words = cell.cell_type == "markdown" or is_free(cell)
        return f"has no translation; its block begins with {first_line(cell)}" if has_words else ""
    if block.of != _of(cell):
        return f'is newer than its translation; read both again, then write of="{_of(cell)}"'
    if cell.cell_type == "code":
        same = not is_test(cell) and _program(cell.source) == _program(block.text)
        return "" if same else "is code: in a translation only its comments and docstrings may be others"
    faults = [what for what, pattern in KEPT.items() if _kept(pattern, cell.source) != _kept(pattern, block.text)]
    if faults:
        return f"has other {' and '.join(faults)} than its translation: {', '.join(_parting(cell.source, block.text))}"
    return ""


def _kept(pattern: re.Pattern[str], text: str) -> Counter[str]:
    return Counter(re.sub(r"\s+", " ", WORDS.sub("", part)) for part in pattern.findall(text))


def _parting(english: str, other: str) -> Iterator[str]:
    for pattern in KEPT.values():
        one, two = _kept(pattern, english), _kept(pattern, other)
        yield from ((one - two) | (two - one)).keys()


def _program(source: str) -> str:
    """A cell's program without its docstrings; its comments are none of it."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree)
