"""The options of `python -m autograder audit`; what it does is imported when it is asked for."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

__all__ = ["add_to"]

DESCRIPTION = """Prove that test cells take exactly the right points: wrong answers lose theirs and are told why, right
ones keep all under many seeds, and machine-made mistakes (mutants) are seen. What was judged is kept in
build/audit-cache, so that a run that was stopped goes on where it was."""


def add_to(commands: Any) -> argparse.ArgumentParser:
    """Add the command to those of `python -m autograder`; return its parser."""
    command: argparse.ArgumentParser = commands.add_parser(
        "audit", help="prove that the tests take exactly the right points", description=DESCRIPTION
    )
    command.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all of source/ unless named")
    command.add_argument("--exercise", default="", metavar="SLUG", help="this exercise only")
    command.add_argument(
        "--full", action="store_true", help="200 seeds and not 4, and the hostile submissions; up to an hour"
    )
    command.add_argument(
        "--changed", action="store_true", help="all of the exercises that changed, and a sample of the others (for CI)"
    )
    command.add_argument(
        "--instruments",
        action="store_true",
        help="what each callable of the package earns in an answer's place; minutes",
    )
    command.add_argument(
        "--messages",
        nargs="?",
        const=Path("-"),
        type=Path,
        metavar="FILE.html",
        help="only show each sentence that the answers provoke, by the mistake's name: here, or as a page to read",
    )
    command.add_argument(
        "--language", default="", metavar="es", help="with --messages: only the sentences that this language lacks"
    )
    command.add_argument("--json", type=Path, metavar="FILE", help="write everything that was found there")
    command.add_argument("--html", type=Path, metavar="FILE", help="write it as a page to look at")
    command.add_argument(
        "--record", action="store_true", help="if nothing is off, remember these exercises as audited, for --changed"
    )
    command.set_defaults(run=_run)
    return command


def _run(options: argparse.Namespace) -> int:
    from autograder.auditing.command import run

    return run(options)
