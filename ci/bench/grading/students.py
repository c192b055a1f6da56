"""A class to grade: answers of the corpus put together, and run once as a student does before handing in.

Each submission's notebook is executed from top to bottom, test cells and pictures included, and handed in with what it
then shows and with its execution counts. What was run is kept under build/ by the hash of all that it depends on.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nbclient import NotebookClient
from nbformat import NotebookNode
from nbgrader.utils import is_solution

from autograder import HOME
from autograder.corpus.answers import EMPTY, answers
from autograder.corpus.hand_in import HandIn, hand_in
from autograder.course import Course
from autograder.examining.keys import files_of
from autograder.examining.store import hashed
from autograder.notebooks.notebook import canonical, read
from autograder.submission import Submission

__all__ = ["class_of", "copied", "executed", "marked", "run_once"]

EXECUTED = HOME / "build" / "bench" / "executed"
UNWRITTEN = "raise NotImplementedError"
PATIENCE = 120  # seconds for a cell


def class_of(course: Course, assignment: str, students: Iterable[str]) -> list[Submission]:
    """Hand in answers of all kinds: most exercises solved, of the rest some wrong, some unusual, some not written.

    No two of a class have written the same: each answer ends in a comment with the student's name.
    """
    draw = random.Random(0)
    corpus = answers(assignment)
    class_ = []
    for student in students:
        changes = {}
        for slug, own_answers in corpus.items():
            kind = draw.choices(["solved", "wrong", "right", "empty"], [45, 20, 30, 5])[0]
            names = [answer.name for answer in own_answers.values() if answer.kind == kind]
            if names:
                changes[slug] = draw.choice(names)
            elif kind == "empty":
                changes[slug] = EMPTY
        submission = Submission(course, assignment, student)
        hand_in(submission, HandIn(changes))
        class_.append(submission)
    executed(class_)
    return class_


def executed(class_: Iterable[Submission]) -> None:
    """Mark and run each notebook of a class where it lies, several at a time."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(_executed, class_))


def _executed(submission: Submission) -> None:
    """Mark and run each notebook of a hand-in where it lies."""
    for master in submission.masters:
        path = submission.submitted / master.name
        notebook = marked(read(path), submission.student)
        released = submission.course.release / submission.assignment
        path.write_text(run_once(notebook, released), encoding="utf-8")


def marked(notebook: NotebookNode, word: str) -> NotebookNode:
    """Return the notebook with a comment at the end of each answer that is written."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and is_solution(cell) and UNWRITTEN not in cell.source:
            cell.source += f"\n# {word}"
    return notebook


def run_once(notebook: NotebookNode, files: Path, kept: Path = EXECUTED) -> str:
    """Return the text of the notebook as it is after *Run All* beside these files, from `kept` where it was run."""
    beside = [(path.name, path.read_bytes().hex()) for path in sorted(files.iterdir()) if path.suffix != ".ipynb"]
    path = kept / f"{hashed(canonical(notebook), beside, files_of('cs231n_lite'))}.ipynb"
    if not path.is_file():
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(files, folder, dirs_exist_ok=True)
            how = {"timeout": PATIENCE, "interrupt_on_timeout": True, "allow_errors": True, "record_timing": False}
            where = {"metadata": {"path": folder}}
            NotebookClient(notebook, None, kernel_name="python3", resources=where, **how).execute()
        kept.mkdir(parents=True, exist_ok=True)
        other = path.with_suffix(".new")
        other.write_text(canonical(notebook), encoding="utf-8")
        other.replace(path)  # whole or not at all
    return path.read_text(encoding="utf-8")


def copied(class_: list[Submission], count: int) -> None:
    """Hand in so many submissions, each a copy of one of the class with comments and a name of its own."""
    for number in range(count):
        origin = class_[number % len(class_)]
        submission = Submission(origin.course, origin.assignment, f"copy-{number:05d}")
        shutil.copytree(origin.submitted, submission.submitted)
        for path in submission.submitted.glob("*.ipynb"):
            path.write_text(canonical(marked(read(path), submission.student)), encoding="utf-8")
