# ruff: noqa: E501  (an answer is told in one line)
"""Student cells run in one process and test cells in another: honest work keeps its points, and nothing else gains any."""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade, is_solution
from traitlets.config import Config

from autograder.corpus.answers import answered, answers, expected_points
from autograder.course import Course
from autograder.examining.examination import Examination
from autograder.examining.step import TAMPER, Examine
from autograder.examining.student_process import StudentProcess
from autograder.examining.terms import Terms, limits
from autograder.notebooks.kinds import METADATA, is_test
from autograder.notebooks.name_flow import plan, shadowed
from autograder.notebooks.notebook import grade_id, read, text_of
from autograder.sandbox.box import Sandbox, why_not
from autograder.submission import Submission
from autograder.tamper import ACCIDENT, ATTACK, ODD, Note, read_notes
from ci.tests.autograder.sandbox.test_box import RUNGS, not_run

SETUP = "import numpy as np\n\nfrom cs231n_lite import Report, attempt, check_gate, check_values, progress"


def cell(name: str, source: str, kind: str, points: float = 2.0) -> NotebookNode:
    flags = {
        "test": {"grade": True, "locked": True, "solution": False, "points": points},
        "answer": {"grade": False, "locked": False, "solution": True},
        "locked": {"grade": False, "locked": True, "solution": False},
    }[kind]
    meta = {"schema_version": 3, "grade_id": name, "task": False, **flags}
    return new_code_cell(source, metadata={"nbgrader": meta})


def notebook(*cells: tuple[str, str]) -> NotebookNode:
    """A notebook of (kind, source); a test is named after its number among the tests."""
    made, tests = [cell("setup", SETUP, "locked")], 0
    for number, (kind, source) in enumerate(cells):
        tests += kind == "test"
        made.append(cell(f"test-{tests}" if kind == "test" else f"{kind}-{number}", source, kind))
    return new_notebook(cells=made)


def examined(nb: NotebookNode, means: str = "", **terms: Any) -> Examination:
    """A notebook's run, when it is over."""
    asked = Terms(**{"timeout": 30.0, **terms})
    with (
        tempfile.TemporaryDirectory() as scratch,
        tempfile.TemporaryDirectory() as empty,
        Sandbox(limits(asked, nb), Path(scratch), means=means, unsafe=True) as box,
    ):
        examination = Examination(nb, box, asked, Path(empty))
        examination.run()
        return examination


def run(nb: NotebookNode, means: str = "", **terms: Any) -> dict[str, str]:
    examined(nb, means, **terms)
    return {grade_id(c): c.metadata[METADATA]["verdict"] for c in nb.cells if is_test(c)}


def points(nb: NotebookNode) -> dict[str, float]:
    return {grade_id(c): determine_grade(c)[0] for c in nb.cells if is_test(c)}


def shown(nb: NotebookNode, name: str) -> str:
    return "\n".join(text_of(output) for c in nb.cells if grade_id(c) == name for output in c.outputs)


def judged(*cells: tuple[str, str], **terms: Any) -> tuple[NotebookNode, dict[str, str]]:
    nb = notebook(*cells)
    return nb, run(nb, **terms)


def reported(*lines: str) -> str:
    """A test cell of one part."""
    body = "\n".join(f"    {line}" for line in "\n".join(lines).split("\n"))
    return f'report = Report("x")\nwith report.part("it holds"):\n{body}\nreport.points(2)'


