"""One notebook's run as a value: all that its result depends on, so that any process on any machine can do it.

    job = Job(notebook, beside, master, terms)
    results = job.results(store)          # what is known of it already
    verdicts, notes = job.run(results)    # runs what is not, here
    data = job.packed(results)            # or as bytes: unpacked(data) is the job and its results on another machine

The bytes are JSON and files; nothing in them is ever unpickled.
"""

from __future__ import annotations

import base64
import functools
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict

from autograder.examining.examination import Examination
from autograder.examining.keys import CellKeys, hashed_files, keys_of, versions
from autograder.examining.known_results import KnownResults, RemoteResults
from autograder.examining.pictures import draw
from autograder.examining.store import Store, hashed
from autograder.examining.terms import Terms, limits
from autograder.notebooks.kinds import is_test, kind_of
from autograder.sandbox import warm
from autograder.sandbox.box import Sandbox
from autograder.sandbox.scratch import folder
from autograder.submission import DEEPEST
from autograder.tamper import Note

__all__ = ["GALLERY", "Job", "contents", "plain_files", "unpacked"]

GALLERY = 3  # times what a notebook may show, where the course's pictures are drawn: one notebook has 1.7 MB of them


@dataclass(frozen=True)
class Job:
    """A grafted notebook, the files beside it by name, those that its tests read, the terms, and how to confine it."""

    notebook: NotebookNode
    beside: dict[str, bytes]
    master: dict[str, bytes]
    terms: Terms
    means: str = ""
    unsafe: bool = False
    libraries: tuple[str, ...] = ()

    @functools.cached_property
    def cell_keys(self) -> CellKeys:
        """The keys of its cells; raises Problem where nothing here can confine a process."""
        # An answer is the student's own, as far as a run is concerned.
        kinds = ["own" if kind_of(cell) == "answer" else kind_of(cell) for cell in self._code()]
        points = [float(cell.metadata.nbgrader.points) if is_test(cell) else 0.0 for cell in self._code()]
        cells = list(zip(kinds, [cell.source for cell in self._code()], points, strict=True))
        terms = [limits(self.terms, self.notebook).__dict__, self.terms.__dict__, self._box(None).means, self.libraries]
        return keys_of(cells, hashed(versions(), hashed_files([self.beside, self.master]), terms))

    def results(self, store: Store | None) -> KnownResults:
        """Return what the store holds of it; raises Problem where nothing here can confine a process."""
        return KnownResults(store, self.cell_keys, len(self._code()))

    def run(self, results: KnownResults) -> tuple[dict[str, str], list[Note]]:
        """Run what the results have not, and leave outputs in the notebook; return grade_id -> verdict, and the notes.

        Raises Problem where the student's process cannot be confined.
        """
        with folder() as beside, folder() as master:
            if results.needed:
                _write(beside, self.beside)
                _write(master, self.master)
            with self._box(beside) as box:
                if results.needed:
                    box.warm_up()
                    warm.ahead()
                examination = Examination(self.notebook, box, self.terms, master, results)
                return examination.run(), examination.notes

    def draw(self, numbers: Sequence[int], store: Store | None) -> None:
        """Give code cells, by their numbers, the outputs that they have where the course's instruments work."""
        terms = replace(self.terms, output_bytes=GALLERY * self.terms.output_bytes)
        with folder() as beside:
            _write(beside, self.beside)
            with self._box(beside, instruments=True) as gallery:
                draw(self._code(), numbers, self.cell_keys.keys, gallery, terms, store)

    def packed(self, results: KnownResults) -> bytes:
        """Return the job, and what is known of it, as bytes."""
        cells = [
            {"cell_type": "code", "source": cell.source, "id": cell.get("id", ""), "metadata": _about(cell)}
            for cell in self._code()
        ]
        packet = {
            "cells": cells,
            "files": [
                {name: base64.b64encode(data).decode() for name, data in files.items()} for files in self._files()
            ],
            "terms": asdict(self.terms),
            "means": self._box(None).means,
            "unsafe": self.unsafe,
            "libraries": self.libraries,
            "results": results.summary(),
        }
        return zlib.compress(json.dumps(packet).encode("ascii"), 1)

    def _code(self) -> list[NotebookNode]:
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    def _files(self) -> tuple[dict[str, bytes], dict[str, bytes]]:
        return self.beside, self.master

    def _box(self, scratch: Path | None, *, instruments: bool = False) -> Sandbox:
        bounds = limits(self.terms, self.notebook)
        how = {"means": self.means, "unsafe": self.unsafe, "libraries": self.libraries}
        return Sandbox(bounds, scratch, instruments=instruments, **how)  # type: ignore[arg-type]


def unpacked(data: bytes) -> tuple[Job, RemoteResults]:
    """Return a job that was packed, and results that keep what its run gives."""
    packet = json.loads(zlib.decompress(data))
    cells = [from_dict({**cell, "outputs": [], "execution_count": None}) for cell in packet["cells"]]
    notebook = NotebookNode(cells=cells, metadata=NotebookNode(), nbformat=4, nbformat_minor=5)
    beside, master = ({name: base64.b64decode(text) for name, text in files.items()} for files in packet["files"])
    how = packet["means"], packet["unsafe"], tuple(packet["libraries"])
    return Job(notebook, beside, master, Terms(**packet["terms"]), *how), RemoteResults(packet["results"])


def _about(cell: NotebookNode) -> dict[str, Any]:
    return {"nbgrader": cell.metadata.nbgrader} if "nbgrader" in cell.metadata else {}


def plain_files(folder: Path) -> dict[str, Path]:
    """Return the files of a folder that a student's process may read: plain ones, no notebooks; by their path there."""
    files: dict[str, Path] = {}
    for where, folders, names in os.walk(folder):  # no link is followed
        depth = len(Path(where).relative_to(folder).parts)
        folders[:] = [name for name in folders if not name.startswith(".") and depth < DEEPEST]
        paths = (Path(where, name) for name in names if not name.endswith(".ipynb"))
        files |= {path.relative_to(folder).as_posix(): path for path in paths if _readable(path)}
    return dict(sorted(files.items()))


def _readable(path: Path) -> bool:
    return not path.is_symlink() and path.is_file() and path.name != "timestamp.txt"


def contents(paths: Mapping[str, Path], most: int) -> dict[str, bytes]:
    """Return what is in the files, by name: of all that are too much together, the first that fit into `most` bytes."""
    files = {}
    for name in sorted(paths):
        most -= paths[name].stat().st_size
        if most >= 0:
            files[name] = paths[name].read_bytes()
    return files


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        for inner in reversed(Path(name).parents[:-1]):
            (folder / inner).mkdir(exist_ok=True)
            (folder / inner).chmod(0o755)
        (folder / name).write_bytes(data)
        (folder / name).chmod(0o644)
    folder.chmod(0o755)
