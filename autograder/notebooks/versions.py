"""Every version of an assignment that students were handed, remembered by the hashes of its cells.

A test is corrected in the second week, a text reworded, the points of an exercise changed: students still hold what
they were handed before, and none of that is an edit of theirs. `build`, nbgrader's own generate_assignment and each
`grade` add the version of the moment to handed-out/ASSIGNMENT.json in the course folder; where the course is kept in
git, the versions that were committed are added as well.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import hashlib
import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from traitlets.config import Config

from autograder.course import Course
from autograder.notebooks.notebook import grade_id

__all__ = ["FLAGS", "Past", "digest", "memory_of", "past", "released", "remember", "rename"]

FOLDER = "handed-out"
FLAGS = ("grade", "solution", "locked", "task", "points", "schema_version")
MOST = 60  # commits of git's that are looked at, the newest


class Cell(NamedTuple):
    """A cell as it was handed out: hash of its text, its kind, nbgrader's flags in the order of FLAGS."""

    text: str
    kind: str
    flags: tuple[Any, ...]


@dataclass(frozen=True)
class Past:
    """What students were handed of one notebook so far: version by version its cells, and exercises renamed since."""

    versions: list[dict[str, Cell]] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)

    def now(self, name: str) -> str:
        """Return the grade_id that a cell has today."""
        for _ in range(len(self.renamed)):
            name = self.renamed.get(name, name)
        return name

    @functools.cached_property
    def cells(self) -> dict[str, list[Cell]]:
        """The forms in which each cell was handed out, by the grade_id that it has today."""
        cells: dict[str, list[Cell]] = {}
        for version in self.versions:
            for name, cell in version.items():
                cells.setdefault(self.now(name), []).append(cell)
        return {name: list(dict.fromkeys(forms)) for name, forms in cells.items()}

    def texts(self, name: str) -> set[str]:
        """Return the hashes of all texts that the cell of this name, of today, was handed out with."""
        return {cell.text for cell in self.cells.get(name, ())}

    def flags(self, name: str, flag: str) -> list[Any]:
        """Return the values of a flag that the cell of this name was handed out with."""
        return [cell.flags[FLAGS.index(flag)] for cell in self.cells.get(name, ())]

    def knows(self, name: str) -> bool:
        """Return whether a cell of this grade_id was ever handed out."""
        return any(name in version for version in self.versions)

    def handed(self, texts: Iterable[tuple[str, str]]) -> dict[str, Cell] | None:
        """Return the version that a student was handed who has cells of these (grade_id, text); the newest of equals.

        None where nothing is remembered.
        """
        there = [(name, digest(text)) for name, text in texts]
        names = {name for name, _ in there}

        def alike(version: dict[str, Cell]) -> tuple[int, int]:
            same = sum(1 for name, text in there if name in version and version[name].text == text)
            return same, -len(version.keys() - names)

        return max(reversed(self.versions), key=alike, default=None)


def digest(text: str) -> str:
    """Return the hash by which a cell's text is known, whatever white space stands around it."""
    return hashlib.sha256(text.strip().encode("utf-8", "surrogatepass")).hexdigest()[:16]


def released(master: NotebookNode, config: Config | None) -> NotebookNode:
    """Return a master's notebook as students get it, made by nbgrader's own steps."""
    notebook = copy.deepcopy(master)
    for step in (ClearSolutions, ClearHiddenTests, ClearMarkScheme):
        notebook, _ = step(config=config).preprocess(notebook, {})
    return notebook


def past(course: Course, assignment: str, notebook: str) -> Past:
    """Return what is remembered of a notebook, read once as long as nothing is added."""
    path = _place(course, assignment)
    about = path.stat() if path.is_file() else None
    return _past(path, notebook, about.st_mtime_ns, about.st_ino) if about else Past()