# What a test may do with the student's code: each answer earns both points in one kernel, and must here.
HONEST: dict[str, tuple[str, str]] = {
    "function": ("def f(x, *, y=1):\n    return x + y", "assert f(1, y=2) == 3 and f(1) == 2"),
    "plain-name": ("N = 5\nT = {'a': [1, (2,)]}", "assert N == 5 and T == {'a': [1, (2,)]}"),
    "class-and-instance": (
        "class C:\n    def __init__(self, k): self.k = k\n    def twice(self): return 2 * self.k",
        "c = C(4)\nassert c.twice() == 8 and c.k == 4\nc.k = 5\nassert c.twice() == 10 and isinstance(C, type)\n"
        "assert not hasattr(c, 'nothing')",
    ),
    "call-back": ("def total(f, x):\n    return sum(f(v) for v in x)", "assert total(lambda v: v * v, [1, 2]) == 5"),
    "call-back-that-notes": (
        "def walk(watch):\n    held = []\n    for n in range(3):\n        held.append(n)\n        watch(held)",
        "sizes = []\nwalk(lambda held: sizes.append(len(held)))\nassert sizes == [1, 2, 3]",
    ),
    "call-back-into-the-answer": (
        "def f(g, x):\n    return g(x)\ndef h(x):\n    return x + 1",
        "assert f(h, 1) == f(lambda v: h(v), 1) == 2",
    ),
    "generator": (
        "def count(n):\n    for i in range(n):\n        yield i",
        "assert list(count(3)) == [0, 1, 2]\nassert next(count(1)) == 0",
    ),
    "exception": (
        "class Cycle(ValueError): pass\ndef f():\n    raise Cycle('a -> b -> a')",
        "try:\n    f()\nexcept ValueError as error:\n    told = str(error)\nassert 'b' in told",
    ),
    "key-error": (
        "def f(d):\n    return d['x']",
        "try:\n    f({})\nexcept KeyError as error:\n    key = error.args\nassert key == ('x',)",
    ),
    "argument-changed": (
        "def f(x, d):\n    x[0] = 9.0\n    d['w'] *= 2\n    d['l'].append(3)",
        "x, w, l = np.zeros(2), np.ones(2), [1]\nf(x, {'w': w, 'l': l})\nassert x[0] == 9 and w[0] == 2 and l == [1, 3]",
    ),
    "argument-changed-later": (
        "class G:\n    def forward(self, x):\n        self.x = x\n        return x + 0\n    def backward(self, d):\n        self.x *= d",
        "x, gate = np.ones(2), G()\ngate.forward(x)\ngate.backward(3.0)\nassert x[0] == 3",
    ),
    "argument-changed-through-a-cache": (
        "def forward(x):\n    return x + 0, (x, 2)\ndef backward(d, cache):\n    cache[0][:] = d",
        "x = np.ones(2)\nout, cache = forward(x)\nbackward(7.0, cache)\nassert x[0] == 7 and out[0] == 1",
    ),
    "cache-of-own-type": (
        "from collections import namedtuple, OrderedDict\nCache = namedtuple('Cache', 'x n')\n"
        "class Box:\n    pass\n"
        "def forward(x):\n    b = Box()\n    b.n = 3\n    return x, Cache(x, b), OrderedDict(a=1)\n"
        "def backward(cache, o):\n    o.move_to_end('a')\n    return cache.x * cache.n.n",
        "out, cache, o = forward(np.ones(2))\nassert backward(cache, o)[0] == 3 and len(cache) == 2 and o['a'] == 1",
    ),
    "returned-buffer-is-a-copy": (
        "buffer = np.zeros(2)\ndef f():\n    buffer[:] += 1\n    return buffer",
        "first = f().copy()\nsecond = f()\nassert first[0] == 1 and second[0] == 2",
    ),
    "attribute-written-by-the-test": (
        "class N:\n    def __init__(self):\n        self.params = {'W': np.ones(2), 'b': np.zeros(1)}\n        self.v, self.l = np.ones(2), [1]\n"
        "    def total(self):\n        return self.params['W'].sum() + self.params['b'].sum() + self.v.sum() + sum(self.l)",
        "n = N()\nassert n.total() == 5\nn.params['b'] = np.array([10.0])\nassert n.total() == 15\n"
        "W = n.params['W']\nfor step in (1.0, 2.0):\n    W[0] += step\n    n.total()\nassert n.total() == 18\n"
        "n.v[0] = 0.0\nn.l.append(5)\nassert n.total() == 22\np = n.params\ndel p['W']\np['W'] = np.zeros(2)\nassert n.total() == 17",
    ),
    "own-array-type": (
        "class A(np.ndarray): pass\ndef f():\n    return np.arange(3.0).view(A)\nclass B:\n    def __array__(self, dtype=None, copy=None):\n        return np.arange(3.0)\n"
        "def g():\n    return B()",
        "assert type(f()) is np.ndarray and np.array_equal(np.asarray(g()), [0, 1, 2])",
    ),
    "numpy-scalars": (
        "def f():\n    return np.float32(0.5), np.bool_(True), np.int64(3)",
        "a, b, c = f()\nassert a.dtype == np.float32 and b and c == 3",
    ),
    "complex-step": (
        "def f(x):\n    return x * x",
        "assert abs(np.imag(f(np.array([3 + 1e-30j])))[0] / 1e-30 - 6) < 1e-9",
    ),
    "prints-and-warns": (
        "import sys, warnings\ndef f():\n    print('x'); warnings.warn('w'); sys.stderr.write('e')\n    return 1",
        "assert f() == 1",
    ),
    "many-probes": (
        "def f(x, y):\n    return x * y",
        "from autograder.examiner.standins import ask_many\nassert ask_many(f, [(1, 2), (3, 4)]) == [2, 12]",
    ),
    "lambda-and-builtin": ("f = lambda x: x + 1\ng = np.tanh", "assert f(1) == 2 and g(0.0) == 0.0"),
    "helper-in-an-extra-cell": (
        "def helper(x):\n    return 2 * x\ndef f(x):\n    return helper(x)",
        "assert f(2) == 4",
    ),
    "item-and-length": (
        "class L:\n    def __len__(self): return 2\n    def __getitem__(self, i):\n        if i > 1: raise IndexError\n        return i\ndef f(): return L()",
        "assert len(f()) == 2 and f()[1] == 1",
    ),
    "defaults-dictionary": (
        "from collections import defaultdict\ndef f():\n    d = defaultdict(float)\n    d['a'] += 1\n    return d",
        "assert f() == {'a': 1.0}",
    ),
}


