"""A class whose written answers are known: 60 different ones, and each again in other clothes, 300 in all."""

from __future__ import annotations

import atexit
import functools
import random
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader.api import BaseCell, Comment, Grade, Gradebook, Notebook, Student, SubmittedAssignment, SubmittedNotebook

from autograder.course import Course
from autograder.grading.grade import register
from autograder.notebooks.notebook import canonical
from ci.tests.autograder.small_course import ASSIGNMENT, KERNEL, Row, cell, small

RUBRIC = """It shares what it computes.

**For the grader: 3 points, one each.**

* *Work and errors (1)*: says that only local derivatives are needed. Half for "it is easier".
* *Computing (1)*: says that intermediates are shared,
  or that one backward pass gives all gradients.
* *Beyond a formula (1)*: names loops or memory, with a reason.

No point is lost for English."""
QUESTION: list[Row] = [
    ("text", "text", "## 1 · Why a graph?\n\n*Who needs a graph?* Answer with $f = q\\,z$ in mind.", 0.0),
    ("why", "written", RUBRIC, 3.0),
]
SUBJECTS = ["a gate", "the graph", "backward", "each node", "the chain rule", "a person"]
SAYINGS = [
    "knows its own local derivative and multiplies it by what comes from above",
    "keeps every intermediate value from the forward pass so that nothing is computed twice",
    "gives all gradients at about the cost of two passes through the whole network",
    "works for a loop whose length nobody knows before the program runs",
    "shows the first wrong gradient when somebody looks at the nodes in order",
    "lets one change a formula by adding a node while everything else stays",
    "needs no algebra system and no simplification of a page of symbols",
    "frees a cache as soon as the last node that reads it has been passed",
    "is easier to read than a formula and also easier to explain to friends",
    "makes the computation faster because the computer likes graphs very much",
]
DIFFERENT = [f"I think that {subject} {saying}." for saying in SAYINGS for subject in SUBJECTS]


def clothes(text: str, turn: int) -> str:
    """The same answer as another student would type it."""
    return [
        text,
        text.upper(),
        "  ".join(text.split()) + "\n\n",
        "- " + text.replace(" that ", ", **that** ", 1).replace(".", "!"),
        text.replace("I think", "I really do think").replace("local", "locall").replace("formula", "forumla"),
    ][turn % 5]


def planted(seed: int = 0) -> dict[str, tuple[str, int]]:
    """Student -> the answer, and the number of the one that it is."""
    order = [number for number in range(len(DIFFERENT)) for _ in range(5)]
    texts = [(clothes(DIFFERENT[number], turn), number) for turn, number in enumerate(order)]
    random.Random(seed).shuffle(texts)
    return {f"student-{n:03}": text for n, text in enumerate(texts)}


@functools.cache
def registered(rows: tuple[Row, ...]) -> Path:
    """A course whose questions the gradebook knows: made once, as nbgrader takes seconds for it."""
    folder = Path(tempfile.mkdtemp(prefix="marking-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    course = small(folder, list(rows))
    register(course, ASSIGNMENT, folder / "log")
    return course.root


def graded(folder: Path, answers: Mapping[str, str | NotebookNode], rows: list[Row] = QUESTION) -> Course:
    """A course in which these answers to `why` were autograded, by the ids of students."""
    course = Course(Path(shutil.copytree(registered(tuple(rows)), folder / "course")))
    with Gradebook(course.gradebook) as gradebook:
        notebook = gradebook.db.query(Notebook).one()
        cells = gradebook.db.query(BaseCell).all()
        for student in answers:
            gradebook.db.add(Student(id=student))
            submission = SubmittedAssignment(assignment=notebook.assignment, student_id=student)
            theirs = SubmittedNotebook(notebook=notebook, assignment=submission)
            gradebook.db.add_all([submission, theirs])
            for each in cells:
                kind = Grade if each.type in ("GradeCell", "TaskCell") else Comment
                gradebook.db.add(kind(cell=each, notebook=theirs))
        gradebook.db.commit()
    for student, answer in answers.items():
        answered(course, student, answer)
    return course


def answered(course: Course, student: str, answer: str | NotebookNode) -> None:
    """Write the graded notebook of a student."""
    path = course.root / "autograded" / student / ASSIGNMENT / "nb.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    own = answer if isinstance(answer, NotebookNode) else cell("why", "written", answer, 3.0)
    notebook = new_notebook(cells=[cell(*QUESTION[0]), own], metadata={"kernelspec": KERNEL})
    path.write_text(canonical(notebook), encoding="utf-8")
