"""nbgrader's plugins for `zip_collect`: an extractor and a collector that know how platforms name things.

nbgrader asks its collector about one file at a time and ends for the whole class when two files of a student have one
name. This one looks at all of them first, as `collect` does, and then answers for each.
"""

from __future__ import annotations

from pathlib import Path

from nbgrader.plugins import FileNameCollectorPlugin
from traitlets import Enum, Unicode

from autograder.course import Course
from autograder.intake.archives import Extractor
from autograder.platforms.known import PLATFORMS, is_marked, recognised
from autograder.platforms.plan import Plan, planned
from autograder.platforms.platform import Download, zone_of
from autograder.platforms.roster import from_gradebook

__all__ = ["PlatformCollector", "PlatformExtractor"]


class PlatformExtractor(Extractor):
    """Unpacks as Extractor does, and a student's own archive into a folder of its full name.

    The folder's name is the platform's, and says whose all in it is, whatever it is called there.
    """

    def is_own(self, path: Path) -> bool:
        """Return whether an archive at this path is a student's own, by its name or that of a folder above it."""
        return is_marked(path)

    def own(self, place: Path) -> tuple[Path, str]:
        """Return the folder of the archive's own name; what lies in it keeps its name."""
        return (place, "") if is_marked(place) else super().own(place)


class PlatformCollector(FileNameCollectorPlugin):
    """Collects what any known platform names; what none does goes by `named_regexp`, as with nbgrader's own."""

    platform = Enum(["auto", *PLATFORMS], "auto", help="The platform that wrote the download.").tag(config=True)
    timezone = Unicode("", help="The zone of times that say none; this machine's if empty.").tag(config=True)

    _looked = False
    _answers: dict[Path, dict[str, str]] | None = None

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """Return whose a file is and what it is called, or None for one that is left out, which is logged."""
        if not self._looked:
            self._looked, self._answers = True, self._look(Path(submitted_file))
        if self._answers is None:
            answer: dict[str, str] | None = super().collect(submitted_file)
            return answer
        return self._answers.get(Path(submitted_file))

    def _look(self, first: Path) -> dict[Path, dict[str, str]] | None:
        """Plan the whole class; None where the files are named as no platform names them."""
        app = self.parent
        assignment = app.coursedir.assignment_id
        folder = next(
            (
                parent
                for parent in first.parents
                if parent.name == app.extracted_directory and parent.parent.name == assignment
            ),
            first.parent,
        )
        download = Download(folder, zone_of(self.timezone))
        name = recognised(download) if self.platform == "auto" else str(self.platform)
        if not name:
            return None
        course = Course(Path(app.coursedir.root))
        roster = from_gradebook(course)
        if not roster.students:
            self.log.warning("The gradebook has no students: ids are taken from the names of files")
            return None
        released = {path.name for path in course.notebooks(assignment)}
        plan = planned(PLATFORMS[name].read(download), roster, released)
        for left in plan.left:
            self.log.warning("%s", left)
        return _answers(plan)


def _answers(plan: Plan) -> dict[Path, dict[str, str]]:
    return {
        path: {"student_id": hand_in.student, "file_id": str(name)}
        | ({"timestamp": hand_in.when.strftime("%Y-%m-%d %H:%M:%S UTC")} if hand_in.when else {})
        for hand_in in plan.hand_ins.values()
        for name, path in hand_in.files.items()
    }