def test_honest_answers_earn_what_they_earn_in_one_kernel() -> None:
    cells = [part for answer, test in HONEST.values() for part in (("answer", answer), ("test", reported(test)))]
    nb, verdicts = judged(*cells)
    by_name = {name: verdicts[f"test-{number}"] for number, name in enumerate(HONEST, start=1)}
    told = {
        name: shown(nb, f"test-{number}") for number, name in enumerate(HONEST, start=1) if by_name[name] != "passed"
    }
    assert set(by_name.values()) == {"passed"}, told


def test_exception_tells_the_students_own_line() -> None:
    nb, _ = judged(("answer", "def f(x):\n    y = 0\n    return x / y"), ("test", reported("f(1)")))
    told = nb.cells[-1].outputs[-1].data["application/vnd.cs231n-lite.report+json"]["findings"][0]
    assert told["slug"] == "raises"
    assert (
        "ZeroDivisionError" in told["message"]
        and "line 3 of f" in told["message"]
        and "return x / y" in told["message"]
    )


def test_nothing_written_is_not_written() -> None:
    nb, verdicts = judged(
        ("answer", "def f():\n    raise NotImplementedError()"), ("test", reported("assert f() == 1")), ("test", "f()")
    )
    assert verdicts == {"test-1": "not-written", "test-2": "not-written"}
    assert set(points(nb).values()) == {0.0}


def test_outputs_plots_and_errors_of_student_cells_land_in_the_notebook() -> None:
    nb, _ = judged(
        ("answer", "import matplotlib.pyplot as plt\nprint('said')\nplt.plot([1, 2])\ndisplay(5)\n6"),
        ("answer", "1 / 0"),
        ("locked", "progress({'x': 2})"),
    )
    kinds = [(output.output_type, sorted(output.get("data", {}))) for output in nb.cells[1].outputs]
    assert ("execute_result", ["text/plain"]) in kinds
    assert ("display_data", ["image/png", "text/plain"]) in kinds
    assert text_of(nb.cells[1].outputs[0]) == "said\n"
    assert nb.cells[2].outputs[0].ename == "ZeroDivisionError"
    assert "not checked yet" in shown(nb, "locked-2")


def test_progress_shows_the_points_that_the_examiner_gave() -> None:
    nb, _ = judged(("answer", "f = 1"), ("test", reported("assert f == 1")), ("locked", "progress({'x': 2})"))
    assert "not checked yet" not in shown(nb, "locked-2") and "2" in shown(nb, "locked-2")


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


# Test cells that leave no evidence of points.
NO_EVIDENCE = {
    "ends-in-nothing": 'report = Report("x")\nreport.points(2)\nx = 1',
    "ends-in-a-report": 'report = Report("x")\nreport',
    "ends-in-a-text": "'2.0'",
    "ends-in-true": "f is not None",
    "more-than-there-is": "2.5",
    "negative": "-1",
    "not-finite": "float('nan')",
    "ends-in-the-students-object": "f",
    "says-nothing": "pass",
    "raises": "assert f() == 3",
    "is-no-python": "report = (",
    "leaves": "raise SystemExit(0)",
    "interrupts": "raise KeyboardInterrupt",
}


def test_test_cell_without_evidence_gives_nothing() -> None:
    nb, verdicts = judged(("answer", "def f():\n    return 2"), *(("test", source) for source in NO_EVIDENCE.values()))
    given = dict(zip(NO_EVIDENCE, points(nb).values(), strict=True))
    assert given == dict.fromkeys(NO_EVIDENCE, 0.0)
    assert "passed" not in verdicts.values()


def test_test_cell_of_plain_asserts_earns_its_points_by_running_through() -> None:
    nb, verdicts = judged(
        ("answer", "f = 2\ndef g(x):\n    return x"),
        ("test", "assert f == 2"),
        ("test", "assert f == 3"),
        ("test", "def same(a, b):\n    assert a == b\nfor n in range(3):\n    same(g(n), n)\nnp.testing.assert_allclose(g(1.0), 1.0)"),
    )  # fmt: skip
    assert points(nb) == {"test-1": 2.0, "test-2": 0.0, "test-3": 2.0}
    assert [output.output_type for output in nb.cells[2].outputs] == ["execute_result"]
    assert verdicts == {"test-1": "passed", "test-2": "failed", "test-3": "passed"}


# Test cells of plain asserts that run through, though not all of their asserts have held.
NEVER_HELD = {
    "in-a-loop-that-is-not-entered": "for row in rows():\n    assert row == 1",
    "in-a-branch-that-is-not-taken": "assert f == 2\nif rows():\n    assert f == 3",
    "in-a-function-that-nobody-calls": "def check():\n    assert f == 2",
    "in-a-generator-that-nobody-reads": "held = (np.testing.assert_equal(f, 3) for _ in rows())\nassert f == 2\ndef check():\n    np.testing.assert_equal(f, 3)",
    "swallowed": "try:\n    assert f == 3\nexcept AssertionError:\n    pass",
    "suppressed": "import contextlib\nwith contextlib.suppress(AssertionError):\n    assert f == 3",
    "in-a-part-of-a-report": 'report = Report("x")\nfor n in (2, 3):\n    with report.part("it holds"):\n        assert f == n',
    "skipped-by-a-return": "def check():\n    if f:\n        return\n    assert f == 2\ncheck()",
}


