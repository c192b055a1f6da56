"""The attack list: hostile submissions to the small course in audit/hostile/, and what each may earn and must leave.

audit/hostile/cells.py holds hostile answers, in percent format, and says at its top what a header holds; files.py in
the same folder holds hostile files. In an answer @MARKER stands for a file outside of all that a student may write,
@COURSE for the course folder, @PORT for a listener's port on this machine, @NAME for the attack's own name, and a line
that is the name of another block, as @WIRE, for that block.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.audit.hostile.files import FILES, HandedIn
from autograder.corpus.answers import EMPTY, SOLUTION, answered
from autograder.notebooks.notebook import canonical
from autograder.problem import Problem
from autograder.submission import Submission
from autograder.tamper import ATTACK, ODD

__all__ = ["ASSIGNMENT", "COURSE", "POINTS", "Attack", "Place", "attacks", "hand_in", "parsed"]

FOLDER = Path(__file__).parents[1] / "audit" / "hostile"
COURSE = FOLDER / "course"
ASSIGNMENT, NOTEBOOK = "1-target", "target.ipynb"
POINTS = {"equal": 1.0, "close": 1.0, "gate": 2.0, "last": 1.0}
SEVERITIES = {"attack": ATTACK, "odd": ODD, "none": ""}
HEADER = re.compile(r"# %% (?P<name>@?[\w-]+)( \| (?P<where>\w+) \| (?P<severity>\w+)(?P<spoilt> \| earns nothing)?)?$")
ENDS = ("first", "last")


@dataclass(frozen=True)
class Place:
    """What the words in an answer stand for: a folder for markers, the course, a port on which somebody listens."""

    markers: Path
    course: Path
    port: int

    def filled(self, source: str, name: str) -> str:
        """Return the answer with its words replaced."""
        words = {"MARKER": self.markers / name, "COURSE": self.course, "PORT": self.port, "NAME": name}
        return re.sub("@(MARKER|COURSE|PORT|NAME)", lambda word: str(words[word[1]]), source)


@dataclass(frozen=True)
class Attack:
    """One hostile submission: the exercises that it earns, the worst note that it must get ("": none), how it is made.

    `source` is a cell for the place `where`, an exercise, "first" or "last"; or `file` says how the notebook's file or
    folder is made.
    """

    name: str
    earns: frozenset[str]
    severity: str
    where: str = ""
    source: str = ""
    file: HandedIn | None = None

    @property
    def points(self) -> dict[str, float]:
        """The points of each exercise: those of its honest work."""
        return {slug: most if slug in self.earns else 0.0 for slug, most in POINTS.items()}


def attacks() -> dict[str, Attack]:
    """Return the whole list, name -> attack; raises Problem with file and line where a header is malformed."""
    by_name = {attack.name: attack for attack in parsed((FOLDER / "cells.py").read_text(encoding="utf-8"))}
    for name, file in FILES.items():
        earns = file.earns if file.earns is not None else POINTS if file.solved else ["last"]
        by_name[name] = Attack(name, frozenset(earns), SEVERITIES.get(file.severity, file.severity), file=file)
    return by_name


def parsed(text: str) -> list[Attack]:
    """Return the attacks of a file in this form; raises Problem with the line where a header is malformed."""
    blocks: dict[str, tuple[re.Match[str], list[str]]] = {}
    lines: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.startswith("# %%"):
            lines.append(line)
            continue
        header = HEADER.match(line)
        if not header or not (header["name"].startswith("@") or header["severity"] in SEVERITIES):
            form = "# %% NAME | WHERE | SEVERITY [| earns nothing]"
            raise Problem(f"cells.py:{number}: expected `{form}`, got {line!r}")
        lines = []
        blocks[header["name"]] = (header, lines)
    shared = {name: _source(lines) for name, (_, lines) in blocks.items() if name.startswith("@")}
    entries = []
    for name, (header, lines) in blocks.items():
        if name in shared:
            continue
        where = header["where"]
        earns = set(POINTS) - {where} if where in POINTS and where not in ENDS else {"last"}
        earns = set() if header["spoilt"] else earns
        source = "\n".join(shared.get(line, line) for line in _source(lines).split("\n"))
        entries.append(Attack(name, frozenset(earns), SEVERITIES[header["severity"]], where, source))
    return entries


def _source(lines: list[str]) -> str:
    return "\n".join(line for line in lines if not line.startswith("# ----")).strip("\n")


def hand_in(submission: Submission, attack: Attack, place: Place) -> Path:
    """Put an attack into submitted/ as a student's submission to the small course; return its folder."""
    folder = submission.submitted
    folder.mkdir(parents=True)
    solved = attack.file.solved if attack.file else attack.where not in ENDS
    changes = {} if solved else {"last": SOLUTION}
    notebook: dict[str, Any] = json.loads(
        canonical(answered(submission.course, ASSIGNMENT, changes, rest=SOLUTION if solved else EMPTY)[NOTEBOOK])
    )
    if not attack.file:
        _put(notebook, attack.where, place.filled(attack.source, attack.name))
    path = folder / NOTEBOOK
    path.write_text(json.dumps(notebook), encoding="utf-8")
    if attack.file:
        change: Callable[[dict[str, Any], Path], bytes | None] = attack.file.change
        before = json.dumps(notebook)
        content = change(notebook, folder)
        if content is not None:
            path.write_bytes(content)
        elif json.dumps(notebook) != before:
            path.write_text(json.dumps(notebook), encoding="utf-8")
    return folder


def _put(notebook: dict[str, Any], where: str, source: str) -> None:
    cells = notebook["cells"]
    if where in ENDS:
        own = {"cell_type": "code", "id": "own", "metadata": {}, "source": source, "outputs": []}
        cells.insert(0 if where == "first" else len(cells), own | {"execution_count": None})
        return
    next(cell for cell in cells if cell["id"] == where)["source"] = source
