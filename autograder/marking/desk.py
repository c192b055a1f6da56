"""What a person does at the page, without the page: questions, groups, a mark for a group, a wording apart, undo.

All marks are in the gradebook and nowhere else, so that the next run, or another person's, goes on where this one
stopped; what was taken apart is remembered until this one ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from nbgrader.api import MissingEntry

from autograder.course import Course
from autograder.gradebook.by_hand import Mark, marks_of, write
from autograder.gradebook.session import opened
from autograder.marking.groups import Group, Place, grouped, placed, stamp
from autograder.marking.questions import Answer, Question, questions, read_answer
from autograder.marking.rubric import without_parts
from autograder.problem import Problem
from autograder.submission import Submission

__all__ = ["Desk", "Outcome", "Stack"]

OFFERED = 9  # comments


@dataclass
class Stack:
    """The answers to one question as they lie on the desk."""

    question: Question
    marks: dict[str, Mark] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)  # when each graded notebook was written
    apart: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    unread: int = 0
    groups: list[Group] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        """How many answers wait for a person."""
        return sum(self.marks[each].waits for each in self.answers)

    @property
    def waiting_groups(self) -> int:
        """How many groups do."""
        return sum(group.waits for group in self.groups)

    def stamps(self, grade_ids: Iterable[str]) -> dict[str, str]:
        """Return what a page must send back to show what it has seen."""
        return {each: stamp(self.marks[each], self.answers[each]) for each in grade_ids}

    def comments(self) -> list[str]:
        """Return the comments that were typed, the most frequent first."""
        rubric = self.question.rubric
        typed = Counter(without_parts(mark.comment, rubric) for mark in self.marks.values())
        return [text for text, _ in typed.most_common() if text][:OFFERED]


@dataclass(frozen=True)
class Outcome:
    """How many answers were marked, and how many were left as they are since they are others than was seen."""

    written: int
    left: int
    grade_ids: tuple[str, ...] = ()  # of those that were marked


class Desk:
    """A person's desk with the answers of one assignment on it."""

    def __init__(self, course: Course, assignment: str) -> None:
        self.course, self.assignment = course, assignment
        self.stacks = [Stack(question) for question in questions(course, assignment)]
        if not self.stacks:
            raise Problem(f"{assignment}: has no question that a person marks; all of it is graded by its tests")
        self._done: list[tuple[Stack, dict[str, Mark], dict[str, Mark], dict[str, str]]] = []
        self._labels = count(1)
        for stack in self.stacks:
            self.refresh(stack)

    def refresh(self, stack: Stack) -> None:
        """Read anew what others, or a grading, have changed since; raises Problem where nothing was graded yet."""
        question = stack.question
        with opened(self.course.gradebook) as gradebook:
            try:
                marks = marks_of(gradebook, self.assignment, question.notebook, question.cell)
            except MissingEntry:
                raise Problem(
                    f"{self.assignment}: the gradebook does not know {question.cell} yet; "
                    f"run `python -m autograder grade {self.assignment}` first"
                ) from None
        stack.marks = {mark.grade_id: mark for mark in marks}
        changed = [mark for mark in marks if self._read(stack, mark)]
        gone = stack.times.keys() - stack.marks.keys()
        for each in gone:
            stack.answers.pop(each, None)
            del stack.times[each]
        stack.unread = len(stack.marks) - len(stack.answers)
        if changed or gone:
            self._place(stack)
        stack.groups = grouped(stack.marks, stack.answers, stack.places)

    def _read(self, stack: Stack, mark: Mark) -> bool:
        """Read an answer whose file was written since; return whether it is another one."""
        submission = Submission(self.course, self.assignment, mark.student)
        path = submission.autograded / f"{stack.question.notebook}.ipynb"
        time = path.stat().st_mtime_ns if path.is_file() else 0
        if stack.times.get(mark.grade_id) == time:
            return False
        answer, before = read_answer(submission, stack.question), stack.answers.pop(mark.grade_id, None)
        stack.times[mark.grade_id] = time
        if answer is not None:
            stack.answers[mark.grade_id] = answer
        return answer != before

    def _place(self, stack: Stack) -> None:
        stack.places = placed(stack.answers, code=stack.question.code, apart=stack.apart)

    def mark(self, stack: Stack, seen: Mapping[str, str], points: float, comment: str) -> Outcome:
        """Give points and a comment to the answers whose stamps were seen; what is other since then stays as it is."""
        self.refresh(stack)
        now = stack.stamps(each for each in seen if each in stack.answers)
        before = {each: stack.marks[each] for each in seen if now.get(each) == seen[each]}
        wanted = {each: replace(mark, points=points, waits=False, comment=comment) for each, mark in before.items()}
        return self._write(stack, wanted, before, len(seen))

    def _write(
        self, stack: Stack, wanted: Mapping[str, Mark], before: dict[str, Mark], asked: int, *, undoing: bool = False
    ) -> Outcome:
        with opened(self.course.gradebook) as gradebook:
            written = write(gradebook, wanted, before)
        if written and not undoing:
            self._done.append((stack, {each: before[each] for each in written}, dict(written), {}))
        self.refresh(stack)
        return Outcome(len(written), asked - len(written), tuple(written))

    def take_out(self, stack: Stack, grade_ids: Iterable[str]) -> None:
        """Put a wording's answers into a group of their own."""
        before = dict(stack.apart)
        stack.apart |= dict.fromkeys(grade_ids, f"apart {next(self._labels)}")
        self._done.append((stack, {}, {}, before))
        self._place(stack)
        self.refresh(stack)

    def undo(self) -> tuple[Stack, Outcome] | None:
        """Take the last mark or taking out back; return where, and what was changed. None where nothing is left."""
        if not self._done:
            return None
        stack, before, after, apart = self._done.pop()
        if after:
            return stack, self._write(stack, before, after, len(after), undoing=True)
        stack.apart = apart
        self._place(stack)
        self.refresh(stack)
        return stack, Outcome(0, 0)