def test_assert_that_never_held_earns_nothing() -> None:
    nb, _ = judged(
        ("answer", "f = 2\ndef rows():\n    return []"), *(("test", source) for source in NEVER_HELD.values())
    )
    given = dict(zip(NEVER_HELD, points(nb).values(), strict=True))
    assert given == dict.fromkeys(NEVER_HELD, 0.0)


def test_verdict_stands_in_the_cells_metadata_and_the_number_is_the_examiners() -> None:
    nb, _ = judged(
        ("answer", "f = 2"),
        (
            "test",
            'report = Report("x")\nwith report.part("a"):\n    assert f == 2\nwith report.part("b"):\n    assert f == 3\nreport.points(2)',
        ),
    )
    assert nb.cells[-1].metadata[METADATA] == {"verdict": "partial"}
    assert nb.cells[-1].outputs[-1].data["text/plain"] == "1.0"


# Each hostile answer to `f() == 42` and the verdict that it must get; the exercise after it keeps its points.
HAND = """
import os, socket, struct, threading, time
def wires():
    for n in range(3, 64):
        try:
            s = socket.socket(fileno=os.dup(n))
        except OSError:
            continue
        yield s
def say(data):
    for s in wires():
        try:
            s.sendall(data)
        except OSError:
            pass
def frame(text, block=b""):
    return struct.pack("<IQ", len(text), len(block)) + text.encode() + block
"""
HOSTILE: dict[str, tuple[str, set[str]]] = {
    "equal-to-anything": ("class Y:\n    __eq__ = lambda s, o: True\n    __ne__ = lambda s, o: False\n    __hash__ = None\ndef f(): return Y()", {"failed"}),
    "float-equal-to-anything": ("class Y(float):\n    __eq__ = lambda s, o: True\n    __hash__ = float.__hash__\ndef f(): return Y(1)", {"failed"}),
    "float-that-changes": ("class Y(float):\n    __float__ = lambda s: 42.0\ndef f(): return Y(1)", {"failed"}),
    "int-equal-to-anything": ("class Y(int):\n    __eq__ = lambda s, o: True\n    __hash__ = int.__hash__\ndef f(): return Y(1)", {"failed"}),
    "text-equal-to-anything": ("class Y(str):\n    __eq__ = lambda s, o: True\n    __hash__ = str.__hash__\ndef f(): return Y('1')", {"failed"}),
    "dict-equal-to-anything": ("class Y(dict):\n    __eq__ = lambda s, o: True\n    __hash__ = None\ndef f(): return Y()", {"failed"}),
    "array-equal-to-anything": ("class Y(np.ndarray):\n    __eq__ = lambda s, o: True\n    __hash__ = None\ndef f(): return np.ones(()).view(Y)", {"failed"}),
    "array-ufunc": ("class Y:\n    __array_ufunc__ = lambda s, *a, **k: True\n    __array__ = lambda s, *a, **k: np.array(1)\ndef f(): return Y()", {"failed"}),
    "reduce": ("class Y:\n    def __reduce__(self): return (eval, ('42',))\ndef f(): return Y()", {"failed"}),
    "deep": ("def f():\n    x = []\n    for _ in range(10000): x = [x]\n    return x", {"failed"}),
    "cyclic": ("def f():\n    x = []\n    x += [x, x]\n    return x", {"failed"}),
    "giant-array": ("def f(): return np.broadcast_to(np.float64(1), (1 << 20, 1 << 20))", {"failed"}),
    "giant-int": ("def f(): return 1 << 10_000_000", {"failed"}),
    "raises-cut": ("def f():\n    raise KeyboardInterrupt", {"failed"}),
    "leaves": ("def f():\n    exit()\ndef g():\n    import sys; sys.exit(0)\nf = g", {"failed"}),
    "patches-the-check": ("import cs231n_lite.reporting.report as r\nr.Report.passed = property(lambda s: True)\nr.Report.points = lambda s, n: float(n)\nr.Report.score = 1.0\nimport numpy\nnumpy.allclose = lambda *a, **k: True\ndef f(): return 0", {"failed"}),
    "looks-for-the-examiner": ("import gc, sys\ndef f():\n    found = [o for o in gc.get_objects() if type(o).__name__ in ('ExaminerProcess', 'Examination', 'Plan')]\n    names = [m for m in sys.modules if m.startswith('autograder.') and m not in ('autograder.inside', 'autograder.inside.wire', 'autograder.inside.exchange', 'autograder.inside.handles', 'autograder.inside.shell', 'autograder.inside.snapshots', 'autograder.inside.student')]\n    return 42 if found or names else 0", {"failed"}),
    "dies": ("import os\ndef f(): os._exit(0)", {"crashed"}),
    "dies-and-leaves-a-child-with-the-socket": (
        "import os, time\ndef f():\n    if os.fork(): os._exit(0)\n    time.sleep(60)",
        {"crashed"},
    ),
    "child-answers-in-its-place": (
        "import os, time\ndef f():\n    return 1 if os.fork() else 42",
        {"failed", "tampered", "crashed"},
    ),
    "kills-itself": ("import os\ndef f(): os.kill(os.getpid(), 9)", {"crashed"}),
    "garbage-on-the-wire": (HAND + "def f():\n    say(b'\\xff' * 64)\n    return 1", {"tampered"}),
    "answer-by-hand-to-a-call-never-made": (HAND + "def f():\n    say(frame('{\"seq\":999999,\"value\":42}'))\n    return 1", {"tampered"}),
    "giant-frame": (HAND + "def f():\n    say(struct.pack('<IQ', 0xffffffff, 1 << 60))\n    return 1", {"tampered"}),
    "thread-on-the-wire": (HAND + "def f():\n    def run():\n        for _ in range(50): say(frame('{\"seq\":1,\"value\":42}'))\n    t = threading.Thread(target=run, daemon=True); t.start(); t.join()\n    return 1", {"tampered"}),
    "hangs-up": (HAND + "def f():\n    for s in wires(): s.shutdown(2)\n    while True: time.sleep(1)", {"tampered", "crashed"}),
}  # fmt: skip


