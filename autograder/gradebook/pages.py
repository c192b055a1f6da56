"""Feedback pages, made again where anything behind them changed: the graded notebook, marks, comments, penalties.

nbgrader leaves a page that is there unless the hand-in is newer, so a mark given later never reached the student
without --force. Each page ends in the hash of what it was made of; `FeedbackExporter`, which the setting
`GenerateFeedback.exporter_class` names, takes away the pages of which that is another one now, and nbgrader makes them.
"""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import nbconvert
import nbgrader
from nbconvert.exporters import HTMLExporter
from nbgrader.api import MissingEntry
from traitlets.config import Config

from autograder import feedback
from autograder.gradebook import overview
from autograder.gradebook.lateness import renew
from autograder.gradebook.session import opened
from autograder.tamper import report_of

__all__ = ["FeedbackExporter"]

MADE_OF = "<!-- made of "
SETTINGS = (
    "HTMLExporter",
    "FeedbackExporter",
    "GenerateFeedback",
    "HideHiddenTests",
    "ClearHiddenTests",
    "Display",
    "Highlight",
)


TEMPLATES = Path(feedback.__file__).parent / "template"


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTMLExporter with this course's template, and a word at each page's end by which its age is known."""

    @property
    def default_config(self) -> Config:
        """What nbgrader would have another template for; a setting of `FeedbackExporter` goes before this."""
        config: Config = super().default_config
        own = {"template_name": "feedback-page", "extra_template_basedirs": [str(TEMPLATES)]}
        config.merge(Config({"FeedbackExporter": own}))
        return config

    def __init__(self, *words: Any, **keywords: Any) -> None:
        super().__init__(*words, **keywords)
        folders = getattr(self.parent, "assignments", None)
        if folders:
            for assignment in {Path(folder).name for folder in folders}:
                renew(self.config, str(self.parent.coursedir.db_url), assignment)  # type: ignore[union-attr]  # nbgrader sets it
            if not getattr(self.parent, "force", True):
                self._take_away(self.parent, sorted(map(Path, folders)))

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> tuple[Any, Any]:
        """Return the page of a graded notebook."""
        page, resources = super().from_filename(filename, resources, **kw)
        about = (resources or {}).get("nbgrader", {})
        if "student" in about:
            made_of = self._made_of(Path(filename), about["assignment"], about["student"], str(about["db_url"]))
            page += f"\n{MADE_OF}{made_of} -->\n"
        return page, resources

    def _take_away(self, converter: Any, folders: list[Path]) -> None:
        """Remove the pages that are out of date, and say how many are left and why."""
        course, stale = converter.coursedir, 0
        with opened(str(course.db_url)):
            for folder in folders:
                student, assignment = folder.parent.name, folder.name
                place = Path(course.root, course.format_path(course.feedback_directory, student, assignment))
                pages = {path: place / f"{path.stem}.html" for path in folder.glob("*.ipynb")}
                fresh = all(
                    _stamp(page) == self._made_of(path, assignment, student, str(course.db_url))
                    for path, page in pages.items()
                )
                if not fresh:
                    stale += 1
                    shutil.rmtree(place, ignore_errors=True)
        converter.log.info(
            "Feedback of %d is made; that of %d is left: nothing behind it changed (--force makes all of it)",
            stale,
            len(folders) - stale,
        )

    def _made_of(self, path: Path, assignment: str, student: str, url: str) -> str:
        settings = [{**self.config.get(name, Config())} for name in SETTINGS]
        notes = report_of(Path(self.parent.coursedir.root), assignment, student)  # type: ignore[union-attr]  # nbgrader sets it
        parts = [
            path.read_bytes(),
            notes.read_bytes() if notes.is_file() else b"",
            *(
                json.dumps(each, sort_keys=True, default=str).encode()
                for each in (settings, _marks(url, path.stem, assignment, student), _makers())
            ),
        ]
        return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def _stamp(page: Path) -> str:
    """The hash at the end of a page; what stands before is partly a student's."""
    if not page.is_file():
        return ""
    with page.open("rb") as file:
        file.seek(max(0, page.stat().st_size - 200))
        last = file.read().decode("utf-8", "replace").rstrip().rpartition("\n")[2]
    return last.removeprefix(MADE_OF).removesuffix(" -->") if last.startswith(MADE_OF) else ""


def _marks(url: str, notebook: str, assignment: str, student: str) -> Any:
    """What the gradebook has of a submitted notebook, as far as a page shows it."""
    with opened(url) as gradebook:
        try:
            entry = gradebook.find_submission_notebook(notebook, assignment, student)
        except MissingEntry:
            return None
        grades = sorted((grade.name, grade.score, grade.max_score) for grade in entry.grades)
        comments = sorted((comment.name, comment.comment or "") for comment in entry.comments)
        return grades, comments, entry.late_submission_penalty


@functools.cache
def _makers() -> list[str]:
    """What makes the pages: versions, and the hash of the code and the template that look after them."""
    files = [path for path in Path(feedback.__file__).parent.rglob("*") if path.suffix in (".py", ".j2", ".css")]
    code = b"".join(path.read_bytes() for path in sorted([*files, Path(overview.__file__)]))
    return [nbgrader.__version__, nbconvert.__version__, hashlib.sha256(code).hexdigest()]
