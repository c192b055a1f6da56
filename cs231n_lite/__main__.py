"""A student's commands: python3 -m cs231n_lite progress [FOLDER] | reset EXERCISE [NOTEBOOK]."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cs231n_lite.reporting.overview import overview
from cs231n_lite.working.resetting import Refused, reset

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its code, or 2 after a line on what to mend."""
    options = parser().parse_args(arguments)
    try:
        if options.command == "reset":
            print(reset(options.exercise, options.notebook))
        else:
            print(overview(options.folder))
    except Refused as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of both commands."""
    top = argparse.ArgumentParser(prog="python3 -m cs231n_lite", description="Your notebooks: how far you are.")
    commands = top.add_subparsers(required=True, metavar="COMMAND", dest="command")
    command = commands.add_parser("progress", help="show how far you are in all notebooks")
    command.add_argument("folder", nargs="?", type=Path, default=Path(), metavar="FOLDER", help="where they are")
    command = commands.add_parser("reset", help="bring one answer back as it was handed out, and keep yours beside it")
    command.add_argument("exercise", metavar="EXERCISE", help="its name, such as multiply-gate")
    command.add_argument("notebook", nargs="?", default="", metavar="NOTEBOOK", help="the file, if several have it")
    return top


if __name__ == "__main__":
    sys.exit(main())
