"""Snapshots: what a test tells an answer goes nowhere, and what an answer does in a test touches nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.examining.student_process import StudentProcess
from autograder.notebooks.notebook import text_of
from ci.tests.autograder.builders import reported
from ci.tests.autograder.examining.builders import answer_cells, judged, points, shown

SHARED = {cell.name: cell.source for cell in answer_cells("shared")}
AMONG = {answer.name: answer for answer in answer_cells("among")}


def test_no_cell_can_show_what_a_test_asked() -> None:
    nb, verdicts = judged(
        ("answer", SHARED["spy"]),
        ("test", reported("assert f(6.25) == 1")),
        ("answer", SHARED["look"]),
        ("answer", "import os; os._exit(1)"),
        ("answer", SHARED["look"]),
        ("test", reported("assert f(7.5) == 1")),
        ("answer", SHARED["look"]),
    )
    assert verdicts == {"test-1": "passed", "test-2": "passed"}, shown(nb, "test-2")
    assert "6.25" not in (text := "".join(text_of(output) for c in nb.cells for output in c.outputs))
    assert "SPIED" not in text and text.count("nothing") == 3


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[StudentProcess]:
    """The student's processes that were started where work earns points."""
    all_of_them: list[StudentProcess] = []

    class Counted(StudentProcess):
        def __init__(self, box: Any, *args: Any) -> None:
            super().__init__(box, *args)
            if not box.instruments:
                all_of_them.append(self)

    monkeypatch.setattr("autograder.examining.student_pass.StudentProcess", Counted)
    return all_of_them


def test_crash_endless_loop_and_memory_bomb_in_a_test_cost_a_snapshot_and_no_new_process(
    started: list[StudentProcess],
) -> None:
    bad = (
        "import os\ndef dies():\n    os._exit(0)\ndef hangs():\n    while True: pass\n"
        "def greedy():\n    return bytes(4 << 30)"
    )
    _, verdicts = judged(
        ("answer", bad),
        ("test", "dies()"),
        ("test", "hangs()"),
        ("test", "greedy()"),
        ("answer", "good = 1"),
        ("test", "assert good == 1"),
        timeout=2.0,
    )
    assert verdicts == {"test-1": "crashed", "test-2": "timed-out", "test-3": "out-of-memory", "test-4": "passed"}
    assert len(started) == 1


def test_crash_in_a_cell_makes_the_snapshots_before_it_again(started: list[StudentProcess]) -> None:
    _, verdicts = judged(
        ("answer", "n = 1"),
        ("test", "assert n == 1"),
        ("answer", "n = 2"),
        ("answer", "n = 3; import os; os._exit(1)"),
        ("test", "assert n == 2"),
        ("answer", "n = 4"),
        ("test", "assert n == 4"),
    )
    assert set(verdicts.values()) == {"passed"}
    assert len(started) == 2


def test_test_sees_the_names_as_they_were_where_it_stands_and_no_other_tests_doing() -> None:
    _, verdicts = judged(
        ("answer", "calls = []\ndef f():\n    calls.append(1)\n    return len(calls)"),
        ("test", "assert f() == 1 and f() == 2 and calls == []"),
        ("answer", "def g():\n    return f() + 10"),
        ("test", "assert g() == 11"),
        ("answer", "def f():\n    return 5"),
        ("test", "assert f() == 5 and g() == 15 and calls == []"),
    )
    assert set(verdicts.values()) == {"passed"}, verdicts


def test_object_of_the_students_does_not_outlive_its_test_cell_and_the_error_says_so() -> None:
    nb, verdicts = judged(
        ("answer", "class C:\n    k = 1\ndef f(c):\n    return c.k"),
        ("test", "c = C()\nassert c.k == 1"),
        ("test", "assert c.k == 1"),
        ("test", "assert f(c) == 1"),
        ("test", "c = C()\nassert f(c) == 1"),
    )
    assert list(verdicts.values()) == ["passed", "failed", "failed", "passed"]
    assert "make it anew in this one" in shown(nb, "test-2") and "make it anew in this one" in shown(nb, "test-3")


@pytest.mark.parametrize("name", AMONG)
def test_nothing_is_gained_among_the_students_processes(name: str) -> None:
    nb, _ = judged(
        ("answer", "def good():\n    return 1"),
        ("test", reported("assert good() == 1")),
        ("answer", AMONG[name].source),
        ("test", reported("assert f(6.25) == 42")),
        ("answer", "print('later')"),
        ("test", reported("assert good() == 1")),
        timeout=4.0,
        slack=1.0,  # who refuses to answer is waited for again and again
    )
    earned = points(nb)
    assert earned["test-2"] == 0.0
    assert earned["test-1"] == earned["test-3"] == 2.0 or AMONG[name].words == "ahead", (
        "what a test does costs no other"
    )
    assert "SPIED" not in "".join(text_of(output) for c in nb.cells for output in c.outputs)


CARRIERS = {answer.name: answer.source for answer in answer_cells("carriers")}


@pytest.mark.parametrize("name", CARRIERS)
def test_no_test_sees_what_another_made_an_answer_do_by(name: str) -> None:
    nb, verdicts = judged(
        ("answer", CARRIERS[name]),
        ("test", reported("assert f(1) == 'yes'")),
        ("answer", "other = 1"),
        ("test", reported("assert f(2) != 'yes'")),
        ("test", reported("assert f(3) != 'yes'")),
        timeout=10.0,
    )
    # The first may fail, where what would carry the word is refused; no later one may hear of it.
    assert (verdicts["test-2"], verdicts["test-3"]) == ("passed", "passed"), shown(nb, "test-2") + shown(nb, "test-3")


WITHOUT_CARRIERS = "import threading\nthreading.Thread(target=print).start()\ndef f(x): return x"


def test_answers_that_share_nothing_are_judged_in_one_process(started: list[StudentProcess]) -> None:
    tests = [("test", reported("assert f(2) == 2"))] * 4
    _, verdicts = judged(("answer", WITHOUT_CARRIERS), *tests)
    assert set(verdicts.values()) == {"passed"}
    assert len(started) == 1


def test_answer_that_keeps_files_and_memory_to_itself_keeps_its_points() -> None:
    source = """
import mmap, os, tempfile
import numpy as np
table, memory = open("table.txt", "w+"), mmap.mmap(-1, 4096)
def f(x):
    np.save("x.npy", np.arange(x))
    with tempfile.TemporaryFile() as file:
        file.write(b"x")
    memory[0] = x
    print(x, file=table)
    return int(np.load("x.npy").sum()) + memory[0]
"""
    tests = [("test", reported(f"assert f({x}) == {x * (x - 1) // 2 + x}")) for x in (2, 3, 4)]
    _, verdicts = judged(("answer", source), *tests)
    assert set(verdicts.values()) == {"passed"}


def test_test_finds_the_files_as_they_were_where_it_stands() -> None:
    nb, verdicts = judged(
        ("answer", "import os\nopen('word', 'w').write('first')\ndef f(): return open('word').read()"),
        ("test", reported("assert f() == 'first'")),
        ("answer", "open('word', 'w').write('then')"),
        ("test", reported("assert f() == 'then'")),
    )
    assert verdicts == {"test-1": "passed", "test-2": "passed"}, shown(nb, "test-1")
