"""The options of `python -m autograder collect` and `export`; what they do is imported when it is asked for."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

__all__ = ["add_to"]

NAMES = ("canvas", "moodle", "brightspace", "blackboard", "sakai", "gradescope")


def add_to(commands: Any) -> list[argparse.ArgumentParser]:
    """Add both commands to those of `python -m autograder`; return their parsers."""
    return [_collect(commands), _export(commands)]


def _collect(commands: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "collect",
        help="bring a learning platform's download into submitted/",
        epilog="Ends with 0; with 1 where something was left out that a person should see to; with 2 for no download.",
    )
    command.add_argument("assignment", metavar="ASSIGNMENT")
    command.add_argument(
        "download", type=Path, metavar="DOWNLOAD", help="the archive, or the folder it was unpacked to"
    )
    command.add_argument("--platform", choices=("auto", *NAMES), default="auto", help="known by its names unless said")
    command.add_argument("--roster", type=Path, metavar="CSV", help="the class, in place of the gradebook's students")
    command.add_argument(
        "--timezone", default="", metavar="ZONE", help="of times that say none; this machine's if unset"
    )
    command.add_argument("--times", type=Path, metavar="FILE", help="a table of times, as Moodle's worksheet")
    command.add_argument("--force", action="store_true", help="replace what another way brought, or something newer")
    command.set_defaults(run=_run_collect)
    return command


def _run_collect(options: argparse.Namespace) -> int:
    from autograder.course import Course
    from autograder.platforms.collect import collect
    from autograder.platforms.roster import from_file

    course = Course(options.course)
    if course.unprotected:
        print(course.unprotected, file=sys.stderr)
    result = collect(
        course,
        course.named(options.assignment),
        options.download,
        platform=options.platform,
        roster=from_file(options.roster) if options.roster else None,
        timezone=options.timezone,
        times=options.times,
        force=options.force,
    )
    _say([str(result)])
    return 1 if result.late or any(left.open for left in result.left) else 0


def _export(commands: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "export",
        help="write points, and pages of feedback, as a learning platform takes them back",
        epilog="Ends with 0; with 1 where a student's points are not in it; with 2 where nothing was written.",
    )
    command.add_argument("assignment", metavar="ASSIGNMENT")
    command.add_argument("--platform", choices=NAMES, required=True)
    command.add_argument("--to", type=Path, required=True, metavar="FILE", help="write the table there")
    command.add_argument("--roster", type=Path, metavar="CSV", help="names and numbers that the gradebook lacks")
    command.add_argument("--template", type=Path, metavar="FILE", help="the platform's own table, to be filled in")
    command.add_argument("--feedback", type=Path, metavar="FILE.zip", help="write the pages of feedback there, too")
    command.add_argument("--exercises", action="store_true", help="a column for each exercise, too")
    command.add_argument("--column", default="", metavar="NAME", help="the assignment's name there, if it is another")
    command.add_argument("--scale", action="store_true", help="scale points where the platform has another sum")
    command.add_argument("--zeros", action="store_true", help="write 0 where nothing was handed in")
    command.add_argument("--unfinished", action="store_true", help="write points so far where some wait for a person")
    command.set_defaults(run=_run_export)
    return command


def _run_export(options: argparse.Namespace) -> int:
    from autograder.course import Course
    from autograder.gradebook.lateness import renew
    from autograder.gradebook.session import opened
    from autograder.platforms.export import exported, write
    from autograder.platforms.feedback_archive import feedback_archive
    from autograder.platforms.roster import from_file
    from autograder.platforms.table import Request

    course = Course(options.course)
    assignment = course.named(options.assignment)
    asked = {name: getattr(options, name) for name in ("exercises", "column", "scale", "zeros", "unfinished")}
    known = from_file(options.roster).students if options.roster else []
    request = Request(options.platform, options.template, known=tuple(known), **asked)
    renew(course.config(), course.gradebook, assignment)
    with opened(course.gradebook) as gradebook:
        result = exported(course, gradebook, assignment, request)
    write(result, options.to)
    lines = [f"   !  {line}" for line in result.lines]
    late = [f"   ·  {line}" for line in result.late]
    _say([f"{options.to}: the points of {result.count} students", *lines, *late])
    if options.feedback:
        missing = feedback_archive(course, assignment, options.platform, options.feedback, result.sheet.content())
        _say([f"{options.feedback}: the pages of feedback", *(f"   !  {line}" for line in missing)])
        lines += missing
    return 1 if lines else 0


def _say(lines: list[str]) -> None:
    """Print lines on any terminal: a letter that it does not have is a question mark there."""
    encoding = sys.stdout.encoding or "utf-8"
    from autograder.platforms.roster import printable

    text = "\n".join(printable(line) for line in "\n".join(lines).splitlines())
    print(text.encode(encoding, "replace").decode(encoding))
