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
    return [_collect(commands)]


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
    command.add_argument("--force", action="store_true", help="replace what another way brought, or something newer")
    command.set_defaults(run=_run_collect)
    return command


def _run_collect(options: argparse.Namespace) -> int:
    from autograder.course import Course
    from autograder.platforms.collect import collect
    from autograder.platforms.roster import from_file

    course = Course(options.course)
    result = collect(
        course,
        course.named(options.assignment),
        options.download,
        platform=options.platform,
        roster=from_file(options.roster) if options.roster else None,
        timezone=options.timezone,
        force=options.force,
    )
    print(str(result).encode(sys.stdout.encoding or "utf-8", "replace").decode(sys.stdout.encoding or "utf-8"))
    return 1 if result.late or any(left.open for left in result.left) else 0
