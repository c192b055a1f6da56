"""A course folder: where its assignments lie, nbgrader's settings for it, and nbgrader run quietly on it."""

from __future__ import annotations

import difflib
import glob
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder import HOME
from autograder.problem import Problem
from autograder.protection import FILE, is_adopted, is_protected, loaded

__all__ = ["Course", "quiet"]


@dataclass(frozen=True)
class Course:
    """An ordinary nbgrader course folder: source/, submitted/STUDENT/ASSIGNMENT/, gradebook.db."""

    root: Path = HOME

    @property
    def source(self) -> Path:
        """The folder of the instructor's notebooks."""
        return self.root / "source"

    @property
    def release(self) -> Path:
        """The folder of the student versions, as the settings name it."""
        return self.root / str(self.directory(self.config()).release_directory)

    @property
    def gradebook(self) -> str:
        """The address of the gradebook: the settings' db_url, or gradebook.db in this folder."""
        return str(self.directory(self.config()).db_url)

    def assignments(self) -> list[str]:
        """Return the names of all folders in source/ that hold a notebook, sorted."""
        if not self.source.is_dir():
            raise Problem(f"{self.source}: there is no such folder; a course keeps its notebooks in source/ASSIGNMENT/")
        return sorted({path.parent.name for path in self.source.glob("*/*.ipynb")})

    def named(self, assignment: str) -> str:
        """Return the assignment's name; raises Problem with the nearest name where there is none of this name.

        nbgrader looks for files by patterns, and would find nothing in a folder that is named like one.
        """
        for place in (str(self.root.resolve()), assignment):
            if glob.escape(place) != place:
                raise Problem(f"{place}: nbgrader takes [ ] * ? in a folder's name for a pattern; give it another name")
        names = self.assignments()
        if assignment in names:
            return assignment
        bare = {name.split("-", 1)[-1]: name for name in names}
        near = difflib.get_close_matches(assignment, [*names, *bare], n=1, cutoff=0.5)
        hint = f"did you mean {bare.get(near[0], near[0])}?" if near else f"there is {', '.join(names) or 'none yet'}"
        raise Problem(f"{assignment}: no such assignment in {self.source}; {hint}")

    def notebooks(self, assignment: str) -> list[Path]:
        """Return the assignment's notebooks in source/, sorted."""
        return sorted((self.source / assignment).glob("*.ipynb"))

    def config(self) -> Config:
        """Return nbgrader's settings: this repository's, then those of the course folder where it has its own.

        All but the gradebook: a demo or an audit in another folder must not be entered in the one of real students.
        """
        config = loaded(self.root.resolve() / FILE) if is_adopted(self.root) else self._with_ours()
        frame = config.get("IncludeHeaderFooter", {})
        for name in ("header", "footer"):  # their paths start at the course folder, wherever this was started
            if frame.get(name):
                frame[name] = str(self.root.resolve() / frame[name])
        return config

    def _with_ours(self) -> Config:
        config = Config()
        for folder in dict.fromkeys([HOME, self.root.resolve()]):
            if (folder / FILE).is_file():
                settings = loaded(folder / FILE)
                if folder != self.root.resolve():
                    settings.CourseDirectory.pop("db_url", None)
                    if self.is_ordinary:
                        for section in ("CourseDirectory", "ClearSolutions"):
                            settings.pop(section, None)
                config.merge(settings)
        return config

    @property
    def is_ordinary(self) -> bool:
        """Whether this is a course that nbgrader by itself has handed out: its folders and stubs are nbgrader's."""
        names = ("release", "assignments")
        release, ours = ((self.root / name).is_dir() for name in names)
        return release and not ours and "autograder.nbgrader_steps" not in self._own_settings()

    @property
    def unprotected(self) -> str:
        """What nbgrader's own commands would do here without these steps, and how that is mended; "" where they have.

        A folder in which nobody has worked with nbgrader yet is none of a course's.
        """
        if is_protected(self.root) or not (self.is_ordinary or (self.root / FILE).is_file()):
            return ""
        return (
            f"NOT PROTECTED: in {self.root} `nbgrader autograde` and the formgrader run students' code with your "
            f"rights, and feedback shows hidden tests; `python -m autograder adopt {self.root}` mends that"
        )

    def _own_settings(self) -> str:
        path = self.root / FILE
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""

    def nbgrader(self, converter: type, assignment: str, *, student: str | None = None, **settings: Any) -> None:
        """Run one of nbgrader's converters on this folder with further settings; raises what the converter raises.

        Without a student it goes through all of them.
        """
        config = self.config()
        config.merge(Config(settings))
        folder = self.directory(config)
        # nbgrader takes an id for a glob: [a-z]* would be everybody, and a*b nobody.
        folder.assignment_id, folder.student_id = assignment, "*" if student is None else glob.escape(student)
        converter(coursedir=folder, config=config).start()

    def directory(self, config: Config) -> CourseDirectory:
        """Return nbgrader's own view of this folder, with such settings."""
        return CourseDirectory(config=config, root=str(self.root.resolve()))


@contextmanager
def quiet(logfile: Path | None = None) -> Iterator[list[str]]:
    """Keep nbgrader's chatter off the screen: into `logfile` where there is one; yields the list of its error lines."""
    errors: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.ERROR:
                errors.append(record.getMessage())

    handlers: list[logging.Handler] = [Keep()]
    if logfile is not None:
        logfile.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(logging.FileHandler(logfile, encoding="utf-8"))
        handlers[-1].setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logs = [logging.getLogger(name) for name in ("traitlets", "py.warnings")]
    before = [(log.handlers[:], log.level, log.propagate) for log in logs]
    for log in logs:
        log.handlers, log.propagate = handlers, False
        log.setLevel(logging.INFO)
    where = Path.cwd()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            logging.captureWarnings(True)
            yield errors
    finally:
        logging.captureWarnings(False)
        os.chdir(where)  # nbgrader changes folders while it works
        for log, (own, level, propagate) in zip(logs, before, strict=True):
            log.handlers, log.propagate = own, propagate
            log.setLevel(level)
        for handler in handlers:
            handler.close()
