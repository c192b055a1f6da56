"""What the checks said of a notebook's answers, kept beside it, each with the answer that it belongs to.

Beside `gates.ipynb` stands `.gates.progress.json`. It is written where a check runs in a student's own notebook, by
whatever Jupyter, and nowhere else: not while an answer is graded, not where the folder cannot be written.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cs231n_lite.working import session
from cs231n_lite.working.notebook_file import Exercise, NotebookFile, Unreadable, digest, read

__all__ = ["Result", "Standing", "keep", "standings", "this_notebook"]


@dataclass(frozen=True)
class Result:
    """The points of an exercise, and the hash of the answer that earned them."""

    points: float
    answer: str


@dataclass(frozen=True)
class Standing:
    """How an exercise stands: is it empty, what did its check say last, and is the answer still that one."""

    exercise: Exercise
    is_empty: bool
    points: float | None = None
    changed: bool = False


def this_notebook() -> NotebookFile | None:
    """Return the notebook of this kernel as it is on disk, if it is one that was handed out and can be read."""
    path = session.notebook_path()
    try:
        return read(path) if path is not None else None
    except Unreadable:
        return None


def keep(slug: str, points: float | None) -> None:
    """Keep what a check has just said of an exercise of this kernel's notebook; None where nothing was written.

    Of an answer that has not run here, or not to its end, a check can say nothing: what is kept stays.
    """
    notebook = this_notebook()
    if notebook is None or slug not in notebook.about["exercises"]:
        return
    run = session.last_run(slug, notebook.sources.get(slug, ""))
    if run is None or run.failure:
        return
    results = _all(notebook.path)
    results.pop(slug, None)
    if points is not None:
        results[slug] = {"points": points, "answer": digest(run.source)}
    place = _place(notebook.path)
    temporary = place.with_name(f"{place.name}.{os.getpid()}.new")
    try:
        temporary.write_text(json.dumps({"results": results}, indent=1) + "\n", encoding="utf-8")
        temporary.replace(place)
    except OSError:  # a folder that is not the student's: then nothing is kept
        return


def standings(notebook: NotebookFile) -> list[Standing]:
    """Return how each exercise of a notebook stands, as far as its file and this kernel know."""
    results = _all(notebook.path)
    own = session.notebook_path() == notebook.path
    return [_standing(notebook, exercise, results.get(exercise.slug), own) for exercise in notebook.exercises]


def _standing(notebook: NotebookFile, exercise: Exercise, entry: Any, own: bool) -> Standing:
    source = _at_work(notebook, exercise.slug) if own else notebook.sources.get(exercise.slug, "")
    is_empty = not source.strip() or source.strip() == exercise.stub.strip()
    try:
        result = Result(float(entry["points"]), str(entry["answer"]))
    except (KeyError, TypeError, ValueError):
        return Standing(exercise, is_empty)
    return Standing(exercise, is_empty, result.points, changed=result.answer != digest(source))


def _at_work(notebook: NotebookFile, slug: str) -> str:
    """The answer that this kernel has: what ran last in its cell, unless the file is newer than that."""
    source = notebook.sources.get(slug, "")
    run = session.last_run(slug, source)
    return run.source if run is not None and run.when >= notebook.path.stat().st_mtime else source


def _all(path: Path) -> dict[str, Any]:
    try:
        results = json.loads(_place(path).read_text(encoding="utf-8"))["results"]
        return dict(results)
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _place(path: Path) -> Path:
    return path.with_name(f".{path.stem}.progress.json")
