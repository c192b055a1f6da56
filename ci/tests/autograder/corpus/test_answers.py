"""The corpus of answers: its form, its errors, and submissions made of it."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from autograder.auditing.read_exercises import STRETCH
from autograder.building.build import build
from autograder.corpus.answers import EMPTY, answered, answers, expected_points, parse
from autograder.course import Course
from autograder.notebooks.kinds import is_test
from autograder.notebooks.notebook import grade_id, read
from autograder.problem import Problem

GOOD = '''# Answers to 1-tiny.

# %% square | wrong | doubles | loses 0.5 | told wrong-value
def square(x):
    return 2 * x


# %% square | right | power
def square(x):
    return x**2

# %% double-gate | hostile | exits
class DoubleGate:
    def forward(self, x):
        raise SystemExit

# %% why-double | right | short
"""
Two branches, two upstreams.
"""
'''


def test_each_block_is_one_answer() -> None:
    wrong, right, hostile, written = parse(GOOD, "1-tiny.py")
    assert (wrong.slug, wrong.kind, wrong.name, wrong.loses, wrong.mistake) == (
        "square",
        "wrong",
        "doubles",
        0.5,
        "wrong-value",
    )
    assert wrong.source == "def square(x):\n    return 2 * x"
    assert (right.kind, right.loses, right.mistake, right.line) == ("right", 0.0, "", 8)
    assert hostile.kind == "hostile"
    assert written.source == "Two branches, two upstreams."


def test_wrong_answer_lists_what_it_may_be_told_also() -> None:
    lines = "# %% square | wrong | one | loses 1 | told sign | also zero, factor-2\nx = 1\n"
    one, two = parse(lines + "# %% square | wrong | two | loses 1 | also zero\nx = 1\n", "1-tiny.py")
    assert (one.mistake, one.also) == ("sign", ("zero", "factor-2"))
    assert (two.mistake, two.also) == ("", ("zero",))


def test_pleaser_says_what_it_loses_and_whether_it_needs_the_box() -> None:
    lines = "# %% square | pleaser | nan | loses 1\nx = 1\n# %% square | pleaser | asks | loses 0.5 | box\nx = 1\n"
    nan, asks = parse(lines, "1-tiny.py")
    assert (nan.kind, nan.loses, nan.box) == ("pleaser", 1.0, False)
    assert (asks.loses, asks.mistake, asks.box) == (0.5, "", True)


BESIDE = """# %% square | right | in-three-cells
def square(x):
    return product(x, x)
# %%+ before
import numpy as np
# %%+ before
def product(x, y):
    return x * y
# %%+ after
square.__doc__ = "x²"
# %%+ crlf

