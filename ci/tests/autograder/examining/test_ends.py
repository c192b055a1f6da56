"""A process that ends or does not costs its own exercise alone: time, memory, crashes, an examiner that hangs."""

from __future__ import annotations

import pytest

from ci.tests.autograder.builders import notebook, reported
from ci.tests.autograder.examining.builders import answer_cells, judged, points, run, shown

ENDLESS = {answer.name: answer for answer in answer_cells("endless")}


@pytest.mark.parametrize("name", ENDLESS)
def test_endless_answer_is_timed_out_and_the_next_exercise_graded(name: str) -> None:
    nb, verdicts = judged(
        ("answer", "kept = 7"),
        ("answer", ENDLESS[name].source),
        ("test", reported(ENDLESS[name].words)),
        ("answer", "good = kept"),
        ("test", reported("assert good == 7")),
        timeout=2.0,
    )
    assert verdicts == {"test-1": "timed-out", "test-2": "passed"}, shown(nb, "test-2")
    assert points(nb) == {"test-1": 0.0, "test-2": 2.0}
    assert "it had 2 seconds, did not end in them and was stopped. Most likely a loop never ends" in shown(nb, "test-1")


@pytest.mark.parametrize(
    ("source", "verdict"),
    [("while True: pass", "CellTimeoutError"), ("import os; os._exit(0)", "DeadKernelError"), ("exit()", "")],
    ids=["endless", "dies", "exit"],
)
def test_cell_that_ends_its_process_costs_its_own_exercise_alone(source: str, verdict: str) -> None:
    nb, verdicts = judged(
        ("answer", "before = 1"),
        ("answer", source),
        ("answer", "after = 2"),
        ("test", reported("assert before == 1 and after == 2")),
        timeout=3.0,
    )
    assert verdicts == {"test-1": "passed"}, shown(nb, "test-1")
    assert [output.get("ename", "") for output in nb.cells[2].outputs] == ([verdict] if verdict else [])


def test_memory_bomb_is_out_of_memory_and_the_next_exercise_graded() -> None:
    bomb = "def f():\n    held = []\n    for _ in range(600): held.append(b'x' * (1 << 20))\n    return 42"
    nb = notebook(
        ("answer", bomb),
        ("test", reported("assert f() == 42")),
        ("answer", "good = 1"),
        ("test", reported("assert good == 1")),
    )
    verdicts = run(nb, memory=512 << 20)
    assert verdicts == {"test-1": "out-of-memory", "test-2": "passed"}, shown(nb, "test-1")
    assert points(nb)["test-1"] == 0.0


def test_time_of_the_whole_notebook_ends_and_leaves_no_points() -> None:
    nb, verdicts = judged(("answer", "good = 1"), ("test", reported("assert good == 1")), total=0.0)
    assert verdicts == {"test-1": "timed-out"}
    assert points(nb) == {"test-1": 0.0}


def test_examiner_that_hangs_on_what_it_got_is_replaced_and_the_next_exercise_graded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("autograder.examining.test_pass.GRACE", 0.2)
    nb, verdicts = judged(
        ("locked", "SEVEN = 7\ndef seven():\n    return SEVEN"),
        ("answer", "def f():\n    return 1"),
        ("test", "def helper():\n    return seven()\nwhile f(): pass\n"),
        ("test", "def other():\n    return 1\nx = f()\nwhile x: pass\n"),
        ("test", reported("assert helper() == 7 and other() == 1 and f() == 1")),
        timeout=2.0,
    )
    assert verdicts == {"test-1": "timed-out", "test-2": "timed-out", "test-3": "passed"}, shown(nb, "test-3")