def test_hostile_answers_gain_nothing_and_cost_the_next_exercise_nothing() -> None:
    cells = []
    for answer, _ in HOSTILE.values():
        cells += [
            ("answer", answer),
            ("test", reported("assert f() == 42", "### HIDDEN")),
            ("answer", "def good(x):\n    return x + 1"),
            ("test", reported("assert good(1) == 2")),
        ]
    nb = notebook(*cells)
    verdicts = run(nb, total=300.0)
    got = {name: verdicts[f"test-{2 * number + 1}"] for number, name in enumerate(HOSTILE)}
    after = {name: verdicts[f"test-{2 * number + 2}"] for number, name in enumerate(HOSTILE)}
    wrong = {
        name: (verdict, shown(nb, f"test-{2 * n + 1}")[:300])
        for n, (name, verdict) in enumerate(got.items())
        if verdict not in HOSTILE[name][1]
    }
    assert not wrong
    assert after == dict.fromkeys(HOSTILE, "passed")
    given = points(nb)
    assert all(given[f"test-{2 * number + 1}"] == 0.0 for number in range(len(HOSTILE)))


ENDLESS = {
    "endless-loop": "def f():\n    while True: pass",
    "endless-loop-that-swallows-interrupts": "def f():\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass",
    "time-bomb": "import time\ncalls = []\ndef f():\n    calls.append(1)\n    if len(calls) > 2: time.sleep(1000)\n    return 42",
    "endless-call-backs": "def f(g=None):\n    while True: g and g(1)",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_endless_answer_is_timed_out_and_the_next_exercise_graded(name: str) -> None:
    call = "[f() for _ in range(5)]" if "call-backs" not in name else "f(lambda x: x)"
    nb, verdicts = judged(
        ("answer", "kept = 7"), ("answer", ENDLESS[name]), ("test", reported(call)), ("answer", "good = kept"), ("test", reported("assert good == 7")),
        timeout=2.0,
    )  # fmt: skip
    assert verdicts == {"test-1": "timed-out", "test-2": "passed"}, shown(nb, "test-2")
    assert points(nb) == {"test-1": 0.0, "test-2": 2.0}


@pytest.mark.parametrize(
    ("source", "verdict"),
    [("while True: pass", "CellTimeoutError"), ("import os; os._exit(0)", "DeadKernelError"), ("exit()", "")],
    ids=["endless", "dies", "exit"],
)
def test_cell_that_ends_its_process_costs_its_own_exercise_alone(source: str, verdict: str) -> None:
    nb, verdicts = judged(
        ("answer", "before = 1"), ("answer", source), ("answer", "after = 2"), ("test", reported("assert before == 1 and after == 2")),
        timeout=3.0,
    )  # fmt: skip
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


# Snapshots: what a test tells an answer goes nowhere, and what an answer does in a test touches nothing else.

SPY = """
seen = []
def f(*args):
    seen.append(args)
    print("SPIED", args)
    spied = len(seen)
    with open("/tmp/spied", "a") as kept, open("spied", "a") as near:
        kept.write("SPIED"), near.write(f"SPIED {args}")
    return spied
"""
LOOK = """
from pathlib import Path
print("SPIED" if seen or Path("/tmp/spied").exists() or Path("spied").exists() else "nothing", *seen)
"""


def test_no_cell_can_show_what_a_test_asked() -> None:
    nb, verdicts = judged(
        ("answer", SPY), ("test", reported("assert f(6.25) == 1")), ("answer", LOOK), ("answer", "import os; os._exit(1)"),
        ("answer", LOOK), ("test", reported("assert f(7.5) == 1")), ("answer", LOOK),
    )  # fmt: skip
    assert verdicts == {"test-1": "passed", "test-2": "passed"}, shown(nb, "test-2")
    assert "6.25" not in (said := "".join(text_of(output) for c in nb.cells for output in c.outputs))
    assert "SPIED" not in said and said.count("nothing") == 3


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[StudentProcess]:
    """The student's processes that were started."""
    all_of_them: list[StudentProcess] = []

    class Counted(StudentProcess):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            all_of_them.append(self)

    monkeypatch.setattr("autograder.examining.examination.StudentProcess", Counted)
    return all_of_them


def test_crash_endless_loop_and_memory_bomb_in_a_test_cost_a_snapshot_and_no_new_process(
    started: list[StudentProcess],
) -> None:
    bad = "import os\ndef dies():\n    os._exit(0)\ndef hangs():\n    while True: pass\ndef greedy():\n    return bytes(4 << 30)"
    _, verdicts = judged(
        ("answer", bad), ("test", "dies()"), ("test", "hangs()"), ("test", "greedy()"), ("answer", "good = 1"), ("test", "assert good == 1"),
        timeout=2.0,
    )  # fmt: skip
    assert verdicts == {"test-1": "crashed", "test-2": "timed-out", "test-3": "out-of-memory", "test-4": "passed"}
    assert len(started) == 1


def test_crash_in_a_cell_makes_the_snapshots_before_it_again(started: list[StudentProcess]) -> None:
    _, verdicts = judged(
        ("answer", "n = 1"), ("test", "assert n == 1"), ("answer", "n = 2"), ("answer", "n = 3; import os; os._exit(1)"),
        ("test", "assert n == 2"), ("answer", "n = 4"), ("test", "assert n == 4"),
    )  # fmt: skip
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


# One of each kind of end.
HARD = {
    "spies": SPY,
    "dies": "import os\ndef f(x): os._exit(0)",
    "hangs": "def f(x):\n    while True: pass",
    "takes-all-memory": "def f(x):\n    held = []\n    while True: held.append(bytes(64 << 20))",
    "forks-without-end": "import os, time\ndef f(x):\n    for _ in range(200): os.fork()\n    time.sleep(60)",
    "garbage-on-the-wire": HAND + "def f(x):\n    say(b'\\xff' * 64)\n    return 42",
    "kills-its-parent": "import os\ndef f(x): os.kill(os.getppid(), 9)",
}

# What a student's main process, or a snapshot, may do to the others: each ends with no points but those that are due.
AMONG = {
    "kills-its-parent": ("", "os.kill(os.getppid(), 9)"),
    "kills-all": ("", "os.kill(-1, 9)"),
    "stops-its-parent": ("", "os.kill(os.getppid(), 19)"),
    "parent-serves-the-test-itself": (
        "import socket\nfrom autograder.inside import snapshots, wire\ndef make(self, test, grader, serve):\n"
        "    _, fds, _, _ = socket.recv_fds(grader.sock, 1, 1)\n    server = serve.__self__\n    grader.send({'seq': server.seq, 'made': True})\n"
        "    server.wire = wire.Wire(socket.socket(fileno=fds[0]))\n    return True\nsnapshots.Snapshots.make = make",
        "pass",
    ),
    "parent-keeps-the-socket": (
        "import socket\nkept = []\nrecv = socket.recv_fds\ndef twice(*args):\n"
        "    found = recv(*args)\n    kept.append(os.dup(found[1][0]))\n    return found\nsocket.recv_fds = twice",
        "pass",
    ),
    "parent-refuses": ("from autograder.inside import snapshots\nsnapshots.Snapshots.make = lambda *args: False", "pass"),
    "parent-says-all-is-dead": ("from autograder.inside import snapshots\nsnapshots.Snapshots.lives = lambda self, test: False", "pass"),
    "leaves-children": ("", "for _ in range(3):\n        if os.fork() == 0:\n            import time; time.sleep(60)"),
}  # fmt: skip


@pytest.mark.parametrize("name", AMONG)
def test_nothing_is_gained_among_the_students_processes(name: str) -> None:
    before, inside = AMONG[name]
    nb, _ = judged(
        ("answer", "def good():\n    return 1"), ("test", reported("assert good() == 1")),
        ("answer", f"import os\n{before}\ndef f(x):\n    {inside}\n    print('SPIED', x)\n    return 0"),
        ("test", reported("assert f(6.25) == 42")), ("answer", "print('later')"), ("test", reported("assert good() == 1")),
        timeout=4.0,
    )  # fmt: skip
    earned = points(nb)
    assert earned["test-2"] == 0.0
    assert earned["test-1"] == earned["test-3"] == 2.0 or before, "what a test does costs no other"
    assert "SPIED" not in "".join(text_of(output) for c in nb.cells for output in c.outputs)


def test_time_of_the_whole_notebook_ends_and_leaves_no_points() -> None:
    nb, verdicts = judged(("answer", "good = 1"), ("test", reported("assert good == 1")), total=0.0)
    assert verdicts == {"test-1": "timed-out"}
    assert points(nb) == {"test-1": 0.0}


def test_student_cell_cannot_show_a_report_nor_more_than_its_share() -> None:
    forged = "display({'application/vnd.cs231n-lite.report+json': {'points': 2}, 'text/plain': 'x'}, raw=True)"
    nb, _ = judged(
        ("answer", forged),
        ("answer", "for _ in range(300): print('y' * 10_000)"),
        ("answer", "print('z')"),
        output_bytes=50_000,
    )
    assert list(nb.cells[1].outputs[0].data) == ["text/plain"]
    assert len(shown(nb, "answer-1")) < 60_000 and "may" in shown(nb, "answer-1")
    assert "z" not in shown(nb, "answer-2")


def test_text_that_no_file_can_hold_is_mended() -> None:
    nb, verdicts = judged(
        (
            "answer",
            "print('\\ud800'); display({'text/plain': '\\udfff'}, raw=True)\ndef f():\n    raise ValueError('\\ud800')",
        ),
        ("test", reported("f()")),
    )
    assert verdicts == {"test-1": "failed"}
    str(nb).encode()
    for one in nb.cells:
        for output in one.outputs:
            str(dict(output)).encode()
            text_of(output).encode()


def test_hidden_lines_never_reach_the_students_process() -> None:
    spy = (
        "import gc\ndef f(x):\n"
        "    seen = [o for o in gc.get_objects() if isinstance(o, (str, list, dict))]\n"
        "    return any('SEC' + 'RET_1' in str(o)[:100_000] for o in seen if isinstance(o, str)) or 'SEC' + 'RET_1' in str(get_ipython().user_ns)"
    )
    nb, verdicts = judged(("answer", spy), ("test", reported("SECRET_1 = 'SECRET_1'", "assert f(1) is False")))
    assert verdicts == {"test-1": "passed"}, shown(nb, "test-1")


def test_preprocessor_takes_the_place_of_execute(tmp_path: Path) -> None:
    (tmp_path / "numbers.txt").write_text("4 5")
    (tmp_path / "other.ipynb").write_text("{}")
    (tmp_path / "secret").symlink_to("/etc/passwd")
    nb = notebook(
        (
            "answer",
            "from pathlib import Path\nread = [sorted(p.name for p in Path('.').iterdir() if p.name[0] != '.'), Path('numbers.txt').read_text()]",
        ),
        ("test", reported("assert read == [['numbers.txt'], '4 5'], read")),
    )
    config = Config(Examine={"timeout": 20.0, "unsafe": True})
    nb, resources = Examine(config=config).preprocess(nb, {"metadata": {"path": str(tmp_path)}})
    assert resources[METADATA] == {"test-1": "passed"}, shown(nb, "test-1")


def test_examiner_that_hangs_on_what_it_got_is_replaced_and_the_next_exercise_graded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("autograder.examining.examination.GRACE", 0.2)
    nb, verdicts = judged(
        ("locked", "SEVEN = 7\ndef seven():\n    return SEVEN"),
        ("answer", "def f():\n    return 1"),
        ("test", "def helper():\n    return seven()\nwhile f(): pass\n"),
        ("test", "def other():\n    return 1\nx = f()\nwhile x: pass\n"),
        ("test", reported("assert helper() == 7 and other() == 1 and f() == 1")),
        timeout=2.0,
    )
    assert verdicts == {"test-1": "timed-out", "test-2": "timed-out", "test-3": "passed"}, shown(nb, "test-3")


def test_outputs_sent_by_hand_are_held_to_the_share_and_to_the_form() -> None:
    deep = "x = {}\nfor _ in range(300): x = {'a': x}\ndisplay({'text/plain': 'x', 'application/json': x}, raw=True)"
    odd = "from autograder.inside import shell\nshell._mime = lambda value: value\ndisplay({'text/html': [1, 2]}, raw=True)"
    vast = "from autograder.inside import shell\nshell.Output._end = lambda self: setattr(self, 'left', 1 << 30)\nfor n in range(100): print('y' * 20_000)"
    nb, _ = judged(
        ("answer", deep),
        ("answer", odd),
        ("answer", vast),
        ("answer", "print('z')"),
        ("test", reported("assert True")),
        output_bytes=10_000,
    )
    assert shown(nb, "answer-0").startswith("TamperedError")
    assert shown(nb, "answer-1").startswith("TamperedError")
    assert len(str(nb)) < 1_500_000


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
            "import math\nfrom pathlib import Path\nA = 1\nB = A + 1\nB_TABLE = {}\nB_TABLE[B] = math.pi\nC = f(A)\nunused = [x for x in range(3)]",
        ),
        (
            "test",
            "def helper(v):\n    return B + v\nfor row in (1, 2):\n    assert helper(row) == f(row, C)\nassert B_TABLE",
        ),
    ]
    made = plan(cells)
    assert [ast.unparse(statement) for statement in made.run[0]] == [
        "import math", "A = 1", "B = A + 1", "B_TABLE = {}", "B_TABLE[B] = math.pi",
    ]  # fmt: skip
    assert made.wanted[1] == {"f", "C"}


