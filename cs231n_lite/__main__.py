"""A student's commands: python3 -m cs231n_lite progress [FOLDER] | reset EXERCISE | NOTEBOOK.

In a cell of a notebook, where there may be no terminal, the same is `%run -m cs231n_lite reset EXERCISE`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cs231n_lite.cells import shell
from cs231n_lite.reporting.overview import overview
from cs231n_lite.working.resetting import Refused, reset

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its code, or 2 after a line on what to mend."""
    options = parser().parse_args(arguments)
    try:
        if options.command == "reset":
            print(reset(options.name, options.notebook))
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
    command = commands.add_parser(
        "reset", help="bring answers back as they were handed out, and keep yours beside them"
    )
    command.add_argument("name", metavar="NAME", help="an exercise, such as multiply-gate, or a file, such as nb.ipynb")
    command.add_argument("notebook", nargs="?", default="", metavar="NOTEBOOK", help="the file, if several have it")
    return top


if __name__ == "__main__":
    code = main()
    if shell() is None:  # in a notebook the words are enough
        sys.exit(code)
