"""What is planted into a term: a course of two assignments, who hands in what and when, and what each is worth.

Nothing of the grader counts here. What somebody has is added up by `owed` from tables of this file alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from autograder import HOME
from autograder.course import Course
from autograder.notebooks.notebook import canonical, grade_id, read
from ci.tests.autograder.platforms.builders import FORTY
from ci.tests.autograder.small_course import KERNEL, Row, cell

POWERS, HALVES = "1-powers", "2-halves"
DUE = {
    POWERS: datetime(2026, 3, 1, 23, 59, tzinfo=UTC),
    HALVES: datetime(2026, 4, 1, 23, 59, tzinfo=UTC),
}
SETTINGS = """
import math

from nbgrader.plugins import LateSubmissionPlugin


class TenthADay(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score * min(1.0, 0.1 * math.ceil(total_seconds_late / 86400))


c.AssignLatePenalties.plugin_class = TenthADay
"""

STRICT = "assert square(3) == 9\nassert isinstance(square(3), int)"
HIDDEN = "\n### BEGIN HIDDEN TESTS\nassert cube(-1) == -1\n### END HIDDEN TESTS"


def solved(name: str, text: str) -> str:
    return f"def {name}(x):\n    ### BEGIN SOLUTION\n    return {text}\n    ### END SOLUTION"


SOURCES: dict[str, dict[str, list[Row]]] = {
    POWERS: {
        "powers": [
            ("text", "text", "# Powers", 0.0),
            ("square", "answer", solved("square", "x * x"), 0.0),
            ("square-test", "test", STRICT, 2.0),
            ("cube", "answer", solved("cube", "x * x * x"), 0.0),
            ("cube-test", "test", f"assert cube(2) == 8{HIDDEN}", 3.0),
            ("why", "written", "### BEGIN SOLUTION\nIt grows.\n### END SOLUTION", 3.0),
        ]
    },
    HALVES: {
        "one": [
            ("text", "text", "# Halves", 0.0),
            ("half", "answer", solved("half", "x / 2"), 0.0),
            ("half-test", "test", "assert half(3) == 1.5", 2.0),
            ("argue", "written", "### BEGIN SOLUTION\nTwo of them are one.\n### END SOLUTION", 4.0),
        ],
        "two": [
            ("text", "text", "# Halves of halves", 0.0),
            ("half", "answer", solved("half", "x / 4"), 0.0),
            ("half-test", "test", "assert half(4) == 1", 1.5),
            ("sketch", "task", "Draw it.\n### BEGIN MARK SCHEME\nA line: 2.\n### END MARK SCHEME", 2.0),
        ],
    },
}
CORRECTED: Row = ("square-test", "test", "assert square(3) == 9", 2.0)
DEARER: Row = ("half-test", "test", "assert half(3) == 1.5", 2.5)

# Exercise -> answer -> its text, its points as handed out, and as the term goes on.
ANSWERS: dict[str, dict[str, tuple[str, float, float]]] = {
    "powers/square": {
        "ints": ("def square(x):\n    return x ** 2", 2.0, 2.0),
        "floats": ("def square(x):\n    return float(x * x)", 0.0, 2.0),
        "wrong": ("def square(x):\n    return x + x", 0.0, 0.0),
        "unwritten": ("", 0.0, 0.0),
    },
    "powers/cube": {
        "right": ("def cube(x):\n    return x ** 3", 3.0, 3.0),
        "visible": ("def cube(x):\n    return abs(x ** 3)", 0.0, 0.0),
        "unwritten": ("", 0.0, 0.0),
    },
    "one/half": {
        "right": ("def half(x):\n    return 0.5 * x", 2.0, 2.5),
        "wrong": ("def half(x):\n    return x // 2", 0.0, 0.0),
    },
    "two/half": {
        "right": ("def half(x):\n    return x * 0.25", 1.5, 1.5),
        "unwritten": ("", 0.0, 0.0),
    },
}
BY_HAND = {POWERS: ("powers/why",), HALVES: ("one/argue", "two/sketch")}
WRITTEN = {"powers/why": 3.0, "one/argue": 4.0, "two/sketch": 2.0}


@dataclass(frozen=True)
class Work:
    """What a student handed in last: exercise -> the answer's name, or a text for a person, and when if it is known."""

    answers: dict[str, str]
    when: datetime | None = None

    def but(self, when: datetime | None, **answers: str) -> Work:
        """Return it with other answers, `powers_square="ints"`."""
        changed = {name.replace("_", "/"): answer for name, answer in answers.items()}
        return Work(self.answers | changed, when)


@dataclass
class Books:
    """What is planted for everybody at a moment: work, marks by hand, extensions; and what was changed in source/."""

    work: dict[tuple[str, str], Work] = field(default_factory=dict)
    marks: dict[tuple[str, str, str], float] = field(default_factory=dict)
    waiting: set[tuple[str, str, str]] = field(default_factory=set)
    until: dict[tuple[str, str], datetime] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    def hand_in(self, assignment: str, student: str, work: Work) -> None:
        """Enter what is handed in; a text that is another one waits for a person."""
        before = self.work.get((assignment, student))
        self.work[assignment, student] = work
        for name in BY_HAND[assignment]:
            if work.answers.get(name) and (before is None or read_for(name, before) != read_for(name, work)):
                self.waiting.add((assignment, student, name))

    def mark(self, assignment: str, student: str, name: str, points: float) -> None:
        """Enter a mark by hand."""
        self.marks[assignment, student, name] = points
        self.waiting.discard((assignment, student, name))

    def days_late(self, assignment: str, student: str) -> int:
        """The days that have begun since work was due."""
        when = self.work[assignment, student].when
        due = self.until.get((assignment, student), DUE[assignment])
        return max(0, math.ceil((when - due) / timedelta(days=1))) if when else 0


def read_for(name: str, work: Work) -> dict[str, str]:
    """What a person reads to mark something: the answer, or for a task all of its notebook."""
    whole = name.endswith("/sketch")
    return {each: text for each, text in work.answers.items() if each == name or (whole and each.startswith("two/"))}


def owed(books: Books, assignment: str, student: str) -> dict[str, float]:
    """Each exercise's points, "sum" before and "score" after what is taken for being late: an addition and no more."""
    answers, points = books.work[assignment, student].answers, {}
    for name, choices in ANSWERS.items():
        if name.split("/")[0] in SOURCES[assignment]:
            _, first, later = choices[answers[name]] if name in answers else ("", 0.0, 0.0)
            points[name] = later if name in books.changed else first
    for name in BY_HAND[assignment]:
        points[name] = books.marks.get((assignment, student, name), 0.0)
    total = sum(points.values())
    return points | {"sum": total, "score": total * (1 - min(1.0, 0.1 * books.days_late(assignment, student)))}


def write_sources(course: Course) -> None:
    """Write source/ and the settings: this repository's, and a tenth of the points off for each day that has begun."""
    ours = (HOME / "nbgrader_config.py").read_text(encoding="utf-8")
    (course.root / "nbgrader_config.py").write_text(ours + SETTINGS, encoding="utf-8")
    for assignment, notebooks in SOURCES.items():
        for name, rows in notebooks.items():
            write_source(course, assignment, name, rows)


def write_source(course: Course, assignment: str, name: str, rows: list[Row]) -> None:
    """Write a notebook of source/."""
    path = course.source / assignment / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(canonical(notebook_of(rows)), encoding="utf-8")


def notebook_of(rows: list[Row]) -> NotebookNode:
    """A notebook of source/ with such cells."""
    return new_notebook(cells=[cell(*row) for row in rows], metadata={"kernelspec": KERNEL})


def other(rows: list[Row], row: Row) -> list[Row]:
    """Rows with one in the place of that of its name."""
    return [row if each[0] == row[0] else each for each in rows]


class Handed:
    """Notebooks as they were handed out at first: students go on in what they have, whatever is built later."""

    def __init__(self, course: Course) -> None:
        self.texts = {
            (assignment, name): (course.root / "assignments" / assignment / f"{name}.ipynb").read_text(encoding="utf-8")
            for assignment, notebooks in SOURCES.items()
            for name in notebooks
        }
        self.place = course.root / "build" / "handed.ipynb"

    def with_answers(self, assignment: str, name: str, work: Work) -> bytes:
        """The notebook as a student hands it in."""
        self.place.write_text(self.texts[assignment, name], encoding="utf-8")
        notebook = read(self.place)
        for each in notebook.cells:
            exercise = f"{name}/{grade_id(each)}"
            answer = work.answers.get(exercise, "")
            text = ANSWERS[exercise][answer][0] if exercise in ANSWERS and answer else answer
            each.source = text if text and not exercise.endswith("/sketch") else each.source
        return canonical(notebook).encode()


# Who does what


def first_powers(number: int) -> Work | None:
    """What a student hands in for the first assignment at first; Canvas does not say when."""
    if number % 10 == 9:
        return None
    return Work(
        {
            "powers/square": ("ints", "floats", "wrong", "unwritten", "floats")[number % 5],
            "powers/cube": ("right", "visible", "right", "unwritten")[number % 4],
            "powers/why": "" if number % 6 == 5 else f"It grows, I think: {FORTY[number].first} ✓",
        }
    )


def first_halves(number: int) -> Work | None:
    """What a student hands in for the second assignment at first, in time or half a day late."""
    if number % 10 == 8:
        return None
    answers = {
        "one/half": "wrong" if number % 3 == 1 else "right",
        "one/argue": f"Two of them are one, says {FORTY[number].last}.",
        "two/half": "unwritten" if number % 4 == 3 else "right",
        "two/sketch": "drawn",
    }
    if number % 12 == 1:  # forgets a notebook
        answers = {name: answer for name, answer in answers.items() if name.startswith("one/")}
    late = number % 9 == 4
    return Work(answers, DUE[HALVES] + (timedelta(hours=10) if late else -timedelta(hours=3)))


def without_text(work: Work) -> Work:
    """A first try: nothing is written in it yet."""
    return replace(work, answers={name: "unwritten" for name in work.answers if name in ANSWERS})
