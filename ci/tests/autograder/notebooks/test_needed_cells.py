"""Which locked cells points depend on: those whose names are read or altered, and those of which it cannot be told."""

from __future__ import annotations

import pytest

from autograder.course import Course
from autograder.notebooks.kinds import kind_of
from autograder.notebooks.needed_cells import names_of, needed_cells
from autograder.notebooks.notebook import grade_id, read

SETUP = ("locked", "import numpy as np\nfrom cs231n_lite import draw")
ANSWER = ("own", "def answer(x):\n    return float(np.sum(x)) + OFFSET")
ANSWER_PLAIN = ("own", "def answer(x):\n    return np.sum(x) + 1")
TEST = ("test", "assert answer(np.ones(3)) == 4")


@pytest.mark.parametrize(
    ("case", "cell", "needed"),
    [
        ("a name that an answer reads", "OFFSET = 1", True),
        ("a name that nobody reads", "picture = draw(answer)", False),
        ("an alteration in place", "OFFSET[0] = 2", True),
        ("an alteration by a method", "OFFSET.sort()", True),
        ("data handed to a function", "shuffle(OFFSET)", True),
        ("a builtin handed to a function", "show(np.ones(2, dtype=float), OTHER)", False),
        ("a function called", "print(answer(np.ones(2)))", False),
        ("a star import", "from helpers import *", True),
        ("no plain Python", "%matplotlib inline", True),
        ("names looked up as text", "globals()['OFFSET'] = 3", True),
        ("one name looked up as text", "show(globals().get('guess', ''))", False),
        ("one name looked up as text that is read", "OFFSET = globals().get('guess', 1)", True),
        ("a local name that is alike", "def f():\n    OFFSET = 1\n    return OFFSET", False),
    ],
)
def test_locked_cell_is_needed_where_points_may_depend_on_it(case: str, cell: str, needed: bool) -> None:
    assert (1 in needed_cells([SETUP, ("locked", cell), ANSWER, TEST])) is needed, case


def test_cell_that_a_needed_cell_reads_is_needed() -> None:
    cells = [SETUP, ("locked", "BASE = 1"), ("locked", "OFFSET = BASE"), ("locked", "OTHER = 2"), ANSWER, TEST]
    assert needed_cells(cells) == {0, 1, 2}


def test_everything_is_needed_where_an_answer_reads_names_as_text() -> None:
    cells = [SETUP, ("locked", "a = 1"), ("own", "def answer(x):\n    return eval('a')"), TEST]
    assert needed_cells(cells) == {0, 1}


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ("# Which one?\nguess = the wire that lost", {0}),
        ("answer?", {0, 1}),
        ("def answer(x:\n    return", {0, 1}),
        ("    print(a)\n    print(answer(2))", {0, 1}),
        (">>> print(a)", {0, 1}),
        ("time answer(2)", {0, 1}),
        ("%time answer(2)", {0, 1}),
        ("x = !ls", {0, 1}),
        ("await answer(2)", {0, 1}),
    ],
)
def test_a_guess_that_no_python_can_read_runs_nothing_but_what_ipython_may_read_is_in_doubt(
    source: str, needed: set[int]
) -> None:
    """A guess in words, without quotes, must not cost anybody their pictures."""
    assert needed_cells([SETUP, ("locked", "a = 1"), ANSWER_PLAIN, ("own", source), TEST]) == needed


def test_value_that_a_test_asks_the_students_process_for_is_needed() -> None:
    cells = [SETUP, ("own", "def fit():\n    return 3"), ("locked", "fitted = fit()"), ("test", "assert fitted == 3")]
    assert needed_cells(cells) == {0, 2} or needed_cells(cells) == {2}


@pytest.mark.parametrize("assignment", Course().assignments())
def test_no_picture_of_the_course_is_needed_but_one(assignment: str) -> None:
    for path in Course().notebooks(assignment):
        code = [cell for cell in read(path).cells if cell.cell_type == "code"]
        kinds = ["own" if kind_of(cell) == "answer" else kind_of(cell) for cell in code]
        needed = needed_cells(list(zip(kinds, [cell.source for cell in code], strict=True)))
        pictures = {grade_id(code[n]) for n in needed if grade_id(code[n]).endswith("-picture")}
        assert pictures <= {"predict-the-flow-picture"}


def test_what_is_looked_up_as_text_is_altered_by_its_name() -> None:
    assert names_of("globals().get('answers', 0).append(1)").alters == {"answers"}
    spelt = "\uff47lobals"  # Python takes it for the same name
    assert names_of(f"{spelt}().get('answers', 0).append(1)").alters == {"answers"}