# %% square | right | plain
square = lambda x: x * x
"""


BESIDE_SOURCES = ("import numpy as np", "def product(x, y):\n    return x * y", 'square.__doc__ = "x²"')


def test_answer_keeps_what_stands_beside_its_cell() -> None:
    three, plain = parse(BESIDE, "1-tiny.py")
    assert three.source == "def square(x):\r\n    return product(x, x)"
    assert (*three.before, *three.after) == BESIDE_SOURCES and len(three.after) == 1
    assert three.cells == (*three.before, three.source, *three.after)
    assert (plain.source, plain.cells) == ("square = lambda x: x * x", ("square = lambda x: x * x",))


HEADER = "# %% square | wrong | doubles | loses 1\n"
BROKEN = {
    # name of the fault: the text, the line and words that tell it
    "text before the first answer": ("import os\n" + HEADER + "x = 1\n", "c.py:1: expected a line `# %% SLUG"),
    "too few fields": ("# %% square | wrong\nx = 1\n", "c.py:1: expected `# %% SLUG"),
    "kind that is none": (
        "# %% square | odd | doubles\nx = 1\n",
        "c.py:1: expected one of wrong, right, hostile, pleaser, got 'odd'",
    ),
    "name with capitals": ("# %% Square | right | doubles\nx = 1\n", "c.py:1: expected small letters, digits"),
    "name that is taken": (
        "# %% square | right | empty\nx = 1\n",
        "c.py:1: 'empty' is what every exercise has already",
    ),
    "wrong without its cost": ("# %% square | wrong | doubles\nx = 1\n", "c.py:1: a wrong answer says what it costs"),
    "cost in thirds": (
        "# %% square | wrong | doubles | loses 0.3\nx = 1\n",
        "c.py:1: expected `loses N`, N in half points",
    ),
    "another name that is none": (
        "# %% square | wrong | doubles | loses 1 | told sign | also Zero\nx = 1\n",
        "c.py:1: expected `told SLUG`, then `also SLUG, SLUG`, or nothing",
    ),
    "cost of nothing": (
        "# %% square | wrong | doubles | loses 0\nx = 1\n",
        "c.py:1: expected `loses N`, N in half points",
    ),
    "finding before the cost": ("# %% square | wrong | d | told shape\nx = 1\n", "c.py:1: expected `loses N`"),
    "field too many": (
        HEADER[:-1] + " | told shape | more\nx = 1\n",
        "c.py:1: expected `told SLUG`, then `also SLUG, SLUG`, or nothing, got 'more'",
    ),
    "pleaser without its cost": (
        "# %% square | pleaser | lies\nx = 1\n",
        "c.py:1: a pleaser answer says what it costs",
    ),
    "pleaser that is told": (
        "# %% square | pleaser | lies | loses 1 | told shape\nx = 1\n",
        "c.py:1: expected `box` or nothing, got 'told shape'",
    ),
    "wrong that needs the box": (
        HEADER[:-1] + " | box\nx = 1\n",
        "c.py:1: expected `told SLUG`, then `also SLUG, SLUG`, or nothing, got 'box'",
    ),
    "right that loses": (
        "# %% square | right | power | loses 1\nx = 1\n",
        "c.py:1: a right answer ends after its name",
    ),
    "hostile that is told": (
        "# %% square | hostile | exits | told x\nx = 1\n",
        "c.py:1: a hostile answer ends after its name",
    ),
    "block without source": (
        HEADER + "\n# %% square | right | power\nx = 1\n",
        "c.py:1: expected the source of a cell",
    ),
    "source that is not Python": (HEADER + "x = 1\ny = = 2\n", "c.py:3: expected Python"),
    "cell at a place that is none": (
        HEADER + "x = 1\n# %%+ above\ny = 2\n",
        "c.py:3: expected `# %%+` and one of before, after, crlf, got '# %%+ above'",
    ),
    "cell beside it without source": (HEADER + "x = 1\n# %%+ after\n\n", "c.py:3: expected the source of a cell"),
    "cell beside it that is not Python": (HEADER + "x = 1\n# %%+ after\ny = = 2\n", "c.py:4: expected Python"),
    "only cells beside it": (HEADER + "# %%+ after\ny = 2\n", "c.py:1: expected the source of a cell"),
    "source below crlf": (HEADER + "x = 1\n# %%+ crlf\ny = 2\n", "c.py:3: `# %%+ crlf` stands after"),
    "name twice": (HEADER + "x = 1\n" + HEADER + "x = 1\n", "c.py:3: square has an answer doubles already, in line 1"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_error_names_file_line_and_what_was_expected(fault: str) -> None:
    text, message = BROKEN[fault]
    with pytest.raises(Problem) as problem:
        parse(text, "c.py")
    assert str(problem.value).startswith(message), problem.value


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "1-tiny.py").write_text(GOOD, encoding="utf-8")
    return tmp_path


def sources(course: Course, corpus: Path, changes: dict[str, str], **more: str) -> dict[str, str]:
    notebook = answered(course, "1-tiny", changes, folder=corpus, **more)["tiny.ipynb"]
    return {grade_id(cell): cell.source for cell in notebook.cells}


def test_submission_is_the_released_notebook_with_answers_put_in(tiny: Course, corpus: Path) -> None:
    build(tiny, "1-tiny")
    released = {grade_id(cell): cell.source for cell in read(tiny.release / "1-tiny" / "tiny.ipynb").cells}
    handed_in = sources(tiny, corpus, {"square": "doubles", "why-double": EMPTY})
    assert handed_in["square"] == "def square(x):\n    return 2 * x"
    assert "return 2.0 * np.asarray(dz" in handed_in["double-gate"] and "SOLUTION" not in handed_in["double-gate"]
    assert handed_in["why-double"] == released["why-double"]
    untouched = set(released) - {"square", "double-gate", "why-double"}
    assert {name: handed_in[name] for name in untouched} == {name: released[name] for name in untouched}


def test_cells_beside_an_answer_stand_next_to_it_as_the_students_own(tiny: Course, tmp_path: Path) -> None:
    build(tiny, "1-tiny")
    (tmp_path / "1-tiny.py").write_text(BESIDE, encoding="utf-8")
    notebook = answered(tiny, "1-tiny", {"square": "in-three-cells"}, folder=tmp_path)["tiny.ipynb"]
    released = read(tiny.release / "1-tiny" / "tiny.ipynb")
    place = next(number for number, cell in enumerate(notebook.cells) if grade_id(cell) == "square")
    own = [notebook.cells[number] for number in (place - 2, place - 1, place + 1)]
    assert [cell.source for cell in own] == [*BESIDE_SOURCES]
    assert all(not grade_id(cell) and "nbgrader" not in cell.metadata for cell in own)
    assert notebook.cells[place].source == "def square(x):\r\n    return product(x, x)"
    assert [cell.id for cell in notebook.cells if cell not in own] == [cell.id for cell in released.cells]
    nbformat.validate(notebook)


def test_rest_of_a_submission_may_be_left_empty(tiny: Course, corpus: Path) -> None:
    build(tiny, "1-tiny")
    handed_in = sources(tiny, corpus, {"square": "power"}, rest=EMPTY)
    assert handed_in["square"] == "def square(x):\n    return x**2"
    assert "raise NotImplementedError()" in handed_in["double-gate"]


def test_expected_points_take_off_what_an_answer_loses(tiny: Course, corpus: Path) -> None:
    def points(changes: dict[str, str], **more: str) -> dict[str, float]:
        return expected_points(tiny, "1-tiny", changes, folder=corpus, **more)

    assert points({}) == {"double-gate": 2.0, "square": 1.0}
    assert points({"square": "doubles"}) == {"double-gate": 2.0, "square": 0.5}
    assert points({"square": "power"}, rest=EMPTY) == {"double-gate": 0.0, "square": 1.0}


def test_unknown_answer_or_exercise_is_told_with_the_nearest(tiny: Course, corpus: Path) -> None:
    build(tiny, "1-tiny")
    with pytest.raises(Problem, match="the corpus has no answer 'dubles' to square; did you mean 'doubles'"):
        sources(tiny, corpus, {"square": "dubles"})
    with pytest.raises(Problem, match="1-tiny has no exercise 'squares'; did you mean 'square'"):
        sources(tiny, corpus, {"squares": "doubles"})


ASSIGNMENTS = Course().assignments()


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_corpus_of_an_assignment_fits_its_exercises(assignment: str) -> None:
    exercises = {grade_id(cell): cell for path in Course().notebooks(assignment) for cell in read(path).cells}
    corpus = answers(assignment)
    for slug, by_name in corpus.items():
        assert exercises[slug].metadata.nbgrader.solution, f"{slug} is no exercise of {assignment}"
        most = exercises.get(f"{slug}-test", exercises[slug]).metadata.nbgrader.points or STRETCH
        for answer in by_name.values():
            assert answer.loses <= most, f"{slug} {answer.name} loses more than the {most} points there are"
    automatic = [name.removesuffix("-test") for name, cell in exercises.items() if is_test(cell)]
    for slug in automatic:
        kinds = {answer.kind for answer in corpus.get(slug, {}).values()}
        assert {"wrong", "right"} <= kinds, f"the corpus has no wrong or no unusual right answer to {slug}"
