"""Answers brought back as they were handed out, one or all of a notebook's; old ones are kept in files beside it."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

from cs231n_lite.working import session
from cs231n_lite.working.handing_in import unsaved
from cs231n_lite.working.notebook_file import Exercise, NotebookFile, Unreadable, name_of, notebooks_below, read

__all__ = ["Refused", "reset"]

OLD = "old-answers"
RELOAD = "if the notebook is open: File, Reload Notebook from Disk, before anything else is saved"


class Refused(Exception):
    """Why nothing was reset, in a sentence or two."""


def reset(name: str, notebook: str = "", folder: Path | None = None) -> str:
    """Bring back the answer of an exercise, or all answers of a notebook; return what was done, for people.

    `name` is the exercise or the notebook, which ends in .ipynb; `notebook` is the one that has the exercise, a file or
    the name of one, where several have it. Cells of the student's own stay as they are.
    """
    file = _the_one("" if name.endswith(".ipynb") else name, notebook or name, folder or Path.cwd())
    whole = name.endswith(".ipynb")
    exercises = [entry for entry in file.exercises if whole or entry.slug == name]
    changed = [entry for entry in exercises if _is_changed(file, entry)]
    if not changed:
        return (
            f"{'every answer' if whole else f'`{name}`'} in {_near(file.path)} is as it was handed out: nothing to do"
        )
    _refuse_what_is_not_saved(file)
    try:
        lines = [_bring_back(file, exercise) for exercise in changed]
        file.write()
    except OSError as error:
        raise Refused(
            f"{error.filename or file.path} cannot be written ({error.strerror}): nothing was reset"
        ) from None
    return "\n".join([*lines, RELOAD])


def _near(path: Path) -> Path:
    """A path as it is called from here; where a browser keeps files, nobody knows the folders above."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path


def _is_changed(file: NotebookFile, exercise: Exercise) -> bool:
    return file.sources.get(exercise.slug, "").strip() != exercise.stub.strip()


def _refuse_what_is_not_saved(file: NotebookFile) -> None:
    """To read the file again would cost a student what was run here and is not in it."""
    newer = unsaved(file) if session.is_kernel() else []
    if newer:
        names = ", ".join(f"`{name}`" for name in newer)
        raise Refused(
            f"{file.path.name} does not have what you ran last in {names}: press Ctrl+S (on a Mac Cmd+S), then run "
            "this again. Nothing was reset"
        )


def _the_one(slug: str, notebook: str, folder: Path) -> NotebookFile:
    """The notebook that is meant: by its file or name, or by the exercise that it has."""
    if notebook == slug:
        notebook = ""
    if notebook.endswith(".ipynb") and Path(notebook).is_file():
        try:
            files = [read(Path(notebook))]
        except Unreadable as problem:
            raise Refused(str(problem)) from None
    else:
        files = [file for file in notebooks_below(folder) if not notebook or notebook in _names(file)]
    if not files:
        raise Refused(
            f"there is no notebook {notebook} of the course in {folder}".replace("notebook  of", "notebook of")
        )
    having = [file for file in files if not slug or slug in file.about["exercises"]]
    if not having:
        known = [name for file in files for name in file.about["exercises"]]
        near = difflib.get_close_matches(slug, known, n=1, cutoff=0.5)
        raise Refused(
            f"{slug}: there is no such exercise; "
            + (f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}")
        )
    if len(having) > 1:
        places = ", ".join(str(file.path) for file in having)
        which = f"{slug} is in {len(having)} notebooks; name one of them behind it" if slug else "which of them"
        raise Refused(f"{which}: {places}")
    return having[0]


def _names(file: NotebookFile) -> set[str]:
    return {file.path.stem, file.path.name, str(file.about.get("assignment", "")), str(file.path)}


def _keep(file: NotebookFile, exercise: Exercise, old: str) -> Path:
    """Write an answer into the next free file; never over an earlier one."""
    folder = file.path.parent / OLD
    folder.mkdir(exist_ok=True)
    kind = "md" if exercise.by_hand else "py"
    number = 1
    while (place := folder / f"{exercise.slug}-{number}.{kind}").exists():
        number += 1
    place.write_text(old.rstrip("\n") + "\n", encoding="utf-8")
    return place


def _bring_back(file: NotebookFile, exercise: Exercise) -> str:
    """Put the stub into the exercise's cell, in a new cell where that one is gone; return what was done, in a line."""
    cells = file.data["cells"]
    cell = next((cell for cell in cells if name_of(cell) == exercise.slug), None)
    if cell is None:
        more = "its cell was missing, and is there again"
        cell = _anew(exercise)
        cells.insert(_place(file, exercise.slug), cell)
    else:
        more = f"your answer is kept in {_near(_keep(file, exercise, file.sources[exercise.slug]))}"
    cell["source"] = exercise.stub.splitlines(keepends=True)
    if cell["cell_type"] == "code":
        cell["outputs"], cell["execution_count"] = [], None
    return f"`{exercise.slug}` in {_near(file.path)} is as it was handed out; {more}"


def _anew(exercise: Exercise) -> dict[str, Any]:
    """A cell for an answer whose own was deleted."""
    flags: dict[str, Any] = {
        "grade": exercise.by_hand,
        "grade_id": exercise.slug,
        "locked": False,
        "solution": True,
        "task": False,
    }
    flags |= {"schema_version": 3} | ({"points": exercise.points} if exercise.by_hand else {})
    kind = "markdown" if exercise.by_hand else "code"
    return {"cell_type": kind, "id": exercise.slug, "metadata": {"nbgrader": flags}, "source": []}


def _place(file: NotebookFile, slug: str) -> int:
    """Where the cell belongs: behind the nearest of those that were handed out before it."""
    order = [str(name) for name in file.about.get("cells", ())]
    before = set(order[: order.index(slug)]) if slug in order else set()
    return max((number + 1 for number, cell in enumerate(file.data["cells"]) if name_of(cell) in before), default=0)
