"""A report counts by part, tells each thing once, and shows itself in a terminal, a notebook and to nbgrader."""

from __future__ import annotations

import linecache
import sys
import warnings
from typing import Any

import numpy as np
import pytest

from cs231n_lite import Finding, Report, attempt, check_gate, progress
from cs231n_lite.reporting import render
from cs231n_lite.reporting.render import WIDTH
from cs231n_lite.reporting.report import MIME
from cs231n_lite.running import Trouble, run


def half() -> Report:
    report = Report("some-exercise")
    with report.part("first"):
        assert True
    with report.part("second", slug="wrong-order"):
        raise AssertionError("x comes after f <b>here</b>")
    return report


def test_a_part_passes_only_if_its_block_ends() -> None:
    report = half()
    assert report.parts == {"first": True, "second": False}
    assert (report.passed, report.score) == (False, 0.5)
    assert [(f.slug, f.array, f.message) for f in report.findings] == [
        ("wrong-order", "second", "x comes after f <b>here</b>.")
    ]


def test_what_follows_in_parts_that_were_told_of_already_is_not_told_again():
    report = Report("affine")
    report.fail("dq", Finding("branch-overwritten", "dq", "a = where a += belongs"))
    report.fail(["dx", "dy"], Finding("wrong-value", "dx, dy", "dx and dy follow from dq"))
    report.fail(["dq", "dy"], Finding("wrong-value", "dq, dy", "the same at another point"))
    assert [finding.array for finding in report.findings] == ["dq", "dx, dy"]


def test_part_whose_mistake_has_a_name_is_not_told_to_be_wrong_once_more():
    report = Report("affine")
    report.remark("dx", "penalty-factor", "right, too")
    report.fail("dx", Finding("wrong-value", "dx", "dx is wrong in all of its 6 entries."))
    report.fail("dy", Finding("stale-cache", "dy", "another pass's values"))
    report.fail("dy", Finding("wrong-value", "dy", "dy is wrong in 2 of its 6 entries."))
    assert [(f.slug, f.array) for f in report.findings if not f.remark] == [
        ("wrong-value", "dx"),
        ("stale-cache", "dy"),
    ]


def test_mistake_that_shows_in_more_parts_elsewhere_is_told_of_all_of_them_at_once():
    report = Report("max-gate")
    for array in ("dy", "dx, dy", "dx"):
        report.fail(array.split(", "), Finding("mask-missing", array, "the gradient went everywhere"))
    assert [finding.array for finding in report.findings] == ["dx, dy"]


def test_unwritten_and_raising_parts_are_told_apart_with_the_students_own_line() -> None:
    report = Report("x")
    with report.part("a"):
        raise NotImplementedError
    with report.part("b"):
        raise NotImplementedError
    answer = written('def answer():\n    return {}["key"]')
    with report.part("c"):
        answer()
    with report.part("d"):
        written("def leave():\n    raise SystemExit(3)", "leave")()
    assert [f.slug for f in report.findings] == ["not-written", "raises", "raises"]
    assert report.findings[1].message.startswith("Your code raised KeyError: 'key', in your line 2 of answer")
    assert "Traceback" not in str(report)


def blank() -> Report:
    report = Report("net")
    with report.part("a"):
        raise NotImplementedError
    return report


def test_what_is_not_written_is_grey_and_never_crossed_out_in_red() -> None:
    report = blank()
    report += check_gate(type("Stub", (), {"forward": unwritten, "backward": unwritten}), 2.0, 3.0)
    assert list(report.parts.values()) == [False] * 3 and report.is_blank
    assert str(report).startswith("net: not written yet\n  ○ a  ○ d") and "✗" not in str(report)
    assert "✗" not in report._repr_html_() and render.TINTS["✗"] not in report._repr_html_()


def test_progress_calls_what_is_not_written_not_checked_yet() -> None:
    report = blank()
    with report.part("b"):
        assert False  # noqa: B011
    report.points(2)
    assert "✗ net  0 of 2" in str(progress({"net": 2}))
    blank().points(2)
    assert "· net  not checked yet" in str(progress({"net": 2}))


