"""A rubric is read where it is kept, and its parts are offered only where they add up."""

from __future__ import annotations

import pytest

from autograder.course import Course
from autograder.marking.questions import questions
from autograder.marking.rubric import parts_in, rubric_of, with_parts, without_parts
from ci.tests.autograder.marking.builders import RUBRIC


def test_parts_with_points_and_words_are_read_and_the_rest_stays() -> None:
    rubric = rubric_of(RUBRIC, 3.0)
    assert [(part.name, part.most) for part in rubric.parts] == [
        ("Work and errors", 1.0),
        ("Computing", 1.0),
        ("Beyond a formula", 1.0),
    ]
    assert rubric.parts[1].text.endswith("or that one backward pass gives all gradients.")
    assert rubric.model == "It shares what it computes." and "No point is lost for English." in rubric.words


@pytest.mark.parametrize("assignment", Course().assignments())
def test_each_written_question_of_the_course_has_boxes_that_add_up(assignment: str) -> None:
    for question in questions(Course(), assignment):
        assert len(question.rubric.parts) == 3 and question.rubric.model, question.cell
        assert sum(part.most for part in question.rubric.parts) == question.most
        assert "Answer" in question.text or "Tell her" in question.text
        assert "grader" not in question.rubric.model


def test_parts_that_do_not_add_up_are_words_and_no_boxes() -> None:
    rubric = rubric_of(RUBRIC, 4.0)
    assert rubric.parts == () and "*Computing (1)*" in rubric.words


def test_mark_scheme_of_a_task_is_its_rubric_and_a_plain_solution_is_shown_whole() -> None:
    task = rubric_of("Draw.\n### BEGIN MARK SCHEME\n- Shape (3): a parabola\n- Axes (1)\n### END MARK SCHEME", 4.0)
    assert [(part.name, part.most) for part in task.parts] == [("Shape", 3.0), ("Axes", 1.0)]
    assert rubric_of("### BEGIN SOLUTION\nIt grows.\n### END SOLUTION", 3.0).model == "It grows."


def test_what_the_parts_gave_stands_in_the_comment_and_is_read_again() -> None:
    rubric = rubric_of(RUBRIC, 3.0)
    points = {"Work and errors": 1.0, "Computing": 0.5, "Beyond a formula": 0.0}
    comment = with_parts("Say why: 2 of 3 readers ask.", rubric, points)
    assert parts_in(comment, rubric) == points and without_parts(comment, rubric) == "Say why: 2 of 3 readers ask."
    assert parts_in("Computing: 1 of 1", rubric) == {} == parts_in("", rubric)
    assert without_parts("Computing: 1 of 1", rubric) == "Computing: 1 of 1"
