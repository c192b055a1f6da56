"""One command for everything: python3 -m ci demo | test | bench NAME | lab | guide | reference | site | newest | tidy.

It needs Python and nothing else. The first time it makes .venv and installs the pinned packages there; then, and at
once every later time, it does its work inside. This file is read by whatever `python3` is, so that it can say so when
that is too old: it keeps to what Python 3.6 can parse.
"""

import sys

COMMANDS = (
    ("demo", "build all assignments, grade a class of students with nbgrader, write their feedback"),
    ("test", "run every check that CI runs, and say how long each took"),
    ("bench", "run one benchmark: bench NAME [its own options]"),
    ("lab", "open JupyterLab on the notebook at hand; lab --instructor: with the formgrader and all else"),
    ("guide", "write the instructor's guide, guide/, anew; guide --check: only say what is out of date"),
    ("reference", "print the page to keep: build/reference.html and build/reference.pdf"),
    ("site", "build the course as a site in build/site that runs in a browser tab; site --serve: and show it"),
    ("newest", "run the package's tests with the newest Python and NumPy that can be had; not part of test"),
    ("tidy", "bring the notebooks of source/ into their one form: no outputs, cell id = grade_id"),
)


def too_old(version: tuple) -> str:
    """Return what to do where this Python is older than 3.11, or an empty string."""
    if tuple(version[:2]) >= (3, 11):
        return ""
    return (
        f"Python 3.11 or newer is needed, and this is {version[0]}.{version[1]} at {sys.executable}: "
        "install a newer one and start it by its name, such as `python3.12 -m ci test`"
    )


def usage() -> str:
    """Return the list of commands."""
    lines = ["python3 -m ci COMMAND", ""]
    return "\n".join(lines + [f"  {name:9} {does}" for name, does in COMMANDS])


def main(arguments: list) -> int:
    """Run one command in the course's own environment; return its exit code, 2 after one line on what to mend."""
    problem = too_old(sys.version_info)
    if problem:
        print(problem, file=sys.stderr)
        return 2
    if arguments and arguments[0] in ("-h", "--help"):
        print(usage())
        return 0
    if not arguments or arguments[0] not in [name for name, _ in COMMANDS]:
        print(usage(), file=sys.stderr)
        return 2

    from ci import environment  # newer Python from here on

    return environment.entered("ci", arguments, work)


def work(arguments: list) -> int:
    """Do what one command says, inside the environment."""
    from ci import commands

    return commands.run(arguments[0], arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
