"""A class graded through nbgrader, one submission after another, while a farm may be examining those that follow.

Whatever is wrong with one submission is a note on it and no points, and never stops the others.
"""

from __future__ import annotations

import contextlib
import fnmatch
import importlib
import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from nbgrader.converters import GenerateAssignment
from sqlalchemy.exc import OperationalError

from autograder.building.fitness import check_files
from autograder.building.rules import check_tests
from autograder.course import Course, quiet
from autograder.doctor.belongings import belongings
from autograder.doctor.lab import Lab
from autograder.examining.keys import versions
from autograder.examining.known_results import at_hand
from autograder.examining.step import Examine
from autograder.examining.store import hashed
from autograder.gradebook.entry import FLAG, bring_up, is_entered
from autograder.gradebook.file import LOCKED
from autograder.gradebook.grade_steps import Recorder
from autograder.gradebook.server import alone, reach, reached
from autograder.gradebook.session import kept
from autograder.gradebook.turns import Turns
from autograder.grading.bar import Counted, names_of
from autograder.grading.farm import Farm
from autograder.grading.prefetch import examined
from autograder.grading.results import StudentResult, results, without_points
from autograder.intake.hook import clear_scores
from autograder.intake.misnamed import missing, nothing_to_grade, take_another
from autograder.notebooks.notebook import known
from autograder.problem import Problem, full
from autograder.sandbox import cgroup, scratch
from autograder.sandbox.box import Sandbox, best
from autograder.sandbox.guarantees import GUARANTEES, how
from autograder.sandbox.surroundings import font_lists
from autograder.submission import Submission, submissions, ungradable
from autograder.tamper import ACCIDENT, ODD, Note, write_notes

__all__ = ["grade", "hand_ins", "in_reach", "register", "unconfined"]


def hand_ins(course: Course, assignment: str, student: str = "*") -> list[str]:
    """Return the students whose submissions lie in submitted/, sorted; raises Problem where none matches."""
    names = [submission.student for submission in submissions(course, assignment)]
    if not names:
        place = Submission(course, assignment, "STUDENT").submitted
        raise Problem(f"{assignment}: nothing was handed in; submissions lie in {place}/")
    # An id may itself be written like a glob.
    matches = [student] if student in names and student != "*" else fnmatch.filter(names, student)
    if not matches:
        raise Problem(f"{assignment}: no student matches {student!r}; {len(names)} handed in, such as {names[0]}")
    return matches


def unconfined(course: Course, *, unsafe: bool = False) -> tuple[str, ...]:
    """Return the sandbox's guarantees that do not hold here; raises Problem where there is none and it must be one."""
    settings = course.config().Examine
    means = settings.get("means", "")
    with Sandbox(means=means or "", unsafe=unsafe or bool(settings.get("unsafe", False))) as box:
        return box.missing


def in_reach(course: Course, *, unsafe: bool = False) -> dict[str, str]:
    """Return guarantee -> what an answer could reach here that is not its own: an instrument, or a library too many.

    It is tried, in a process as answers have it, unless nothing was reached before with the same packages, means and
    libraries; what no means gives here is told by `unconfined`.
    """
    config = course.config()
    settings, store = config.Examine, Examine(config=config).opened_store(course.root)
    lab = Lab(settings.get("means", "") or best(unsafe or bool(settings.get("unsafe", False))))
    libraries = tuple(settings.get("libraries", ()))
    key = hashed("out of reach", versions(), lab.means, libraries, list(os.uname()))
    if store is not None and store.get(key) == {}:
        return {}
    things = belongings(lab, libraries)
    within = {name: things[name] for name in how(lab.means) if things.get(name)}
    if store is not None and not within:
        store.keep(key, {})
    return within


def register(course: Course, assignment: str, logfile: Path) -> None:
    """Let nbgrader enter the assignment in the gradebook unless it is there; the released version is not touched."""
    if is_entered(course.gradebook, assignment):
        return
    with scratch.folder() as elsewhere, quiet(logfile) as errors:
        try:
            # format_path joins this to the course folder, and an absolute path wins.
            course.nbgrader(GenerateAssignment, assignment, CourseDirectory={"release_directory": str(elsewhere)})
        except Exception as error:
            reason = errors[0].splitlines()[-1] if errors else str(error)
            raise Problem(
                f"{assignment}: nbgrader could not enter it in the gradebook: {reason}; see {logfile}"
            ) from None


def _enter(
    course: Course, assignment: str, student: str, logfile: Path, tell: Callable[[str], None], *, exercises: bool
) -> None:
    """Bring the gradebook up to source/; raises Problem where what changed cannot be used, or not for some alone."""
    if exercises and student != "*":
        raise Problem(f"{FLAG} is for the whole class: leave out --student; nothing was changed")
    register(course, assignment, logfile)
    changed = bring_up(course, course.gradebook, assignment, tell, exercises=exercises)
    if changed and student != "*":
        tell(f"{assignment}: all others still have their points by what was there before: grade without --student")


