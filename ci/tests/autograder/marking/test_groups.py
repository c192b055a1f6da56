"""A group has one mark: what waits, what is marked and how are groups apart."""

from __future__ import annotations

from dataclasses import replace

from autograder.gradebook.by_hand import Mark
from autograder.marking.groups import Group, grouped, placed, stamp
from autograder.marking.questions import Answer

SAME = "Because each gate knows its own rule."


def answers(*texts: str) -> dict[str, Answer]:
    return {f"g{number}": Answer(text, "", ()) for number, text in enumerate(texts)}


def waiting(these: dict[str, Answer]) -> dict[str, Mark]:
    return {each: Mark(each, f"student of {each}", None, True) for each in these}


def groups(marks: dict[str, Mark], these: dict[str, Answer], **apart: str) -> list[Group]:
    return grouped(marks, these, placed(these, code=False, apart=apart))


def test_larger_groups_come_first_with_their_wordings_the_most_frequent_first() -> None:
    these = answers("Something else.", SAME, SAME.replace("knows", "knws"), SAME.upper())
    first, second = groups(waiting(these), these)
    assert [wording.grade_ids for wording in first.wordings] == [("g1", "g3"), ("g2",)]
    assert first.wordings[0].sample == "g1", "the one that does not shout" and second.grade_ids == ("g0",)


def test_what_waits_is_apart_from_what_is_marked_and_is_offered_its_mark() -> None:
    these = answers(SAME, SAME, SAME)
    marks = waiting(these)
    marks["g0"] = replace(marks["g0"], points=2.5, waits=False, comment="fine")
    marks["g1"] = replace(marks["g1"], points=1.0)  # given to an earlier answer
    waits = [group for group in groups(marks, these) if group.waits]
    assert sorted(group.grade_ids for group in waits) == [("g1",), ("g2",)]
    assert all(group.alike == (2.5, "fine") for group in waits)
    (marked,) = (group for group in groups(marks, these) if not group.waits)
    assert (marked.grade_ids, marked.points, marked.comment, marked.alike) == (("g0",), 2.5, "fine", None)


def test_what_was_taken_out_is_a_group_of_its_own() -> None:
    these = answers(SAME, SAME, SAME)
    assert sorted(group.grade_ids for group in groups(waiting(these), these, g1="1")) == [("g0", "g2"), ("g1",)]


def test_stamp_is_another_for_another_answer_mark_or_comment() -> None:
    mark, answer = Mark("g", "ada", None, True), Answer(SAME, "", ())
    others = [
        replace(mark, points=1.0),
        replace(mark, waits=False),
        replace(mark, comment="x"),
        replace(mark, answer="y"),
    ]
    stamps = {stamp(each, answer) for each in [mark, *others]} | {stamp(mark, Answer("z", "", ()))}
    assert len(stamps) == 6 and stamp(replace(mark, flagged=True), answer) == stamp(mark, answer)
