"""The course's own notebooks get the points that they get in one plain kernel, by each means of the sandbox."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from nbformat import NotebookNode
from nbgrader.utils import is_solution

from autograder.corpus.answers import answered, answers, expected_points
from autograder.course import Course
from autograder.notebooks.notebook import grade_id, read, text_of
from autograder.sandbox.box import why_not
from ci.tests.autograder.builders import RUNGS, not_run, notebook, reported
from ci.tests.autograder.examining.builders import answer_cells, points, run


# `python3 -m ci bench examine` compares every answer of the corpus, one by one, with a plain kernel; here are three
# notebooks an assignment.
def first(assignment: str) -> dict[str, str]:
    return {slug: next(iter(by_name)) for slug, by_name in answers(assignment).items()}


NOTEBOOKS = [
    pytest.param(assignment, changes, rest, id=f"{assignment}-{name}")
    for assignment in Course().assignments()
    for name, changes, rest in (
        ("solution", {}, "solution"),
        ("empty", {}, "empty"),
        ("first", first(assignment), "solution"),
    )
]


def grafted(assignment: str, handed_in: Mapping[str, NotebookNode]) -> list[NotebookNode]:
    """The master's notebooks with the answers handed in, and the student's own cells beside them."""
    notebooks = []
    for path in Course().notebooks(assignment):
        nb = read(path)
        masters = {grade_id(c): c for c in nb.cells}
        nb.cells = [masters.get(grade_id(theirs), theirs) for theirs in handed_in[path.name].cells]
        for c, theirs in zip(nb.cells, handed_in[path.name].cells, strict=True):
            if is_solution(c):
                c.source = theirs.source
        notebooks.append(nb)
    return notebooks


@pytest.mark.parametrize(("assignment", "changes", "rest"), NOTEBOOKS)
def test_course_submission_gets_the_points_that_it_gets_in_one_kernel(
    assignment: str, changes: dict[str, str], rest: str
) -> None:
    course, earned = Course(), {}
    for nb in grafted(assignment, answered(course, assignment, changes, rest=rest)):
        run(nb)
        earned |= {name.removesuffix("-test"): score for name, score in points(nb).items()}
    assert earned == expected_points(course, assignment, changes, rest=rest)


@pytest.mark.parametrize("means", RUNGS)
def test_by_each_means_a_submission_gets_its_points_and_hostile_answers_nothing(means: str) -> None:
    if why_not(means):
        not_run(f"{means} does not work here: {why_not(means)}")
    course = Course()
    assignment = course.assignments()[0]
    changes, earned = first(assignment), {}
    for nb in grafted(assignment, answered(course, assignment, changes, rest="solution")):
        run(nb, means)
        earned |= {name.removesuffix("-test"): score for name, score in points(nb).items()}
    assert earned == expected_points(course, assignment, changes, rest="solution")
    hard = answer_cells("hard")
    cells = [
        part for answer in hard for part in (("answer", answer.source), ("test", reported("assert f(6.25) == 42")))
    ]
    nb = notebook(*cells, ("answer", "def good():\n    return 1"), ("test", reported("assert good() == 1")))
    run(nb, means, timeout=3.0)
    assert list(points(nb).values()) == [0.0] * len(hard) + [2.0]
    assert "SPIED" not in "".join(text_of(output) for c in nb.cells for output in c.outputs)