def grade(
    course: Course,
    assignment: str,
    student: str = "*",
    *,
    watch: Callable[[Iterable[str]], Iterable[str]] = iter,
    tell: Callable[[str], None] | None = None,
    logfile: Path | None = None,
    unsafe: bool = False,
    workers: int = 1,
    scheduler: str = "",
    exercises: bool = False,
) -> dict[str, StudentResult]:
    """Autograde the submissions of the students that match a glob; return student -> what they got.

    `tell` is given a line for each thing that an answer could reach here and must not; where there is none, nothing is
    tried. `watch` wraps the students that are gone through, as tqdm does. So many `workers` here, or those of the Dask
    scheduler at an address, examine submissions while nbgrader enters the grades of others. What is graded is what is
    in source/ now; other exercises than before only if `exercises` says so. Raises Problem where nothing can be graded,
    as on a machine that cannot confine a student's process, unless `unsafe`.
    """
    course.named(assignment)
    cgroup.sweep()
    scratch.sweep()  # what runs in a group of a dead grader's has ended by now
    unconfined(course, unsafe=unsafe)
    if faults := [fault for path in course.notebooks(assignment) for fault in check_tests(known(path), path.name)]:
        raise Problem("\n".join([*faults, f"{assignment}: nothing was graded"]))
    for line in check_files(course.source / assignment):
        (tell or _silent)(f"{assignment}: {line}")
    logfile = logfile or course.root / "build" / "grade.log"
    students = hand_ins(course, assignment, student)
    if not font_lists():  # made once, as no box can keep it
        importlib.import_module("matplotlib.font_manager")

    settings = {
        "BaseConverter": {"force": True},
        "Examine": {"draw_later": True} | ({"unsafe": True} if unsafe else {}),
    }
    graded = {}
    reach(course.gradebook)  # before it waits for anybody
    turns = Turns(course.root, course.gradebook)
    with scratch.shared(), turns.course(), reached(course.gradebook), contextlib.ExitStack() as at_work:
        if tell is not None:
            for guarantee, things in in_reach(course, unsafe=unsafe).items():
                tell(f"not held on this machine: {guarantee}: {GUARANTEES[guarantee]}; reached: {things}")
        with alone(course.gradebook):  # opening it makes nbgrader's tables
            at_work.enter_context(kept(course.gradebook))
            _enter(course, assignment, student, logfile, tell or _silent, exercises=exercises)
        ready: Iterable[tuple[str, dict[str, Any]]] = [(name, {}) for name in students]
        if scheduler or min(workers, len(students)) > 1:
            farm = at_work.enter_context(Farm(min(workers, len(students)), scheduler))
            ready = examined(course, assignment, students, farm, settings, logfile)
        entries: dict[str, dict[str, Any]] = {}
        for name in watch(Counted(names_of(ready, entries), len(students))):
            with at_hand(entries.pop(name)), turns.submission(assignment, name):
                graded[name] = _record(Submission(course, assignment, name), logfile, **settings)
    return {name: graded[name] for name in students if name in graded}


def _silent(_: str) -> None:
    """Tell nobody."""


def _record(submission: Submission, logfile: Path, **settings: Any) -> StudentResult:
    """Let nbgrader grade one submission and enter it in the gradebook; return what the student got.

    What is known of it need not run. Raises Problem where no submission could be graded.
    """
    course, student = submission.course, submission.student
    if reason := ungradable(student):
        result = without_points(submission, "crashed")
        note = Note("not-graded", "", f"{reason}; rename its folder in submitted/ and grade again", ODD)
        return replace(result, tamper=[asdict(note)])
    if reason := submission.closed:
        clear_scores(submission)
        write_notes(submission.tamper_notes, "grade", [Note("not-graded", "", reason, ACCIDENT)])
        return without_points(submission, "crashed")
    with quiet(logfile) as errors:
        try:
            take_another(submission)
            if len(missing(submission)) == len(submission.masters):
                nothing_to_grade(submission)
                return without_points(submission, "not-written")
            course.nbgrader(Recorder, submission.assignment, student=student, **settings)
            write_notes(submission.tamper_notes, "grade", [])
            return results(submission)
        # One broken submission must not stop the others; the log says what broke.
        except Problem:
            raise
        except Exception as error:
            if isinstance(error, OSError) and full(str(error)):
                raise
            logging.getLogger("traitlets").error("%s", error)
            if full("".join(errors)):
                raise Problem(f"{student}: not graded, the disk is full; grade again when there is room") from None
            reach(course.gradebook)  # a gradebook that cannot be had or written cannot be for the others either
            if _locked_out(error):
                raise Problem(f"{student}: not graded; of the gradebook, {LOCKED}. Then grade again") from None
            clear_scores(submission)  # whatever went wrong, and wherever: no older score stands for this hand-in
            note = Note("not-graded", "", f"nbgrader gave up on it; {logfile} says why", ODD)
            write_notes(submission.tamper_notes, "grade", [note])
            return without_points(submission, "crashed")


def _locked_out(error: BaseException) -> bool:
    """Whether nbgrader gave up because another program had the gradebook's file for too long."""
    causes = (error, error.__context__)
    return any(isinstance(cause, OperationalError) and "database is locked" in str(cause.orig) for cause in causes)
