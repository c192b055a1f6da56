"""No callable of the course's package earns a point where an answer belongs; one that does would be found."""

from __future__ import annotations

import pytest

from autograder.auditing import dropped_in as module
from autograder.auditing.dropped_in import Dropped, dropped_in, lines, tried
from autograder.course import Course


@pytest.mark.parametrize("assignment", Course().assignments())
def test_nothing_of_the_package_earns_a_point_in_the_place_of_an_answer(assignment: str) -> None:
    for name in tried()[0]:
        earned = dict(dropped_in(Course(), assignment, name))
        assert not earned, f"{name} earns {earned}"


def test_callables_of_every_module_are_counted() -> None:
    named, others = tried()
    assert {"draw_cars", "attempt", "Shape", "Graph"} <= set(named)
    assert others > 300


def test_planted_callable_that_is_an_answer_is_found(tiny: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "tried", lambda: ({"square": "numpy"}, 0))
    assert dict(dropped_in(tiny, "1-tiny", "square")) == {"square": 1.0}
    dropped = Dropped("square", {"square": 1.0})
    assert dropped.unexplained == {"square": 1.0}
    assert lines({"square": dropped})[0] == "square  square 1"
    monkeypatch.setitem(module.REASONS, ("square", "square"), "it is NumPy's own")
    assert not dropped.unexplained
    assert lines({"square": dropped})[0] == "square  square 1 (it is NumPy's own)"
