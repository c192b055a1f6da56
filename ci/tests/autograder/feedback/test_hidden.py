"""Hidden tests in feedback: their lines are gone from cells and tracebacks, what they found is told."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.preprocessors import ClearHiddenTests
from traitlets.config import Config

from autograder.demo import feedback
from autograder.feedback.hidden import TOLD, HideHiddenTests
from autograder.grading.grade import grade
from ci.tests.autograder.builders import copied, put

SOURCE = """\
assert square(2) == 4
for n in range(3):
    ### BEGIN HIDDEN TESTS
    assert square(n) == n * n, "squares of small numbers"
    x = 1
    ### END HIDDEN TESTS
print("done")"""
# As IPython writes it, with colours.
TRACEBACK = [
    "\x1b[31mAssertionError\x1b[39m   Traceback (most recent call last)",
    "\x1b[36mCell\x1b[39m\x1b[32m In[5], line 4\x1b[39m\n\x1b[32m      2\x1b[39m "
    "\x1b[38;5;28;01mfor\x1b[39;00m n in range(3):\n"
    '\x1b[32m----> 4\x1b[39m     \x1b[38;5;28;01massert\x1b[39;00m square(n) == n * n, "squares of small numbers"\n'
    "\x1b[32m      5\x1b[39m     x = \x1b[32m1\x1b[39m",
    "\x1b[31mAssertionError\x1b[39m: squares of small numbers",
]


def hidden(notebook: NotebookNode, **config: object) -> NotebookNode:
    return HideHiddenTests(config=Config(config)).preprocess(copy.deepcopy(notebook), {})[0]


def failed() -> NotebookNode:
    error = new_output("error", ename="AssertionError", evalue="squares of small numbers", traceback=TRACEBACK)
    helper = new_output(
        "error", ename="E", evalue="e", traceback=["      4     assert square(n) == n * n, 'x'", "E: e"]
    )
    return new_notebook(cells=[new_code_cell(SOURCE, outputs=[error]), new_code_cell("later()", outputs=[helper])])


def test_one_line_stands_for_the_hidden_ones() -> None:
    assert hidden(failed()).cells[0].source.split("\n") == [
        "assert square(2) == 4",
        "for n in range(3):",
        f"    {TOLD}",
        'print("done")',
    ]


def test_traceback_tells_what_was_found_without_the_lines() -> None:
    text = "\n".join(hidden(failed()).cells[0].outputs[0].traceback)
    assert "squares of small numbers" in text.splitlines()[-1]
    assert "range(3)" in text and text.count(TOLD) == 1
    assert "square(n)" not in text and "x = " not in text


def test_region_that_does_not_end_hides_the_rest() -> None:
    notebook = new_notebook(cells=[new_code_cell("a = 1\n### BEGIN HIDDEN TESTS\nsecret()")])
    assert hidden(notebook).cells[0].source == f"a = 1\n{TOLD}"


def test_instructors_own_delimiters_are_the_ones_looked_for() -> None:
    notebook = new_notebook(cells=[new_code_cell("# VON\nsecret()\n# BIS\nb = 2")])
    own = {"begin_test_delimeter": "VON", "end_test_delimeter": "BIS"}
    assert hidden(notebook, ClearHiddenTests=own).cells[0].source == f"{TOLD}\nb = 2"
    assert ClearHiddenTests(config=Config(ClearHiddenTests=own)).begin_test_delimeter == "VON"


def test_instructor_may_ask_to_show_them() -> None:
    notebook = failed()
    assert hidden(notebook, HideHiddenTests={"show": True}) == notebook


@pytest.mark.parametrize("show", [False, True])
def test_feedback_of_a_graded_submission(tmp_path: Path, tiny_built: Path, show: bool) -> None:
    course = copied(tiny_built, tmp_path)
    if show:
        (course.root / "nbgrader_config.py").write_text("c = get_config()\nc.HideHiddenTests.show = True\n")
    put(course, "ada", "square", "def square(x):\n    return abs(3 * x) if x == 3 else 0.0")
    grade(course, "1-tiny")
    feedback(course, "1-tiny", course.root / "log")
    page = (course.root / "feedback" / "ada" / "1-tiny" / "tiny.html").read_text(encoding="utf-8")
    assert ("square(0.0)" in page) == show and (TOLD in page) == (not show)
    graded = (course.root / "autograded" / "ada" / "1-tiny" / "tiny.ipynb").read_text(encoding="utf-8")
    assert "square(0.0)" in graded, "who grades sees them"
