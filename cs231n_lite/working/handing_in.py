"""Is a notebook ready to be handed in? What its file on disk says, beside what has run in this kernel."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cs231n_lite.working import session
from cs231n_lite.working.notebook_file import Foreign, NotebookFile, Unreadable, read

__all__ = ["Readiness", "readiness", "unsaved"]


@dataclass(frozen=True)
class Readiness:
    """What is to be known before a notebook is handed in; names are those of exercises, or of cells."""

    path: Path | None = None
    size: int = 0
    saved: str = ""  # when, as a clock shows it
    problem: str = ""  # why the file is no whole notebook, or none of the course's
    is_whole: bool = True
    empty: list[str] = field(default_factory=list)
    unsaved: list[str] = field(default_factory=list)  # what ran last is not what the file has
    not_run: list[str] = field(default_factory=list)  # the file has something that did not run since it was changed
    failed: list[str] = field(default_factory=list)  # what ran last ended in an error
    missing: list[str] = field(default_factory=list)  # cells
    hand_in: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether nothing speaks against handing it in; empty answers are the student's choice."""
        return self.path is not None and not (
            self.problem or self.unsaved or self.not_run or self.failed or self.missing
        )


def readiness() -> Readiness:
    """Look at the file of this kernel's notebook."""
    path = session.notebook_path()
    if path is None:
        return Readiness()
    about = path.stat()
    saved = datetime.fromtimestamp(about.st_mtime).strftime("%H:%M")
    try:
        notebook = read(path)
    except Unreadable as problem:
        return Readiness(path, about.st_size, saved, str(problem), is_whole=isinstance(problem, Foreign))
    newer, not_run, failed = _compared(notebook, about.st_mtime)
    return Readiness(
        path,
        about.st_size,
        saved,
        empty=[exercise.slug for exercise in notebook.exercises if notebook.is_empty(exercise)],
        unsaved=newer,
        not_run=not_run,
        failed=failed,
        missing=notebook.missing,
        hand_in=notebook.hand_in,
    )


def unsaved(notebook: NotebookFile) -> list[str]:
    """The answers of which this kernel ran something later than the notebook's file has."""
    return _compared(notebook, notebook.path.stat().st_mtime)[0]


def _compared(notebook: NotebookFile, saved: float) -> tuple[list[str], list[str], list[str]]:
    """The answers in code that are newer than in the file, that did not run as they are, that ended in an error."""
    newer: list[str] = []
    not_run: list[str] = []
    failed: list[str] = []
    for exercise in notebook.exercises:
        source = notebook.sources.get(exercise.slug, "")
        run = session.last_run(exercise.slug, source)
        if exercise.by_hand or (notebook.is_empty(exercise) and run is None):
            continue
        if run is None:
            not_run.append(exercise.slug)
        elif run.source.strip() != source.strip():
            (newer if run.when > saved else not_run).append(exercise.slug)
        elif run.failure:
            failed.append(exercise.slug)
    return newer, not_run, failed
