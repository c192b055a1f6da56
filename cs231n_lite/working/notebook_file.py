"""A notebook that was handed out, as a file: its exercises, what is written in them, which cells are there.

What it was handed out with stands in its own metadata, under KEY: assignment, cells, exercises with their stubs, and
how it is handed in. A notebook without it is not one of the course's.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = [
    "KEY",
    "Exercise",
    "Foreign",
    "NotebookFile",
    "Unreadable",
    "digest",
    "notebooks_below",
    "notebooks_in",
    "read",
]

KEY = "cs231n_lite"


class Unreadable(Exception):
    """Why a file is no notebook of the course's, in a clause."""


class Foreign(Unreadable):
    """A whole notebook, and none that was handed out."""


@dataclass(frozen=True)
class Exercise:
    """An exercise as it was handed out: its name, its points, whether a person gives them, the stub to write in."""

    slug: str
    points: float
    by_hand: bool
    stub: str


@dataclass(frozen=True)
class NotebookFile:
    """A notebook of the course's as it is on disk."""

    path: Path
    data: dict[str, Any]

    @property
    def about(self) -> dict[str, Any]:
        """What it was handed out with."""
        about = self.data["metadata"][KEY]
        return dict(about)

    @property
    def exercises(self) -> list[Exercise]:
        """Its exercises, in the order of their cells: a file's own keys are sorted by Jupyter."""
        exercises = [
            Exercise(slug, float(entry["points"]), bool(entry["by_hand"]), str(entry["stub"]))
            for slug, entry in self.about["exercises"].items()
        ]
        order = {name: number for number, name in enumerate(self.about.get("cells", ()))}
        return sorted(exercises, key=lambda exercise: order.get(exercise.slug, len(order)))

    @property
    def hand_in(self) -> str:
        """How it is handed in, in the instructor's words."""
        return str(self.about.get("hand_in", ""))

    @property
    def sources(self) -> dict[str, str]:
        """The text of each cell that has a name, by that name."""
        return {name_of(cell): source_of(cell) for cell in self.data["cells"]}

    @property
    def missing(self) -> list[str]:
        """The names of cells that were handed out and are not there any more."""
        there = self.sources
        return [str(name) for name in self.about.get("cells", ()) if name not in there]

    def is_empty(self, exercise: Exercise) -> bool:
        """Whether nothing was written into an exercise's cell since it was handed out."""
        source = self.sources.get(exercise.slug, "")
        return not source.strip() or source.strip() == exercise.stub.strip()

    def write(self) -> None:
        """Write it back, whole or not at all, as Jupyter writes it."""
        temporary = self.path.with_name(f".{self.path.name}.new")
        temporary.write_text(
            json.dumps(self.data, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8"
        )
        temporary.replace(self.path)


def read(path: Path) -> NotebookFile:
    """Read a notebook of the course's; raises Unreadable where it is none, or not whole."""
    try:
        data = json.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"{path.name} is not a whole notebook: it is damaged in line {error.lineno}") from None
    except UnicodeDecodeError:
        raise Unreadable(f"{path.name} is not a whole notebook: it is not text") from None
    try:
        notebook = NotebookFile(path, data)
        if notebook.exercises and notebook.sources:
            return notebook
    except (KeyError, TypeError, ValueError, AttributeError):
        pass  # told below
    raise Foreign(f"{path.name} does not say what was handed out, so there is nothing to compare it with")


def notebooks_in(folder: Path, *patterns: str) -> Iterator[NotebookFile]:
    """Yield the notebooks of the course's that lie in a folder, or that match patterns there, by name."""
    for pattern in patterns or ("*.ipynb",):
        for path in sorted(folder.glob(pattern)):
            with contextlib.suppress(Unreadable):
                yield read(path)


def notebooks_below(folder: Path) -> Iterator[NotebookFile]:
    """Yield the notebooks of the course's in a folder, in the folders in it, and in its `assignments`, by name."""
    yield from notebooks_in(folder, "*.ipynb", "*/*.ipynb", "assignments/*/*.ipynb")


def name_of(cell: dict[str, Any]) -> str:
    """A cell's name: its grade_id, or its id where an editor has dropped that."""
    return str(cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") or cell.get("id", ""))


def source_of(cell: dict[str, Any]) -> str:
    """A cell's text."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def digest(source: str) -> str:
    """The hash by which an answer is known, whatever white space stands around it."""
    return hashlib.sha256(source.strip().encode("utf-8", "surrogatepass")).hexdigest()[:16]
