"""Notebooks as files: read with one clear message for what is wrong, and written in one canonical form."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.problem import Problem

__all__ = [
    "MARKER",
    "canonical",
    "grade_id",
    "is_plain",
    "known",
    "named",
    "read",
    "text_of",
    "tidied",
    "without_hidden_tests",
    "without_markers",
]

# A region marker is a line of its own, as nbgrader writes it: ### BEGIN SOLUTION, === END MARK SCHEME ===, …
MARKER = re.compile(r"^\s*\W*\s*(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)\W*$")

PLAIN = "plain-"  # begins the names of cells without nbgrader's metadata

# What an author may set on a cell; everything else is left behind by an editor.
KEPT_METADATA = ("jupyter", "nbgrader", "slideshow", "tags")


def read(path: Path) -> NotebookNode:
    """Read a notebook of format 4; raises Problem when the file is missing, is not JSON or is no such notebook."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise Problem(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise Problem(f"{path}: is not UTF-8 text; save it again from Jupyter") from None
    try:
        data = json.loads(text)
    except ValueError:
        raise Problem(f"{path}: is not JSON, so no notebook; restore it from git or save it from Jupyter") from None
    version = data.get("nbformat") if isinstance(data, dict) else None
    if version != 4:
        reason = f"has notebook format {version}, not 4" if version else "is JSON but no notebook"
        raise Problem(f"{path}: {reason}; open it in Jupyter and save it")
    try:
        notebook: NotebookNode = nbformat.v4.to_notebook(data)
        nbformat.validate(notebook)
    except (nbformat.ValidationError, AttributeError, KeyError, TypeError) as error:
        raise Problem(f"{path}: is not a valid notebook: {(str(error).splitlines() or ['?'])[0]}") from None
    return notebook


def known(path: Path) -> NotebookNode:
    """Return the notebook at `path`, read once as long as the file is not written: what is done to it, do to a copy."""
    about = path.stat() if path.is_file() else None
    return _known(path, about.st_mtime_ns, about.st_size, about.st_ino) if about else read(path)


@functools.lru_cache(maxsize=16)
def _known(path: Path, *_: int) -> NotebookNode:
    return read(path)


def canonical(notebook: NotebookNode) -> str:
    """Return the notebook's text as it stands on disk: sorted keys, indent 1, a line end at the end."""
    return str(nbformat.writes(notebook, version=nbformat.NO_CONVERT)).rstrip("\n") + "\n"


def tidied(notebook: NotebookNode) -> NotebookNode:
    """Return a copy as it is kept in source/: no outputs, no counts, cell id = grade_id, no editor's leftovers."""
    clean = nbformat.from_dict(notebook)
    clean.nbformat_minor = max(clean.nbformat_minor, 5)  # cells have ids from 4.5 on
    clean.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for cell in clean.cells:
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in KEPT_METADATA if key in cell.metadata})
        cell.metadata.get("nbgrader", {}).pop("checksum", None)  # nbgrader computes it for the student version
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if grade_id(cell):
            cell.id = grade_id(cell)
    return clean


def grade_id(cell: NotebookNode) -> str:
    """Return the cell's nbgrader name, or "" where it has none."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def is_plain(name: str) -> bool:
    """Return whether a cell has its name from `named` and not from nbgrader, whose gradebook does not know it."""
    return name.startswith(PLAIN)


def named(notebook: NotebookNode) -> NotebookNode:
    """Return a master in which every cell has a name; one without nbgrader's metadata is read-only in a copy of it.

    Courses of other people have plain text and code between what is graded.
    """
    if all(map(grade_id, notebook.cells)):
        return notebook
    notebook = nbformat.from_dict(notebook)
    for number, cell in enumerate(notebook.cells, start=1):
        if not grade_id(cell):
            flags = {"grade": False, "solution": False, "locked": True, "task": False, "schema_version": 3}
            cell.metadata["nbgrader"] = NotebookNode({**flags, "grade_id": f"{PLAIN}{number}"})
    return notebook


def without_markers(source: str) -> str:
    """Return a cell's source without the lines ### BEGIN SOLUTION and the like."""
    return "\n".join(line for line in source.split("\n") if not MARKER.match(line))


def without_hidden_tests(source: str) -> str:
    """Return a cell's source without its regions of hidden tests, as students see it."""
    lines, hidden = [], False
    for line in source.split("\n"):
        marker = MARKER.match(line)
        if marker and marker.group(2) == "HIDDEN TESTS":
            hidden = marker.group(1) == "BEGIN"
        elif not hidden:
            lines.append(line)
    return "\n".join(lines)


def text_of(output: NotebookNode) -> str:
    """Return all that an output says as plain text."""
    if output.output_type == "stream":
        return str(output.text)
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    return "\n".join(str(value) for kind, value in output.get("data", {}).items() if kind.startswith("text/"))
