"""A class of 200 with known mistakes: its gradebook and its graded notebooks are written as grading leaves them.

    assignment      exercise    students        what they did
    1-a (0 to 199)  gate   (2)  0 to 59         upstream-dropped, 0.5 points
                                60 to 79        sign, 1 point
                                80 to 84        wrote nothing
                                85 to 88        never ended
                                89 to 98        1 point, and no name fitted: 6 wrote one thing, 4 another
                    loop   (3)  0 to 39, 100 to 109   branch-overwritten, 1 point
                    both   (4)  150 to 159      sign and shape in one answer, 2 points
                    why    (2)  everybody       written; of 0 to 99 marked with 1, the others wait
    2-b (10 to 199) net    (4)  10 to 29, 190 to 194  upstream-dropped, 2 points
                    again  (1)  10 to 14        upstream-dropped, 0 points
                    strict (2)  110 to 149      0 points and no name fitted, though they are right in all else

What is not said is right.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.feedback.display import REPORT
from autograder.gradebook.tables import versioned
from autograder.notebooks.kinds import METADATA
from autograder.notebooks.notebook import canonical
from ci.bench.grading.entered import enter
from ci.tests.autograder.small_course import KERNEL, cell

RIGHT = "def {name}(x, dz):\n    return x * dz"
WRITTEN = "why"
EXERCISES = {
    "1-a": {"gate": 2.0, "loop": 3.0, "both": 4.0, WRITTEN: 2.0},
    "2-b": {"net": 4.0, "again": 1.0, "strict": 2.0},
}
STUDENTS = [f"student-{number:03}" for number in range(200)]
HANDED_IN = {"1-a": STUDENTS, "2-b": STUDENTS[10:]}
SAID = "It looks as if the backward pass left out the upstream gradient in {} entries."
Entry = tuple[float, str, list[str], str]  # points, verdict, slugs, code


def _named(points: float, *slugs: str, code: str = "def {name}(x, dz):\n    return x") -> Entry:
    return points, "partial" if points else "failed", list(slugs), code


def entries(assignment: str) -> dict[str, dict[int, Entry]]:
    """What is not right, as exercise -> number of the student -> entry."""
    if assignment == "2-b":
        good = "def {name}(x, dz):\n    # student {number}\n    mine_{number} = dz * x\n    return mine_{number}"
        return {
            "net": {number: _named(2.0, "upstream-dropped") for number in [*range(10, 30), *range(190, 195)]},
            "again": {number: _named(0.0, "upstream-dropped") for number in range(10, 15)},
            "strict": {number: _named(0.0, "wrong-value", code=good) for number in range(110, 150)},
        }
    one = "def {name}(x, dz):\n    own_{number} = x + dz  # mine\n    return own_{number}"
    other = "def {name}(x, dz):\n    return x - dz"
    nobody = (0.0, "not-written", ["not-written"], "def {name}(x, dz):\n    raise NotImplementedError()")
    return {
        "gate": {
            **{number: _named(0.5, "upstream-dropped") for number in range(60)},
            **{number: _named(1.0, "sign") for number in range(60, 80)},
            **dict.fromkeys(range(80, 85), nobody),
            **{number: (0.0, "timed-out", [], "while True: pass") for number in range(85, 89)},
            **{number: _named(1.0, "wrong-value", code=one if number < 95 else other) for number in range(89, 99)},
        },
        "loop": {number: _named(1.0, "branch-overwritten") for number in [*range(40), *range(100, 110)]},
        "both": {number: _named(2.0, "sign", "shape") for number in range(150, 160)},
    }


def report(slug: str, most: float, entry: Entry) -> dict[str, Any]:
    """The check's report, as it stands in an output."""
    points, _, slugs, _ = entry
    findings = [
        {"slug": name, "array": "dx", "message": SAID.format(number + 3), "detail": "", "remark": False, "node": "gate"}
        for number, name in enumerate(slugs)
    ]
    parts = {"out": points > 0, "dx": points == most}
    return {"exercise": slug, "passed": points == most, "score": points / most, "parts": parts, "findings": findings}


