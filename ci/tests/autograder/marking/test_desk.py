"""Three hundred answers are marked in few decisions, and no mark is lost: not by another person, not by a regrade."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.gradebook.session import kept
from autograder.grading.grade import grade
from autograder.marking.desk import Desk, Outcome, Stack
from autograder.marking.groups import Group
from autograder.problem import Problem
from ci.tests.autograder.marking.builders import QUESTION, answered, graded, planted
from ci.tests.autograder.small_course import ASSIGNMENT, ROWS, SOLVED, put, small

SAME = "Because each gate knows its own local rule and nothing else."


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return graded(
        tmp_path, {"ada": SAME, "bob": SAME.upper(), "cas": SAME.replace("knows", "knws"), "dan": "I do not know."}
    )


@pytest.fixture
def desk(course: Course) -> Desk:
    return Desk(course, ASSIGNMENT)


def largest(desk: Desk) -> tuple[Stack, Group]:
    (stack,) = desk.stacks
    return stack, max(stack.groups, key=lambda group: len(group.grade_ids))


def give(desk: Desk, points: float = 2.5, comment: str = "") -> Outcome:
    stack, group = largest(desk)
    return desk.mark(stack, stack.stamps(group.grade_ids), points, comment)


def book(course: Course) -> dict[str, tuple[float | None, bool, str | None, float]]:
    """What nbgrader itself says: a person's points, whether it waits, the comment, the score."""
    with Gradebook(course.gradebook) as gradebook:
        grades = [n.grades[0] for s in gradebook.find_assignment(ASSIGNMENT).submissions for n in s.notebooks]
        return {
            grade.notebook.student.id: (
                grade.manual_score,
                grade.needs_manual_grade,
                gradebook.find_comment("why", "nb", ASSIGNMENT, grade.notebook.student.id).comment,
                grade.score,
            )
            for grade in grades
        }


def test_three_hundred_are_marked_in_at_most_eighty_decisions_each_as_it_deserves(tmp_path: Path) -> None:
    answers, decisions = planted(), 0
    course = graded(tmp_path, {name: text for name, (text, _) in answers.items()})
    with kept(course.gradebook):
        desk = Desk(course, ASSIGNMENT)
        (stack,) = desk.stacks
        deserved = {mark.grade_id: float(answers[mark.student][1] % 4) for mark in stack.marks.values()}
        while stack.waiting:
            if decisions == 20:  # somebody stops, and goes on the next day
                (stack,) = (desk := Desk(course, ASSIGNMENT)).stacks
                assert 0 < stack.waiting < 300
            group = next(group for group in stack.groups if group.waits)
            points = deserved[group.wordings[0].sample]
            assert desk.mark(stack, stack.stamps(group.grade_ids), points, f"{points:g} for this").left == 0
            decisions += 1
    assert decisions <= 80
    wanted = {name: (float(n % 4), False, f"{n % 4} for this", float(n % 4)) for name, (_, n) in answers.items()}
    assert book(course) == wanted


def test_group_is_marked_in_nbgraders_gradebook_and_undone(course: Course, desk: Desk) -> None:
    before = book(course)
    assert give(desk, 2.5, "Say why.").written == 3
    assert book(course) == dict.fromkeys(("ada", "bob", "cas"), (2.5, False, "Say why.", 2.5)) | {"dan": before["dan"]}
    (stack,) = desk.stacks
    assert stack.comments() == ["Say why."] and (stack.waiting, stack.waiting_groups) == (1, 1)
    undone = desk.undo()
    assert undone is not None and undone[1].written == 3 and book(course) == before
    assert desk.undo() is None


def test_what_another_person_marked_since_is_not_overwritten_and_is_seen(course: Course, desk: Desk) -> None:
    other = Desk(course, ASSIGNMENT)
    stack, group = largest(other)
    assert other.mark(stack, stack.stamps(group.grade_ids[:1]), 1.0, "mine").written == 1
    outcome = give(desk, 3.0)
    assert (outcome.written, outcome.left) == (2, 1)
    assert {points for points, *_ in book(course).values()} == {1.0, 3.0, None}
    other.refresh(stack)
    threes = next(group for group in stack.groups if group.points == 3.0)
    assert other.mark(stack, stack.stamps(threes.grade_ids), 2.0, "").written == 2
    undone = desk.undo()
    assert undone is not None and undone[1] == Outcome(0, 2), "it is another's mark by now"
    assert {points for points, *_ in book(course).values()} == {1.0, 2.0, None}


def test_answer_that_was_handed_in_anew_since_is_not_marked(course: Course, desk: Desk) -> None:
    stack, group = largest(desk)
    stamps = stack.stamps(group.grade_ids)
    answered(course, "bob", "Because it is not local at all.")
    outcome = desk.mark(stack, stamps, 3.0, "")
    assert (outcome.written, outcome.left) == (2, 1) and book(course)["bob"][:2] == (None, True)
    assert stack.waiting_groups == 2, "it lies in a group of its own now"


def test_wording_is_taken_out_and_put_back(desk: Desk) -> None:
    stack, group = largest(desk)
    desk.take_out(stack, group.wordings[1].grade_ids)
    assert sorted(len(each.grade_ids) for each in stack.groups) == [1, 1, 2]
    desk.undo()
    assert sorted(len(each.grade_ids) for each in stack.groups) == [1, 3]


def test_marks_survive_a_regrade_and_another_answer_waits_again(tmp_path: Path) -> None:
    course = small(tmp_path, ROWS)
    put(course, "ada", SOLVED)
    put(course, "bob", SOLVED | {"why": "because it  GROWS"})
    grade(course, ASSIGNMENT)
    assert give(Desk(course, ASSIGNMENT), 2.5, "fine").written == 2
    put(course, "bob", SOLVED | {"why": "Because it shrinks."})
    results = grade(course, ASSIGNMENT)
    assert results["ada"].exercises["why"].points == 2.5 and results["bob"].exercises["why"].points is None
    (stack,) = Desk(course, ASSIGNMENT).stacks
    assert [(group.waits, group.points) for group in stack.groups] == [(False, 2.5), (True, 2.5)]


def test_course_that_was_not_graded_or_has_nothing_to_mark_says_so(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="grade hw` first"):
        Desk(small(tmp_path / "one", QUESTION), ASSIGNMENT)
    with pytest.raises(Problem, match="no question that a person marks"):
        Desk(small(tmp_path / "two", ROWS[:3]), ASSIGNMENT)