def test_what_is_written_and_wrong_is_red_beside_what_is_not_written() -> None:
    report = blank()
    with report.part("b"):
        assert False  # noqa: B011
    with report.part("c"):
        pass
    assert "○ a  ✗ b  ✓ c" in str(report) and report.begun == {"b"}
    assert f"background-color:{render.TINTS['✗']};" in report._repr_html_()
    assert "✗</span> net: 1 of 3" in report._repr_html_()


def test_a_part_that_one_case_found_wrong_is_not_unwritten_where_another_stops() -> None:
    for first, second in ((AssertionError, NotImplementedError), (NotImplementedError, AssertionError)):
        report = Report("net")
        for error in (first, second):
            with report.part("a"):
                raise error
        assert report.begun == {"a"}


def test_a_return_that_is_missing_is_a_mistake_and_no_blank() -> None:
    report = check_gate(
        type("Silent", (), {"forward": lambda gate, x, y: print(end=""), "backward": unwritten}), 2.0, 3.0
    )
    assert [finding.slug for finding in report.findings] == ["missing-return"]
    assert report.begun == {"dx", "dy"}


def unwritten(*_: Any) -> Any:
    raise NotImplementedError


def graded(hidden: bool, right: bool = True) -> Report:
    report = Report("max-gate")
    with report.part("a"):
        assert right
    report.graded_with("ties", "a long chain")
    if hidden:
        report.case("ties")
        report.case("a long chain")
    return report


def test_a_right_report_says_which_cases_run_only_when_it_is_graded() -> None:
    sentence = "Right on what runs here; 2 more cases run when it is graded: ties, a long chain."
    report = graded(hidden=False)
    for shown in (str(report), report._repr_html_(), report.points(2)._repr_html_()):
        assert sentence in " ".join(shown.split())
    for other in (graded(hidden=True), graded(hidden=False, right=False)):
        assert "when it is graded" not in str(other) + other._repr_html_()


def test_a_case_that_was_not_named_is_no_case() -> None:
    with pytest.raises(ValueError, match="not in list"):
        Report("max-gate").case("ties")


def written(source: str, name: str = "answer") -> Any:
    """A function of a cell of its own, as a student's is."""
    space: dict[str, Any] = {}
    exec(compile(source, "<answer>", "exec"), space)
    return space[name]


def test_a_forgotten_self_and_a_product_read_from_the_left_are_told() -> None:
    class Gate:
        def forward(x, y):
            return x

    X, dh, h = np.ones((5, 4)), np.ones((5, 3)), np.ones((5, 3))
    for answer, hint in (
        (lambda: Gate().forward(1, 2), "Is self missing?"),
        (lambda: X.T @ dh * h, "write A @ (B * C)"),
        (lambda: X.T @ dh + h, "Read from the right"),
        (lambda: Gate.forward(1, 2, 3, 4), "positional arguments"),
    ):
        with pytest.raises(Trouble) as trouble:
            run("answer", answer)
        assert hint in trouble.value.message
        for other in ("Is self missing?", "A @ (B * C)"):
            assert (other in trouble.value.message) == (other in hint)


def test_what_a_tests_own_line_raises_is_not_the_students() -> None:
    report = Report("x")
    with report.part("a"):
        _, _ = written("def answer():\n    return 3")()
    with report.part("b"):
        _, _ = written("def answer():\n    pass")()
    assert [(f.slug, f.message) for f in report.findings] == [
        (
            "raises",
            "What your code gave cannot be used here (TypeError: cannot unpack non-iterable int object). Is it of the "
            "kind and shape that the text asks for?",
        ),
        (
            "missing-return",
            "Your code gave None where a value is needed: is a `return` missing, or a value not filled in yet?",
        ),
    ]


def test_names_that_a_star_import_hides_are_told_as_a_remark() -> None:
    space: dict[str, Any] = {"Report": Report}
    exec("from numpy import *\nreport = Report('x')", space)
    (finding,) = space["report"].findings
    assert finding.remark and "all, any" in finding.message and "sum in Python's place" in finding.message
    exec("import numpy as np\nsum = 3\nreport = Report('x')", plain := {"Report": Report})
    assert plain["report"].findings == []


