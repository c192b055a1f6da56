"""The ways in which one class is graded, each in a course folder that it is free to write in.

From the full store grades again what two workers have just graded; one test changed, after a test cell of the master
was given a comment, which is then taken away: so these two share the folder of two workers, and come after them.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from autograder import HOME
from autograder.course import Course
from autograder.notebooks.kinds import is_test
from autograder.notebooks.notebook import canonical, read
from ci.bench.grading.cost import Run, measured
from ci.bench.grading.points import Scores, scores

__all__ = ["AFTER", "CHANGED", "FIRST", "LIMIT", "ONE", "PLAIN", "STORED", "TWO", "WAYS", "Ways", "test_changed"]

PLAIN, ONE, TWO = "plain nbgrader autograde", "ours, 1 worker", "ours, 2 workers"
STORED, CHANGED = "ours, from the full store", "ours, one test changed"
LIMIT = "the limit: needed cells alone"
WAYS = (PLAIN, ONE, TWO, STORED, CHANGED, LIMIT)
FIRST, AFTER = (PLAIN, ONE, TWO, LIMIT), (STORED, CHANGED)
SETTINGS = """c = get_config()
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.solution_directory = "solutions"
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\nraise NotImplementedError()"}
c.ClearSolutions.text_stub = "*Your answer here.*"
c.Execute.timeout = 120
"""


@dataclass(frozen=True)
class Ways:
    """One class of a course, and the folders in which it is graded, by way."""

    course: Course
    assignment: str
    folders: dict[str, Path]

    @classmethod
    def prepared(cls, course: Course, assignment: str, root: Path) -> Ways:
        """Copy the course for each way; plain nbgrader makes its own release of it, with its own settings."""
        folders = {way: root / f"way-{number}" for number, way in enumerate((PLAIN, ONE, TWO))}
        for folder in folders.values():
            shutil.copytree(course.root, folder)
            shutil.copy(HOME / "nbgrader_config.py", folder)
        (folders[PLAIN] / "nbgrader_config.py").write_text(SETTINGS, encoding="utf-8")
        line = [sys.executable, "-m", "nbgrader", "generate_assignment", assignment, "--force"]
        subprocess.run(line, cwd=folders[PLAIN], check=True, capture_output=True)
        shared = {STORED: folders[TWO], CHANGED: folders[TWO], LIMIT: course.root}
        return cls(course, assignment, folders | shared)

    def run(self, way: str, turn: int, rounds: int) -> tuple[Run, Scores]:
        """Grade the students of a round in one way; return what it cost, and what they got."""
        students, folder = f"round{turn}-", self.folders[way]
        with contextlib.ExitStack() as at_work:
            if way == CHANGED:
                at_work.enter_context(test_changed(Course(folder), self.assignment, (turn + 0.5) / rounds))
            run = measured(self._line(way, f"{students}*"), folder if way == PLAIN else HOME)
        if way == LIMIT:
            return _of_limit(run)
        return run, scores(f"sqlite:///{folder}/gradebook.db", students)

    def _line(self, way: str, students: str) -> list[str]:
        if way == PLAIN:
            return [sys.executable, "-m", "nbgrader", "autograde", self.assignment, f"--student={students}", "--force"]
        folder = str(self.folders[way])
        if way == LIMIT:
            return [sys.executable, "-m", "ci.bench.grading.limit", folder, self.assignment, students]
        words = ["--course", folder, "--student", students, "--workers", "1" if way == ONE else "2"]
        return [sys.executable, "-m", "autograder", "grade", self.assignment, *words]


@contextlib.contextmanager
def test_changed(course: Course, assignment: str, place: float) -> Iterator[str]:
    """Give a test of the master a comment for a while, the one at this part of all tests; yields the test's name."""
    path = course.notebooks(assignment)[0]
    before = path.read_bytes()
    notebook = read(path)
    tests = [cell for cell in notebook.cells if is_test(cell)]
    cell = tests[int(place * len(tests))]
    cell.source += "\n# changed"
    path.write_text(canonical(notebook), encoding="utf-8")
    try:
        yield str(cell.metadata.nbgrader.grade_id)
    finally:
        path.write_bytes(before)


def _of_limit(run: Run) -> tuple[Run, Scores]:
    """What the forks took, without the process that they are forks of; its memory counts."""
    entries = [json.loads(line) for line in run.printed.splitlines()]
    wall, processor = (sum(entry[key] for entry in entries) for key in ("wall", "processor"))
    points = {(entry["student"], name): value for entry in entries for name, value in entry["points"].items()}
    return replace(run, wall=wall, processor=processor), points
