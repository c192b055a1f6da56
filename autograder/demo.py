"""The whole line once, thin but real: source -> student version -> a class hands in -> nbgrader grades -> feedback.

Everything happens in build/demo, an ordinary nbgrader course folder that may be looked at afterwards and is made anew
each time. The answers of the class are those of the corpus (autograder/audit/), so what each must get is known.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from nbgrader.converters import GenerateFeedback
from tqdm import tqdm

from autograder import HOME
from autograder.building.build import build
from autograder.corpus.answers import EMPTY, SOLUTION, answers
from autograder.corpus.hand_in import HandIn, hand_in
from autograder.course import Course, quiet
from autograder.grading.bar import drawing, progress
from autograder.grading.farm import cores
from autograder.grading.grade import grade, unconfined
from autograder.grading.pictures import draw_pictures
from autograder.grading.results import StudentResult
from autograder.grading.table import table
from autograder.problem import Problem, unwritten
from autograder.reporting.class_report import class_report
from autograder.reporting.page import as_page
from autograder.reporting.reading import read_class
from autograder.reporting.text import as_text
from autograder.submission import Submission

__all__ = ["ASSIGNMENT", "CLASS", "class_of", "demo", "feedback", "prepare"]

ASSIGNMENT = "1-computational-graphs"

# A student's name says what there is to see in the answers.
CLASS: dict[str, HandIn] = {
    "all-solved": HandIn(),
    "nothing-written": HandIn(rest=EMPTY),
    "half-done": HandIn(
        dict.fromkeys(("numerical-gradient", "chain-rule-by-hand", "multiply-gate", "add-gate"), SOLUTION), rest=EMPTY
    ),
    "gates-and-a-guess": HandIn(
        {"multiply-gate": SOLUTION, "add-gate": SOLUTION, "chain-rule-by-hand": "local-instead-of-chain"}, rest=EMPTY
    ),
    "own-style": HandIn(
        {
            "numerical-gradient": "nditer-in-place",
            "chain-rule-by-hand": "computed-integers",
            "multiply-gate": "cache-tuple-list",
            "add-gate": "multiplied-by-one",
            "topological-sort": "depth-first-with-a-stack",
            "computational-graph": "one-gate-object-a-node",
            "sigmoid-circuit": "tanh-identity-and-lists",
            "unrolled-loop": "recursion-on-the-sequence",
            "memory-profile": "keeps-inputs-only",
            "why-a-graph": "short",
        }
    ),
    "library-style": HandIn({"numerical-gradient": "identity-rows", "topological-sort": "graphlib"}),
    "one-sided-difference": HandIn({"numerical-gradient": "forward-difference"}),
    "swaps-the-operands": HandIn({"chain-rule-by-hand": "dq-and-dz-swapped", "multiply-gate": "operands-swapped"}),
    "forgets-the-upstream": HandIn({"multiply-gate": "upstream-dropped", "add-gate": "upstream-dropped"}),
    "recursive": HandIn({"topological-sort": "recursion"}),
    "overwrites-at-branches": HandIn({"computational-graph": "branch-overwritten", "unrolled-loop": "last-step-only"}),
    "forward-only": HandIn({"computational-graph": "forward-only"}),
    "loses-a-sign": HandIn({"sigmoid-circuit": "negate-sign-lost"}),
    "keeps-everything": HandIn({"memory-profile": "never-freed", "why-a-graph": EMPTY}),
}


def class_of(assignment: str) -> dict[str, HandIn]:
    """Return the students who hand in an assignment: the class above, or a smaller one with the corpus's answers."""
    if assignment == ASSIGNMENT:
        return CLASS
    corpus = answers(assignment)
    of_kind = {
        kind: {slug: [a.name for a in by_name.values() if a.kind == kind] for slug, by_name in corpus.items()}
        for kind in ("right", "wrong")
    }
    slugs = list(corpus)

    def pick(kind: str, turn: int) -> HandIn:
        return HandIn({slug: names[turn] for slug, names in of_kind[kind].items() if turn < len(names)})

    return {
        "all-solved": HandIn(),
        "nothing-written": HandIn(rest=EMPTY),
        "half-done": HandIn(dict.fromkeys(slugs[: len(slugs) // 2], SOLUTION), rest=EMPTY),
        "own-style": pick("right", 0),
        "one-mistake-in-each": pick("wrong", 0),
        "another-mistake-in-each": pick("wrong", 1),
    }


def demo(
    folder: Path = HOME / "build" / "demo", assignments: Iterable[str] | None = None
) -> dict[str, dict[str, StudentResult]]:
    """Run the whole line, print a table for each assignment and where feedback lies; return assignment -> results.

    All assignments of source/ unless some are named.
    """
    names = list(assignments) if assignments is not None else Course(HOME).assignments()
    course = prepare(folder, HOME, names)
    print(f"{', '.join(names)}: student versions and solutions built in {_short(folder)}")
    lost = unconfined(course, unsafe=True)
    if lost:  # the class is made of the course's own answers, so it may be graded all the same
        print(f"not held by the sandbox on this machine: {', '.join(lost)}; python -m autograder doctor says more")
    log = folder / "nbgrader.log"
    graded = {}
    for assignment in names:
        students = class_of(assignment)
        for student, answers_of in students.items():
            hand_in(Submission(course, assignment, student), answers_of)
        results = grade(course, assignment, watch=progress, logfile=log, unsafe=True, workers=cores())
        draw_pictures(course, assignment, students, watch=drawing, logfile=log, unsafe=True, workers=cores())
        feedback(course, assignment, log)
        graded[assignment] = {student: results[student] for student in students}
        print(f"\n{assignment}\n{table(graded[assignment])}\n")
        page = Submission(course, assignment, "STUDENT").feedback / f"{assignment.split('-', 1)[1]}.html"
        print(f"feedback   {_short(page)}")
    _report(course, names)
    print(f"gradebook  {_short(folder / 'gradebook.db')}")
    print(f"nbgrader's own log is {_short(log)}")
    return graded


def _report(course: Course, names: Iterable[str]) -> None:
    """Print what the class misunderstood, as far as a terminal shows it, and write the page."""
    report, page = class_report([read_class(course, name) for name in names]), course.root / "report.html"
    page.write_text(as_page(report), encoding="utf-8")
    print(f"{as_text(report)}\n\nreport     {_short(page)}")


def prepare(folder: Path, origin: Path, assignments: Iterable[str]) -> Course:
    """Make a course folder anew from the source of another one, with the assignments built in it."""
    names = [Course(origin).named(assignment) for assignment in assignments]
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        for name in names:
            shutil.copytree(origin / "source" / name, folder / "source" / name)
    except OSError as error:
        raise Problem(unwritten(error, folder)) from None
    course = Course(folder)
    for name in tqdm(names, desc="building", unit="assignment", ncols=80):
        build(course, name)
    return course


def feedback(course: Course, assignment: str, logfile: Path) -> None:
    """Let nbgrader write the feedback of every graded submission to feedback/STUDENT/ASSIGNMENT/."""
    with quiet(logfile) as errors:
        try:
            course.nbgrader(GenerateFeedback, assignment, BaseConverter={"force": True})
        except Exception as error:
            reason = errors[0].splitlines()[-1] if errors else str(error)
            raise Problem(f"{assignment}: nbgrader could not write the feedback: {reason}; see {logfile}") from None


def _short(path: Path) -> str:
    return str(path.relative_to(HOME)) if path.is_relative_to(HOME) else str(path)
