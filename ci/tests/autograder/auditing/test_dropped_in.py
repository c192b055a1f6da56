"""No callable of the course's package earns a point where an answer belongs; one that does would be found."""

from __future__ import annotations

import hashlib

import pytest

from autograder.auditing import dropped_in as module
from autograder.auditing.dropped_in import Dropped, dropped_in, lines, tried
from autograder.auditing.judging_pool import package_digest
from autograder.course import Course

ASSIGNMENTS = Course().assignments()
GRADERS = ("cs231n_lite", "autograder/inside", "autograder/examining", "autograder/sandbox")


def in_turn(assignment: str, turn: str) -> list[str]:
    """The callables that an assignment is tried with: each callable comes to one of them, and with a change to another.

    `autograder audit --full` tries each with all of them, and what is public is tried everywhere on every change, with
    the real package: cs231n_lite/test_public_names.py.
    """
    place = {name: int(hashlib.sha256(f"{turn} {name}".encode()).hexdigest()[:8], 16) for name in tried()[0]}
    return [name for name in place if ASSIGNMENTS[place[name] % len(ASSIGNMENTS)] == assignment]


def test_each_callable_has_its_turn_and_with_changes_everywhere() -> None:
    for turn in ("a", "b"):
        assert sorted(name for each in ASSIGNMENTS for name in in_turn(each, turn)) == sorted(tried()[0])
    for each in ASSIGNMENTS:
        assert set().union(*(in_turn(each, str(turn)) for turn in range(60))) == set(tried()[0])


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_nothing_of_the_package_earns_a_point_in_the_place_of_an_answer(assignment: str) -> None:
    for name in in_turn(assignment, package_digest(GRADERS)):
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
