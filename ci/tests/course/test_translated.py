"""Notebook 1 in Spanish is the same notebook: it builds, runs untouched, earns the same points, and speaks Spanish."""

from __future__ import annotations

import copy
import re
import shutil
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from autograder import HOME
from autograder.auditing.audit import plan
from autograder.auditing.judging_pool import Jury
from autograder.auditing.messages import lacking, messages
from autograder.building.translation import build_in
from autograder.corpus.answers import Answer
from autograder.course import Course
from autograder.grading.grade import grade
from autograder.notebooks.notebook import canonical, grade_id, read, text_of, without_markers
from autograder.submission import Submission
from ci.tests.course.run_all import run_all

REAL, NAME = "1-computational-graphs", "computational-graphs.ipynb"
MIME = "application/vnd.cs231n-lite.report+json"
SHARE = 0.8  # of cells and of sentences: what was changed in English since is named, and shown in English


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("spanish")
    for place in ("source", "assignments"):
        shutil.copytree(HOME / place / REAL, root / place / REAL)
    return Course(root)


@pytest.fixture(scope="module")
def folder(course: Course) -> Path:
    notes = build_in(course, REAL, "es")
    words = sum(cell.cell_type == "markdown" for cell in read(course.release / REAL / NAME).cells)
    assert len(notes) <= (1 - SHARE) * words, "\n".join(notes)
    return course.root / "build" / "es" / "assignments" / REAL


def solved(notebook: NotebookNode) -> NotebookNode:
    """The notebook with the answers of source/."""
    notebook, answers = (
        copy.deepcopy(notebook),
        {grade_id(cell): cell for cell in read(HOME / "source" / REAL / NAME).cells},
    )
    for cell in notebook.cells:
        if grade_id(cell) in answers and is_solution(cell):
            cell.source = without_markers(answers[grade_id(cell)].source)
    return notebook


def shown(cell: NotebookNode) -> str:
    return "\n".join(str(output.data.get("text/html", "")) for output in cell.outputs if "data" in output)


def test_cells_names_tests_and_points_are_those_of_the_one_notebook(course: Course, folder: Path) -> None:
    english, spanish = (read(path / NAME) for path in (course.release / REAL, folder))
    assert [grade_id(cell) for cell in english.cells] == [grade_id(cell) for cell in spanish.cells]
    for one, two in zip(english.cells, spanish.cells, strict=True):
        if is_grade(one):
            assert one.metadata.nbgrader.points == two.metadata.nbgrader.points
            assert is_solution(one) or one.source == two.source
        if one.cell_type == "markdown":  # points and minutes, the numbers of its tables
            rows = [
                [re.findall(r"\d+", row) for row in re.findall(r"^\|.*", text.source, re.MULTILINE)]
                for text in (one, two)
            ]
            assert rows[0] == rows[1], grade_id(one)
    ids = set(re.findall(r'id="(exercise-[\w-]+)"', "".join(cell.source for cell in spanish.cells)))
    links = set(re.findall(r"\]\(#(exercise-[\w-]+)\)", spanish.cells[0].source))
    assert links and links == ids


def test_untouched_it_runs_to_its_end_and_each_check_says_in_spanish_that_nothing_is_written(folder: Path) -> None:
    for cell in run_all(read(folder / NAME), folder).cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error" and output.get("name") != "stderr", (
                f"{grade_id(cell)}: {text_of(output)}"
            )
        if is_grade(cell) and not is_solution(cell):
            (report,) = (output.data[MIME] for output in cell.outputs if MIME in output.get("data", {}))
            assert [finding["slug"] for finding in report["findings"]] == ["not-written"], grade_id(cell)
            assert "todavía sin escribir" in shown(cell), grade_id(cell)
            assert re.search(r"Escribe tus líneas|Todavía no hay nada", shown(cell)), grade_id(cell)


def test_solved_it_is_right_in_spanish_and_graded_it_earns_what_the_english_one_does(
    course: Course, folder: Path
) -> None:
    notebook = run_all(solved(read(folder / NAME)), folder)
    checks = [cell for cell in notebook.cells if is_grade(cell) and not is_solution(cell)]
    assert checks and all(": bien" in shown(cell) or "están bien" in shown(cell) for cell in checks)
    pictures = [shown(cell) for cell in notebook.cells if grade_id(cell).endswith("-picture")]
    assert pictures and all(re.search(r"paso a paso|alt=.Gráfica\.", picture) for picture in pictures)
    english = r": input|, value|gradient of|What came|live graph of"
    assert not [picture for picture in pictures if re.search(english, picture)]

    submission = Submission(course, REAL, "ada")
    shutil.copytree(folder, submission.submitted)
    (submission.submitted / NAME).write_text(canonical(notebook), encoding="utf-8")
    (result,) = grade(course, REAL, "ada", unsafe=True).values()
    automatic = [exercise for exercise in result.exercises.values() if exercise.verdict != "manual"]
    assert automatic and all(exercise.points == exercise.max_points for exercise in automatic)
    assert not result.tamper, result.tamper


def test_of_each_mistake_in_the_corpus_one_answer_is_told_in_spanish_alone(tmp_path: Path) -> None:
    """All of the corpus: `python -m autograder audit 1-computational-graphs --messages --language es`."""
    answers: dict[str, Answer] = {}
    corpus = plan(Course(), [REAL]).answers
    for answer in (answer for each in corpus.values() for answer in each if answer.mistake and not answer.box):
        answers.setdefault(answer.mistake, answer)
    sample = {exercise: [answer for answer in each if answer in answers.values()] for exercise, each in corpus.items()}
    by_slug = messages(sample, Jury(tmp_path, 2), lambda outcomes, *_: outcomes)
    assert len(by_slug) > 20
    english = lacking(by_slug, "es")
    said = [f"{slug}: {message.sentence}" for slug, each in english.items() for message in each]
    assert len(said) <= (1 - SHARE) * sum(map(len, by_slug.values())), "\n".join(said)
