"""The command: python -m autograder build | release | collect | grade | mark | report | extend | export | audit | …

Each imports what it needs when it is asked for: all of it together takes longer than grading a submission.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import HOME
from autograder.auditing.options import add_to as add_audit
from autograder.marking.options import add_to as add_mark
from autograder.marking.options import spelled
from autograder.needless import leave_out
from autograder.platforms.options import add_to as add_platforms
from autograder.problem import Problem, unwritten
from autograder.reporting.options import add_to as add_report
from autograder.sandbox.guarantees import GUARANTEES, MEANS

if TYPE_CHECKING:
    from autograder.course import Course

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its code, or 2 after one clear message when something is wrong that a person can mend."""
    for stream in (sys.stdout, sys.stderr):  # a student's name is never more than this terminal can show
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 2
    except OSError as error:
        print(unwritten(error, HOME), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped; what is done is kept, and the same command goes on from here", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands and their options."""
    top = argparse.ArgumentParser(prog="python -m autograder", description="Build, grade and show the course.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("build", help="make assignments/ and solutions/ from source/")
    command.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all of source/ unless named")
    how = command.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="write nothing; fail where a file is out of date")
    how.add_argument(
        "--language",
        default="",
        metavar="es",
        help="make build/LANGUAGE/assignments/ from assignments/ and source/*/*.LANGUAGE.md",
    )
    command.set_defaults(run=_build)
    _course(command)

    command = commands.add_parser("release", help="pack what students get, and nothing else, into one zip")
    command.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all of source/ unless named")
    command.add_argument("--to", type=Path, required=True, metavar="FILE.zip", help="the file to write")
    command.set_defaults(run=_release)
    _course(command)

    command = commands.add_parser(
        "grade",
        help="autograde the submissions through nbgrader",
        epilog="Ends with 0; with 1 where a submission is for a person to look at; with 2 where nothing was graded.",
    )
    command.add_argument("assignment", metavar="ASSIGNMENT")
    command.add_argument("--student", default="*", metavar="GLOB", help="only the students that match")
    command.add_argument("--json", type=Path, metavar="FILE", help="write the results there as well")
    where = command.add_mutually_exclusive_group()
    where.add_argument(
        "--workers",
        type=_workers,
        metavar="N",
        help="examine N at a time here; all processors if unset",
    )
    where.add_argument("--scheduler", default="", metavar="ADDRESS", help="examine on the workers of a Dask scheduler")
    command.add_argument(
        "--unsafe", action="store_true", help="run students' code with your own rights if nothing here can confine it"
    )
    command.add_argument(
        "--changed-exercises",
        action="store_true",
        help="go on where exercises were added, removed or renamed since something was handed in",
    )
    command.add_argument("--dry-run", action="store_true", help="say who would gain or lose what, and enter nothing")
    command.set_defaults(run=_grade)
    _course(command)

    _course(add_mark(commands))
    _course(add_report(commands))

    for command in add_platforms(commands):
        _course(command)

    command = commands.add_parser("extend", help="give one student more time, and take late penalties anew")
    command.add_argument("student", metavar="STUDENT")
    command.add_argument("assignment", metavar="ASSIGNMENT")
    command.add_argument(
        "--until", required=True, metavar="DATE", help="2025-03-01, or '2025-03-01 18:00 Europe/Berlin'"
    )
    command.set_defaults(run=_extend)
    _course(command)

    _course(add_audit(commands))

    command = commands.add_parser("tidy", help="make room in the store of executed submissions")
    command.add_argument(
        "--bytes",
        type=_bytes,
        metavar="SIZE",
        help="leave at most this, such as 500M or 2G; 0 for nothing",
    )
    command.set_defaults(run=_tidy)
    _course(command)

    command = commands.add_parser("doctor", help="prove which guarantees of the sandbox hold on this machine")
    command.add_argument("--means", choices=MEANS, default="", help="prove these means, not the best there is")
    command.set_defaults(run=_doctor)
    _course(command)

    command = commands.add_parser("adopt", help="protect another nbgrader course by the steps of this one")
    command.add_argument("course", type=Path, metavar="DIR", help="the course folder: the one that has source/ in it")
    command.set_defaults(run=_adopt)

    command = commands.add_parser("demo", help="build all assignments and grade a class of students in build/demo")
    command.set_defaults(run=_demo)
    return top


def _course(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--course", type=Path, default=HOME, metavar="DIR", help="a course folder, this one unless named"
    )


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of workers: 1 or more")
    return int(text)


def _bytes(text: str) -> int:
    match = re.fullmatch(r"(\d{1,9})([KMGT]?)B?", text.strip().upper())
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is no size: a number, or one such as 500M or 2G")
    return int(match[1]) << (10 * " KMGT".index(match[2] or " "))


def _tidy(options: argparse.Namespace) -> int:
    from autograder.course import Course
    from autograder.examining.step import Examine

    course = Course(options.course)
    store = Examine(config=course.config()).opened_store(course.root)
    if store is None:
        raise Problem("no store is kept here: c.Examine.store is empty in nbgrader_config.py")
    tidied = store.tidy(options.bytes)
    print(f"removed {tidied.removed} entries of {tidied.freed / 2**20:.1f} MiB, those not used for longest")
    print(f"left    {tidied.entries} entries of {tidied.bytes / 2**20:.1f} MiB in {store.folder}")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from autograder.course import Course
    from autograder.doctor.prove import doctor

    holds, unprotected = doctor(options.means), Course(options.course).unprotected
    if unprotected:
        print(unprotected)
    return 0 if holds and not unprotected else 1


def _adopt(options: argparse.Namespace) -> int:
    from autograder.protection import adopt

    print(adopt(options.course))
    return 0


def _demo(_: argparse.Namespace) -> int:
    from autograder.demo import demo

    return 0 if demo() else 1


def _build(options: argparse.Namespace) -> int:
    from autograder.building.build import build_all, differences
    from autograder.course import Course

    course = Course(options.course)
    if options.language:
        return _build_in(course, options)
    if options.check:
        names = [course.named(name) for name in options.assignments] or course.assignments()
        stale = [path for name in names for path in differences(course, name)]
        for path in stale:
            print(f"{path}: is not what source/ gives; run `python -m autograder build` and commit the result")
        return 1 if stale else 0
    if course.unprotected:
        _warn(course.unprotected)
    start = time.perf_counter()
    for name, changed in build_all(course, options.assignments):
        print(f"{name}: {'built' if changed else 'unchanged'} in {time.perf_counter() - start:.1f} s")
        start = time.perf_counter()
    return 0


def _build_in(course: Course, options: argparse.Namespace) -> int:
    from autograder.building.translation import build_all_in

    for name, notes in build_all_in(course, options.assignments, options.language):
        _warn("\n".join(notes)) if notes else None
        print(f"{name}: built in build/{options.language}/assignments/{name}, {len(notes)} cells left in English")
    return 0


def _release(options: argparse.Namespace) -> int:
    from autograder.building.release import release
    from autograder.course import Course

    print(release(Course(options.course), options.assignments, options.to))
    return 0


def _warn(line: str) -> None:
    print(line, file=sys.stderr)


def _extend(options: argparse.Namespace) -> int:
    from autograder.course import Course
    from autograder.gradebook.lateness import extend, moment
    from autograder.gradebook.server import reached
    from autograder.gradebook.turns import Turns
    from autograder.grading.grade import register

    course, until = Course(options.course), moment(options.until)
    assignment = course.named(options.assignment)
    with reached(course.gradebook), Turns(course.root, course.gradebook).course():
        register(course, assignment, course.root / "build" / "grade.log")
        print(extend(course, assignment, options.student, until))
    return 0


def _dry_run(course: Course, options: argparse.Namespace, assignment: str, how: dict[str, Any]) -> int:
    from autograder.grading.bar import progress
    from autograder.grading.dry_run import dry_run, told

    changes, refused = dry_run(course, assignment, options.student, watch=progress, tell=_warn, exercises=True, **how)
    data = {"assignment": assignment, "changes": {name: asdict(change) for name, change in changes.items()}}
    unwritable = _write(options.json, data) if options.json else None
    print("\n".join([*told(changes), *filter(None, [refused])]))
    if unwritable:
        raise unwritable
    return 0


def _write(path: Path, data: object) -> Problem | None:
    """Write JSON before anything is printed; return what prevents it."""
    try:
        path.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    except OSError as error:
        return Problem(unwritten(error, path))
    return None


def _grade(options: argparse.Namespace) -> int:
    from autograder.course import Course
    from autograder.grading.bar import drawing, progress
    from autograder.grading.farm import cores
    from autograder.grading.grade import grade, unconfined
    from autograder.grading.pictures import draw_pictures
    from autograder.grading.results import absent, as_json
    from autograder.grading.table import for_a_person, table

    course = Course(options.course)
    if options.json:  # better now than after an hour of grading
        try:
            options.json.touch()
        except OSError as error:
            raise Problem(unwritten(error, options.json)) from None
    assignment = course.named(options.assignment)
    if course.unprotected:
        _warn(course.unprotected)
    for guarantee in unconfined(course, unsafe=options.unsafe):
        _warn(f"not held on this machine: {guarantee}: {GUARANTEES[guarantee]}")
    how = {"unsafe": options.unsafe, "workers": options.workers or cores(), "scheduler": options.scheduler}
    if options.dry_run:
        return _dry_run(course, options, assignment, how)
    students = grade(
        course,
        assignment,
        options.student,
        watch=progress,
        tell=_warn,
        exercises=options.changed_exercises,
        **how,
    )
    unwritable = _write(options.json, as_json(assignment, students)) if options.json else None
    print(table(students, absent(course, assignment, options.student), spelled(options.course, assignment)))
    if unwritable:
        raise unwritable
    how = {"unsafe": options.unsafe, "workers": options.workers or cores()}
    draw_pictures(course, assignment, students, watch=drawing, **how)
    return 1 if for_a_person(students) else 0


if __name__ == "__main__":
    leave_out()
    sys.exit(main())