CELLS = {
    "a test": "report = Report('x')\nforward = lambda x: answer(x)[0]\nrun('forward', forward, 1.0)\n",
    "a test in a function": (
        "def check():\n    report = Report('x')\n    run('forward', lambda x: answer(x)[0], 1.0)\n\ncheck()\n"
    ),
    "a helper": (
        "# The course's own lines: nothing here is yours to write.\n"
        "def forward(x):\n    return answer(x)[0]\n\nrun('forward', forward, 1.0)\n"
    ),
}


@pytest.mark.parametrize("cell", CELLS)
def test_line_of_the_courses_is_never_called_the_students(cell: str) -> None:
    lines = CELLS[cell]
    linecache.cache["<test cell>"] = (len(lines), None, lines.splitlines(keepends=True), "<test cell>")
    told = []
    for source in ("def answer(x):\n    pass", "def answer(x):\n    return 2.0", "def answer(x):\n    return x['a']"):
        with pytest.raises(Trouble) as trouble:
            exec(compile(CELLS[cell], "<test cell>", "exec"), {"Report": Report, "run": run, "answer": written(source)})
        told.append((trouble.value.slug, trouble.value.message))
    del linecache.cache["<test cell>"]
    assert told == [
        ("missing-return", "forward returned None where a value is needed: is its `return` missing?"),
        ("raises", "forward raised TypeError: 'float' object is not subscriptable."),
        ("raises", "forward raised TypeError: 'float' object is not subscriptable, in your line 2 of answer."),
    ]


def test_placeholder_below_what_is_written_is_told_with_its_line() -> None:
    answer = written("def answer():\n    q = 3.0\n    raise NotImplementedError()\n    return q")
    with pytest.raises(Trouble) as trouble:
        run("answer", answer)
    assert trouble.value.slug == "not-written"
    assert trouble.value.message == (
        "answer still stops at `raise NotImplementedError()`, in your line 3 of answer. Write your lines in its place, "
        "or, if they are there, delete it. Then run that cell and this one again."
    )


def test_product_that_does_not_fit_is_told_without_numpys_riddle() -> None:
    with pytest.raises(Trouble) as trouble:
        run("answer", written("def answer(a, b):\n    return a @ b"), np.ones((2, 3)), np.ones((4, 5)))
    assert trouble.value.message.startswith(
        "answer raised ValueError: two shapes do not fit in a matrix product, 3 against 4, in your line 2 of answer."
    )


def test_merging_keeps_a_part_only_where_both_have_it_right_and_tells_a_thing_once() -> None:
    one, other = half(), half()
    other.parts = {"second": True, "first": False, "third": True}
    one += other
    assert one.parts == {"first": False, "second": False, "third": True}
    assert len(one.findings) == 1


@pytest.mark.parametrize(
    ("right", "of", "most", "earned"),
    [(0, 2, 2, 0.0), (1, 2, 2, 1.0), (1, 3, 2, 0.5), (2, 3, 2, 1.0), (3, 3, 2, 2.0), (9, 10, 1, 0.5), (0, 0, 3, 0.0)],
)
def test_points_come_in_halves_and_in_full_only_if_all_is_right(right: int, of: int, most: int, earned: float) -> None:
    report = Report("x")
    report.parts = {str(part): part < right for part in range(of)}
    points = report.points(most)
    assert points == earned
    bundle = points._repr_mimebundle_()
    assert float(bundle["text/plain"]) == earned
    assert f"{earned:g} of {most} points" in bundle["text/html"]
    data = bundle[MIME]
    assert (data["exercise"], data["points"], data["max_points"]) == ("x", earned, float(most))


def test_html_escapes_what_students_wrote() -> None:
    assert "<b>here</b>" not in half()._repr_html_()
    assert "&lt;b&gt;here" in half()._repr_html_()


def test_names_in_backquotes_are_code_in_a_notebook() -> None:
    report = Report("x")
    report.fail("dx", Finding("wrong-value", "dx", "used `a<b` where `c` belongs"))
    assert "used <code>a&lt;b</code> where <code>c</code> belongs" in report._repr_html_()


def test_text_is_at_most_80_columns_wide() -> None:
    report = Report("x" * 30)
    report.fail([f"part-{k}" for k in range(20)], Finding("zero", "dx", "a word " * 60))
    assert max(len(line) for line in str(report).splitlines()) <= WIDTH


