"""Who defines and who reads a name: what the examiner runs of the master, and tests that would mean another thing."""

from __future__ import annotations

import ast

from nbgrader.utils import is_solution

from autograder.course import Course
from autograder.notebooks.kinds import is_test
from autograder.notebooks.name_flow import plan, shadowed
from autograder.notebooks.notebook import read


def test_course_has_no_test_whose_names_mean_another_thing_in_one_kernel() -> None:
    course = Course()
    for assignment in course.assignments():
        for path in course.notebooks(assignment):
            code = [c for c in read(path).cells if c.cell_type == "code"]
            kinds = ["test" if is_test(c) else "answer" if is_solution(c) else "locked" for c in code]
            assert shadowed(zip(kinds, [c.source for c in code], strict=True)) == []


def test_statement_is_chosen_for_what_tests_need_and_left_out_where_it_needs_the_student() -> None:
    cells = [
        (
            "locked",
            "import math\nfrom pathlib import Path\nA = 1\nB = A + 1\nB_TABLE = {}\nB_TABLE[B] = math.pi\nC = f(A)\n"
            "unused = [x for x in range(3)]",
        ),
        (
            "test",
            "def helper(v):\n    return B + v\nfor row in (1, 2):\n    assert helper(row) == f(row, C)\nassert B_TABLE",
        ),
    ]
    chosen = plan(cells)
    assert [ast.unparse(statement) for statement in chosen.run[0]] == [
        "import math", "A = 1", "B = A + 1", "B_TABLE = {}", "B_TABLE[B] = math.pi",
    ]  # fmt: skip
    assert chosen.names[1] == {"f", "C"}


def test_name_that_a_test_sets_and_a_later_answer_defines_is_told() -> None:
    cells = [("test", "g = 1\nassert g"), ("answer", "def g(): pass"), ("test", "g()"), ("test", "g = 2\ng")]
    assert shadowed(cells) == [(2, "g")]