def test_name_that_a_test_sets_and_a_later_answer_defines_is_told() -> None:
    cells = [("test", "g = 1\nassert g"), ("answer", "def g(): pass"), ("test", "g()"), ("test", "g = 2\ng")]
    assert shadowed(cells) == [(2, "g")]


# The course's own notebooks get the points that test_grading sees in one plain kernel. `python3 -m ci bench examine`
# compares every answer of the corpus, one by one, with a plain kernel; here are three notebooks an assignment.
def first(assignment: str) -> dict[str, str]:
    return {slug: next(iter(known)) for slug, known in answers(assignment).items()}


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
    made = []
    for path in Course().notebooks(assignment):
        nb = read(path)
        masters = {grade_id(c): c for c in nb.cells}
        nb.cells = [masters.get(grade_id(theirs), theirs) for theirs in handed_in[path.name].cells]
        for c, theirs in zip(nb.cells, handed_in[path.name].cells, strict=True):
            if is_solution(c):
                c.source = theirs.source
        made.append(nb)
    return made


@pytest.mark.parametrize(("assignment", "changes", "rest"), NOTEBOOKS)
def test_course_submission_gets_the_points_that_it_gets_in_one_kernel(
    assignment: str, changes: dict[str, str], rest: str
) -> None:
    course, got = Course(), {}
    for nb in grafted(assignment, answered(course, assignment, changes, rest=rest)):
        run(nb)
        got |= {name.removesuffix("-test"): earned for name, earned in points(nb).items()}
    assert got == expected_points(course, assignment, changes, rest=rest)


