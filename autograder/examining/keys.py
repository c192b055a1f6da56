"""What the result of each cell of a submission depends on, as a key for the store: all of it, and nothing else.

A student's cell depends on the cells before it, the files beside the notebook, the limits, the sandbox, the versions of
Python, of every installed package and of the grader. A test depends on all that and on its own text, its points and the
tests whose names it uses. So where one test was changed, or an answer was handed in again, only what comes after the
change in this sense is run again. Text cells count for nothing.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.examining.store import hashed
from autograder.notebooks.name_flow import earlier, plan
from autograder.notebooks.needed_cells import picture_cells

__all__ = ["CellKeys", "hashed_files", "keys_of", "packages", "versions"]


@dataclass(frozen=True)
class CellKeys:
    """For each code cell of a notebook its key, for each test the earlier ones that it cannot do without.

    `displays` are the locked cells that the examiner shows, and the student's process need not run for that; `pictures`
    are those that no point depends on at all.
    """

    keys: list[str]
    used: dict[int, set[int]]
    displays: set[int]
    pictures: set[int]

    @property
    def needed(self) -> list[str]:
        """The keys of the cells that points depend on."""
        return [key for number, key in enumerate(self.keys) if number not in self.pictures]

    @property
    def whole(self) -> str:
        """The key of what belongs to the run and not to one cell."""
        return hashed("run", self.keys)


def keys_of(cells: Sequence[tuple[str, str, float]], around: str) -> CellKeys:
    """Return the keys of the code cells, given as (kind, source, points) in order.

    The kind is "test", "locked" (the master's own) or "own" (the student's); `around` is the hash of all that is the
    same for the whole notebook.
    """
    state, keys = around, []
    master = [number for number, cell in enumerate(cells) if cell[0] != "own"]
    sources = [(cells[number][0], cells[number][1]) for number in master]
    displays = {master[place] for place in plan(sources).whole}
    used = {master[test]: {master[place] for place in places} for test, places in earlier(sources).items()}
    locked = [source for kind, source in sources if kind == "locked"]
    tests: list[str] = []
    for number, (kind, source, points) in enumerate(cells):
        if kind == "test":
            needed = [cells[place] for place in sorted(used[number])]
            keys.append(hashed("test", state, source, points, needed, locked))
            tests.append(keys[-1])
        else:
            state = hashed("cell", state, kind, source)
            # What the examiner shows, as a table of the points so far, comes of the tests before it.
            keys.append(hashed(state, tests) if number in displays else state)
    return CellKeys(keys, used, displays, picture_cells([(kind, source) for kind, source, _ in cells]))


def hashed_files(groups: Iterable[Mapping[str, bytes]]) -> str:
    """Return the hash of the names and contents of all files in these groups, as they are told apart."""
    return hashed([[(name, hashlib.sha256(files[name]).hexdigest()) for name in sorted(files)] for files in groups])


@functools.cache
def packages() -> dict[str, str]:
    """Return what a result depends on here: Python, the version of every package, a hash of the grader's own source."""
    # Read off the folders' names, as each package's own text takes a quarter of a second for all of them.
    # What a package brings for itself counts with the package: setuptools puts its own on the path once it is imported.
    places = [Path(place or ".") for place in sys.path]
    folders = [path.stem.split("-") for place in places if place.name != "_vendor" for path in place.glob("*-info")]
    releases = {parts[0]: parts[1] for parts in reversed(folders) if len(parts) > 1}
    own = {name: hashed(files_of(name)) for name in ("autograder", "cs231n_lite")}
    return releases | own | {"Python": sys.version, "the system": sys.platform}


@functools.cache
def versions() -> str:
    """Return the hash of `packages`."""
    return hashed(packages())


def files_of(package: str) -> list[tuple[str, str]]:
    """Return the files of an installed package that can change what it does, each with its hash."""
    spec = importlib.util.find_spec(package)
    folder = Path(str(spec.origin)).parent if spec else Path()
    return [
        (str(path.relative_to(folder)), hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(folder.rglob("*"))
        # The answers of the audit are data that grading never reads.
        if path.is_file() and path.suffix != ".pyc" and "audit" not in path.relative_to(folder).parts
    ]