def test_warnings_and_stderr_of_student_code_stay_inside(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report("x")
    with report.part("loud"):
        warnings.warn("overflow", stacklevel=1)
        print("to stderr", file=sys.stderr)
    assert report.passed
    assert capsys.readouterr().err == ""


def test_progress_knows_what_was_not_checked() -> None:
    half().points(3)
    table = str(progress({"some-exercise": 3, "another": 2}))
    assert "1.5 of 3" in table and "not checked yet" in table and "1.5 of 5" in table
    assert "not checked yet" in progress({"another": 2})._repr_html_()


def test_attempt_tells_in_one_line_and_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    with attempt("unrolled-loop"):
        raise NotImplementedError
    with attempt("unrolled-loop"):
        int("seven")
    first, second = capsys.readouterr().out.splitlines()
    assert first == "unrolled-loop: not written yet"
    assert "ValueError" in second and 'int("seven")' in second


def test_raise_if_failed_raises_the_report() -> None:
    with pytest.raises(AssertionError, match="1 of 2 parts"):
        half().raise_if_failed()


def told_of(part: str, slug: str) -> Report:
    report = Report()
    report.fail(part, Finding(slug, part, f"the name {slug}", node="" if slug == "wrong-value" else "q"))
    return report


def test_a_name_that_holds_at_one_of_two_points_only_is_taken_back() -> None:
    report = told_of("dx", "factor-half")
    report += told_of("dx", "wrong-value")
    assert [finding.slug for finding in report.findings] == ["wrong-value"]
    report = told_of("dx", "sign")
    report += told_of("dx", "sign")
    report += told_of("dy", "zero")
    assert [finding.slug for finding in report.findings] == ["sign", "zero"]


def test_kindred_names_of_two_points_both_stay() -> None:
    report = told_of("dW1", "mask-missing")  # behind a ReLU
    report += told_of("dW1", "local-dropped")  # behind a tanh
    assert [finding.slug for finding in report.findings] == ["mask-missing", "local-dropped"]


def test_a_name_stays_beside_a_point_that_passes_and_beside_a_broken_contract() -> None:
    report = told_of("dx", "sign")
    right = Report()
    right.parts["dx"] = True
    report += right
    report += told_of("dx", "mutates-input")
    assert [finding.slug for finding in report.findings] == ["sign", "mutates-input"]


def test_what_several_parts_have_in_common_is_said_once_with_all_of_them_in_front() -> None:
    report = Report("jacobian")
    for part in ("one number", "a vector"):
        with report.part(part, slug="mutates-input"):
            raise AssertionError("x was changed by the call")
    report.remark("one number", "mutates-input", "x was changed by rounding alone")
    for shown in (str(report), report._repr_html_()):
        assert shown.count("was changed by the call") == 1 and "one number, a vector" in shown
    assert [finding.remark for finding in report.findings] == [False, False]
    report.findings = []
    report.remark("one number", "mutates-input", "x was changed by rounding alone")
    assert "[remark]" in str(report)


def test_key_error_in_one_line_is_said_once_whichever_key_is_missing() -> None:
    report = Report("graph")
    for part, key in (("forward", "x"), ("backward", "q")):
        with report.part(part):
            raise Trouble("raises", f"your code raised KeyError: {key!r}, in your line 9 of forward")
    text = str(report)
    assert text.count("KeyError") == 1 and "forward, backward  [raises]" in text


def test_stretch_exercise_shows_what_is_right_of_it_and_no_points() -> None:
    report = Report("more")
    with report.part("one"):
        pass
    with report.part("other"):
        raise AssertionError("not this")
    points = report.points(0)
    bundle = points._repr_mimebundle_()
    assert (float(points), points.share, bundle[MIME]["share"]) == (0.0, 0.5, 0.5)
    assert "stretch: it counts nothing" in bundle["text/html"] and "of 0" not in bundle["text/html"]
    lines = str(progress({"more": 0, "less": 2})).splitlines()
    assert lines[0] == "◐ more  stretch: right in part" and lines[-1].endswith("0 of 2")
