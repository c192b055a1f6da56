"""The command `python -m autograder report`: its options, and the files that it writes."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import HOME
from autograder.problem import Problem, unwritten

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.reporting.reading import Graded

__all__ = ["add_to", "run"]


def add_to(commands: Any) -> argparse.ArgumentParser:
    """Add the command to those of `python -m autograder`; return its parser."""
    command: argparse.ArgumentParser = commands.add_parser(
        "report",
        help="tell what the class misunderstood, from what grading left",
        epilog="Runs nothing and changes nothing. Without a file to write, it prints the first screen.",
    )
    command.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all that were graded, unless named")
    command.add_argument("--html", type=Path, metavar="FILE", help="write it as a page to read and to print")
    command.add_argument("--csv", type=Path, metavar="FILE", help="write its numbers for a spreadsheet")
    command.add_argument("--json", type=Path, metavar="FILE", help="write all of it for another program")
    command.add_argument("--names", action="store_true", help="with students' ids: for your own eyes")
    command.add_argument(
        "--before",
        type=Path,
        action="append",
        default=[],
        metavar="FILE.json",
        help="what `grade --json` wrote of an earlier hand-in: tells what got better",
    )
    command.set_defaults(run=run)
    return command


def run(options: argparse.Namespace) -> int:
    """Read the class, write the files, print the first screen; return 0."""
    from autograder.course import Course
    from autograder.reporting.class_report import class_report
    from autograder.reporting.page import as_page
    from autograder.reporting.tables import as_csv, as_json
    from autograder.reporting.text import as_text

    course = Course(options.course)
    before = dict(map(_earlier, options.before))
    classes = _classes(course, [course.named(name) for name in options.assignments])
    folder = "" if options.course == HOME else str(options.course)
    report = class_report(classes, before, names=options.names, course=folder)
    for path, text in ((options.html, as_page), (options.csv, as_csv), (options.json, as_json)):
        if path is not None:
            try:
                path.write_text(text(report), encoding="utf-8")
            except OSError as error:
                raise Problem(unwritten(error, path)) from None
    print(as_text(report))
    return 0


def _classes(course: Course, chosen: list[str]) -> list[Graded]:
    """What grading left of the chosen assignments, or of all; raises Problem where that is nothing."""
    from sqlalchemy.exc import SQLAlchemyError

    from autograder.reporting.reading import read_class, was_graded

    try:
        names = chosen or [name for name in course.assignments() if was_graded(course, name)]
        if not names:
            raise Problem(f"{course.root}: nothing was graded yet; first: python -m autograder grade ASSIGNMENT")
        return [read_class(course, name) for name in dict.fromkeys(names)]
    except SQLAlchemyError as error:
        reason = (str(getattr(error, "orig", None) or "").strip().splitlines() or [type(error).__name__])[0]
        raise Problem(f"the gradebook cannot be read ({reason}); restore it, or grade again") from None


def _earlier(path: Path) -> tuple[str, dict[str, Any]]:
    """The assignment and the students of a file that `grade --json` has written."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return str(data["assignment"]), dict(data["students"])
    except OSError as error:
        raise Problem(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, KeyError, TypeError):
        raise Problem(f"{path}: is not what `python -m autograder grade ASSIGNMENT --json FILE` writes") from None
