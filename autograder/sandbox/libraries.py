"""The libraries that a student's process finds while its work earns points: those allowed, and what they need.

The standard library is always there. IPython is what runs a notebook's cells; it is allowed with what it needs, and
computes no gradient.
"""

from __future__ import annotations

import functools
import importlib.metadata
from collections.abc import Iterable
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from autograder.problem import Problem

__all__ = ["ALLOWED", "folders", "needed", "places"]

ALLOWED = ("numpy", "matplotlib")
MACHINERY = ("ipython", "matplotlib-inline")  # what runs a cell, and puts its plots into the notebook


@functools.cache
def places(more: tuple[str, ...] = ()) -> tuple[Path, ...]:
    """Return the files and folders of the libraries allowed here, with those that an instructor adds by their names.

    Raises Problem for one that is not installed.
    """
    paths: dict[Path, None] = {}
    for name in needed((*ALLOWED, *MACHINERY, *more)):
        distribution = importlib.metadata.distribution(name)
        # The first part of each file's path; `distribution.files` makes an object of each of thousands.
        lines = (distribution.read_text("RECORD") or "").splitlines()
        for top in sorted({line.partition(",")[0].partition("/")[0] for line in lines}):
            path = Path(str(distribution.locate_file(top)))
            if top not in ("..", "__pycache__") and not top.endswith(".pth") and path.exists():
                paths[path] = None
    return tuple(paths)


def folders(more: tuple[str, ...] = ()) -> tuple[Path, ...]:
    """Return the folders in which these libraries lie: what of them a process has on its path."""
    return tuple(dict.fromkeys(path.parent for path in places(more)))


def needed(names: Iterable[str]) -> list[str]:
    """Return the names of distributions and of all that they need on this machine, each once; raises Problem."""
    every: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        key = name.lower().replace("_", "-")
        if key in every:
            continue
        try:
            requirements = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            raise Problem(
                f"c.Examine.libraries: {name} is not installed here; name libraries as pip does, or leave it out"
            ) from None
        every[key] = None
        for text in requirements:
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                continue
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return list(every)
