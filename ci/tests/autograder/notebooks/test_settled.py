"""Which tests may be judged when all cells have run: those whose names no later cell can have changed."""

from __future__ import annotations

import pytest

from autograder.corpus.answers import without_markers
from autograder.course import Course
from autograder.notebooks.kinds import is_test, kind_of
from autograder.notebooks.needed_cells import needed_cells
from autograder.notebooks.notebook import read
from autograder.notebooks.settled import settled
from ci.tests.autograder.builders import notebook
from ci.tests.autograder.examining.builders import points, run

ANSWER = ("own", "def first():\n    return helper() + limit")
HELPER = ("own", "limit = 2\ndef helper():\n    return 40")
TEST = ("test", "assert first() == 42")

LEAVES_ALONE = {
    "nothing": "",
    "a-comment": "# done",
    "a-function": "def second(x, y=3, *rest, deep: int = -1) -> float:\n    first.x = 1\n    return helper() + first()",
    "a-class": "class Gate:\n    '''A gate.'''\n    size = 3\n    def forward(self, x):\n        self.x = first()",
    "a-constant": "rate = 0.5\nsizes = [1, 2, -3]",
    "words": "'''What I think.'''",
}
MAY_CHANGE = {
    "rebinds": "def first():\n    return 0",
    "rebinds-a-helper": "def helper():\n    return 0",
    "rebinds-a-number": "limit = 0",
    "deletes": "del limit",
    "into-an-object": "first.cache = 3",
    "into-a-library": "import numpy as np\nnp.dot = None",
    "calls": "def second(): pass\nsecond()",
    "in-place": "numbers = []\nnumbers += [1]",
    "in-a-loop": "for limit in range(3): pass",
    "by-an-import": "from os import path as limit",
    "by-another-import": "import this",
    "by-a-decorator": "def wrap(f):\n    return f\n@wrap\ndef second(): pass",
    "by-a-default": "def second(x=first()): pass",
    "by-an-annotation": "def second(x: first()): pass",
    "by-a-base": "class Gate(Base): pass",
    "by-a-metaclass": "class Gate(metaclass=Base): pass",
    "in-a-class": "class Gate:\n    first()",
    "with": "with open('x') as limit: pass",
    "walrus": "rate = (limit := 3)",
    "global": "def second():\n    global limit\n    limit = 0\nsecond()",
    "as-text": "globals()['limit'] = 0",
    "a-magic": "%run other.py",
    "no-python": "def second(:",
}


@pytest.mark.parametrize("name", LEAVES_ALONE)
def test_later_cell_that_defines_other_things_leaves_a_test_alone(name: str) -> None:
    assert settled([HELPER, ANSWER, TEST, ("own", LEAVES_ALONE[name])]) == {2}
    assert settled([HELPER, ANSWER, TEST, ("locked", LEAVES_ALONE[name])], {3}) == {2}


@pytest.mark.parametrize("name", MAY_CHANGE)
def test_later_cell_that_may_change_something_gives_a_test_its_snapshot(name: str) -> None:
    assert settled([HELPER, ANSWER, TEST, ("own", MAY_CHANGE[name])]) == set()


def test_picture_that_is_not_run_changes_nothing_and_a_locked_cell_that_is_may() -> None:
    cells = [HELPER, ANSWER, TEST, ("locked", "show(first())")]
    assert settled(cells) == {2} and settled(cells, {3}) == set()


@pytest.mark.parametrize("before", ["def first():\n    return eval('limit')", "first = globals().get('other')"])
def test_answer_that_looks_names_up_as_text_may_read_anything(before: str) -> None:
    assert settled([("own", before), TEST, ("own", "other = 1")]) == set()


def test_name_that_is_defined_too_late_is_missed_where_it_was_missed() -> None:
    # At the end `helper` is there; where the test stands it is not, and that is what the student saw.
    cells = ("answer", "def first():\n    return helper()"), TEST, ("answer", "def helper():\n    return 42")
    nb = notebook(*cells)
    run(nb)
    assert points(nb) == {"test-1": 0.0}


@pytest.mark.parametrize("name", sorted(set(MAY_CHANGE) - {"by-another-import"}))
def test_test_is_judged_by_what_was_there_where_it_stands(name: str) -> None:
    nb = notebook(("answer", f"{HELPER[1]}\n{ANSWER[1]}"), TEST, ("answer", MAY_CHANGE[name]), TEST)
    run(nb)
    assert points(nb)["test-1"] == 2.0


def test_many_tests_of_the_course_need_no_snapshot_of_their_own() -> None:
    tests, alone = 0, 0
    for assignment in Course().assignments():
        for path in Course().notebooks(assignment):
            code = [cell for cell in read(path).cells if cell.cell_type == "code"]
            kinds = ["test" if is_test(cell) else "locked" if kind_of(cell) == "locked" else "own" for cell in code]
            cells = list(zip(kinds, [without_markers(cell.source) for cell in code], strict=True))
            tests, alone = tests + kinds.count("test"), alone + len(settled(cells, needed_cells(cells)))
    assert alone > tests // 2