@pytest.mark.parametrize("means", RUNGS)
def test_by_each_means_a_submission_gets_its_points_and_hostile_answers_nothing(means: str) -> None:
    if why_not(means):
        not_run(f"{means} does not work here: {why_not(means)}")
    course = Course()
    assignment = course.assignments()[0]
    changes, got = first(assignment), {}
    for nb in grafted(assignment, answered(course, assignment, changes, rest="solution")):
        run(nb, means)
        got |= {name.removesuffix("-test"): earned for name, earned in points(nb).items()}
    assert got == expected_points(course, assignment, changes, rest="solution")
    cells = [part for answer in HARD for part in (("answer", HARD[answer]), ("test", reported("assert f(6.25) == 42")))]
    nb = notebook(*cells, ("answer", "def good():\n    return 1"), ("test", reported("assert good() == 1")))
    run(nb, means, timeout=3.0)
    assert list(points(nb).values()) == [0.0] * len(HARD) + [2.0]
    assert "SPIED" not in "".join(text_of(output) for c in nb.cells for output in c.outputs)


# The tamper report

MANY = """
import os, time
started = []
try:
    for _ in range(99):
        started.append(os.fork())
        if started[-1] == 0:
            time.sleep(60)
except OSError:
    for process in started:
        os.kill(process, 9), os.waitpid(process, 0)
"""


