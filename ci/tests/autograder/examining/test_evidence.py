"""No evidence means no points: a test cell earns by its report or by asserts that have held, and by nothing else."""

from __future__ import annotations

from autograder.notebooks.kinds import METADATA
from ci.tests.autograder.examining.builders import judged, points

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
    earned = dict(zip(NO_EVIDENCE, points(nb).values(), strict=True))
    assert earned == dict.fromkeys(NO_EVIDENCE, 0.0)
    assert "passed" not in verdicts.values()


def test_test_cell_of_plain_asserts_earns_its_points_by_running_through() -> None:
    nb, verdicts = judged(
        ("answer", "f = 2\ndef g(x):\n    return x"),
        ("test", "assert f == 2"),
        ("test", "assert f == 3"),
        (
            "test",
            "def same(a, b):\n    assert a == b\nfor n in range(3):\n    same(g(n), n)\n"
            "np.testing.assert_allclose(g(1.0), 1.0)",
        ),
    )
    assert points(nb) == {"test-1": 2.0, "test-2": 0.0, "test-3": 2.0}
    assert [output.output_type for output in nb.cells[2].outputs] == ["execute_result"]
    assert verdicts == {"test-1": "passed", "test-2": "failed", "test-3": "passed"}


# Test cells of plain asserts that run through, though not all of their asserts have held.
NEVER_HELD = {
    "in-a-loop-that-is-not-entered": "for row in rows():\n    assert row == 1",
    "in-a-branch-that-is-not-taken": "assert f == 2\nif rows():\n    assert f == 3",
    "in-a-function-that-nobody-calls": "def check():\n    assert f == 2",
    "in-a-generator-that-nobody-reads": (
        "held = (np.testing.assert_equal(f, 3) for _ in rows())\nassert f == 2\n"
        "def check():\n    np.testing.assert_equal(f, 3)"
    ),
    "swallowed": "try:\n    assert f == 3\nexcept AssertionError:\n    pass",
    "suppressed": "import contextlib\nwith contextlib.suppress(AssertionError):\n    assert f == 3",
    "in-a-part-of-a-report": (
        'report = Report("x")\nfor n in (2, 3):\n    with report.part("it holds"):\n        assert f == n'
    ),
    "skipped-by-a-return": "def check():\n    if f:\n        return\n    assert f == 2\ncheck()",
}


def test_assert_that_never_held_earns_nothing() -> None:
    nb, _ = judged(
        ("answer", "f = 2\ndef rows():\n    return []"), *(("test", source) for source in NEVER_HELD.values())
    )
    earned = dict(zip(NEVER_HELD, points(nb).values(), strict=True))
    assert earned == dict.fromkeys(NEVER_HELD, 0.0)


def test_verdict_stands_in_the_cells_metadata_and_the_number_is_the_examiners() -> None:
    nb, _ = judged(
        ("answer", "f = 2"),
        (
            "test",
            'report = Report("x")\nwith report.part("a"):\n    assert f == 2\n'
            'with report.part("b"):\n    assert f == 3\nreport.points(2)',
        ),
    )
    assert nb.cells[-1].metadata[METADATA] == {"verdict": "partial"}
    assert nb.cells[-1].outputs[-1].data["text/plain"] == "1.0"
