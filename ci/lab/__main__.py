"""A student's door, where the repository is not: what `python3 lab.py` does, in an environment of its own."""

from __future__ import annotations

import sys

from ci import environment

__all__ = ["main", "run"]


def main(arguments: list[str]) -> int:
    """Set the environment up, then open the notebooks, or run a command of the package's, such as `progress`."""
    return environment.entered("ci.lab", arguments, run)


def run(arguments: list[str]) -> int:
    """Do what is asked for, inside the environment."""
    from ci.lab import server

    if arguments == ["--instructor"]:
        return server.everything(environment.ROOT)
    if arguments:
        from cs231n_lite.__main__ import main as command

        return command(arguments)
    return server.serve(environment.ROOT / "assignments")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
