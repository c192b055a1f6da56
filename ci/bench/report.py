"""The report on a class of 1,000: seconds and memory. `python3 -m ci bench report`.

Nobody is graded: the notebooks are the executed solutions, with answers of the corpus and the reports that these are
told, no two alike; the gradebook has their points. Told are seconds and the most memory of the command that writes the
page, the table and the JSON of an assignment, and of all that are named. The aim is 20 s and 500 MB for 1,000 students.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.utils import is_grade

from autograder import HOME
from autograder.corpus.answers import Answer, answers
from autograder.course import Course
from autograder.feedback.display import REPORT
from autograder.notebooks.kinds import METADATA, by_hand, exercise_of
from autograder.notebooks.notebook import canonical, grade_id, read
from ci.bench.grading.cost import measured
from ci.bench.grading.entered import enter
from ci.bench.grading.scratch import scratch

__all__ = ["main", "prepared"]

SECONDS, BYTES = 20.0, 500e6


def prepared(root: Path, assignments: list[str], count: int) -> Course:
    """Make a course folder with a graded class of so many in each assignment."""
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # nbgrader starts alembic
    root.mkdir(parents=True)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        for assignment in assignments:
            _assignment(root, assignment, count, gradebook)
    return Course(root)


def _assignment(root: Path, assignment: str, count: int, gradebook: Gradebook) -> None:
    (path,) = Course().notebooks(assignment)
    master = read(path)
    (root / "source" / assignment).mkdir(parents=True)
    (root / "source" / assignment / path.name).write_text(canonical(master), encoding="utf-8")
    tests = [cell for cell in master.cells if is_grade(cell)]
    gradebook.add_assignment(assignment)
    gradebook.add_notebook(path.stem, assignment)
    for cell in tests:
        most = float(cell.metadata.nbgrader.points)
        gradebook.add_grade_cell(grade_id(cell), path.stem, assignment, max_score=most, cell_type=cell.cell_type)
    corpus = {
        slug: [answer for answer in group.values() if answer.loses] for slug, group in answers(assignment).items()
    }
    solved = (HOME / "solutions" / assignment / path.name).read_text(encoding="utf-8")
    points = {}
    for number in range(count):
        student, notebook = f"s{number:05d}", json.loads(solved)
        points[student] = dict(_answered(notebook, tests, corpus, number))
        place = root / "autograded" / student / assignment
        place.mkdir(parents=True)
        (place / path.name).write_text(json.dumps(notebook), encoding="utf-8")
    enter(gradebook, assignment, points, frozenset(grade_id(cell) for cell in tests if by_hand(cell)))


def _answered(
    notebook: dict[str, Any], tests: list[NotebookNode], corpus: dict[str, list[Answer]], number: int
) -> Iterator[tuple[str, float]]:
    """Put a student's answers and the reports on them into an executed solution; yield the points."""
    cells = {cell["metadata"].get("nbgrader", {}).get("grade_id", ""): cell for cell in notebook["cells"]}
    for place, test in enumerate(tests):
        slug, most = exercise_of(test), float(test.metadata.nbgrader.points)
        wrong = corpus.get(slug, [])
        pick = number * 7 + place * 3
        answer = wrong[pick // 2 % len(wrong)] if wrong and pick % 2 else None
        if answer and not by_hand(test):
            cells[slug]["source"] = f"# of student {number}\n{answer.source}"
            finding = {"slug": answer.mistake or "wrong-value", "array": "dx", "message": "It looks off.", "node": ""}
            report = {"exercise": slug, "parts": {"out": True, "dx": False}, "findings": [finding]}
            data = {REPORT: report, "text/plain": "0.0"}
            output = {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}
            graded = cells[grade_id(test)]
            graded["outputs"], graded["metadata"][METADATA] = [output], {"verdict": "partial"}
        yield grade_id(test), most - min(most, answer.loses) if answer else most


def main(arguments: list[str]) -> int:
    """Print what a report on one assignment and on all of them takes; return 1 where it is more than the aim."""
    parser = argparse.ArgumentParser(prog="python3 -m ci bench report", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("assignments", nargs="*", help="the first, unless named; each takes a GB of disk")
    parser.add_argument("--count", type=int, default=1000, help="students")
    options = parser.parse_args(arguments)
    names = [Course().named(name) for name in options.assignments] or Course().assignments()[:1]
    slow = False
    with scratch() as root:
        course = prepared(root / "class", names, options.count)
        print(f"A report on {options.count} students: page, table and JSON\n")
        print("| assignments | wall s | processor s | most memory, MB |\n|---|---|---|---|")
        for chosen in [[name] for name in names] + ([names] if len(names) > 1 else []):
            files = [word for kind in ("html", "csv", "json") for word in (f"--{kind}", str(root / f"report.{kind}"))]
            command = [sys.executable, "-m", "autograder", "report", *chosen, "--course", str(course.root), *files]
            run = measured(command, HOME)
            words = chosen[0] if len(chosen) == 1 else f"all {len(chosen)}"
            print(f"| {words} | {run.wall:.1f} | {run.processor:.1f} | {run.memory / 1e6:.0f} |", flush=True)
            # It is one process: on a machine that does nothing else its wall seconds are its processor's.
            slow = slow or (len(chosen) == 1 and (min(run.wall, run.processor) > SECONDS or run.memory > BYTES))
    print(f"\nThe aim for one assignment is {SECONDS:g} s and {BYTES / 1e6:g} MB: {'missed' if slow else 'held'}")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    return int(slow)
