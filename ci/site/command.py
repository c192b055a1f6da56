"""`python3 -m ci site`: build the site, and show it where that is asked for."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder.problem import Problem
from ci.environment import Unready
from ci.site.build import SITE, build
from ci.site.serving import serve

__all__ = ["run"]


def run(arguments: list[str]) -> int:
    """Build the site as the arguments say; return the exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m ci site", description="Build the course as a site in build/site.")
    parser.add_argument("--serve", action="store_true", help="show it on this machine until Ctrl-C")
    parser.add_argument(
        "--pyodide", type=Path, metavar="FOLDER", help="a folder with Pyodide's files; nothing of it is fetched"
    )
    options = parser.parse_args(arguments)
    try:
        print(build(options.pyodide), flush=True)
    except Problem as problem:
        raise Unready(str(problem)) from None
    return serve(SITE) if options.serve else 0
