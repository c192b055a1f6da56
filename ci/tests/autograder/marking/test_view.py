"""What the page is told: no ids of students unless asked for, their texts as text, the mark that is offered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.marking import view
from autograder.marking.desk import Desk
from autograder.marking.rubric import with_parts
from ci.tests.autograder.marking.builders import graded
from ci.tests.autograder.small_course import ASSIGNMENT

SAME = "Because each gate knows its own local <i>rule</i> and nothing else."


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    texts = {
        "zoe-lovelace": SAME,
        "yan-turing": SAME.replace("knows", "knws"),
        "xia-hopper": "<script>alert(1)</script>Because.",
    }
    return Desk(graded(tmp_path, texts), ASSIGNMENT)


def all_of(desk: Desk, *, names: bool) -> str:
    (stack,) = desk.stacks
    groups = [view.group(stack, each, names=names) for each in stack.groups]
    return view.page(desk) + view.form(stack) + json.dumps([view.state(stack), groups])


def test_ids_are_shown_if_asked_for_alone(desk: Desk) -> None:
    assert not any(name in all_of(desk, names=False) for name in ("lovelace", "turing", "hopper"))
    assert all(name in all_of(desk, names=True) for name in ("lovelace", "turing", "hopper"))


def test_groups_are_told_with_what_differs_and_nothing_acts(desk: Desk) -> None:
    (stack,) = desk.stacks
    first = view.group(stack, stack.groups[0], names=False)
    assert "<b>2 answers</b>, 2 wordings" in first["html"] and "<ins>" in first["html"]
    assert len(first["stamps"]) == 2 and first["points"] is None
    assert not any("<script" in view.group(stack, each, names=False)["html"] for each in stack.groups)
    state = view.state(stack)
    assert state["progress"] == "0 of 3 answers marked; 2 groups wait"
    assert [group["size"] for group in state["groups"]] == [2, 1]


def test_parts_of_a_mark_come_back_from_the_comment_and_from_all_or_nothing(desk: Desk) -> None:
    (stack,) = desk.stacks
    points = {"Work and errors": 1.0, "Computing": 0.5, "Beyond a formula": 0.0}
    comment = with_parts("Say why.", stack.question.rubric, points)
    for mark, text, parts in ((1.5, comment, points), (3.0, "", dict.fromkeys(points, 1.0)), (2.0, "", {})):
        desk.mark(stack, stack.stamps(stack.groups[0].grade_ids), mark, text)
        shown = view.group(stack, next(group for group in stack.groups if not group.waits), names=False)
        assert (shown["points"], shown["parts"]) == (mark, parts)
        assert shown["comment"] == ("Say why." if text else "")