def master(assignment: str) -> Any:
    """The instructor's notebook."""
    cells = [new_markdown_cell(f"# The assignment {assignment}", id="about")]
    for slug, points in EXERCISES[assignment].items():
        cells.append(new_markdown_cell(f"## Exercise {slug}", id=f"{slug}-text"))
        if slug == WRITTEN:
            cells.append(cell(slug, "written", "Why?", points))
            continue
        solution = RIGHT.format(name=slug)
        cells.append(cell(slug, "answer", f"### BEGIN SOLUTION\n{solution}\n### END SOLUTION", 0.0))
        cells.append(cell(f"{slug}-test", "test", f"assert {slug}(2, 3) == 6", points))
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


@functools.cache
def text_of(assignment: str) -> str:
    """The instructor's notebook as it lies in source/."""
    return canonical(master(assignment))


def graded(assignment: str, number: int, wrong: dict[str, dict[int, Entry]]) -> dict[str, Any]:
    """One student's graded notebook, as plain data."""
    notebook = json.loads(text_of(assignment))
    for each in notebook["cells"]:
        name = each["id"]
        slug = name.removesuffix("-test")
        if slug not in EXERCISES[assignment] or slug == WRITTEN:
            continue
        most = EXERCISES[assignment][slug]
        entry = wrong.get(slug, {}).get(number, (most, "passed", [], RIGHT))
        if name == slug:
            each["source"] = entry[3].replace("{name}", slug).replace("{number}", str(number))
            continue
        each["metadata"][METADATA] = {"verdict": entry[1]}
        if entry[1] != "timed-out":
            data = {REPORT: report(slug, most, entry), "text/plain": str(entry[0])}
            each["outputs"] = [{"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}]
    return notebook


def put(
    root: Path,
    assignment: str,
    notebooks: dict[str, dict[str, Any]],
    points: dict[str, dict[str, float | None]],
    gradebook: Gradebook,
) -> None:
    """Write graded notebooks, and points by student and graded cell; None waits for a person."""
    for student, notebook in notebooks.items():
        place = root / "autograded" / student / assignment / "nb.ipynb"
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps(notebook), encoding="utf-8")
    enter(gradebook, assignment, points, frozenset({WRITTEN}))


def prepared(root: Path, assignments: Iterable[str]) -> Gradebook:
    """A course folder with the instructor's notebooks, entered in its gradebook, which is handed back open."""
    gradebook = Gradebook(versioned(f"sqlite:///{root / 'gradebook.db'}"))
    for assignment in assignments:
        path = root / "source" / assignment / "nb.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text_of(assignment), encoding="utf-8")
        gradebook.add_assignment(assignment)
        gradebook.add_notebook("nb", assignment)
        for slug, most in EXERCISES[assignment].items():
            name, kind = (slug, "markdown") if slug == WRITTEN else (f"{slug}-test", "code")
            gradebook.add_grade_cell(name, "nb", assignment, max_score=most, cell_type=kind)
    return gradebook


def planted(root: Path) -> Course:
    """Write the class of 200 into a folder."""
    root.mkdir(parents=True, exist_ok=True)
    with prepared(root, EXERCISES) as gradebook:
        for assignment, students in HANDED_IN.items():
            wrong = entries(assignment)
            numbers = {student: int(student[-3:]) for student in students}
            points = {
                student: {
                    slug if slug == WRITTEN else f"{slug}-test": (1.0 if number < 100 else None)
                    if slug == WRITTEN
                    else wrong.get(slug, {}).get(number, (most,))[0]
                    for slug, most in EXERCISES[assignment].items()
                }
                for student, number in numbers.items()
            }
            notebooks = {student: graded(assignment, number, wrong) for student, number in numbers.items()}
            put(root, assignment, notebooks, points, gradebook)
    return Course(root)


def of(report: dict[str, Any], slug: str) -> dict[str, Any]:
    """What a report says of an exercise."""
    return next(each for graded in report["assignments"] for each in graded["exercises"] if each["slug"] == slug)
