"""nbgrader's export plugins, one a platform: `nbgrader export --exporter=autograder.nbgrader_steps.CanvasExport`."""

from __future__ import annotations

from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Enum, Unicode

from autograder.course import Course
from autograder.gradebook.lateness import renew
from autograder.platforms.export import exported, write
from autograder.platforms.known import PLATFORMS
from autograder.platforms.roster import printable
from autograder.platforms.table import Request
from autograder.problem import Problem

__all__ = [
    "BlackboardExport",
    "BrightspaceExport",
    "CanvasExport",
    "GradescopeExport",
    "MoodleExport",
    "PlatformExport",
    "SakaiExport",
]


class PlatformExport(ExportPlugin):
    """nbgrader's export plugin: `nbgrader export --exporter=… --assignment='["1-tiny"]' --to=FILE`."""

    platform = Enum(list(PLATFORMS), "canvas", help="The platform that takes the table.").tag(config=True)
    template = Unicode("", help="The platform's own table, if it needs one.").tag(config=True)
    column = Unicode("", help="The assignment's name on the platform, if it is another.").tag(config=True)
    exercises = Bool(False, help="A column for each exercise, too.").tag(config=True)
    scale = Bool(False, help="Scale points where the platform has another sum.").tag(config=True)
    zeros = Bool(False, help="Write 0 where nothing was handed in.").tag(config=True)
    unfinished = Bool(False, help="Write the points so far where a person is to mark some.").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the table of the one assignment that is named; what a person should know is logged."""
        try:
            self._export(gradebook)
        except Problem as problem:  # in one line, and not with a traceback
            self.parent.fail(str(problem))

    def _export(self, gradebook: Gradebook) -> None:
        if len(self.assignment) != 1:
            raise Problem("name one assignment: nbgrader export --assignment='[\"1-computational-graphs\"]'")
        assignment = str(self.assignment[0])
        renew(self.config, str(self.parent.coursedir.db_url), assignment)
        request = Request(
            self.platform,
            Path(self.template) if self.template else None,
            exercises=self.exercises,
            column=self.column,
            scale=self.scale,
            zeros=self.zeros,
            unfinished=self.unfinished,
        )
        result = exported(Course(Path(self.parent.coursedir.root)), gradebook, assignment, request)
        for line in result.lines:
            self.log.warning("%s", printable(line))
        for line in result.late:
            self.log.info("%s", printable(line))
        path = Path(self.to or f"{assignment}-{self.platform}.csv")
        write(result, path)
        self.log.info("Wrote the points of %s students to %s", result.count, path)


class CanvasExport(PlatformExport):
    """For Canvas's gradebook."""

    platform = Enum(list(PLATFORMS), "canvas").tag(config=True)


class MoodleExport(PlatformExport):
    """Into Moodle's grading worksheet."""

    platform = Enum(list(PLATFORMS), "moodle").tag(config=True)


class BrightspaceExport(PlatformExport):
    """For Brightspace's import of grades."""

    platform = Enum(list(PLATFORMS), "brightspace").tag(config=True)


class BlackboardExport(PlatformExport):
    """For Blackboard's Grade Center."""

    platform = Enum(list(PLATFORMS), "blackboard").tag(config=True)


class SakaiExport(PlatformExport):
    """Sakai's grades.csv."""

    platform = Enum(list(PLATFORMS), "sakai").tag(config=True)


class GradescopeExport(PlatformExport):
    """A table of scores as Gradescope writes it."""

    platform = Enum(list(PLATFORMS), "gradescope").tag(config=True)