def test_run_leaves_word_of_forgery_and_accidents_and_a_regrade_replaces_it(tmp_path: Path) -> None:
    forger = HAND + "def f():\n    say(b'\\xff' * 64)\n    return 1"
    who = {"assignment": "a", "student": "s", "notebook": "n"}

    def graded(*cells: tuple[str, str]) -> list[Note]:
        config = Config(Examine={"timeout": 2.0, "unsafe": True}, CourseDirectory={"root": str(tmp_path)})
        resources = {"metadata": {"path": str(tmp_path)}, "nbgrader": who}
        _, resources = Examine(config=config).preprocess(notebook(*cells), resources)
        notes = read_notes(Submission(Course(tmp_path), "a", "s").tamper_notes)
        assert sorted(map(str, resources[TAMPER])) == sorted(str(vars(note)) for note in notes)
        return notes

    bad = [
        ("answer", MANY),
        ("answer", forger),
        ("test", "f()"),
        ("answer", "while True: pass"),
        ("answer", "import os; os._exit(1)"),
        ("answer", "def g():\n    while True: pass"),
        ("test", "g()"),
    ]
    notes = graded(*bad)
    assert {(note.kind, note.cell, note.severity) for note in notes} == {
        ("tampered", "test-1", ATTACK),
        ("timed-out", "answer-3", ACCIDENT),
        ("crashed", "answer-4", ACCIDENT),
        ("timed-out", "test-2", ACCIDENT),
        ("process-limit", "", ODD),
    }
    assert graded(("answer", "f = 1"), ("test", "assert f == 1")) == []
