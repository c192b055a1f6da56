"""The command: python -m autograder build."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from autograder.build import build_all, differences
from autograder.course import HOME, Course, Problem

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0, or 2 after one clear message when something is wrong that a person can mend."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m autograder", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("build", help="make assignments/ and solutions/ from source/")
    command.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all of source/ unless named")
    command.add_argument("--course", type=Path, default=HOME, metavar="DIR", help="another course folder")
    command.add_argument("--check", action="store_true", help="write nothing; fail where a file is out of date")
    command.set_defaults(run=_build)
    return parser


def _build(options: argparse.Namespace) -> int:
    course = Course(options.course)
    if options.check:
        names = [course.named(name) for name in options.assignments] or course.assignments()
        stale = [path for name in names for path in differences(course, name)]
        for path in stale:
            print(f"{path}: is not what source/ gives; run `python -m autograder build` and commit the result")
        return 1 if stale else 0
    start = time.perf_counter()
    for name, changed in build_all(course, options.assignments):
        print(f"{name}: {'built' if changed else 'unchanged'} in {time.perf_counter() - start:.1f} s")
        start = time.perf_counter()
    return 0


if __name__ == "__main__":
    sys.exit(main())
