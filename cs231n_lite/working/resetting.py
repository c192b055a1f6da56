"""One answer brought back as it was handed out, and the old one kept in a file beside the notebook."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

from cs231n_lite.working.notebook_file import Exercise, NotebookFile, Unreadable, name_of, notebooks_below, read

__all__ = ["Refused", "reset"]

OLD = "old-answers"


class Refused(Exception):
    """Why nothing was reset, in a sentence or two."""


def reset(slug: str, notebook: str = "", folder: Path | None = None) -> str:
    """Bring back an exercise's answer in the notebook that has it; return what was done, for people.

    `notebook` is a file, or the name of one, where several have it.
    """
    file = _the_one(slug, notebook, folder or Path.cwd())
    exercise = next(entry for entry in file.exercises if entry.slug == slug)
    old = file.sources.get(slug)
    if old is not None and old.strip() == exercise.stub.strip():
        return f"`{slug}` in {file.path} is as it was handed out: nothing to do"
    try:
        kept = _keep(file, exercise, old) if old is not None else None
        _bring_back(file, exercise)
        file.write()
    except OSError as error:
        raise Refused(
            f"{error.filename or file.path} cannot be written ({error.strerror}): nothing was reset"
        ) from None
    lines = [f"`{slug}` in {file.path} is as it was handed out"]
    lines += [f"your answer is kept in {kept}"] if kept else ["its cell was missing, and is there again"]
    return "\n".join(
        [*lines, "if the notebook is open: File, Reload Notebook from Disk, before anything else is saved"]
    )


def _the_one(slug: str, notebook: str, folder: Path) -> NotebookFile:
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
    having = [file for file in files if slug in file.about["exercises"]]
    if not having:
        known = [name for file in files for name in file.about["exercises"]]
        near = difflib.get_close_matches(slug, known, n=1, cutoff=0.5)
        raise Refused(
            f"{slug}: there is no such exercise; "
            + (f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}")
        )
    if len(having) > 1:
        places = ", ".join(str(file.path) for file in having)
        raise Refused(f"{slug} is in {len(having)} notebooks; name one of them behind it: {places}")
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


def _bring_back(file: NotebookFile, exercise: Exercise) -> None:
    cells = file.data["cells"]
    cell = next((cell for cell in cells if name_of(cell) == exercise.slug), None)
    if cell is None:
        cell = _anew(exercise)
        cells.insert(_place(file, exercise.slug), cell)
    cell["source"] = exercise.stub.splitlines(keepends=True)
    if cell["cell_type"] == "code":
        cell["outputs"], cell["execution_count"] = [], None


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
