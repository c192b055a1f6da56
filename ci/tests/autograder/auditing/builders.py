"""A course of one exercise for tests of the audit: its solution, a test that is strong enough, and its corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_notebook

from autograder.course import Course
from autograder.notebooks.notebook import canonical

SOLUTION = '''
def area(width, height):
    """The area of a rectangle."""
    ### BEGIN SOLUTION
    return width * height
    ### END SOLUTION
'''

STRONG = """
report = Report("area")
with report.part("numbers"):
    assert area(3.0, 5.0) == 15.0, "3 by 5 is 15"
### BEGIN HIDDEN TESTS
with report.part("others"):
    assert area(4.0, 0.5) == 2.0, "4 by a half is 2"
### END HIDDEN TESTS
report.points(2)
"""


def course(
    folder: Path,
    test: str = STRONG,
    *,
    solution: str = SOLUTION,
    answers: str = "",
    equivalent: str = "",
    slug: str = "area",
) -> Course:
    """A course of one exercise, with its corpus and its list of equivalent mutants."""

    def cell(source: str, name: str, **flags: Any) -> Any:
        code_cell = new_code_cell(source.strip("\n"))
        code_cell.metadata["nbgrader"] = {
            "schema_version": 3,
            "grade_id": name,
            "solution": False,
            "grade": False,
        } | flags
        return code_cell

    cells = [
        cell("import numpy as np\nfrom cs231n_lite import Report, check_values", "setup", locked=True),
        cell(solution, slug, solution=True, locked=False),
        cell(test, f"{slug}-test", grade=True, locked=True, points=2),
    ]
    place = folder / "source" / "1-shapes" / "shapes.ipynb"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(canonical(new_notebook(cells=cells)), encoding="utf-8")
    (folder / "audit" / "equivalent").mkdir(parents=True, exist_ok=True)
    (folder / "audit" / "1-shapes.py").write_text(answers, encoding="utf-8")
    (folder / "audit" / "equivalent" / "1-shapes.txt").write_text(equivalent, encoding="utf-8")
    return Course(folder)
