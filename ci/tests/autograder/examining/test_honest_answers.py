"""Honest work keeps its points: whatever a test may do with a student's code in one kernel, it may do here."""

from __future__ import annotations

from ci.tests.autograder.builders import reported
from ci.tests.autograder.examining.builders import answer_cells, judged, points, shown


def test_honest_answers_earn_what_they_earn_in_one_kernel() -> None:
    cells = answer_cells("honest")
    names = [cell.name for cell in cells if cell.words == "test"]
    nb, verdicts = judged(
        *((cell.words, reported(cell.source) if cell.words == "test" else cell.source) for cell in cells)
    )
    by_name = {name: verdicts[f"test-{number}"] for number, name in enumerate(names, start=1)}
    outputs = {
        name: shown(nb, f"test-{number}") for number, name in enumerate(names, start=1) if by_name[name] != "passed"
    }
    assert set(by_name.values()) == {"passed"}, outputs


def test_lines_that_ask_for_a_window_cost_nothing_where_there_is_none() -> None:
    asking = (
        "import matplotlib\nmatplotlib.use('TkAgg')",
        "%matplotlib notebook",
        "%matplotlib tk",
        "%matplotlib widget",
        "import matplotlib.pyplot as plt\nplt.ion()\nplt.plot([1, 2])\nplt.show()\nplt.pause(0.01)",
        "import matplotlib.pyplot as plt\nplt.switch_backend('QtAgg')",
        "import tkinter_that_is_not_here",
        "from google.colab_that_is_not_here import drive",
    )
    cells = [(f"{lines}\ndef f{n}():\n    return {n}", f"assert f{n}() == {n}") for n, lines in enumerate(asking)]
    nb, verdicts = judged(*(cell for own, test in cells for cell in (("answer", own), ("test", reported(test)))))
    assert set(verdicts.values()) == {"passed"}, {name: shown(nb, name) for name in verdicts}


def test_exception_tells_the_students_own_line() -> None:
    nb, _ = judged(("answer", "def f(x):\n    y = 0\n    return x / y"), ("test", reported("f(1)")))
    finding = nb.cells[-1].outputs[-1].data["application/vnd.cs231n-lite.report+json"]["findings"][0]
    assert finding["slug"] == "raises"
    assert (
        "ZeroDivisionError" in finding["message"]
        and "line 3 of f" in finding["message"]
        and "return x / y" in finding["message"]
    )


def test_nothing_written_is_not_written() -> None:
    nb, verdicts = judged(
        ("answer", "def f():\n    raise NotImplementedError()"), ("test", reported("assert f() == 1")), ("test", "f()")
    )
    assert verdicts == {"test-1": "not-written", "test-2": "not-written"}
    assert set(points(nb).values()) == {0.0}


def test_locked_helpers_run_in_the_examiner_and_picture_cells_do_not() -> None:
    nb, verdicts = judged(
        ("answer", "def f(x):\n    return x + 1"),
        ("locked", "TABLE = {'a': 2}\nTABLE['b'] = 3\ndef helper(x):\n    return f(x) + TABLE['b']\nprint(1 / 0)"),
        ("locked", "with attempt('f'):\n    drawn = f(1)"),
        ("test", reported("assert helper(1) == 5 and TABLE == {'a': 2, 'b': 3} and drawn == 2")),
    )
    assert verdicts == {"test-1": "passed"}, shown(nb, "test-1")


def test_locked_name_is_the_masters_whatever_the_student_calls_so() -> None:
    nb, verdicts = judged(
        ("locked", "def same(a, b):\n    return a == b"),
        ("answer", "def f():\n    return 2\ndef same(a, b):\n    return True\nclass Report:\n    pass\nnp = None"),
        ("test", reported("assert same(f(), np.int64(1))")),
    )
    assert verdicts == {"test-1": "failed"}, shown(nb, "test-1")
