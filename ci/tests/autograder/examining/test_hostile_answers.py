"""Hostile answers gain nothing, cost the next exercise nothing, and leave word in the tamper report."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from traitlets.config import Config

from autograder.course import Course
from autograder.examining.step import TAMPER, Examine
from autograder.sandbox import cgroup
from autograder.sandbox.box import why_not
from autograder.submission import Submission
from autograder.tamper import ACCIDENT, ATTACK, ODD, Note, read_notes
from ci.tests.autograder.builders import not_run, notebook, reported
from ci.tests.autograder.examining.builders import answer_cells, judged, points, run, shown


def test_hostile_answers_gain_nothing_and_cost_the_next_exercise_nothing() -> None:
    hostile, cells = answer_cells("hostile"), []
    for answer in hostile:
        cells += [
            ("answer", answer.source),
            ("test", reported("assert f() == 42", "### HIDDEN")),
            ("answer", "def good(x):\n    return x + 1"),
            ("test", reported("assert good(1) == 2")),
        ]
    nb = notebook(*cells)
    verdicts = run(nb, total=300.0)
    after = {answer.name: verdicts[f"test-{2 * number + 2}"] for number, answer in enumerate(hostile)}
    wrong = {
        answer.name: (verdicts[test], shown(nb, test)[:300])
        for answer, test in zip(hostile, (f"test-{2 * number + 1}" for number in range(len(hostile))), strict=True)
        if verdicts[test] not in answer.words.split()
    }
    assert not wrong
    assert after == dict.fromkeys((answer.name for answer in hostile), "passed")
    earned = points(nb)
    assert all(earned[f"test-{2 * number + 1}"] == 0.0 for number in range(len(hostile)))


def test_hidden_lines_never_reach_the_students_process() -> None:
    spy = (
        "import gc\ndef f(x):\n"
        "    seen = [o for o in gc.get_objects() if isinstance(o, (str, list, dict))]\n"
        "    return any('SEC' + 'RET_1' in str(o)[:100_000] for o in seen if isinstance(o, str))"
        " or 'SEC' + 'RET_1' in str(get_ipython().user_ns)"
    )
    nb, verdicts = judged(("answer", spy), ("test", reported("SECRET_1 = 'SECRET_1'", "assert f(1) is False")))
    assert verdicts == {"test-1": "passed"}, shown(nb, "test-1")


def test_run_leaves_word_of_forgery_and_accidents_and_a_regrade_replaces_it(tmp_path: Path) -> None:
    shared = {cell.name: cell.source for cell in answer_cells("shared")}
    forger = shared["hand"] + "\ndef f():\n    say(b'\\xff' * 64)\n    return 1"
    who = {"assignment": "a", "student": "s", "notebook": "n"}

    def graded(*cells: tuple[str, str]) -> list[Note]:
        config = Config(Examine={"timeout": 2.0, "unsafe": True}, CourseDirectory={"root": str(tmp_path)})
        resources = {"metadata": {"path": str(tmp_path)}, "nbgrader": who}
        _, resources = Examine(config=config).preprocess(notebook(*cells), resources)
        notes = read_notes(Submission(Course(tmp_path), "a", "s").tamper_notes)
        assert sorted(map(str, resources[TAMPER])) == sorted(str(vars(note)) for note in notes)
        return notes

    bad = [
        ("answer", shared["many"]),
        ("answer", forger),
        ("test", "f()"),
        ("answer", "while True: pass"),
        ("answer", "import os; os._exit(1)"),
        ("answer", "def g():\n    while True: pass"),
        ("test", "g()"),
    ]
    notes = graded(*bad)
    counted = {("process-limit", "", ODD)} if "processes" in cgroup.places() else set()
    assert {(note.kind, note.cell, note.severity) for note in notes} == {
        ("tampered", "test-1", ATTACK),
        ("timed-out", "answer-3", ACCIDENT),
        ("crashed", "answer-4", ACCIDENT),
        ("timed-out", "test-2", ACCIDENT),
        *counted,
    }
    assert graded(("answer", "f = 1"), ("test", "assert f == 1")) == []


ASKS = "def ask(x):\n    return x + 1 if isinstance(x, (int, float)) else ask(x(1)) if callable(x) else len(x)"


@pytest.mark.parametrize("means", ["forked", "landlock"])
def test_function_of_the_tests_that_a_thread_calls_costs_its_own_exercise_at_most(means: str) -> None:
    if why_not(means):
        not_run(why_not(means))
    answers, cells = answer_cells("threads"), []
    for answer in answers:
        cells += [
            ("answer", answer.source),
            ("test", reported(f"{ASKS}\nassert f(ask) == 5")),
            ("answer", "def good(ask):\n    return ask(1)"),
            ("test", reported(f"{ASKS}\nassert good(ask) == 2")),
        ]
    nb = notebook(*cells)
    verdicts = run(nb, means, timeout=3.0, total=200.0)
    after = {answer.name: verdicts[f"test-{2 * number + 2}"] for number, answer in enumerate(answers)}
    own = {answer.name: verdicts[f"test-{2 * number + 1}"] for number, answer in enumerate(answers)}
    assert after == dict.fromkeys(own, "passed"), own
    assert {answer.name: own[answer.name] for answer in answers if own[answer.name] not in answer.words.split()} == {}
    groups = [
        path for folder, _ in cgroup.places().values() for path in folder.glob(f"{cgroup.prefix()}{os.getpid()}-*")
    ]
    assert groups == []
