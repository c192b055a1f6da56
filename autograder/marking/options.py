"""The options of `python -m autograder mark`; what it does is imported when it is asked for."""

from __future__ import annotations

import argparse
import os
import shlex
from pathlib import Path
from typing import Any

from autograder import HOME

__all__ = ["add_to", "spelled"]

EPILOG = """Each mark is in the gradebook at once, as if the formgrader had given it: stop when you like, and the same
command goes on from there. Several people may mark at once; nobody's mark is overwritten unseen."""


def add_to(commands: Any) -> argparse.ArgumentParser:
    """Add the command to those of `python -m autograder`; return its parser."""
    command: argparse.ArgumentParser = commands.add_parser(
        "mark", help="mark written answers in a local page, equal ones at once", epilog=EPILOG
    )
    command.add_argument("assignment", metavar="ASSIGNMENT")
    command.add_argument("--names", action="store_true", help="show the students' ids beside their answers")
    command.add_argument("--port", type=int, default=0, metavar="N", help="of this machine; a free one if unset")
    command.add_argument("--no-browser", action="store_true", help="print the page's address and open nothing")
    command.set_defaults(run=_run)
    return command


def spelled(course: Path, assignment: str) -> str:
    """Return the command as it is typed for an assignment of a course folder."""
    where = "" if course.resolve() == HOME.resolve() else f" --course {shlex.quote(str(course))}"
    return f"python -m autograder mark {shlex.quote(assignment)}{where}"


def _run(options: argparse.Namespace) -> int:
    from autograder.course import Course
    from autograder.gradebook.server import reached
    from autograder.gradebook.session import kept
    from autograder.marking.desk import Desk
    from autograder.marking.server import serve

    course = Course(options.course)
    assignment = course.named(options.assignment)
    with reached(course.gradebook), kept(course.gradebook):
        desk = Desk(course, assignment)

        def started(address: str) -> None:
            groups = sum(stack.waiting_groups for stack in desk.stacks)
            waiting = sum(stack.waiting for stack in desk.stacks)
            print(f"{assignment}: {_count(waiting, 'answer')} to be marked, in {_count(groups, 'group')}")
            print(f"{address}\nCtrl-C ends it, as does `kill {os.getpid()}`; every mark is kept", flush=True)
            if not options.no_browser:
                _open(address)

        serve(desk, port=options.port, names=options.names, started=started)
        for stack in desk.stacks:
            desk.refresh(stack)
        waiting = sum(stack.waiting for stack in desk.stacks)
    print(
        f"\n{assignment}: {_count(waiting, 'answer')} still to be marked" if waiting else f"\n{assignment}: all marked"
    )
    return 0


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"


def _open(address: str) -> None:
    import webbrowser

    webbrowser.open(address)