def memory_of(course: Course, assignment: str) -> str:
    """Return the hash of all that is remembered of an assignment."""
    path = _place(course, assignment)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def remember(course: Course, assignment: str, notebooks: Iterable[tuple[str, NotebookNode]]) -> None:
    """Add versions, names and notebooks as students get them, to what is remembered."""
    memory = _read(_place(course, assignment))
    commit = memory["commit"]
    new = [_add(memory, *version) for version in [*_committed(course, assignment, memory), *notebooks]]
    if any(new) or memory["commit"] != commit:
        _write(_place(course, assignment), memory)


def rename(course: Course, assignment: str, notebook: str, names: dict[str, str]) -> None:
    """Remember that cells have other grade_ids now: old -> new."""
    memory = _read(_place(course, assignment))
    renamed = memory["renamed"].setdefault(notebook, {})
    for old, new in names.items():
        renamed.pop(new, None)  # named back
        renamed[old] = new
    _write(_place(course, assignment), memory)


def _place(course: Course, assignment: str) -> Path:
    return course.root / FOLDER / f"{Path(assignment).name}.json"


def _read(path: Path) -> dict[str, Any]:
    memory: dict[str, Any] = {"versions": {}, "renamed": {}, "commit": ""}
    with contextlib.suppress(OSError, ValueError, TypeError):  # a file that somebody spoiled is begun anew
        memory |= json.loads(path.read_text(encoding="utf-8"))
    return memory


@functools.lru_cache(maxsize=16)
def _past(path: Path, notebook: str, *_: int) -> Past:
    memory = _read(path)
    versions = [
        {name: Cell(text, kind, tuple(flags)) for name, (text, kind, flags) in entry.items()}
        for entry in memory["versions"].get(notebook, [])
    ]
    return Past(versions, memory["renamed"].get(notebook, {}))


def _add(memory: dict[str, Any], name: str, notebook: NotebookNode) -> bool:
    """Add a version as the newest; return whether it was new."""
    version = {
        grade_id(cell): [
            digest(cell.source),
            cell.cell_type,
            [cell.metadata.nbgrader.get(flag) for flag in FLAGS],
        ]
        for cell in notebook.cells
        if grade_id(cell)
    }
    versions = memory["versions"].setdefault(name, [])
    if version in versions:
        return False
    versions.append(version)
    return True


def _write(path: Path, memory: dict[str, Any]) -> None:
    """Write it, or go on without: a second grader may not have the right to, and it is no more than a memory."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.new")
        temporary.write_text(json.dumps(memory) + "\n", encoding="utf-8")
        temporary.replace(path)


def _committed(course: Course, assignment: str, memory: dict[str, Any]) -> list[tuple[str, NotebookNode]]:
    """The versions in git that were not looked at yet, the oldest first: what was handed out from another clone."""
    folder = course.release / assignment
    listing = _git(course.root, "log", f"-{MOST}", "--format=%H", "--", str(folder)).split()
    if not listing or listing[0] == memory["commit"]:
        return []
    new = listing[: listing.index(memory["commit"])] if memory["commit"] in listing else listing
    memory["commit"] = listing[0]
    versions = []
    for commit in reversed(new):
        for path in course.notebooks(assignment):
            text = _git(folder, "show", f"{commit}:./{path.name}")
            with contextlib.suppress(ValueError, KeyError, AttributeError, TypeError):
                cells = json.loads(text)["cells"] if text else []
                versions.append((path.stem, NotebookNode(cells=[_cell(cell) for cell in cells])))
    return versions


def _cell(cell: dict[str, Any]) -> NotebookNode:
    source, metadata = cell["source"], NotebookNode(cell.get("metadata", {}))
    metadata["nbgrader"] = NotebookNode(metadata.get("nbgrader", {}))
    text = source if isinstance(source, str) else "".join(source)
    return NotebookNode(source=text, cell_type=cell["cell_type"], metadata=metadata)


def _git(folder: Path, *words: str) -> str:
    """What git answers in a folder; "" where there is no git, or the folder is none of its."""
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(folder), *words]
    try:
        done = subprocess.run(command, capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
